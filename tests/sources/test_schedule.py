"""When a source is read: one run at a time, merged ticks, time-outs, back-off and stretching."""

from __future__ import annotations

import math

import pytest

from cadran.backoff import Backoff
from cadran.clock import Instant
from cadran.jobs import WAIT_SECS_MAX
from cadran.sources.schedule import ASK_FLOOR_SECS, PollSchedule


def at(mono: float) -> Instant:
    return Instant(mono=mono, wall=1_000.0 + mono)


def watched(every_secs: float = 1.0, timeout_secs: float = 10.0) -> PollSchedule:
    schedule = PollSchedule(every_secs, timeout_secs, Backoff(lambda: 0.5))
    schedule.want(True, None, at(0.0))
    return schedule


def test_nobody_watching_nothing_is_due() -> None:
    schedule = PollSchedule(1.0, 10.0, Backoff(lambda: 0.5))
    assert not schedule.is_due(at(0.0))
    assert schedule.next_wake_mono(at(0.0)) == math.inf
    schedule.want(True, None, at(0.0))
    assert schedule.is_due(at(0.0))


def test_one_run_at_a_time() -> None:
    schedule = watched()
    schedule.start(at(0.0))
    assert not schedule.is_due(at(5.0))
    schedule.ask()
    assert not schedule.is_due(at(5.0))
    schedule.succeed(at(6.0))
    assert schedule.is_due(at(6.0))
    assert schedule.num_skipped_ticks == 5


def test_only_a_run_can_be_overdue() -> None:
    schedule = watched(timeout_secs=2.0)
    schedule.ask()
    assert not schedule.is_overdue(at(100.0))
    schedule.start(at(100.0))
    assert not schedule.is_overdue(at(101.9))
    assert schedule.is_overdue(at(102.0))
    schedule.cancel("too slow", at(102.0))
    assert not schedule.is_overdue(at(200.0))
    schedule.ask()
    assert not schedule.is_overdue(at(200.0))


def test_u15_a_run_that_waits_for_a_thread_is_overdue_only_so_long_after_it_began() -> None:
    schedule = watched(timeout_secs=2.0)
    schedule.start(at(0.0))
    schedule.wait()
    assert not schedule.is_overdue(at(WAIT_SECS_MAX - 0.1))
    schedule.begin(at(20.0))
    assert not schedule.is_overdue(at(21.9))
    assert schedule.next_wake_mono(at(21.9)) == 22.0
    assert schedule.is_overdue(at(22.0))


def test_u14_a_source_that_waits_for_a_thread_is_not_slow_itself() -> None:
    schedule = watched(every_secs=1.0)
    for began in (0.0, 100.0):
        schedule.start(at(began))
        schedule.wait()
        schedule.begin(at(began + 5.0))
        schedule.succeed(at(began + 5.1))
    assert not schedule.is_stretched
    assert schedule.times.last_secs == pytest.approx(0.1)


def test_a_run_that_waited_too_long_is_given_up_until_it_begins() -> None:
    schedule = watched(timeout_secs=2.0)
    schedule.start(at(0.0))
    schedule.wait()
    assert schedule.is_overdue(at(WAIT_SECS_MAX))
    schedule.cancel("it waits", at(WAIT_SECS_MAX))
    awaited = [schedule.is_awaited]
    assert not schedule.is_due(at(100.0)), "it still waits"
    schedule.begin(at(100.0))
    awaited.append(schedule.is_awaited)
    assert awaited == [False, True]
    assert schedule.is_overdue(at(102.0)), "it can hang like any other"
    schedule.succeed(at(101.0))
    assert schedule.fault is None


def test_a_read_that_was_asked_for_is_awaited_until_it_ends() -> None:
    schedule = watched()
    schedule.start(at(0.0))
    schedule.succeed(at(0.01))
    awaited = [schedule.is_awaited]
    schedule.ask()
    awaited.append(schedule.is_awaited)
    assert not schedule.is_due(at(0.02))
    assert schedule.next_wake_mono(at(0.02)) == pytest.approx(ASK_FLOOR_SECS)
    schedule.start(at(ASK_FLOOR_SECS))
    awaited.append(schedule.is_awaited)
    schedule.succeed(at(0.3))
    awaited.append(schedule.is_awaited)
    assert awaited == [False, True, True, False]


def test_a_failing_source_backs_off_and_recovers() -> None:
    schedule = watched()
    schedule.start(at(0.0))
    schedule.fail("no such table", at(0.1))
    fault = schedule.fault
    assert fault is not None
    assert fault.next_try is not None
    delay = fault.next_try - at(0.1).wall
    assert delay > 0
    assert not schedule.is_due(at(0.1 + delay / 2))
    assert schedule.is_due(at(0.1 + delay))
    schedule.start(at(0.1 + delay))
    schedule.succeed(at(0.2 + delay))
    assert schedule.fault is None
    assert schedule.num_failures == 1


def test_slow_reads_stretch_the_interval_and_one_slow_read_does_not() -> None:
    schedule = watched(every_secs=1.0)
    schedule.start(at(0.0))
    schedule.succeed(at(3.0))
    stretched = [schedule.is_stretched]
    schedule.start(at(3.0))
    schedule.succeed(at(6.0))
    stretched.append(schedule.is_stretched)
    assert schedule.effective_secs == pytest.approx(6.0)
    assert not schedule.is_due(at(8.9))
    assert schedule.is_due(at(9.0))
    schedule.start(at(9.0))
    schedule.succeed(at(9.1))
    stretched.append(schedule.is_stretched)
    assert stretched == [False, True, False]


def test_a_source_is_stale_only_after_it_had_its_chance() -> None:
    schedule = watched(every_secs=1.0)
    schedule.start(at(0.0))
    schedule.succeed(at(0.0))
    schedule.want(False, None, at(1.0))
    assert not schedule.is_stale(at(100.0))
    schedule.want(True, None, at(100.0))
    assert not schedule.is_stale(at(101.9))
    assert schedule.is_stale(at(102.0))


def test_a_hint_is_followed_soon_where_it_is_wanted_and_not_without_end() -> None:
    schedule = PollSchedule(3600.0, 10.0, Backoff(lambda: 0.5))
    schedule.hint(at(0.0))
    assert not schedule.is_due(at(0.0))  # nobody watches
    schedule.want(True, None, at(1.0))
    assert schedule.is_due(at(1.0))
    schedule.start(at(1.0))
    schedule.hint(at(1.1))  # during a read: one more after it
    schedule.succeed(at(1.2))
    assert [schedule.is_due(at(now)) for now in (1.2, 1.24, 1.26)] == [False, False, True]
    schedule.start(at(2.0))
    schedule.succeed(at(2.1))
    assert not schedule.is_due(at(100.0))
    schedule.want(False, None, at(100.0))
    schedule.hint(at(101.0))  # on return it is read at once
    assert not schedule.is_due(at(101.0))
    schedule.want(True, None, at(200.0))
    assert schedule.is_due(at(200.0))
    schedule.start(at(200.0))
    schedule.fail("gone", at(200.1))
    schedule.hint(at(200.2))  # what fails is not asked more often for it
    assert not schedule.is_due(at(200.2))
