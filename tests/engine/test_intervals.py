"""Decision 2: one switch, one picker. The least interval that a watching viewer wants, never below ``every``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import cadran as cd
from cadran import testing
from cadran.testing import FakeSource, HeadlessViewer, LiveScreen


class Two:
    """Two sources, read every second and every ten, on one screen."""

    def __init__(self) -> None:
        self.fast: FakeSource = testing.fake_source("fast", 1.0, every="1s")
        self.slow: FakeSource = testing.fake_source("slow", 1.0, every="10s")
        fast, slow = self.fast, self.slow

        @cd.screen("Two", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("Fast", fast)
            ui.kpi("Slow", slow)

        self.screen = screen


@pytest.fixture
def two() -> Two:
    return Two()


@pytest.fixture
def live(two: Two) -> Iterator[LiveScreen]:
    with testing.open(two.screen) as live:
        yield live


def reads_in(live: LiveScreen, two: Two, secs: float) -> tuple[int, int]:
    before = two.fast.num_reads, two.slow.num_reads
    live.advance(secs)
    return two.fast.num_reads - before[0], two.slow.num_reads - before[1]


def viewer_at(live: LiveScreen, secs: float | None) -> HeadlessViewer:
    viewer = live.viewer()
    viewer.change(refresh_secs=secs)
    live.settle()
    return viewer


def test_intervals_without_a_choice_sources_decide(live: LiveScreen, two: Two) -> None:
    viewer_at(live, None)
    assert reads_in(live, two, 60.0) == (60, 6)


def test_intervals_every_is_the_floor(live: LiveScreen, two: Two) -> None:
    viewer_at(live, 0.1)
    assert reads_in(live, two, 60.0) == (60, 6)


def test_intervals_a_viewer_may_want_it_slower(live: LiveScreen, two: Two) -> None:
    viewer_at(live, 5.0)
    live.advance("10s")
    assert reads_in(live, two, 60.0) == (12, 6)


def test_intervals_the_least_that_a_watching_viewer_wants(live: LiveScreen, two: Two) -> None:
    viewer_at(live, 30.0)
    quick = viewer_at(live, 5.0)
    live.advance("30s")
    assert reads_in(live, two, 60.0) == (12, 6)
    quick.change(hidden=True)
    live.advance("60s")
    assert reads_in(live, two, 300.0) == (10, 10)
    quick.change(hidden=False)
    live.advance("10s")
    assert reads_in(live, two, 60.0) == (12, 6)
    live.cut(quick)
    live.advance("60s")
    assert reads_in(live, two, 300.0) == (10, 10)


def test_intervals_a_silent_viewers_choice_ends_with_its_lease(live: LiveScreen, two: Two) -> None:
    viewer_at(live, 30.0)
    quick = viewer_at(live, 1.0)
    live.advance("10s")
    quick.does_ack = False
    live.advance("90s")
    assert reads_in(live, two, 300.0) == (10, 10)


def test_intervals_of_what_a_viewer_does_not_see_do_not_count(live: LiveScreen, two: Two) -> None:
    viewer_at(live, 30.0)
    quick = viewer_at(live, 1.0)
    quick.see("slow")
    live.advance("90s")
    assert reads_in(live, two, 300.0) == (10, 30)


def test_intervals_a_quicker_choice_takes_effect_at_once(live: LiveScreen, two: Two) -> None:
    viewer = viewer_at(live, 3600.0)
    live.advance("60s")
    viewer.change(refresh_secs=5.0)
    assert reads_in(live, two, 0.5) == (1, 1)


def test_intervals_the_linger_is_no_quicker_than_what_was_chosen(live: LiveScreen, two: Two) -> None:
    viewer = viewer_at(live, 60.0)
    live.advance("5s")
    viewer.change(hidden=True)
    assert reads_in(live, two, 30.0) == (0, 0)


def test_intervals_coming_back_reads_at_once_when_it_is_old(live: LiveScreen, two: Two) -> None:
    viewer = viewer_at(live, 5.0)
    live.advance("5s")
    viewer.change(hidden=True)
    live.advance("60s")
    viewer.change(hidden=False)
    assert reads_in(live, two, 0.5) == (1, 1)
    viewer.change(hidden=True)
    live.settle()
    viewer.change(hidden=False)
    assert reads_in(live, two, 0.5) == (0, 0), "not when it is young"


def test_intervals_looking_once_is_over_after_the_linger(live: LiveScreen, two: Two) -> None:
    live.inspect()
    assert two.slow.num_reads == 1
    live.advance("60s")
    reads = two.fast.num_reads
    assert reads <= 12, "as long as it lingers"
    live.advance("60s")
    assert two.fast.num_reads == reads


def test_intervals_always_goes_on_at_its_own_pace() -> None:
    source = testing.fake_source("always", 1.0, every="1s", always=True)

    @cd.screen("Always", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Always", source)

    with testing.open(screen) as live:
        viewer = viewer_at(live, 60.0)
        live.advance("2m")
        viewer.change(hidden=True)
        live.advance("20s")
        reads = source.num_reads
        live.advance("60s")
        assert source.num_reads - reads == 60


def test_u14_reads_are_aligned_to_their_start_not_their_end() -> None:
    """A query of 0.4 s every second is read every second, not every 1.4 s."""
    source = testing.fake_source("query", testing.Later(0.4, 1.0), every="1s")

    @cd.screen("Query", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Query", source)

    with testing.open(screen) as live:
        live.viewer()
        live.advance("0.5s")
        reads = source.num_reads
        live.advance("60s")
        assert source.num_reads - reads == 60
