"""A process that serves alone keeps what holds its threads short: turns at the interpreter, looks for garbage."""

from __future__ import annotations

import gc
import sys
import time
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest

import cadran as cd
from cadran import testing
from cadran.server import own_process
from cadran.server.own_process import (
    ALL_AGAIN_BYTES,
    ALL_AGAIN_GROWTH,
    ALL_AGAIN_SECS,
    NEW_LOOKS,
    NEW_OBJECTS,
    SWITCH_SECS,
    Garbage,
)

RESIDENT_BYTES = 2**30
NUM_MANY = 100_000


class Round:
    """Refers to itself: only a look for garbage finds that it is."""

    def __init__(self) -> None:
        self.itself = self


class Memory:
    """The process takes as much as it is said, and the hour is what is said."""

    def __init__(self) -> None:
        self.num_bytes = RESIDENT_BYTES
        self.mono = 0.0

    def memory_info(self) -> SimpleNamespace:
        return SimpleNamespace(rss=self.num_bytes)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    memory = Memory()
    with monkeypatch.context() as patch:
        patch.setattr(psutil, "Process", lambda: memory)
        patch.setattr(time, "monotonic", lambda: memory.mono)
        yield memory


@pytest.fixture
def garbage(memory: Memory) -> Iterator[Garbage]:
    with own_process.own_process() as garbage:
        yield garbage
    gc.collect()


def lost_when_old() -> weakref.ref[Round]:
    """Lose something that has been in use for a while."""
    one = Round()
    gc.collect(1)
    return weakref.ref(one)


def test_what_is_old_python_does_not_look_through_by_itself(garbage: Garbage) -> None:
    lost, generations = lost_when_old(), []

    def note(phase: str, info: dict[str, int]) -> None:
        generations.append(info["generation"])

    gc.callbacks.append(note)
    many = [[number] for number in range(NUM_MANY)]
    gc.callbacks.remove(note)
    assert lost() is not None
    assert set(generations) == {0, 1}, "what is new it does look through"
    assert len(many) == NUM_MANY


def test_a_look_is_at_few_objects(garbage: Garbage) -> None:
    nums: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            nums.append(sum(len(gc.get_objects(number)) for number in range(info["generation"] + 1)))

    gc.collect(1)
    gc.callbacks.append(note)
    many = [[number] for number in range(20 * NEW_OBJECTS)]
    gc.callbacks.remove(note)
    assert len(nums) >= 10
    assert max(nums) <= (NEW_LOOKS + 3) * NEW_OBJECTS
    assert len(many) == 20 * NEW_OBJECTS


def test_u01_what_is_lost_while_it_is_new_is_found_by_python_itself(garbage: Garbage) -> None:
    alive: weakref.WeakSet[Round] = weakref.WeakSet()
    most = 0
    for _ in range(20 * NEW_OBJECTS):
        alive.add(Round())
        most = max(most, len(alive))
    assert most <= (NEW_LOOKS + 3) * NEW_OBJECTS


def test_nothing_is_looked_through_before_it_is_due(garbage: Garbage, memory: Memory) -> None:
    lost = lost_when_old()
    memory.mono += ALL_AGAIN_SECS - 1
    memory.num_bytes = int(ALL_AGAIN_GROWTH * RESIDENT_BYTES) + ALL_AGAIN_BYTES
    garbage.look_if_due()
    assert lost() is not None


def test_u01_what_is_old_is_looked_through_each_hour(garbage: Garbage, memory: Memory) -> None:
    for _ in range(2):
        lost = lost_when_old()
        memory.mono += ALL_AGAIN_SECS
        garbage.look_if_due()
        assert lost() is None
        lost = lost_when_old()
        garbage.look_if_due()
        assert lost() is not None, "the next hour has begun"


def test_u01_what_is_old_is_looked_through_once_memory_has_grown(garbage: Garbage, memory: Memory) -> None:
    for _ in range(3):
        lost = lost_when_old()
        memory.num_bytes = int(ALL_AGAIN_GROWTH * memory.num_bytes) + ALL_AGAIN_BYTES + 1
        garbage.look_if_due()
        assert lost() is None
        lost = lost_when_old()
        garbage.look_if_due()
        assert lost() is not None, "what there is now has been looked through"


def test_u01_what_a_users_function_leaves_behind_is_found(garbage: Garbage, memory: Memory) -> None:
    """Rounds of its own, as a function within it that calls itself makes: each holds all that it was given."""
    alive: weakref.WeakSet[Round] = weakref.WeakSet()
    press = cd.channel("press")

    @cd.metric(press.kpi("number"))
    def doubled(number: cd.Scalar) -> float:
        held = Round()
        alive.add(held)

        def halved(depth: int) -> Round:
            return held if depth == 0 else halved(depth - 1)

        assert halved(3) is held
        assert isinstance(number, float)
        return 2 * number

    @cd.screen("Plant")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Doubled", doubled)

    most = 0
    with testing.open(screen) as live:
        viewer = live.viewer()
        for number in range(500):
            press.send(cd.KpiUpdated("number", float(number)))
            live.advance(0.1)
            most = max(most, len(alive))
        assert viewer.value("doubled") == 2.0 * 499
    assert most < 250
    memory.num_bytes *= 10
    garbage.look_if_due()
    assert not alive


@pytest.mark.parametrize("thresholds", [(0, 10, 10), (700, 10, 0)])
def test_who_wants_no_looks_or_has_a_python_that_looks_otherwise_gets_none(
    thresholds: tuple[int, int, int], memory: Memory
) -> None:
    before = gc.get_threshold()
    gc.set_threshold(*thresholds)
    try:
        with own_process.own_process() as garbage:
            assert gc.get_threshold() == thresholds
            lost = lost_when_old()
            memory.mono += ALL_AGAIN_SECS
            garbage.look_if_due()
            assert lost() is not None
    finally:
        gc.set_threshold(*before)


def test_who_has_switched_looks_off_gets_none(garbage: Garbage, memory: Memory) -> None:
    lost = lost_when_old()
    memory.mono += ALL_AGAIN_SECS
    gc.disable()
    try:
        garbage.look_if_due()
    finally:
        gc.enable()
    assert lost() is not None


def test_threads_take_shorter_turns_while_it_serves_and_all_is_as_before_in_the_end() -> None:
    before = sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()
    with own_process.own_process():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECS)
        assert gc.get_threshold()[:2] == (NEW_OBJECTS, NEW_LOOKS)
        assert gc.get_freeze_count() > 10_000
    assert (sys.getswitchinterval(), gc.get_threshold(), gc.get_freeze_count()) == before


def test_turns_that_are_shorter_already_stay() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECS / 10)
    try:
        with own_process.own_process():
            assert sys.getswitchinterval() == pytest.approx(SWITCH_SECS / 10, rel=0.05)
    finally:
        sys.setswitchinterval(before)
