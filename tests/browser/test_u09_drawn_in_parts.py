"""U9: a frame draws what changed, and a picture drawn piece by piece is the one that is drawn at once."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route
from tests.browser.looking import (
    drag,
    draws,
    num_points,
    panel,
    wait_drawn,
    wait_fonts,
    wait_newest,
    wait_points,
    wait_rest,
    wait_until,
)
from tests.browser.served import Served, chart

pytestmark = pytest.mark.browser

NUM_STEPS, NUM_STEPS_ON = 200, 150
AROUND = 16
"""Pixel columns at the left in which it counts what lies beyond the edge, which one drawn anew does not know."""
NEAR = 64
"""Of 255: Chromium rounds the edges of a line by how much of it is drawn at once, seen up to 40."""
NUM_FAR = 12
"""Colours of pixels, three each, that may be further away: where two parts of a line meet at a peak one was, by 108."""
COUNT_CLEARS = """
window.clears = {tip: 0, rest: 0};
const clearRect = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...rect) {
  if (this.canvas.closest?.('[data-panel="vibration"]')) clears[this.canvas.className === "tip" ? "tip" : "rest"] += 1;
  return clearRect.apply(this, rect);
};
"""

COUNT_MOVES = """
window.drawn = {};
const count = (counts, kind) => {
  // On a busy machine: what has gone on too far since it was last drawn has to be drawn anew.
  const isLate = performance.now() - counts.at > 500;
  counts.at = performance.now();
  counts[isLate ? "late" : kind] += 1;
};
for (const [name, kind] of [["clearRect", "anew"], ["drawImage", "moved"]]) {
  const does = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...of) {
    const key = this.canvas.className !== "tip" && this.canvas.closest?.("section[data-panel]")?.dataset.panel;
    if (key) count(drawn[key] ??= {anew: 0, moved: 0, late: 0, at: -Infinity}, kind);
    return does.apply(this, of);
  };
}
"""

# Three turns of the theme are none, but everything is drawn anew; nothing else happens within one script.
COMPARE = """
([key, skipped, near]) => {
  const canvases = [...document.querySelectorAll(`[data-panel="${key}"] canvas`)];
  const look = () => {
    const {width, height} = canvases[0];
    const scratch = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    const origin = canvases[0].getBoundingClientRect();
    for (const canvas of canvases) {
      const {left, top} = canvas.getBoundingClientRect();
      const [x, y] = [left - origin.left, top - origin.top].map((px) => Math.round(px * devicePixelRatio));
      scratch.drawImage(canvas, x, y);
    }
    return scratch.getImageData(0, 0, width, height).data;
  };
  const before = look();
  for (let turn = 0; turn < 3; turn += 1) document.querySelector('[data-role="theme"]').click();
  const after = look();
  const plot = document.querySelector(`[data-panel="${key}"] .u-over`).getBoundingClientRect();
  const left = (plot.left - canvases[0].getBoundingClientRect().left) * devicePixelRatio;
  let num_other = 0, num_filled = 0, num_far = 0, furthest = 0;
  for (let i = 0; i < before.length; i += 1) {
    const px = (i >> 2) % canvases[0].width;
    const away = px >= left && px < left + skipped ? 0 : Math.abs(before[i] - after[i]);
    furthest = Math.max(furthest, away);
    if (away > 2) num_other += 1;
    if (away > near) num_far += 1;
    if (i % 4 === 0 && after[i] !== after[0]) num_filled += 1;
  }
  return {num_other, num_filled, num_far, furthest};
}
"""


def _compare(page: Page, key: str = "vibration", skipped: int = 0) -> dict[str, Any]:
    """So many pixel columns at the left of the plot do not count."""
    compared: dict[str, Any] = page.evaluate(COMPARE, [key, skipped, NEAR])
    assert compared["num_filled"] > 1000
    return compared


def _is_other(compared: dict[str, Any]) -> bool:
    """Whether what was moved on is another picture than what is drawn anew."""
    return bool(compared["num_far"] > NUM_FAR or compared["num_other"] > compared["num_filled"] / 50)


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
        wait_drawn(drawn, "vibration", num_before)
        if step % 10 == 9:
            others.append(_compare(drawn, "vibration", AROUND))
    assert [one for one in others if _is_other(one)] == []


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
        wait_drawn(page, "pressure", num_before)
        if step % 6 == 5:
            others.append(_compare(page, "pressure"))
    assert [one for one in others if one["num_other"]] == []


def test_u09_a_frame_at_the_right_end_leaves_the_rest_of_the_picture_alone(plant: Served, drawn: Page) -> None:
    now = time.time()
    plant.add("left", (now, 0.0))
    wait_newest(drawn, "vibration", now)
    drawn.evaluate("clears.tip = clears.rest = 0")
    for step in range(60):
        num_before = draws(drawn, "vibration")
        plant.add("left", (time.time(), math.sin(step)))
        wait_drawn(drawn, "vibration", num_before)
    clears = drawn.evaluate("clears")
    assert clears["tip"] >= 50
    # An axis may change, and a point come that changes nothing in the picture.
    assert clears["rest"] <= clears["tip"] / 10


def test_u09_a_hidden_series_draws_nothing(plant: Served, drawn: Page) -> None:
    entry = panel(drawn, "vibration").locator('[data-role="legend"]', has_text="right")
    entry.click()
    # A chart that slides along draws for time alone: this one rests.
    drag(drawn, "vibration", 0.2, 0.9)
    panel(drawn, "vibration").locator('[data-role="reset-zoom"]').wait_for()
    drawn.wait_for_function(
        "() => window.cadran.points('vibration').every((one) => one.xs.at(-1) < Date.now() / 1000 - 40)"
    )
    wait_rest(drawn, "vibration")
    middle = time.time() - 250
    drawn.evaluate("clears.tip = clears.rest = 0")
    num_before = draws(drawn, "vibration")
    for step in range(10):
        num_draws = draws(drawn, "vibration")
        plant.add("right", (middle + step, float(step)))
        wait_drawn(drawn, "vibration", num_draws)
    assert drawn.evaluate("clears") == {"tip": 0, "rest": 0}
    assert draws(drawn, "vibration") >= num_before + 10
    entry.click()
    drawn.wait_for_function("() => clears.rest > 0")


def _quick(seed: int, begin: float, end: float) -> list[dict[str, Any]]:
    """What comes in of each line between two moments: noise 200 times a second, few points with gaps, both in turns."""
    noise = random.Random(seed)
    beats = range(math.ceil(begin * 200), math.ceil(end * 200))
    dense = [(beat / 200, noise.gauss(0, 0.1)) for beat in beats]
    gaps = [(beat / 200, None if beat % 700 < 100 else noise.gauss(0.3, 0.1)) for beat in beats if beat % 4 == 0]
    filled = [
        (beat / 200, 2 + math.sin(beat / 300) + noise.random()) for beat in beats if beat % 8 == 0 or beat % 800 < 400
    ]
    return [chart("dense", dense), chart("gaps", gaps), chart("filled", filled)]


def _open_quick(plant: Served, open_page: Callable[..., Page], **options: Any) -> tuple[Page, float]:
    """Open the charts that go on quickly; returns also the moment up to which they have all, however late it is."""
    until = time.time()
    plant.send("quick", *_quick(-1, until - 14, until), chart("ended", [(until - 13, 0.4), (until - 9, 0.45)]))
    page = open_page(plant.url + "s/quick/", **options)

    def has_enough() -> bool:
        nonlocal until
        begin, until = until, time.time()
        plant.send("quick", *_quick(-1, begin, until))
        return num_points(page, "dense") > 300

    wait_until(page, has_enough)
    return page, until


def test_u09_a_chart_that_only_moves_on_shows_what_one_drawn_anew_shows(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    # Pixels that are no whole ones of the page, and labels with commas, which reach down.
    page, until = _open_quick(
        plant,
        open_page,
        prepare=lambda page: page.add_init_script(COUNT_MOVES),
        device_scale_factor=1.5,
        locale="fr-FR",
    )
    others = []
    num_compared = 0
    for step in range(NUM_STEPS_ON):
        num_before = draws(page, "dense")
        begin, until = until, time.time()
        # One that comes late changes what lies left of what is drawn.
        late = [chart("filled", [(until - 6, 0.3)])] if step % 10 == 4 else []
        plant.send("quick", *_quick(step, begin, until), *late)
        wait_drawn(page, "dense", num_before)
        if step % 25 == 24:
            for key in ("dense", "filled", "named"):
                num_compared += 1
                compared = _compare(page, key, AROUND)
                if _is_other(compared):
                    others.append((step, key, compared))
    assert others == []
    drawn = page.evaluate("drawn")
    for key in ("dense", "filled"):
        # Each comparison draws all anew three times, and so does what came late, or wants another axis.
        moved, anew = drawn[key]["moved"] + drawn[key]["late"], drawn[key]["anew"]
        assert moved > 3 * (anew - 3 * num_compared)
    # The name of a reference does not move.
    assert drawn["named"]["moved"] == 0


def test_u09_a_drawing_that_the_browser_lost_is_drawn_anew(plant: Served, open_page: Callable[..., Page]) -> None:
    page, _ = _open_quick(plant, open_page, prepare=lambda page: page.add_init_script(COUNT_MOVES))
    wait_drawn(page, "named")
    # A canvas that was lost and given back is empty, and knows no colour and no font.
    lost = """(selector) => {
      const canvas = document.querySelector(`[data-panel="named"] ${selector}`);
      const restored = () => {
        canvas.dispatchEvent(new Event("contextrestored"));
        return canvas.toDataURL();
      };
      const before = restored();
      const numBefore = drawn.named.anew;
      canvas.getContext("2d").reset();
      const empty = canvas.toDataURL();
      return [before !== empty, before === restored(), drawn.named.anew > numBefore];
    }"""
    assert page.evaluate(lost, "canvas:not(.tip)") == [True, True, True]
    assert page.evaluate(lost, "canvas.tip") == [True, True, False], "its right end by itself"


def test_u09_a_sparkline_that_the_browser_lost_is_drawn_anew(demo: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(demo.url)
    look = "document.querySelector('canvas.spark')"
    pixels = f"{look}?.width && {look}.getContext('2d').getImageData(0, 0, {look}.width, {look}.height).data"
    page.wait_for_function(f"() => ({pixels} || []).some((one) => one > 0)")
    lost = f"""() => {{
      const canvas = {look}, before = canvas.toDataURL();
      canvas.getContext("2d").reset();
      const empty = canvas.toDataURL();
      canvas.dispatchEvent(new Event("contextrestored"));
      return [before !== empty, canvas.toDataURL() !== empty];
    }}"""
    assert page.evaluate(lost) == [True, True]


LABELS_OF_Y = """() => {
  const canvas = document.querySelector('[data-panel="dense"] canvas');
  const plot = document.querySelector('[data-panel="dense"] .u-over').getBoundingClientRect();
  const [width, height] = [plot.left - canvas.getBoundingClientRect().left - 1, plot.height];
  const labels = new OffscreenCanvas(width, height).getContext("2d");
  labels.drawImage(canvas, 0, 0);
  return labels.getImageData(0, 0, width, height).data.join();
}"""


def test_labels_are_in_the_font_of_the_page_though_it_came_late(plant: Served, open_page: Callable[..., Page]) -> None:
    fonts: list[Route] = []

    def prepare(page: Page) -> None:
        page.route("**/*.woff2", lambda route: fonts.append(route))
        goto = page.goto
        page.goto = lambda url: goto(url, wait_until="commit")  # type: ignore[method-assign,assignment,misc]

    page, _ = _open_quick(plant, open_page, prepare=prepare, has_font=False)
    wait_drawn(page, "dense")
    wait_until(page, lambda: fonts)
    before = page.evaluate(LABELS_OF_Y)
    for font in fonts:
        font.continue_()
    wait_fonts(page)
    page.wait_for_function(f"(before) => ({LABELS_OF_Y})() !== before", arg=before)
    anew = f"""() => {{
      const shown = ({LABELS_OF_Y})();
      for (let i = 0; i < 3; i += 1) document.querySelector('[data-role="theme"]').click();
      return shown === ({LABELS_OF_Y})();
    }}"""
    assert page.evaluate(anew)
