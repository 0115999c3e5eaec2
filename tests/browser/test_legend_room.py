"""U21: no figure of a legend is cut, however narrow its panel: names are, or the legend has rows of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.looking import panel, wait_points
from tests.browser.served import Served, chart

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


PROGRAM = """
import cadran as cd

hall = cd.channel("hall")


@cd.screen("Hall")
def hall_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    bearings = [hall.series(f"bearing-{number:02}-temperature") for number in range(1, 13)]
    with ui.columns(3):
        ui.line("All bearings", *bearings, key="all")
        ui.line("The pressure in the return header of the third cooling water circuit", bearings[0], key="long")
        ui.line("Bearing 01", bearings[0], key="one")
"""
CUT_NAMES = """(legend) => [...legend.querySelectorAll(".legend-label")]
  .filter((label) => label.scrollWidth > label.clientWidth).length"""
COLORS = """(legend) => new Set([...legend.children].map((one) => one.style.getPropertyValue("--paint"))).size"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Served]:
    program = tmp_path / "hall.py"
    program.write_text(PROGRAM)
    served = Served(None, tmp_path, "-m", "cadran.cli", "run", str(program), "--no-open", "--port", "0")
    yield served
    served.stop()


@pytest.mark.parametrize("width", [390, 700, 1280])
def test_twelve_lines_are_told_apart_and_the_title_goes_before_a_figure(
    hall: Served, open_page: Callable[..., Page], width: int
) -> None:
    now = time.time()
    for number in range(1, 13):
        hall.send("hall", chart(f"bearing-{number:02}-temperature", [(now - 1, -1000.25), (now, -1234.5 - number)]))
    page = open_page(hall.url, width=width, height=2000)
    for key in ("all", "long", "one"):
        wait_points(page, key, 2)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.legend-value')].every((one) => one.textContent.length > 2)"
    )
    assert page.evaluate(CUT) == []
    legend = panel(page, "all").locator(".legend")
    assert legend.evaluate(CUT_NAMES) == 0
    assert legend.evaluate(COLORS) == 12
    assert legend.evaluate("(one) => one.scrollHeight - one.clientHeight") == 0
    # Seen are the numbers alone; heard, and found by a search, are the whole names.
    assert legend.locator(".legend-label").first.text_content() == "bearing-01-temperature"
    title = panel(page, "one").locator(".title")
    assert title.evaluate("(one) => one.scrollWidth <= one.clientWidth")
