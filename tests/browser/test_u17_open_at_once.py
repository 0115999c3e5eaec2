"""U17: a page that opens builds its panels while it connects, and asks for all that it sees in its first message."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser.looking import Wire, wait_fonts, wait_live, wait_points, wait_until
from tests.browser.served import Served

pytestmark = pytest.mark.browser

COUNT_PANELS = """
window.num_built = {at_first: 0, later: 0};
document.addEventListener("DOMContentLoaded", () => {
  num_built.at_first = document.querySelectorAll("section.panel").length;
  new MutationObserver((records) => {
    for (const {addedNodes} of records)
      for (const node of addedNodes)
        if (node instanceof Element)
          num_built.later += node.querySelectorAll("section.panel").length + node.matches("section.panel");
  }).observe(document, {childList: true, subtree: true});
});
"""
COUNT_GROUNDS = """
window.num_grounds = {empty: 0, filled: 0};
const fillRect = CanvasRenderingContext2D.prototype.fillRect;
CanvasRenderingContext2D.prototype.fillRect = function (...rect) {
  if (this.canvas.closest?.('[data-panel="pressure"] .plot') && rect[2] === this.canvas.width)
    num_grounds[window.cadran?.points("pressure")[0]?.xs.length ? "filled" : "empty"] += 1;
  return fillRect.apply(this, rect);
};
"""
FETCHED = """
() => performance.getEntriesByType("resource").filter((one) => one.transferSize > 0).map(({name}) => name)
"""


@pytest.fixture
def opened(plant: Served, wired: Callable[..., tuple[Page, Wire]]) -> tuple[Page, Wire]:
    """A page with ten minutes of a line."""
    now = time.time()
    plant.fill("pressure", [(now - 590 + i / 10, math.sin(i / 300)) for i in range(5900)])
    page, wire = wired(plant.url + "s/plant/", height=1200)
    wait_points(page, "pressure", 400)
    return page, wire


def test_u17_the_hello_asks_for_all_that_is_seen(opened: tuple[Page, Wire]) -> None:
    page, wire = opened
    wait_until(page, lambda: len(wire.said) > 1)
    hello = wire.said[0]
    assert hello["t"] == "hello"
    asked = {one["i"]: one.get("px", 0) for one in hello["view"]["panels"]}
    lines = page.evaluate(
        """() => [...document.querySelectorAll('section.panel')].flatMap((one, index) =>
            one.dataset.kind === "line" && one.getBoundingClientRect().top < innerHeight ? [index] : [])"""
    )
    assert len(lines) >= 2
    assert all(asked[index] > 300 for index in lines)
    # Nothing more had to be said before the picture came.
    assert [one["t"] for one in wire.said[:2]] == ["hello", "ack"]
    assert wire.num_sockets == 1


def test_u17_panels_are_built_once_and_before_the_welcome(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(plant.url + "s/plant/", prepare=lambda page: page.add_init_script(COUNT_PANELS))
    num_panels = page.evaluate("Object.keys(window.cadran.statistics().panels).length")
    assert num_panels > 8
    assert page.evaluate("num_built") == {"at_first": num_panels, "later": 0}


def test_u17_a_page_that_was_seen_before_asks_for_nothing_but_itself(opened: tuple[Page, Wire]) -> None:
    page, _ = opened
    assert page.evaluate(FETCHED) != []
    page.reload()
    wait_live(page)
    wait_fonts(page)
    wait_points(page, "pressure", 400)
    assert page.evaluate(FETCHED) == []


def test_u17_no_chart_is_drawn_before_its_data_is_there(plant: Served, open_page: Callable[..., Page]) -> None:
    now = time.time()
    plant.fill("pressure", [(now - 590 + i / 10, math.sin(i / 300)) for i in range(5900)])
    page = open_page(plant.url + "s/plant/", height=1200, prepare=lambda page: page.add_init_script(COUNT_GROUNDS))
    wait_points(page, "pressure", 400)
    page.wait_for_function("() => num_grounds.filled > 0")
    assert page.evaluate("num_grounds.empty") == 0
