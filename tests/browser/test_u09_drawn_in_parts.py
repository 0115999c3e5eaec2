"""U9: a frame draws what changed, and a picture drawn piece by piece is the one that is drawn at once."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.looking import drag, draws, panel, wait_newest, wait_points
from tests.browser.served import Served, chart

pytestmark = pytest.mark.browser

NUM_STEPS = 200
COUNT_CLEARS = """
window.clears = {tip: 0, rest: 0};
const clearRect = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...rect) {
  if (this.canvas.closest?.('[data-panel="vibration"]')) clears[this.canvas.className === "tip" ? "tip" : "rest"] += 1;
  return clearRect.apply(this, rect);
};
"""

# Three turns of the theme are none, but everything is drawn anew; nothing else happens within one script.
COMPARE = """
(key) => {
  const canvases = [...document.querySelectorAll(`[data-panel="${key}"] canvas`)];
  const look = () => {
    const {width, height} = canvases[0];
    const scratch = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    const origin = canvases[0].getBoundingClientRect();
    for (const canvas of canvases) {
      const {left, top} = canvas.getBoundingClientRect();
      scratch.drawImage(canvas, Math.round(left - origin.left), Math.round(top - origin.top));
    }
    return scratch.getImageData(0, 0, width, height).data;
  };
  const before = look();
  for (let turn = 0; turn < 3; turn += 1) document.querySelector('[data-role="theme"]').click();
  const after = look();
  let num_other = 0, num_filled = 0, furthest = 0;
  for (let i = 0; i < before.length; i += 1) {
    const away = Math.abs(before[i] - after[i]);
    furthest = Math.max(furthest, away);
    if (away > 2) num_other += 1;
    if (i % 4 === 0 && after[i] !== after[0]) num_filled += 1;
  }
  return {num_other, num_filled, furthest};
}
"""


def _compare(page: Page, key: str = "vibration") -> dict[str, Any]:
    compared: dict[str, Any] = page.evaluate(COMPARE, key)
    assert compared["num_filled"] > 1000
    return compared


@pytest.fixture
def drawn(plant: Served, open_page: Callable[..., Page]) -> Page:
    """Two lines over ten minutes: one dense and noisy, one sparse with gaps."""
    now = time.time()
    noise = random.Random(1)
    plant.fill("left", [(now - 600 + i / 10, math.sin(i / 300) + noise.gauss(0, 0.2)) for i in range(6000)])
    plant.fill("right", [(now - 600 + i, 1.0 + math.cos(i / 20)) for i in range(0, 600, 3) if not 200 < i < 320])
    page = open_page(plant.url + "s/plant/", prepare=lambda page: page.add_init_script(COUNT_CLEARS))
    wait_points(page, "vibration", 600)
    return page


def test_u09_many_small_draws_leave_the_picture_that_one_draw_makes(plant: Served, drawn: Page) -> None:
    noise = random.Random(2)
    others = []
    for step in range(NUM_STEPS):
        now = time.time()
        # Late ones fall about the edge between the two canvases, and far left of it.
        lateness = 100.0 if step % 50 == 25 else noise.uniform(40, 64) if step % 2 else 0.0
        value = None if step % 17 == 0 else noise.gauss(0.5, 1.5)
        num_before = draws(drawn, "vibration")
        if step % 3:
            plant.send("press", chart("left", [(now - lateness, value)]))
        else:
            plant.add("right", (now - lateness, 1.0 + noise.random()))
        drawn.wait_for_function("(n) => window.cadran.statistics().draws.vibration > n", arg=num_before)
        if step % 10 == 9:
            others.append(_compare(drawn))
    assert [one for one in others if one["num_other"]] == []


def test_u09_an_area_below_dense_and_calm_data_is_drawn_in_parts_as_in_one(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    noise = random.Random(3)

    def value(x: float) -> float:
        # Dense and calm for 12 s each: both lie at any place of the right end, which is 48 px wide.
        return 5 + 2 * math.sin(x / 40) + (noise.uniform(-2, 2) if x % 24 < 12 else 0)

    now = time.time()
    plant.fill("pressure", [(x, value(x)) for x in (now - 600 + i / 10 for i in range(6000))])
    page = open_page(plant.url + "s/plant/", height=1200)
    wait_points(page, "pressure", 400)
    others = []
    for step in range(60):
        x = time.time() - (noise.uniform(30, 64) if step % 2 else 0.0)
        num_before = draws(page, "pressure")
        plant.add("pressure", (x, value(x)))
        page.wait_for_function("(n) => window.cadran.statistics().draws.pressure > n", arg=num_before)
        if step % 6 == 5:
            others.append(_compare(page, "pressure"))
    assert [one for one in others if one["num_other"]] == []


def test_u09_a_frame_at_the_right_end_leaves_the_rest_of_the_picture_alone(plant: Served, drawn: Page) -> None:
    now = time.time()
    wait_newest(drawn, "vibration", now - 2)
    drawn.evaluate("clears.tip = clears.rest = 0")
    for step in range(60):
        num_before = draws(drawn, "vibration")
        plant.add("left", (time.time(), math.sin(step)))
        drawn.wait_for_function("(n) => window.cadran.statistics().draws.vibration > n", arg=num_before)
    clears = drawn.evaluate("clears")
    assert clears["tip"] >= 60
    # All is drawn again when time has moved on by a pixel: a second or two here.
    assert clears["rest"] <= 2 + (time.time() - now) / 0.9
    assert clears["rest"] < clears["tip"]


def test_u09_a_hidden_series_draws_nothing(plant: Served, drawn: Page) -> None:
    entry = panel(drawn, "vibration").locator('[data-role="legend"]', has_text="right")
    entry.click()
    # A chart that slides along draws for time alone: this one rests.
    drag(drawn, "vibration", 0.2, 0.9)
    panel(drawn, "vibration").locator('[data-role="reset-zoom"]').wait_for()
    drawn.wait_for_function(
        "() => window.cadran.points('vibration').every((one) => one.xs.at(-1) < Date.now() / 1000 - 40)"
    )
    middle = time.time() - 250
    drawn.evaluate("clears.tip = clears.rest = 0")
    num_before = draws(drawn, "vibration")
    for step in range(10):
        num_draws = draws(drawn, "vibration")
        plant.add("right", (middle + step, float(step)))
        drawn.wait_for_function("(n) => window.cadran.statistics().draws.vibration > n", arg=num_draws)
    assert drawn.evaluate("clears") == {"tip": 0, "rest": 0}
    assert draws(drawn, "vibration") >= num_before + 10
    entry.click()
    drawn.wait_for_function("() => clears.rest > 0")
