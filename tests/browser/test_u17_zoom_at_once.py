"""U17: a zoom asks at once, and its answer is drawn before the animation frame that shows it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.looking import SOME_FRAMES, draws, wait_points
from tests.browser.served import Served

pytestmark = pytest.mark.browser

HOLD_FRAMES = """
window.frames_asked = 0;
window.held = null;
window.nextFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (run) => {
  frames_asked += 1;
  return held === null ? nextFrame(run) : held.push(run);
};
window.sent = [];
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  sent.push(JSON.parse(text));
  return send.call(this, text);
};
"""

# Presses, moves and releases within one script: nothing else can happen meanwhile.
SELECT = """
([key, from, to]) => {
  const over = document.querySelector(`[data-panel="${key}"] .u-over`);
  const {left, top, width, height} = over.getBoundingClientRect();
  const mouse = (target, kind, share) => target.dispatchEvent(new MouseEvent(kind, {
    clientX: left + share * width, clientY: top + height / 2, button: 0, buttons: 1, movementX: 5, bubbles: true,
  }));
  mouse(over, "mouseenter", from);
  mouse(over, "mousedown", from);
  mouse(over, "mousemove", to);
  const changes = new MutationObserver(() => {});
  changes.observe(document, {attributes: true, characterData: true, childList: true, subtree: true});
  const [num_frames, num_sent] = [frames_asked, sent.length];
  mouse(document, "mouseup", to);
  const num_changes = changes.takeRecords().length;
  changes.disconnect();
  return {num_changes, num_frames: frames_asked - num_frames, said: sent.slice(num_sent)};
}
"""
HOLD = "() => new Promise((done) => { window.held = []; nextFrame(() => nextFrame(done)); })"
"""From here on; those that were asked for before have come."""


@pytest.fixture
def chart(plant: Served, open_page: Callable[..., Page]) -> tuple[Page, float]:
    """Ten minutes of a line, drawn and at rest; and the moment in its middle."""
    now = time.time()
    plant.fill("pressure", [(now - 590 + i / 10, math.sin(i / 300)) for i in range(5900)])
    page = open_page(plant.url + "s/plant/", height=1200, prepare=lambda page: page.add_init_script(HOLD_FRAMES))
    wait_points(page, "pressure", 400)
    page.evaluate(SOME_FRAMES)
    return page, now - 300


def test_u17_a_zoom_is_asked_for_in_the_task_of_the_input_and_nothing_else_is_done_in_it(
    chart: tuple[Page, float],
) -> None:
    page, _ = chart
    found: dict[str, Any] = page.evaluate(SELECT, ["pressure", 0.4, 0.6])
    assert [one["t"] for one in found["said"]] == ["view"]
    zooms = [one for one in found["said"][0]["panels"] if "x0" in one]
    assert len(zooms) == 1
    assert zooms[0]["x0"] < zooms[0]["x1"]
    # A browser puts off messages until what an input has changed was painted.
    assert found["num_frames"] == 0
    assert found["num_changes"] == 0
    page.wait_for_function("() => window.cadran.points('pressure')[0].xs.every((x) => x < Date.now() / 1000 - 200)")
    selected = page.locator('[data-panel="pressure"] .u-select')
    page.wait_for_function("(box) => box.offsetWidth === 0", arg=selected.element_handle())
    assert page.locator('[data-panel="pressure"] [data-role="reset-zoom"]').is_visible()


def test_u17_an_answer_is_drawn_ahead_of_its_animation_frame_and_once_for_each(chart: tuple[Page, float]) -> None:
    page, middle = chart

    def zoom(from_secs: float, to_secs: float) -> None:
        x0, x1 = middle + from_secs, middle + to_secs
        page.evaluate("([x0, x1]) => window.cadran.zoom('pressure', x0, x1)", [x0, x1])

    def wait(condition: str, arg: object) -> None:
        # Animation frames are held; a page that acknowledges nothing hears nothing, and is cut off in 10 s.
        page.wait_for_function(condition, arg=arg, polling=20, timeout=8_000)

    page.evaluate(HOLD)
    num_draws = draws(page, "pressure")
    zoom(-100, 0)
    wait("(n) => window.cadran.statistics().draws.pressure > n", num_draws)
    assert draws(page, "pressure") == num_draws + 1
    assert page.evaluate("([x]) => window.cadran.points('pressure')[0].xs.every((one) => one < x)", [middle + 10])

    num_messages = page.evaluate("window.cadran.statistics().messages")
    zoom(50, 100)
    wait("(n) => window.cadran.statistics().messages > n", num_messages)
    assert draws(page, "pressure") == num_draws + 1
    page.evaluate("held.splice(0).forEach((run) => run(performance.now())), void (window.held = null)")
    wait("([x]) => window.cadran.points('pressure')[0].xs.every((one) => one > x)", [middle + 40])
    assert draws(page, "pressure") >= num_draws + 2
