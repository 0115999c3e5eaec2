"""U14: each source at its own rate, which stretches by itself when reading takes more than half of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import cadran as cd
from cadran import testing
from cadran.screen.screen import DashboardScreen
from cadran.testing import FakeSource, HeadlessViewer, Later, LiveScreen


def screen_of(*sources: FakeSource) -> DashboardScreen:
    @cd.screen("Rates", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for source in sources:
            ui.kpi(source.label, source)

    return screen


def taking(secs_of: Callable[[int], float], every: str) -> FakeSource:
    """A source whose n-th read takes ``secs_of(n)``."""
    source = testing.fake_source("source", every=every)
    source.value = lambda number: Later(secs_of(number), float(number))
    return source


def reads_in(live: LiveScreen, source: FakeSource, secs: float) -> int:
    before = source.num_reads
    live.advance(secs)
    return source.num_reads - before


def test_u14_rates_from_a_tenth_of_a_second_to_hours() -> None:
    quick = testing.fake_source("quick", 1.0, every="0.1s")
    with testing.open(screen_of(quick)) as live:
        live.viewer()
        live.advance("1s")
        assert abs(reads_in(live, quick, 10.0) - 100) <= 1
    slow = testing.fake_source("slow", 1.0, every="2h")
    with testing.open(screen_of(slow)) as live:
        live.viewer()
        live.settle()
        assert slow.num_reads == 1
        assert reads_in(live, slow, 2 * 3600.0 - 1.0) == 0
        assert reads_in(live, slow, 2.0) == 1


def slow_secs(viewer: HeadlessViewer) -> float | None:
    """What the panel says of its source's interval."""
    status = viewer.status("source")
    assert status is not None
    return status.slow_secs


@pytest.mark.parametrize(("takes_secs", "expected"), [(0.4, 30), (0.5, 30), (0.6, 25), (2.0, 7.5)])
def test_u14_reading_takes_at_most_half_of_the_time(takes_secs: float, expected: float) -> None:
    source = taking(lambda number: takes_secs, "1s")
    with testing.open(screen_of(source)) as live:
        live.viewer()
        live.advance("10s")
        assert abs(reads_in(live, source, 30.0) - expected) <= 1


def test_u14_one_slow_read_is_an_accident() -> None:
    source = taking(lambda number: 0.9 if number == 5 else 0.1, "1s")
    with testing.open(screen_of(source)) as live:
        live.viewer()
        live.advance("2s")
        assert reads_in(live, source, 20.0) == 20


def test_u14_a_source_that_is_quick_again_has_its_own_rate_again() -> None:
    source = taking(lambda number: 3.0 if number < 5 else 0.1, "1s")
    with testing.open(screen_of(source)) as live:
        viewer = live.viewer()
        live.advance("40s")
        assert slow_secs(viewer) is None
        assert reads_in(live, source, 20.0) == 20


def test_u14_a_stretched_source_is_not_stale_and_says_so() -> None:
    source = taking(lambda number: 3.0, "1s")
    with testing.open(screen_of(source)) as live:
        viewer = live.viewer()
        live.advance("20s")
        for _ in range(20):
            live.advance("1s")
            assert viewer.state("source") == "live"
        assert slow_secs(viewer) == 6.0
        source.value = 1.0
        live.advance("20s")
        assert slow_secs(viewer) is None


def test_u14_reads_that_fail_quickly_do_not_hide_that_the_others_are_slow() -> None:
    source = testing.fake_source("source", every="1s")

    def value(number: int) -> Later:
        if number % 2:
            raise ConnectionError("refused")
        return Later(3.0, float(number))

    source.value = value
    with testing.open(screen_of(source)) as live:
        viewer = live.viewer()
        live.advance("30s")
        seen = set()
        for _ in range(40):
            live.advance("0.5s")
            seen.add(slow_secs(viewer))
        assert seen == {6.0}
