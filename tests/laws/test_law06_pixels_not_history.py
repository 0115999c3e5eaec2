"""Law 6: a frame costs pixels, not history. U9, U17: the cost of a point does not grow, buckets never move."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.frames.message import split_message
from cadran.frames.span import range_of
from cadran.frames.wire import SERIES, PanelView
from cadran.readable import Floats
from cadran.screen.screen import DashboardScreen
from cadran.screen.slots import SeriesSlot
from cadran.store import Key, SeriesColumns
from cadran.testing import HeadlessViewer, LiveScreen


class Recorder(HeadlessViewer):
    """Keeps the series pieces that it hears."""

    def __init__(self, px: int = 600) -> None:
        super().__init__(px=px)
        self.pieces: list[bytes] = []

    def hear(self, data: bytes) -> None:
        self.pieces += [bytes(piece.payload) for piece in split_message(data)[1] if piece.kind == SERIES]
        super().hear(data)


def line_over(press: Channel, window: str | None = "60s") -> DashboardScreen:
    @cd.screen("Line", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"), window=window)

    return screen


def grid(live: LiveScreen, num_points: int) -> tuple[Floats, Floats]:
    """So many points, the last 1,000 of which, a tenth of a second apart, are the same whatever their number: those of
    the window, and those before it by which it is known how far apart points lie at its left end."""
    end = live.clock.now().wall
    older = np.linspace(end - 86_400, end - 100.05, max(0, num_points - 1_000))
    recent = end - 100 + 0.1 * np.arange(1_000)
    xs = np.concatenate((older, recent))
    return xs, np.sin(xs)


def pieces_with(num_points: int) -> tuple[list[bytes], list[bytes], int]:
    """The pieces of a first frame, of one more point, and the bytes of that frame."""
    press = cd.channel("press", keep="30d", max_items=20_000_000, max_bytes=2**30)
    with testing.open(line_over(press)) as live:
        xs, ys = grid(live, num_points)
        press.send(cd.ChartDataUpdated.xy("v", xs, ys))
        live.settle()
        viewer = Recorder()
        live.viewer(viewer=viewer)
        live.settle()
        first = list(viewer.pieces)
        viewer.pieces.clear()
        num_bytes = viewer.num_bytes
        press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, 0.5))
        live.settle()
        return first, viewer.pieces, viewer.num_bytes - num_bytes


@pytest.mark.parametrize("num_points", [1_000_000, pytest.param(10_000_000, marks=pytest.mark.slow)])
def test_law06_the_bytes_of_a_window_do_not_depend_on_history(num_points: int) -> None:
    """U9: with 1,000 points stored and with so many, the first frame and that of one point more are the same bytes."""
    assert pieces_with(1_000) == pieces_with(num_points)


def stored(press: Channel, live: LiveScreen) -> SeriesColumns:
    """The series in the store."""
    series = live.core.store.series(Key(press.id, "series", "v"))
    assert series is not None
    return series


@pytest.mark.parametrize("num_points", [1_100_000, pytest.param(10_000_000, marks=pytest.mark.slow)])
def test_u17_a_long_history_in_pixels_is_that_of_its_points(num_points: int) -> None:
    """All of it, and a hundredth: no more buckets than pixels allow, each with the least and greatest of its points."""
    press = cd.channel("press", keep="30d", max_items=20_000_000, max_bytes=2**30)
    with testing.open(line_over(press, window=None)) as live:
        rng = np.random.default_rng(17)
        xs = live.clock.now().wall - 0.01 * np.arange(float(num_points))[::-1]
        ys = np.where(rng.random(num_points) < 0.001, np.nan, rng.integers(-1_000_000, 1_000_000, num_points))
        press.send(cd.ChartDataUpdated.xy("v", xs, ys))
        live.settle()
        assert len(stored(press, live)) == num_points
        viewer = live.viewer(px=800)
        live.settle()
        for x0, x1 in ((xs[0], xs[-1]), (xs[num_points // 2], xs[num_points // 2 + num_points // 100])):
            viewer.zoom("v", float(x0), float(x1))
            live.advance("2s")  # what is large may come coarse first
            held = viewer.series("v")
            assert held is not None
            width = 2.0**held.k
            assert width <= (x1 - x0) / 800
            assert held.ids.size <= 2 * 800 + 2
            edges = np.searchsorted(xs, np.append(held.ids, held.ids[-1] + 1) * width)
            num_left_out = edges[0] - np.searchsorted(xs, math.floor(x0 / width) * width)
            assert -np.diff(edges)[0] <= num_left_out <= 0, "nothing is left out, and one bucket before it is there"
            assert edges[-1] >= np.searchsorted(xs, x1)
            lows, highs = (np.array([f(ys[a:b]) for a, b in pairwise(edges)]) for f in (np.nanmin, np.nanmax))
            np.testing.assert_array_equal(held.min, lows)
            np.testing.assert_array_equal(held.max, highs)


def test_u09_n_points_in_one_frame_are_one_piece() -> None:
    press = cd.channel("press")
    with testing.open(line_over(press)) as live:
        viewer = Recorder()
        live.viewer(viewer=viewer)
        press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, 0.0))
        live.settle()
        viewer.pieces.clear()
        frames = viewer.num_frames
        now = live.clock.now().wall
        for step in range(100):
            press.send(cd.ChartDataUpdated.point("v", now + step / 10_000, float(step)))
        live.settle()
        assert (viewer.num_frames - frames, len(viewer.pieces)) == (1, 1)
        held = viewer.series("v")
        assert held is not None
        assert held.last[-1] == 99.0


@pytest.mark.parametrize("px", [1, 37, 600, 2_000])
@pytest.mark.parametrize("span", [0.5, 60.0, 3600.0, 86_400.0])
def test_u17_buckets_are_no_wider_than_a_pixel_and_at_most_two_a_pixel(px: int, span: float) -> None:
    """A power of two no wider than a pixel is wider than half of one."""
    press = cd.channel("press", keep="30d")
    with testing.open(line_over(press, window="24h")) as live:
        viewer = live.viewer(px=px)
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated.xy("v", (now - np.linspace(0, span, 20_000)[::-1]).tolist(), [1.0] * 20_000))
        viewer.zoom("v", span=span)
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert 2.0**held.k <= span / px
        in_sight = held.ids[(held.ids + 1) * 2.0**held.k > viewer.at - span]
        assert in_sight.size <= 2 * px + 2


def test_u17_a_zoomed_range_gets_its_own_pixels() -> None:
    press = cd.channel("press", keep="30d")
    with testing.open(line_over(press, window="24h")) as live:
        viewer = Recorder(px=500)
        live.viewer(viewer=viewer)
        now = live.clock.now().wall
        xs = (now - np.linspace(0, 86_000, 100_000)[::-1]).tolist()
        press.send(cd.ChartDataUpdated.xy("v", xs, np.sin(xs).tolist()))
        live.settle()
        viewer.pieces.clear()
        viewer.zoom("v", now - 40_000, now - 39_900)
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert 2.0**held.k <= 100 / 500
        inside = [x for x in xs if now - 40_000 <= x <= now - 39_900]
        assert len(inside) <= held.ids.size <= len(inside) + 2
        assert sum(map(len, viewer.pieces)) < 8_000


def test_u17_exact_minimum_and_maximum() -> None:
    """One spike in 100,000 points is seen from afar."""
    press = cd.channel("press", keep="30d")
    with testing.open(line_over(press, window="24h")) as live:
        viewer = live.viewer(px=300)
        now = live.clock.now().wall
        ys = np.zeros(100_000)
        ys[54_321], ys[12_345] = 1e9, -1e9
        press.send(cd.ChartDataUpdated.xy("v", (now - np.linspace(0, 86_000, 100_000)[::-1]).tolist(), ys.tolist()))
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert (held.max.max(), held.min.min()) == (1e9, -1e9)


def test_law06_a_point_in_1970_beside_a_million_now() -> None:
    """It costs one bucket; the others are what they are without it."""
    held = []
    for num_old in (0, 1):
        press = cd.channel("press", keep=None, max_items=1_000_000)
        with testing.open(line_over(press)) as live:
            xs, ys = grid(live, 1_000_000)
            press.send(cd.ChartDataUpdated.xy("v", xs, ys))
            live.settle()
            press.send(cd.ChartDataUpdated("v", [(1.0, 5.0)] * num_old))
            live.settle()
            viewer = live.viewer(px=800)
            viewer.zoom("v", float(xs[0]), float(xs[-1]))
            live.advance("2s")
            columns = viewer.series("v")
            assert columns is not None
            held.append([column.tolist() for column in (columns.ids, columns.min, columns.max, columns.last)])
            series = stored(press, live)
            assert series.num_bytes <= 1.5 * 16 * len(series)
            viewer.zoom("v", 0.0, live.clock.now().wall)
            live.settle()
            columns = viewer.series("v")
            assert columns is not None
            assert columns.ids.size <= num_old + 2
    assert held[0] == held[1]


@pytest.mark.parametrize("window", ["60s", None])
def test_law06_a_point_in_1970_beside_one_now(window: str | None) -> None:
    press = cd.channel("press", keep=None)
    with testing.open(line_over(press, window)) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated("v", [(1.0, 1.0), (now, 2.0)]))
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert held.ids.size <= 2
        assert held.last[-1] == 2.0
        assert viewer.num_bytes < 10_000
        viewer.zoom("v", 0.0, now + 1)
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist() == [1.0, 2.0]


def test_law06_a_point_of_the_far_future_beside_one_now() -> None:
    """A producer's clock is wrong by 70 years: no overflow, nothing allocated between, the rest is right."""
    press = cd.channel("press", keep=None)
    with testing.open(line_over(press)) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated("v", [(now, 2.0), (now + 70 * 365 * 86_400, 3.0), (9e10, 4.0)]))
        live.settle()
        for _ in range(3):
            press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, 5.0))
            live.settle()
        held = viewer.series("v")
        assert held is not None
        xs = held.ids * 2.0**held.k
        assert xs[0] == pytest.approx(now, abs=0.2)
        assert np.all(np.diff(held.ids) > 0)
        assert viewer.num_bytes < 10_000
        assert viewer.state("v") == "live"


def test_law06_a_viewer_that_claims_a_billion_pixels_costs_a_bounded_frame() -> None:
    press = cd.channel("press", keep="30d", max_items=1_000_000)
    with testing.open(line_over(press, window="24h")) as live:
        now = live.clock.now().wall
        xs = now - np.linspace(0, 86_000, 300_000)[::-1]
        press.send(cd.ChartDataUpdated.xy("v", xs.tolist(), np.sin(xs).tolist()))
        viewer = live.viewer(px=2**31)
        live.advance("1s")
        assert viewer.num_bytes < 1_600_000


def test_law06_buckets_never_move() -> None:
    """While time goes on, a bucket that is complete never changes: the chart does not wobble."""
    press = cd.channel("press")
    with testing.open(line_over(press)) as live:
        viewer = live.viewer(px=100)
        known: dict[float, tuple[float, ...]] = {}
        levels = set()
        for step in range(300):
            press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, math.sin(step)))
            live.advance("0.31s")
            held = viewer.series("v")
            assert held is not None
            levels.add(held.k)
            rows = np.column_stack((held.first, held.min, held.max, held.last)).tolist()
            complete = dict(zip(held.ids.tolist()[:-1], map(tuple, rows), strict=False))
            for number, row in complete.items():
                assert known.setdefault(number, row) == row
        assert len(levels) == 1
        assert len(known) > 90


@settings(max_examples=40)
@given(
    span=st.sampled_from([0.1, 1.0, 30.0, 60.0, 64.0, 300.0, 3600.0, 86_400.0]),
    px=st.integers(1, 3_000),
    steps=st.lists(st.floats(0.001, 1e5), min_size=1, max_size=20),
)
def test_law06_the_level_of_a_window_does_not_depend_on_the_time(span: float, px: int, steps: list[float]) -> None:
    press = cd.channel("press")
    slot = SeriesSlot(0, 0, press.series("v"), span)
    at, levels = 1_790_000_000.0, set()
    for step in steps:
        at += step
        levels.add(range_of(slot, PanelView(i=0, px=px), SeriesColumns(), at, None).k)
    assert len(levels) == 1
