"""U22: testable by its users. The kit itself: fast, without sockets, the same every time."""

from __future__ import annotations

import math
import random
import threading

import pytest
from tests.recorder import Recorder

import cadran as cd
from cadran import testing
from cadran.testing import Later, Link


@pytest.mark.slow
def test_u22_fifty_screens_opened_fed_and_asserted() -> None:
    """Each as a user would write it; without threads, in steps that can be counted."""
    threads = threading.active_count()
    steps = 0
    for number in range(50):
        press = cd.channel("press")
        stock = testing.fake_source("stock", float(number))

        @cd.metric(press.kpi("a"), stock)
        def total(a: cd.Scalar, stock: object) -> float:
            return float(a or 0.0) + float(stock)  # type: ignore[arg-type]

        @cd.screen("Live", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("Total", total)
            ui.line("V", press.series("v"), window="60s")  # noqa: B023

        with testing.open(screen) as live:
            viewer = live.viewer()
            press.send(cd.KpiUpdated("a", 1.0), cd.ChartDataUpdated.point("v", live.clock.now().wall, 0.5))
            live.advance("1s")
            assert viewer.value("total") == number + 1
            assert viewer.state("v") == "live"
            steps += live.num_steps
    assert threading.active_count() == threads
    assert steps < 50 * 40


def run(seed: int) -> list[bytes]:
    """A conversation in which chance decides a lot, and faults draw from the back-off's own."""
    rng = random.Random(7)
    press = cd.channel("press", expect="2s")
    flaky = testing.fake_source("flaky", every="1s")
    flaky.value = lambda number: OSError("no") if number % 3 else Later(0.3, float(number))

    @cd.metric(press.series("v").last("5s"))
    def mean(points: cd.Points) -> float | None:
        return float(points.ys.mean()) if points.ys.size else None

    @cd.screen("Chance", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Flaky", flaky)
        ui.kpi("Mean", mean, spark=False)
        ui.line("V", press.series("v"), window="60s")

    with testing.open(screen, seed=seed) as live:
        viewer = Recorder()
        live.viewer(viewer=viewer, delay=0.05)
        for _ in range(40):
            now = live.clock.now().wall
            press.send(cd.ChartDataUpdated.point("v", now - rng.random(), rng.gauss(0, 1)))
            live.advance(rng.random())
        return viewer.heard


def test_u22_a_seed_gives_the_same_bytes() -> None:
    assert run(3) == run(3)


def test_u22_another_seed_gives_others() -> None:
    assert run(3) != run(4)


def test_u22_time_does_not_pass_by_itself() -> None:
    press = cd.channel("press", expect="2s")

    @cd.screen("Still", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("A", press.kpi("a"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        now = live.clock.now()
        press.send(cd.KpiUpdated("a", 1.0))
        assert live.clock.now() == now
        assert viewer.value("a") is None
        live.settle()
        assert viewer.value("a") == 1.0


def test_u22_a_core_that_wakes_itself_without_end_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadran.testing.live.STEPS_MAX", 200)

    @cd.screen("Endless", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.text("T", "text")

    with testing.open(screen) as live:
        live.viewer()
        live.core._next_wake = lambda now: now.mono  # type: ignore[method-assign]
        with pytest.raises(AssertionError, match="wakes itself without end"):
            live.advance("1h")


def test_u22_the_close_of_a_kit_gives_everything_back() -> None:
    source = testing.fake_source("source", 1.0)
    press = cd.channel("press")

    @cd.screen("Back", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("S", source)
        ui.kpi("A", press.kpi("a"))

    for _ in range(3):
        with testing.open(screen) as live:
            assert live.viewer().value("s") == 1.0
            assert source.num_open == 1
        assert source.num_open == 0


def test_link_delivers_in_order_after_its_delay() -> None:
    link: Link[int] = Link(0.5)
    link.send(1, 0.0)
    link.send(2, 0.1)
    assert link.arrived(0.49) == []
    assert link.next_mono == 0.5
    assert link.arrived(0.55) == [1]
    assert link.arrived(5.0) == [2]
    assert link.next_mono is None


def test_link_stalled_loses_nothing_and_cut_loses_all() -> None:
    link: Link[int] = Link()
    link.send(1, 0.0)
    link.is_stalled = True
    assert (link.arrived(9.0), link.next_mono) == ([], None)
    link.is_stalled = False
    assert link.arrived(9.0) == [1]
    link.send(2, 9.0)
    link.cut()
    link.send(3, 9.0)
    assert (link.arrived(99.0), link.num_dropped) == ([], 2)


def test_clock_goes_forward_only_and_its_wall_may_jump() -> None:
    clock = testing.VirtualClock(wall=1_000.0)
    start = clock.now()
    clock.move_to(start.mono - 5)
    assert clock.now() == start
    clock.move_to(start.mono + 5)
    assert clock.now().wall == 1_005.0
    clock.jump_wall(-100.0)
    assert clock.now() == (start.mono + 5, 905.0)
    assert not math.isnan(clock.now().wall)
