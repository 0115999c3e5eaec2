"""U2: a query slower than its interval. At most one in flight, every result published, ticks in a run merged."""

from __future__ import annotations

import pytest

import cadran as cd
from cadran import testing
from cadran.errors import SourceTimeout
from cadran.screen.screen import DashboardScreen
from cadran.testing import FakeSource, Later, LiveScreen


def slow_source(live: list[LiveScreen], secs: float, timeout: str = "10s") -> FakeSource:
    """Gives the number of the read after ``secs``; fails if two are in flight."""
    source = testing.fake_source("slow", every="1s", timeout=timeout)
    busy_until = [0.0]

    def read(number: int) -> object:
        now = live[0].clock.now().mono
        assert now >= busy_until[0] - 1e-6, "two reads in flight"
        busy_until[0] = now + secs
        return Later(secs, float(number))

    source.value = read
    return source


def screen_of(source: FakeSource) -> DashboardScreen:
    @cd.screen("Slow", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Slow", source)

    return screen


def test_u02_at_most_one_in_flight_and_every_result_is_published() -> None:
    lives: list[LiveScreen] = []
    source = slow_source(lives, 5.0)
    with testing.open(screen_of(source)) as live:
        lives.append(live)
        viewer = live.viewer()
        seen: list[object] = []
        for _ in range(600):
            live.advance("0.1s")
            value = viewer.value("slow")
            if value is not None and (not seen or seen[-1] != value):
                seen.append(value)
        assert seen == [float(number) for number in range(1, len(seen) + 1)]
        assert len(seen) == 7, "two runs of 5 s, then one every 10 s: reading takes at most half of the time"
        assert source.num_reads <= 8
        assert viewer.state("slow") in ("live", "stale")


def test_u02_ticks_in_a_run_are_merged_into_one_and_counted() -> None:
    lives: list[LiveScreen] = []
    source = slow_source(lives, 3.5)
    with testing.open(screen_of(source)) as live:
        lives.append(live)
        live.viewer()
        live.advance("36s")
        schedule = live.core._polling.schedule(source.id)
        assert source.num_reads == 2 + 4, "two runs at 0 s and 3.5 s, then one every 7 s"
        assert schedule.num_skipped_ticks == 2 * 2, "of the three ticks in a run one is made good; none once stretched"


def test_u02_a_refresh_in_a_run_is_one_more_run_after_it() -> None:
    lives: list[LiveScreen] = []
    source = slow_source(lives, 0.5)
    with testing.open(screen_of(source)) as live:
        lives.append(live)
        viewer = live.viewer()
        live.advance("0.2s")
        for _ in range(10):
            source.refresh()
            viewer.refresh()
        live.advance("0.35s")
        assert source.num_reads == 2
        live.advance("0.4s")
        assert source.num_reads == 2


def test_u02_a_time_out_cancels_at_the_driver_and_the_run_counts_until_it_ends() -> None:
    lives: list[LiveScreen] = []
    source = testing.fake_source("slow", 1.0, every="1s", timeout="3s")
    with testing.open(screen_of(source)) as live:
        lives.append(live)
        viewer = live.viewer()
        live.advance("0.5s")
        source.value = Later(60.0, 2.0)
        live.advance("1s")
        reads = source.num_reads
        live.advance("3s")
        assert source.num_cancels == 1
        status = viewer.status("slow")
        assert status is not None
        assert status.state == "error"
        assert status.fault is not None
        assert status.fault.message == "slow did not answer within 3 s"
        assert viewer.value("slow") == 1.0
        source.value = 3.0
        live.advance("50s")
        assert source.num_reads == reads, "hung: not started again until it ends"
        assert source.num_cancels == 1, "and cancelled once"
        viewer.refresh()
        live.advance("1s")
        assert source.num_reads == reads, "not even when asked"
        live.advance("10s")
        assert viewer.value("slow") == 3.0
        assert viewer.state("slow") == "live"


def test_u02_a_cancelled_run_that_raises_is_a_failure_like_others() -> None:
    source = testing.fake_source("slow", 1.0, every="1s", timeout="3s")
    with testing.open(screen_of(source)) as live:
        viewer = live.viewer()
        live.advance("0.5s")
        source.value = Later(3.5, SourceTimeout("slow was cancelled after 3 s"))
        live.advance("1s")
        source.value = 4.0
        faults = []
        for _ in range(100):
            live.advance("0.05s")
            status = viewer.status("slow")
            if status is not None and status.fault is not None and status.fault not in faults:
                faults.append(status.fault)
        assert [fault.message for fault in faults] == ["slow did not answer within 3 s", "slow was cancelled after 3 s"]
        assert faults[0].next_try is None
        assert faults[1].next_try is not None
        assert (viewer.state("slow"), viewer.value("slow")) == ("live", 4.0)


@pytest.mark.parametrize("secs", [0.2, 0.9, 1.0, 1.1])
def test_u02_a_query_about_as_long_as_its_interval_is_never_stale(secs: float) -> None:
    lives: list[LiveScreen] = []
    source = slow_source(lives, secs)
    with testing.open(screen_of(source)) as live:
        lives.append(live)
        viewer = live.viewer()
        live.advance("5s")
        for _ in range(200):
            live.advance("0.1s")
            assert viewer.state("slow") == "live"
