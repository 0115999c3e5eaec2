"""A process that serves alone keeps what holds its threads short: turns at the interpreter, collections of garbage."""

from __future__ import annotations

import gc
import sys
import time
import weakref
from collections.abc import Iterator

import pytest

from cadran.server import own_process
from cadran.server.own_process import (
    ALL_AGAIN_GROWTH,
    ALL_AGAIN_SECS,
    ASIDE_GROWTH,
    GARBAGE_MAX,
    LONG_SECS,
    SWITCH_SECS,
    UNSEEN_GROWTH,
    SettingAside,
)


class Round:
    """Refers to itself: only a collection finds that it is garbage."""

    def __init__(self) -> None:
        self.itself = self


class Times:
    """Collections take as long as it is said, and the hour and the size of memory are what is said."""

    def __init__(self) -> None:
        self.collection_secs = 0.0
        self.mono = 0.0
        self.num_blocks = 1_000
        self._thread_secs = 0.0

    def thread_time(self) -> float:
        self._thread_secs += self.collection_secs
        return self._thread_secs


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Iterator[Times]:
    times = Times()
    with monkeypatch.context() as patch:
        patch.setattr(time, "thread_time", times.thread_time)
        patch.setattr(time, "monotonic", lambda: times.mono)
        patch.setattr(sys, "getallocatedblocks", lambda: times.num_blocks)
        garbage = SettingAside()
        gc.callbacks.append(garbage)
        yield times
        gc.callbacks.remove(garbage)
    gc.unfreeze()
    gc.collect()


def lost_after(times: Times, collection_secs: float) -> weakref.ref[Round]:
    """Let a collection that takes so long find something in use, and then lose it."""
    one = Round()
    times.collection_secs = collection_secs
    gc.collect()
    times.collection_secs = 0.0
    return weakref.ref(one)


def test_what_a_short_collection_found_is_looked_at_by_the_next(times: Times) -> None:
    lost = lost_after(times, LONG_SECS / 2)
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert lost() is None


def test_what_a_long_collection_found_is_set_aside(times: Times) -> None:
    lost = lost_after(times, 2 * LONG_SECS)
    assert gc.get_freeze_count() > 10_000
    gc.collect()
    assert lost() is not None, "it was looked at"


def test_u01_what_was_set_aside_is_looked_through_again_in_the_end(times: Times) -> None:
    lost = lost_after(times, 2 * LONG_SECS)
    times.mono += ALL_AGAIN_SECS
    gc.collect()
    assert lost() is None


def test_u01_what_was_set_aside_is_looked_through_again_once_there_is_much_more(times: Times) -> None:
    lost = lost_after(times, 2 * LONG_SECS)
    times.num_blocks = int(ALL_AGAIN_GROWTH * times.num_blocks) + 1
    gc.collect()
    assert lost() is None


def test_what_is_in_use_at_one_moment_only_does_not_pile_up(times: Times) -> None:
    lost_after(times, 2 * LONG_SECS)
    rounds = [lost_after(times, 2 * LONG_SECS) for _ in range(20)]
    gc.collect()
    assert not any(lost() for lost in rounds), "a program that does not grow keeps what it sets aside once"
    times.num_blocks = int(ASIDE_GROWTH * times.num_blocks) + 1
    lost = lost_after(times, 2 * LONG_SECS)
    gc.collect()
    assert lost() is not None


def grown(times: Times, growth: float) -> None:
    """Let there be so many times as much."""
    times.num_blocks = int(growth * times.num_blocks) + 1


def test_what_a_program_that_grows_has_made_is_set_aside_unseen(times: Times) -> None:
    lost_after(times, 2 * LONG_SECS)
    grown(times, UNSEEN_GROWTH)
    one = weakref.ref(Round())
    gc.collect()
    gc.collect()
    assert one() is not None, "it was looked at"
    assert weakref.ref(Round())() is not None
    unseen = weakref.ref(Round())
    gc.collect()
    assert unseen() is None, "what came since then is looked at, as there is not much more"


def test_a_program_that_makes_garbage_is_looked_at_though_it_grows(times: Times) -> None:
    lost_after(times, 2 * LONG_SECS)
    rounds = [weakref.ref(Round()) for _ in range(GARBAGE_MAX + 1)]
    gc.collect()
    assert not any(lost() for lost in rounds)
    grown(times, UNSEEN_GROWTH)
    seen = weakref.ref(Round())
    gc.collect()
    assert seen() is None
    grown(times, UNSEEN_GROWTH)
    unseen = weakref.ref(Round())
    gc.collect()
    assert unseen() is not None, "the last look found next to nothing"


def test_u01_what_was_set_aside_unseen_is_bounded(times: Times) -> None:
    lost_after(times, 2 * LONG_SECS)
    num_blocks = times.num_blocks
    rounds: list[weakref.ref[Round]] = []
    while times.num_blocks <= ALL_AGAIN_GROWTH * num_blocks:
        rounds.append(weakref.ref(Round()))
        gc.collect()
        assert all(lost() for lost in rounds[1:]), "it is set aside with each collection"
        grown(times, UNSEEN_GROWTH)
    gc.collect()
    assert len(rounds) > 10
    assert not any(lost() for lost in rounds)


def test_a_collection_of_what_is_new_sets_nothing_aside(times: Times) -> None:
    times.collection_secs = 2 * LONG_SECS
    gc.collect(1)
    assert gc.get_freeze_count() == 0


def test_threads_take_shorter_turns_while_it_serves_and_all_is_as_before_in_the_end() -> None:
    before = sys.getswitchinterval(), list(gc.callbacks), gc.get_freeze_count()
    with own_process.own_process():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECS)
        assert gc.get_freeze_count() > 10_000
    assert (sys.getswitchinterval(), list(gc.callbacks), gc.get_freeze_count()) == before


def test_turns_that_are_shorter_already_stay() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECS / 10)
    try:
        with own_process.own_process():
            assert sys.getswitchinterval() == pytest.approx(SWITCH_SECS / 10, rel=0.05)
    finally:
        sys.setswitchinterval(before)
