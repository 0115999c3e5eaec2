"""U21: no figure of a legend is cut, however narrow its panel: names are, or the legend has rows of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser.served import Served

pytestmark = pytest.mark.browser

CUT = """() => {
  const cut = [];
  for (const legend of document.querySelectorAll(".legend")) {
    const {right, bottom} = legend.getBoundingClientRect();
    for (const room of legend.querySelectorAll(".legend-room")) {
      const box = room.getBoundingClientRect();
      if (box.right > right + 1 || box.bottom > bottom + 1) cut.push(legend.closest("section").dataset.panel);
    }
  }
  return cut;
}"""


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_the_figures_of_all_legends_are_whole(demo: Served, open_page: Callable[..., Page], width: int) -> None:
    page = open_page(demo.url, width=width, height=6000, locale="fr-FR")
    page.wait_for_function(
        "() => document.querySelector('[data-panel=\"load\"] .legend-value')?.textContent.length > 2"
    )
    assert page.evaluate(CUT) == []
