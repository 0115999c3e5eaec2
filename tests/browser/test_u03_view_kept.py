"""U3: data that comes in moves nothing that a viewer has set: zoom, hidden series, tooltip, scroll."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import (
    SOME_FRAMES,
    Wire,
    drag,
    draws,
    hover,
    panel,
    role,
    statistics,
    wait_drawn,
    wait_points,
    wait_rest,
    wait_until,
    wait_value,
)
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser

NUM_UPDATES = 40

WATCH_NODES = """
() => {
  window.removedPanels = 0;
  new MutationObserver((records) => {
    for (const {removedNodes, addedNodes} of records)
      for (const node of [...removedNodes, ...addedNodes])
        if (node.matches?.("section, section *:is(canvas, .body, .head, .chart, .plot, .legend-entry, table, .kpi)"))
          window.removedPanels += 1;
  }).observe(document.querySelector("main"), {childList: true, subtree: true});
}
"""

WATCH_PIXELS = """
(key) => {
  const canvas = document.querySelector(`[data-panel="${key}"] canvas`);
  const {width, height} = canvas;
  const scratch = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  window.filled = [];
  const look = () => {
    scratch.clearRect(0, 0, width, height);
    scratch.drawImage(canvas, 0, 0);
    const {data} = scratch.getImageData(0, 0, width, height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] !== data[0]) n += 1;
    window.filled.push(n);
    window.looking = requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.fixture
def zoomed(plant: Served, wired: Callable[..., tuple[Page, Wire]]) -> tuple[Page, Wire, float]:
    """A chart of five minutes with the middle of them zoomed in; returns where the middle is, too."""
    now = time.time()
    for series, height in (("left", 1.0), ("right", 2.0)):
        plant.fill(series, [(now - 500 + i, height + math.sin(i / 9)) for i in range(500)])
    page, wire = wired(plant.url + "s/plant/", height=700)
    wait_points(page, "vibration", 900)
    drag(page, "vibration", 0.4, 0.6)
    expect(panel(page, "vibration").locator('[data-role="reset-zoom"]')).to_be_visible()
    return page, wire, now - 300


def test_u03_view_survives_updates(plant: Served, zoomed: tuple[Page, Wire, float]) -> None:
    page, wire, middle = zoomed
    vibration = panel(page, "vibration")
    right = vibration.locator('[data-role="legend"]', has_text="right")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "false")
    page.evaluate("scrollTo(0, 60)")
    page.wait_for_function("scrollY === 60")
    hover(page, "vibration", 0.3)
    tooltip = vibration.locator(".tooltip")
    expect(tooltip).to_be_visible()
    expect(tooltip).to_contain_text("left")
    assert "right" not in tooltip.inner_text()
    wait_rest(page, "vibration")
    told = tooltip.inner_text()
    zoom = wire.zooms()
    assert len(zoom) == 1
    assert zoom[0][0] < middle < zoom[0][1]
    page.evaluate(SOME_FRAMES)  # what scrolled into view is told
    num_views = len(wire.views)
    page.evaluate(WATCH_NODES)
    page.evaluate(WATCH_PIXELS, "vibration")
    num_draws = draws(page, "vibration")

    x1 = zoom[0][1]
    for step in range(NUM_UPDATES):
        # Late points in the picture, far from the pointer, so that it must be drawn again.
        value = fresh_number()
        plant.add("left", (x1 - 1 - step / 100, 1.5 + step / 100))
        plant.set(temperature=value)
        wait_value(page, "temperature", value)
        wait_drawn(page, "vibration", num_draws + step)

    assert wire.zooms() == zoom
    assert len(wire.views) == num_views
    expect(right).to_have_attribute("aria-pressed", "false")
    expect(tooltip).to_be_visible()
    assert tooltip.inner_text() == told
    assert page.evaluate("scrollY") == 60
    assert page.evaluate("window.removedPanels") == 0
    filled = page.evaluate("cancelAnimationFrame(window.looking), window.filled")
    assert len(filled) > 30
    assert min(filled) > 0.5 * max(filled)


def test_u03_zoom_is_reset_by_button_and_by_double_click(zoomed: tuple[Page, Wire, float]) -> None:
    page, wire, _ = zoomed
    reset = panel(page, "vibration").locator('[data-role="reset-zoom"]')
    reset.click()
    expect(reset).to_be_hidden()
    page.wait_for_function("() => window.cadran.points('vibration')[0].ids.length > 400")
    wait_until(page, lambda: wire.zooms() == [], wire.zooms)
    drag(page, "vibration", 0.5, 0.7)
    expect(reset).to_be_visible()
    panel(page, "vibration").locator(".u-over").dblclick(position={"x": 200, "y": 60})
    expect(reset).to_be_hidden()
    wait_until(page, lambda: wire.zooms() == [], wire.zooms)
    page.wait_for_function("() => window.cadran.points('vibration')[0].ids.length > 400")
    assert statistics(page)["reconnects"] == 0
    expect(role(page, "connection")).to_have_attribute("data-state", "live")
