"""Long histories are made off the engine's loop, once for all who join; the rest of the screen does not wait."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.frames.blocks import JOB_SECS_MAX, JOBS_MAX, RETRY_SECS
from cadran.jobs import Job, JobDone
from cadran.screen.screen import DashboardScreen
from cadran.testing import HeadlessViewer, LiveScreen

ROWS_MAX = 2_000
"""What a step may pass over in these tests, so that short histories count as long ones."""


class ByHand:
    """Keeps the engine's own jobs until the test runs them."""

    def __init__(self, live: LiveScreen) -> None:
        self.live = live
        self.kept: list[Job] = []
        self.num_started = 0
        self._run: Callable[[Job, float], None] = live._run
        live._run = self._keep  # type: ignore[method-assign]

    def _keep(self, job: Job, now_mono: float) -> None:
        if not job.is_ours:
            self._run(job, now_mono)
            return
        self.num_started += 1
        self.kept.append(job)

    def run(self) -> None:
        """Run all that is kept, and what is started then, to the end."""
        while self.kept:
            self._run(self.kept.pop(0), self.live.clock.now().mono)
            self.live.advance("0.01s")


def plant(num_lines: int = 1, window: str = "1h") -> tuple[Channel, DashboardScreen]:
    press = cd.channel("press", keep="2d", max_items=10_000_000)

    @cd.screen("Plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))
        for number in range(num_lines):
            ui.line(f"V{number}", press.series(f"v{number}"), window=window)

    return press, screen


def fill(live: LiveScreen, press: Channel, num_points: int, num_lines: int = 1) -> None:
    """An hour of so many points for each line."""
    end = live.clock.now().wall
    xs = np.linspace(end - 3_600, end, num_points)
    for number in range(num_lines):
        press.send(cd.ChartDataUpdated.xy(f"v{number}", xs, np.sin(xs + number)))
    press.send(cd.KpiUpdated("temperature", 80.0))
    live.settle()


def bounded(live: LiveScreen, rows_max: int = ROWS_MAX) -> ByHand:
    live.core._builder.lines.rows_per_step = rows_max
    return ByHand(live)


def feed(live: LiveScreen, press: Channel, num_points: int, num_lines: int = 1) -> None:
    for _ in range(num_points):
        now = live.clock.now().wall
        for number in range(num_lines):
            press.send(cd.ChartDataUpdated.point(f"v{number}", now, math.cos(now)))
        press.send(cd.KpiUpdated("temperature", now % 100))
        live.advance("0.05s")


def assert_right(live: LiveScreen, viewer: HeadlessViewer, num_lines: int = 1) -> None:
    for number in range(num_lines):
        held = testing.held_view(live.core, viewer, "plant", f"v{number}")
        assert held
        assert held == testing.store_view(live.core, viewer, "plant", f"v{number}")


def test_law04_everything_else_is_there_at_once() -> None:
    press, screen = plant()
    with testing.open(screen) as live:
        fill(live, press, 20_000)
        jobs = bounded(live)
        viewer = live.viewer()
        assert viewer.value("temperature") == 80.0
        assert viewer.state("temperature") == "live"
        assert viewer.series("v0") is None
        assert viewer.state("v0") is None, "it is loading still"
        feed(live, press, 20)
        assert viewer.value("temperature") != 80.0
        assert viewer.series("v0") is None
        jobs.run()
        assert viewer.state("v0") == "live"
        assert_right(live, viewer)
        assert live.statistics().rows_per_step_max <= ROWS_MAX
        assert jobs.num_started == live.statistics().num_blocks == 1


def test_u03_a_state_does_not_come_before_its_lines_unless_there_are_none_to_wait_for() -> None:
    """A page keeps its old picture until a state comes that says that it is over."""
    press = cd.channel("press", keep="2d", max_items=10_000_000, expect="1s")

    @cd.screen("Plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))
        ui.line("V0", press.series("v0"), window="1h")

    with testing.open(screen) as live:
        fill(live, press, 20_000)
        live.advance("10s")
        jobs = bounded(live)
        viewer = live.viewer()
        assert viewer.state("temperature") == "stale"
        assert (viewer.state("v0"), viewer.series("v0")) == (None, None)
        jobs.run()
        assert viewer.state("v0") == "stale"
        assert_right(live, viewer)


def test_law08_no_hole_and_no_double_while_points_keep_coming() -> None:
    """Points come before, while and after the block is made, late ones too; the viewer holds what the store has."""
    press, screen = plant()
    with testing.open(screen) as live:
        fill(live, press, 20_000)
        jobs = bounded(live)
        viewer = live.viewer()
        feed(live, press, 10)
        press.send(cd.ChartDataUpdated.point("v0", live.clock.now().wall - 3, 9.0))
        feed(live, press, 10)
        jobs.run()
        assert_right(live, viewer)
        feed(live, press, 10)
        assert_right(live, viewer)
        joined = live.viewer()
        assert_right(live, joined)
        assert jobs.num_started == 1, "who comes a moment later takes the same block, and the tail since"


def test_f05_five_hundred_join_at_once_and_one_block_is_made_for_each_line() -> None:
    press, screen = plant(num_lines=3)
    with testing.open(screen) as live:
        fill(live, press, 20_000, num_lines=3)
        jobs = bounded(live)
        viewers = [live.viewer(delay=0.001) for _ in range(500)]
        live.advance("0.1s")
        assert len(jobs.kept) == JOBS_MAX, "few at a time"
        encodings = live.statistics().num_encodings
        jobs.run()
        live.advance("0.1s")
        assert jobs.num_started == 3
        assert live.statistics().num_encodings - encodings <= 6
        assert_right(live, viewers[0], num_lines=3)
        for number in range(3):
            first = viewers[0].series(f"v{number}")
            assert first is not None
            for viewer in viewers:
                series = viewer.series(f"v{number}")
                assert series is not None
                np.testing.assert_array_equal(series.ids, first.ids)
                np.testing.assert_array_equal(series.max, first.max)


def test_many_histories_of_middle_length_are_spread_over_steps() -> None:
    """24 lines that each fit a step, and together do not: several steps, at once after each other, no job."""
    press, screen = plant(num_lines=24)
    with testing.open(screen) as live:
        fill(live, press, 900, num_lines=24)
        jobs = bounded(live)
        steps = live.num_steps
        viewer = live.viewer(delay=0.001)
        live.advance("0.05s")
        assert live.num_steps - steps >= 12
        assert live.statistics().rows_per_step_max <= ROWS_MAX
        assert_right(live, viewer, num_lines=24)
        assert jobs.num_started == 0


def test_a_zoom_keeps_the_old_picture_until_the_new_one_is_there() -> None:
    press, screen = plant()
    with testing.open(screen) as live:
        fill(live, press, 200_000)
        viewer = live.viewer()
        old = viewer.series("v0")
        jobs = bounded(live, rows_max=100)
        now = live.clock.now().wall
        viewer.zoom("v0", now - 1_800, now - 600)
        feed(live, press, 5)
        assert viewer.series("v0") is old
        assert viewer.state("v0") == "live"
        jobs.run()
        assert_right(live, viewer)


@pytest.mark.parametrize("is_refreshed", [False, True])
def test_a_pause_gets_its_history_too(is_refreshed: bool) -> None:
    press, screen = plant()
    with testing.open(screen) as live:
        fill(live, press, 200_000)
        viewer = live.viewer()
        jobs = bounded(live, rows_max=100)
        viewer.change(paused=True)
        live.settle()
        paused_at = live.clock.now().wall
        feed(live, press, 20)
        if is_refreshed:
            viewer.refresh()
            paused_at = live.clock.now().wall
        viewer.zoom("v0", paused_at - 1_800, paused_at + 600)
        live.settle()
        assert jobs.kept
        jobs.run()
        live.settle()
        series = viewer.series("v0")
        assert series is not None
        assert 2.0**series.k <= 2_400 / 600
        assert paused_at - 10 < series.ids[-1] * 2.0**series.k <= paused_at + 0.1
        viewer.change(paused=False)
        live.settle()
        jobs.run()
        live.settle()
        assert_right(live, viewer)


def test_law10_a_history_that_fails_is_its_panels_fault() -> None:
    press, screen = plant(num_lines=2)
    with testing.open(screen) as live:
        fill(live, press, 20_000, num_lines=2)
        jobs = bounded(live)
        viewer = live.viewer()
        live.put(JobDone(jobs.kept.pop(0), error=ZeroDivisionError("division by zero")))
        jobs.run()
        live.settle()
        status = viewer.status("v0")
        assert status is not None
        assert status.fault is not None
        assert "division" in status.fault.message
        assert viewer.state("v1") == "live"
        feed(live, press, 3, num_lines=2)
        held = testing.held_view(live.core, viewer, "plant", "v1")
        assert held == testing.store_view(live.core, viewer, "plant", "v1")
        assert viewer.series("v0") is None, "no tail without its history"
        live.advance(RETRY_SECS + 2)
        jobs.run()
        live.settle()
        assert viewer.state("v0") == "live"
        assert_right(live, viewer, num_lines=2)


def test_a_history_that_takes_too_long_is_given_up() -> None:
    press, screen = plant()
    with testing.open(screen) as live:
        fill(live, press, 20_000)
        jobs = bounded(live)
        viewer = live.viewer()
        live.advance(JOB_SECS_MAX + 1)
        assert viewer.state("v0") == "error"
        assert live.statistics().num_jobs == 0
        jobs.run()
        live.settle()
        assert viewer.value("temperature") == 80.0
        assert viewer.series("v0") is None, "one that ends later changes nothing"


def test_a_line_that_changes_as_a_whole_meanwhile_does_not_wait_for_ever() -> None:
    """After each block that came too late a step passes over twice as much, until that is all of the line."""
    press, screen = plant()
    with testing.open(screen) as live:
        fill(live, press, 20_000)
        jobs = bounded(live)
        viewer = live.viewer()
        end = live.clock.now().wall
        xs = np.linspace(end - 3_599, end, 20_000)
        for number in range(4):
            assert viewer.series("v0") is None
            press.send(cd.ChartDataUpdated.xy("v0", xs, np.cos(xs + number), replace=True))
            live.settle()
            jobs._run(jobs.kept.pop(), live.clock.now().mono)
            live.settle()
        assert not jobs.kept
        assert jobs.num_started == 4, "2,000 rows at once, then 4,000, 8,000, 16,000 and 32,000"
        assert_right(live, viewer)


def test_a_history_that_doubles_while_its_block_is_made_gets_another_and_only_then_a_tail() -> None:
    press, screen = plant(window="1d")
    with testing.open(screen) as live:
        fill(live, press, 20_000)
        jobs = bounded(live)
        viewer = live.viewer()
        end = live.clock.now().wall
        xs = np.linspace(end + 0.001, end + 0.1, 20_000)
        press.send(cd.ChartDataUpdated.xy("v0", xs, np.cos(xs)))
        live.settle()
        jobs.run()
        live.settle()
        assert jobs.num_started == 2
        assert_right(live, viewer)
        assert live.statistics().rows_per_step_max <= ROWS_MAX


@pytest.mark.slow
def test_u17_ten_million_points_are_first_seen_without_stalling() -> None:
    press, screen = plant(window="2d")
    with testing.open(screen) as live:
        end = live.clock.now().wall
        for start in range(10):
            xs = end - 100_000 + np.arange(start * 1_000_000, (start + 1) * 1_000_000) / 100
            press.send(cd.ChartDataUpdated.xy("v0", xs, np.sin(xs)))
        live.settle()
        jobs = ByHand(live)
        viewer = live.viewer()
        assert viewer.series("v0") is None
        jobs.run()
        assert live.statistics().rows_per_step_max <= live.core._builder.lines.rows_per_step
        series = viewer.series("v0")
        assert series is not None
        assert series.ids.size >= 100
        points = live.core.store.series(next(iter(live.core.store._series))).points  # type: ignore[union-attr]
        numbers = np.floor(points.xs / 2.0**series.k)
        edges = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
        np.testing.assert_allclose(series.min, np.minimum.reduceat(points.ys, edges), rtol=1e-6)
        np.testing.assert_allclose(series.max, np.maximum.reduceat(points.ys, edges), rtol=1e-6)
