"""Many charts that take long to draw: a few in each animation frame, the one under the pointer first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.looking import SOME_FRAMES, hover, panel, statistics, wait_points, wait_until, wait_value
from tests.browser.served import Served, chart, fresh_number, kpi

pytestmark = pytest.mark.browser

NUM_CHARTS = 12
SLOW_MILLIS = 6
"""Each drawing of a line takes so long: longer than charts are given while somebody uses the page."""

SLOWED = """
({millis, numCharts}) => {
  const panelOf = (canvas) => canvas.closest?.("[data-panel]")?.dataset.panel;
  window.turns = {frame: 0, frames: [], acks: [], awaited: null};
  const nextFrame = window.requestAnimationFrame.bind(window);
  const count = () => {
    turns.frame += 1;
    // However long the machine takes, somebody uses the page: charts are given less of each frame.
    if (turns.awaited !== null) document.dispatchEvent(new PointerEvent("pointermove"));
    nextFrame(count);
  };
  nextFrame(count);
  const legends = () => {
    const texts = [...document.querySelectorAll("[data-panel^=chart] .legend-value")].map((one) => one.textContent);
    return new Set(texts.slice(0, numCharts)).size;
  };
  const {stroke} = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (...rest) {
    const key = panelOf(this.canvas);
    const last = turns.frames.at(-1);
    // The first drawing of what is awaited: time alone draws a chart now and then, before it and after.
    const isAwaited = turns.awaited !== null && key && cadran.points(key)[0]?.ys.at(-1) === turns.awaited;
    if (isAwaited && !turns.frames.some(({drawn}) => drawn.includes(key))) {
      const value = document.querySelector("[data-panel=temperature] [data-role=value]").dataset.value;
      if (last?.frame === turns.frame) last.drawn.push(key);
      else turns.frames.push({frame: turns.frame, drawn: [key], value, legends: legends()});
      const until = performance.now() + millis;
      while (performance.now() < until);
    }
    return stroke.apply(this, rest);
  };
  const {send} = WebSocket.prototype;
  WebSocket.prototype.send = function (text) {
    const {t, s} = JSON.parse(text);
    if (turns.awaited !== null && t === "ack") turns.acks.push({s, frame: turns.frame});
    return send.call(this, text);
  };
}
"""


@pytest.fixture
def slow(plant: Served, open_page: Callable[..., Page]) -> Page:
    """Twelve charts in sight whose lines are slow to draw."""
    now = time.time()
    plant.fill("pressure", [(now - 500 + i, float(i % 7)) for i in range(490)])
    script = f"({SLOWED})({{millis: {SLOW_MILLIS}, numCharts: {NUM_CHARTS}}})"
    page = open_page(plant.url + "s/many/", height=1500, prepare=lambda page: page.add_init_script(script))
    wait_points(page, f"chart{NUM_CHARTS - 1}", 300)
    wait_whole(page)
    return page


def wait_whole(page: Page) -> None:
    """Wait until the first picture is drawn, and nothing of it is still to come: each chart is replaced on its own."""
    num_heard = -1

    def is_whole() -> bool:
        nonlocal num_heard
        page.evaluate(SOME_FRAMES)
        before, told = num_heard, statistics(page)
        num_heard = told["messages"]
        return bool(before == num_heard and told["lastPaint"]["s"] == told["s"])

    wait_until(page, is_whole, lambda: statistics(page))


def one_update(plant: Served, page: Page, pointed: str) -> list[dict[str, Any]]:
    """Rest the pointer on a chart, send one point that all charts show, and return what was drawn, frame by frame."""
    hover(page, pointed, 0.4)
    panel(page, pointed).locator(".tooltip").wait_for(state="visible")
    value = fresh_number()
    page.evaluate("(awaited) => { turns.frames = []; turns.acks = []; turns.awaited = awaited; }", 30 * value)
    plant.send("press", chart("pressure", [(time.time(), 30 * value)]), kpi("temperature", value))
    wait_value(page, "temperature", value)
    page.wait_for_function("(s) => cadran.statistics().lastPaint.s >= s", arg=statistics(page)["s"])
    found: dict[str, Any] = page.evaluate("() => ({...turns, s: cadran.statistics().lastPaint.s})")
    page.evaluate("() => { turns.awaited = null; }")
    assert all(ack["frame"] >= found["frames"][-1]["frame"] for ack in found["acks"] if ack["s"] == found["s"])
    frames: list[dict[str, Any]] = found["frames"]
    return frames


def test_a_frame_draws_no_more_than_its_time_allows_and_the_rest_follows(plant: Served, slow: Page) -> None:
    frames = one_update(plant, slow, "chart5")
    num_seen = slow.evaluate("() => Object.values(cadran.statistics().draws).filter((n) => n > 0).length") - 1
    drawn = [key for frame in frames for key in frame["drawn"]]
    assert set(drawn) >= {f"chart{number}" for number in range(NUM_CHARTS)}
    assert num_seen >= NUM_CHARTS
    # Each chart takes longer than the whole budget: one a frame, and never many.
    assert max(len(frame["drawn"]) for frame in frames) <= 2
    assert len(frames) >= num_seen / 2


def test_the_chart_under_the_pointer_is_drawn_first(plant: Served, slow: Page) -> None:
    for pointed in ("chart8", "chart2", "chart10"):
        assert one_update(plant, slow, pointed)[0]["drawn"][0] == pointed


def test_what_is_read_changes_at_once_and_stays_while_charts_follow(plant: Served, slow: Page) -> None:
    frames = one_update(plant, slow, "chart5")
    # Written after the first frame's drawings, and before those of the second.
    assert len({frame["value"] for frame in frames[1:]}) == 1
    assert {frame["legends"] for frame in frames[1:]} == {1}
