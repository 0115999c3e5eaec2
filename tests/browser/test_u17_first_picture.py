"""U17: the first picture of a chart is painted once, and not coarse where what is finer comes within a frame."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page
from tests.browser.looking import SOME_FRAMES, held, wait_points
from tests.browser.served import Served, chart

from cadran.frames.encode import series_pieces
from cadran.frames.message import message
from cadran.frames.wire import COMMIT, FIRST
from cadran.store import SeriesColumns, id_of

pytestmark = pytest.mark.browser

COUNT_GROUNDS = """
window.num_grounds = window.num_for_fonts = 0;
document.fonts.addEventListener("loadingdone", () => (num_for_fonts += num_grounds > 0));
const fillRect = CanvasRenderingContext2D.prototype.fillRect;
CanvasRenderingContext2D.prototype.fillRect = function (...rect) {
  if (this.canvas.closest?.(".plot") && rect[2] === this.canvas.width) num_grounds += 1;
  return fillRect.apply(this, rect);
};
"""
"""How often a plot was painted: each time it begins with its ground; anew where the font came later."""

HOLD = (
    COUNT_GROUNDS
    + """
window.held_frames = [];
window.requestAnimationFrame = (run) => held_frames.push(run);
window.nextFrame = () => held_frames.splice(0).forEach((run) => run(performance.now()));
const {set} = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
Object.defineProperty(WebSocket.prototype, "onmessage", {
  set(run) {
    set.call(this, run);
    window.hear = (bytes) => run.call(this, {data: new Uint8Array(bytes).buffer});
  },
});
"""
)
"""Animation frames come when the test says so, and the page hears what the test says beside what the server says."""

SLOT = """
() => JSON.parse(document.getElementById("layout").textContent).panels.find(({key}) => key === "wave").series[0].slot
"""
COARSE, FINE = 4, -1
"""Of 500 s on some 600 pixels."""


def test_u17_a_plot_is_painted_once_when_it_begins(plant: Served, open_page: Callable[..., Page]) -> None:
    now = time.time()
    plant.send("kiln", chart("heat", [(now - 6 * 3600.0 * back, 50.0 + back) for back in range(8)], replace=True))
    page = open_page(plant.url + "s/buckets/", prepare=lambda page: page.add_init_script(COUNT_GROUNDS))
    wait_points(page, "kiln", 8)
    # A pixel is five minutes here: time alone draws nothing.
    page.wait_for_function("() => num_grounds > 0")
    page.evaluate(SOME_FRAMES)
    assert page.evaluate("num_grounds - num_for_fonts") == 1


class Heard:
    """A page of one wide chart without data, and a server that says what this test makes up."""

    def __init__(self, page: Page) -> None:
        self.page = page
        xs = time.time() - np.arange(500.0, 0.0, -0.1)
        self._series = SeriesColumns()
        self._series.extend(xs, 50 + 49 * np.sin(xs), s=1, is_sorted=True)
        self._range = float(xs[0]), float(xs[-1])
        self._slot = page.evaluate(SLOT)

    def hear(self, k: int) -> None:
        """Hear all of the line in buckets of width 2**k."""
        low, high = self._range
        from_id = id_of(low, k)
        buckets = self._series.view(k, from_id, id_of(high, k))
        pieces = series_pieces(self._slot, buckets, from_id, replace=True, cadence=0.1, newest_x=high)
        data = message(pieces, flags=FIRST | COMMIT, view=1, s=0.0, base=0.0, at=high)
        self.page.evaluate("(bytes) => hear(bytes)", list(data))

    def next_frame(self) -> None:
        self.page.evaluate("nextFrame()")

    @property
    def num_grounds(self) -> int:
        return int(self.page.evaluate("num_grounds"))

    @property
    def level(self) -> int:
        return int(held(self.page, "wave")[0]["k"])


@pytest.fixture
def heard(plant: Served, open_page: Callable[..., Page]) -> Heard:
    plant.send("pulse", chart("wave", [], replace=True))
    page = open_page(plant.url + "s/pulse/", live=False, prepare=lambda page: page.add_init_script(HOLD))
    # All that was said so far is taken in with what comes next: a chart without data would be drawn without.
    page.wait_for_function("() => cadran.statistics().messages > 0", polling=20)
    return Heard(page)


def test_u17_a_coarse_first_picture_is_not_drawn_where_a_finer_one_follows(heard: Heard) -> None:
    heard.hear(COARSE)
    assert heard.level == COARSE
    assert heard.num_grounds == 0
    heard.hear(FINE)
    heard.next_frame()
    assert heard.level == FINE
    assert heard.num_grounds == 1


def test_u17_a_coarse_first_picture_is_drawn_where_nothing_follows(heard: Heard) -> None:
    heard.hear(COARSE)
    assert heard.num_grounds == 0
    heard.next_frame()
    assert heard.level == COARSE
    assert heard.num_grounds == 1
