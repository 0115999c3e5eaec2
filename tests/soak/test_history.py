"""U9, U17: any range of a long history, and one point more, take the work of its pixels: 100 million points, long."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.working import Work, working

import cadran as cd
from cadran import testing
from cadran.testing import LiveScreen

POINTS_PER_SEC = 1_000
BATCH = 1_000_000
PX = 1_000
SHARES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
"""Of the whole, of each of which three ranges are looked at."""


class History:
    """A chart of so many points, and one viewer."""

    def __init__(self, num_points: int) -> None:
        self.press = cd.channel("press", keep=None, max_items=4 * BATCH, max_bytes=2**30)
        self.num_points, self.ys = num_points, np.random.default_rng(1).normal(size=num_points).astype(np.float32)

        @cd.screen("History", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.line("V", self.press.series("v", x="number"))

        self.screen = screen

    def fill(self, live: LiveScreen) -> None:
        for start in range(0, self.num_points, BATCH):
            ys = self.ys[start : start + BATCH].astype(np.float64)
            xs = np.arange(start, start + ys.size) / POINTS_PER_SEC
            self.press.send(cd.ChartDataUpdated.xy("v", xs, ys, x="number"))
            live.settle()

    def ranges(self) -> list[tuple[int, int]]:
        """Indexes of the first point and past the last one."""
        found = []
        for share in SHARES:
            size = int(self.num_points * share)
            found += [(int((self.num_points - size) * at), size) for at in (0.0, 0.37, 1.0)]
        return [(first, first + size) for first, size in found]


def measured(num_points: int) -> tuple[Work, Work, int]:
    """The work for all ranges once they were looked at before, that of ten points more, and the bytes of those."""
    history = History(num_points)
    with testing.open(history.screen) as live:
        history.fill(live)
        viewer = live.viewer(px=PX)
        for begin, end in history.ranges() * 2:
            viewer.zoom("v", begin / POINTS_PER_SEC, (end - 1) / POINTS_PER_SEC)
            live.advance("1s")
            series = viewer.series("v")
            assert series is not None
            assert 2.0**series.k <= (end - begin) / POINTS_PER_SEC / PX * 1.01, "at most a pixel wide"
            edges = np.ceil(series.ids * 2.0**series.k * POINTS_PER_SEC).astype(np.int64)
            inside = np.flatnonzero((edges[:-1] >= begin) & (edges[1:] <= end))
            raw = history.ys[edges[inside[0]] : edges[inside[-1] + 1]]
            starts = edges[inside] - edges[inside[0]]
            assert np.array_equal(series.min[inside], np.minimum.reduceat(raw, starts))
            assert np.array_equal(series.max[inside], np.maximum.reduceat(raw, starts))
        with working(live, counts_calls=True) as looking:
            for begin, end in history.ranges():
                viewer.zoom("v", begin / POINTS_PER_SEC, (end - 1) / POINTS_PER_SEC)
                live.advance("1s")
        viewer.zoom("v", span=60.0)
        live.advance("2s")
        num_bytes = viewer.num_bytes
        with working(live, counts_calls=True) as adding:
            for number in range(10):
                x = (num_points + number) / POINTS_PER_SEC
                history.press.send(cd.ChartDataUpdated.xy("v", [x], [0.5], x="number"))
                live.settle()
        return looking, adding, viewer.num_bytes - num_bytes


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_u17_u09_work_is_of_pixels_not_of_history(times: Callable[[int, int], int]) -> None:
    few = measured(times(200_000, 1_000_000))
    many = measured(times(2_000_000, 100_000_000))
    assert many[0].num_calls <= 1.5 * few[0].num_calls
    assert many[0].secs <= 10 * few[0].secs
    assert many[1].num_calls <= 1.1 * few[1].num_calls
    assert many[1].secs <= 10 * few[1].secs
    assert many[2] <= 1.1 * few[2]
