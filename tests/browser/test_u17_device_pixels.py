"""U17: lines are as fine as the device pixels of a screen, and whole at any height."""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.looking import buckets_of, held, held_buckets, wait_drawn, wait_points, wait_rest
from tests.browser.served import Served

pytestmark = pytest.mark.browser

POINTS_MAX = 4
SEEN_PX = 0.5
"""Device pixels below which a difference in height is not drawn."""
LINE_WIDTH = 1.6

RECORD = """
window.strokes = new Map();
for (const kind of ["moveTo", "lineTo"]) {
  const add = Path2D.prototype[kind];
  Path2D.prototype[kind] = function (x, y) {
    (this.points ??= []).push([x, y]);
    return add.call(this, x, y);
  };
}
window.heldOf = (key) => JSON.stringify(cadran.points(key).map(({k, ids}) => [k, ids[0], ids.length]));
const stroke = CanvasRenderingContext2D.prototype.stroke;
CanvasRenderingContext2D.prototype.stroke = function (...path) {
  const key = this.canvas.closest?.("[data-panel]")?.dataset.panel;
  if (path[0]?.points) strokes.set(this.canvas, Object.assign(path[0].points, {of: heldOf(key)}));
  return stroke.apply(this, path);
};
"""
"""The points of the line that was drawn last, by canvas."""

DRAWN = """
(key) => {
  const plot = document.querySelector(`[data-panel="${key}"] .plot`);
  const [canvas, over] = [plot.querySelector("canvas:not(.tip)"), plot.querySelector(".u-over")];
  const [outer, inner] = [canvas.getBoundingClientRect(), over.getBoundingClientRect()];
  const tip = plot.querySelector("canvas.tip").getBoundingClientRect();
  const ratio = canvas.width / outer.width;
  return {
    ratio, points: strokes.get(canvas), left: ratio * (inner.left - outer.left), width: ratio * inner.width,
    tip: ratio * (tip.left - outer.left), top: ratio * (inner.top - outer.top), height: ratio * inner.height,
  };
}
"""
"""Of a chart's large canvas, in its own pixels: the line, where the plot lies, and where its right end begins."""

FINE = """
([x0, x1]) => {
  const [{k}] = cadran.points("pressure");
  const canvas = document.querySelector('[data-panel="pressure"] .plot canvas:not(.tip)');
  const points = strokes.get(canvas);
  return 2 ** k < (x1 - x0) / 500 && points?.length > 500 && points.of === heldOf("pressure");
}
"""

COVERED = """
([key, color, from, to, left, right]) => {
  const canvas = document.querySelector(`[data-panel="${key}"] .plot canvas:not(.tip)`);
  const scratch = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
  scratch.drawImage(canvas, 0, 0);
  const paint = getComputedStyle(document.documentElement).getPropertyValue(`--color-${color}`).trim();
  const red = parseInt(paint.slice(1, 3), 16);
  const rows = [];
  for (let x = left; x < right; x += 1) {
    const {data} = scratch.getImageData(x, from, 1, to - from);
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += (255 - data[i]) / (255 - red);
    rows.push(sum);
  }
  return rows;
}
"""
"""How many rows of pixels of a colour there are between two heights, by column; the surface is white."""


def test_u17_two_device_pixels_to_a_css_pixel_are_drawn_as_what_they_are(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    noise, now = random.Random(4), time.time()
    points = [(now - 590 + i / 10, 4 + math.sin(i / 300) + noise.uniform(-0.03, 0.03)) for i in range(5900)]
    for i in range(50, 5900, 170):
        points[i] = (points[i][0], points[i][1] + noise.choice((-2, 2)))
    plant.fill("pressure", points)
    page = open_page(
        plant.url + "s/plant/",
        height=1200,
        device_scale_factor=2,
        prepare=lambda page: page.add_init_script(RECORD),
    )
    wait_points(page, "pressure", 400)
    x0, x1 = now - 500, now - 200
    page.evaluate("([x0, x1]) => cadran.zoom('pressure', x0, x1)", [x0, x1])
    page.wait_for_function("([x1]) => cadran.points('pressure')[0].xs.every((x) => x < x1)", arg=[x1 + 10])
    page.wait_for_function(FINE, arg=[x0, x1])
    wait_rest(page, "pressure")
    drawn: dict[str, Any] = page.evaluate(DRAWN, "pressure")
    assert drawn["ratio"] == pytest.approx(2, abs=0.01)
    assert drawn["width"] > 1000

    one = held(page, "pressure")[0]
    width = 2.0 ** one["k"]
    assert width * drawn["width"] <= 1.01 * (x1 - x0)
    raw = buckets_of(points, one["k"])
    of_page = held_buckets(one)
    assert of_page == {number: raw[number] for number in of_page}

    def column(x: float) -> int:
        return math.floor(float(drawn["left"]) + (x - x0) / (x1 - x0) * float(drawn["width"]) + 1e-6)

    wanted: dict[int, list[float]] = defaultdict(list)
    for number, (_, low, high, _) in of_page.items():
        at = column((number + 0.5) * width)
        if drawn["left"] + 2 <= at < drawn["tip"] - 2:
            wanted[at] += [low, high]
    found: dict[int, list[float]] = defaultdict(list)
    for x, y in drawn["points"]:
        found[math.floor(x + 1e-6)].append(y)
    assert max(len(ys) for ys in found.values()) <= POINTS_MAX
    # Heights are known by those of the greatest and the least of all.
    top, bottom = (pick(y for at in wanted for y in found[at]) for pick in (min, max))
    most, least = (pick(value for values in wanted.values() for value in values) for pick in (max, min))
    px_per_value = (bottom - top) / (most - least)
    assert px_per_value > 40
    for at, values in wanted.items():
        assert min(found[at]) == pytest.approx(top + (most - max(values)) * px_per_value, abs=2 * SEEN_PX)
        assert max(found[at]) == pytest.approx(top + (most - min(values)) * px_per_value, abs=2 * SEEN_PX)


@pytest.mark.parametrize("ratio", [1, 2])
def test_u17_a_line_at_the_edge_of_the_plot_is_whole(plant: Served, open_page: Callable[..., Page], ratio: int) -> None:
    now = time.time()
    for series, value in (("left", 0.0), ("right", 100.0)):
        plant.fill(series, [(now - 650 + i / 2, value) for i in range(1300)])
    url = plant.url + "s/plant/?theme=light"
    page = open_page(url, device_scale_factor=ratio, prepare=lambda page: page.add_init_script(RECORD))
    wait_points(page, "vibration", 600)
    wait_drawn(page, "vibration")
    drawn: dict[str, Any] = page.evaluate(DRAWN, "vibration")
    assert drawn["ratio"] == pytest.approx(ratio, abs=0.01)
    columns = [round(drawn["left"]) + 4, round(drawn["tip"]) - 4]
    for color, y in (("series-1", drawn["top"] + drawn["height"]), ("series-2", drawn["top"])):
        rows = [round(y) - 5 * ratio, round(y) + 5 * ratio]
        covered = page.evaluate(COVERED, ["vibration", color, *rows, *columns])
        assert len(covered) > 300 * ratio
        # A line of half its width is covered by half; that of the axis shines through where pixels are not filled.
        assert min(covered) > 0.9 * LINE_WIDTH * ratio
        assert max(covered) < 1.25 * LINE_WIDTH * ratio
