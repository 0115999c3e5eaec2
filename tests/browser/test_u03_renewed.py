"""U3: whatever makes all data come anew, no panel is blank in between: what it showed stays, and is marked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Guard
from tests.browser.looking import panel, role, statistics, value_of, wait_value
from tests.browser.served import Served

pytestmark = pytest.mark.browser

# At each animation frame: the cards that show nothing.
WATCH = """
() => {
  window.blank = [];
  const look = () => {
    for (const card of document.querySelectorAll('[data-kind="kpi"]')) {
      const { top, height } = card.getBoundingClientRect();
      if (height === 0 || top > innerHeight) continue;
      const value = card.querySelector('[data-role="value"]').textContent;
      if (card.dataset.filled !== "true" || value === "") window.blank.push(card.dataset.panel);
    }
    requestAnimationFrame(look);
  };
  look();
}
"""


def test_u03_a_successor_that_has_nothing_yet_leaves_the_old_picture(
    own_plant: Served, open_page: Callable[..., Page], guard: Guard
) -> None:
    guard.allow("ERR_CONNECTION_REFUSED|WebSocket is closed before")
    page = open_page(own_plant.url + "s/polled/")
    kiln = panel(page, "kiln")
    wait_value(page, "kiln", 7)
    epoch = statistics(page)["epoch"]
    page.evaluate(WATCH)
    hold = own_plant.folder / "hold"
    hold.touch()
    port = own_plant.port
    own_plant.kill()
    own_plant.restart(port)
    page.wait_for_function("(epoch) => window.cadran.statistics().epoch !== epoch", arg=epoch)
    expect(role(page, "connection")).to_have_attribute("data-state", "live")
    expect(kiln).to_have_attribute("data-renewing", "")
    expect(kiln).to_have_attribute("data-state", "loading")
    expect(value_of(page, "kiln")).to_have_text("7")
    hold.unlink()
    expect(kiln).to_have_attribute("data-state", "live")
    expect(kiln).not_to_have_attribute("data-renewing", "")
    assert page.evaluate("window.blank") == []
