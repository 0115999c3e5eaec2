"""Law 11: producers never wait; what a bound dropped is counted and shown."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen
from cadran.testing import HeadlessViewer


def screen_of(press: Channel) -> DashboardScreen:
    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("A", press.kpi("a"))
        ui.line("V", press.series("v"), window="60s")

    return screen


@pytest.mark.slow
def test_law11_bounded_without_an_engine() -> None:
    press = cd.channel("press", max_items=1_000)
    for index in range(50_000):
        press.send(cd.ChartDataUpdated.point("v", float(index), 0.0), cd.KpiUpdated("a", float(index)))
    counts = press.statistics()
    assert counts.num_pending <= 1_000
    assert counts.num_merged_kpis + counts.num_dropped_points + counts.num_pending == 100_000


def test_law11_what_was_dropped_is_shown_to_every_viewer() -> None:
    press = cd.channel("press", max_items=100)
    with testing.open(screen_of(press)) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated("v", [(now - i / 100, 1.0) for i in range(5_000)]))
        live.settle()
        notice = viewer.notices["dropped:channel:press"]
        assert notice.level == "warning"
        assert notice.message is not None
        assert "4,900 points" in notice.message
        later = live.viewer()
        assert later.notices == viewer.notices, "and to those who come later"
        press.send(cd.ChartDataUpdated("v", [(live.clock.now().wall, 1.0)] * 1_100))
        live.settle()
        message = viewer.notices["dropped:channel:press"].message
        assert message is not None
        assert "5,900 points" in message


def test_law11_nothing_dropped_nothing_said() -> None:
    press = cd.channel("press")
    with testing.open(screen_of(press)) as live:
        viewer = live.viewer()
        for index in range(1_000):
            press.send(cd.KpiUpdated("a", float(index)))
        live.settle()
        assert viewer.notices == {}, "merging to the newest value is what a KPI is"
        assert press.statistics().num_merged_kpis == 999


def test_u20_rejected_points_are_counted_and_shown() -> None:
    press = cd.channel("press")
    with testing.open(screen_of(press)) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated("v", [(now, 1.0), (math.nan, 2.0), (math.inf, 3.0), (None, 4.0)]))
        live.settle()
        assert press.statistics().num_rejected_points == 3
        status = viewer.status("v")
        assert status is not None
        assert (status.num_rejected, viewer.notices) == (3, {}), "told where they are missing"
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist() == [1.0]


def test_law11_a_screen_that_drops_keeps_its_pace() -> None:
    press = cd.channel("press", max_items=50)
    with testing.open(screen_of(press)) as live:
        viewer = live.viewer()
        frames = viewer.num_frames
        for step in range(50):
            now = live.clock.now().wall
            press.send(cd.ChartDataUpdated("v", [(now + i / 10_000, float(step)) for i in range(200)]))
            live.advance("0.1s")
        assert viewer.num_frames - frames >= 50
        held = viewer.series("v")
        assert held is not None
        assert held.last[-1] == 49.0


def test_law11_send_rings_once_a_tick() -> None:
    press = cd.channel("press")
    with testing.open(screen_of(press)) as live:
        live.viewer()
        live.advance("1s")
        steps, ticks = live.num_steps, live.statistics().num_ticks
        for index in range(10_000):
            press.send(cd.KpiUpdated("a", float(index)))
        live.settle()
        assert live.num_steps - steps <= 6
        assert live.statistics().num_ticks - ticks == 1


@pytest.mark.slow
def test_u07_p99_of_a_send_is_a_small_multiple_of_the_median() -> None:
    """A ratio, on one machine in one run: no send pays for the others. (Folding happens every 1,024 sends.)"""
    press = cd.channel("press")

    def times(send: Callable[[int], None]) -> list[float]:
        taken = []
        for index in range(20_000):
            start = time.perf_counter()
            send(index)
            taken.append(time.perf_counter() - start)
        return sorted(taken)

    taken = times(lambda index: press.send(cd.KpiUpdated("a", float(index))))
    p99 = taken[int(0.99 * len(taken))]
    assert p99 < 50 * statistics.median(taken)


def test_law11_a_send_never_fails_for_what_the_engine_does() -> None:
    press = cd.channel("press")

    class Broken(HeadlessViewer):
        pass

    with testing.open(screen_of(press)) as live:
        live.viewer(viewer=Broken())
        live.close()
        press.send(cd.KpiUpdated("a", 1.0))
    assert press.num_pending == 1
