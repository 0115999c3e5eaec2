"""Looks go part by part, each asker on his own; whoever waits at the end is told."""

from __future__ import annotations

import itertools
from collections.abc import Generator

import pytest

import cadran as cd
from cadran.clock import Instant
from cadran.engine.core import Core
from cadran.engine.engine import Engine
from cadran.engine.looks import Look, Looks
from cadran.engine.messages import Input
from cadran.engine.pool import Pool
from cadran.errors import ClosedError
from cadran.turn import Turn


def in_parts(num_parts: int) -> Generator[None, None, int]:
    for _ in range(num_parts - 1):
        yield
    return num_parts


def test_a_look_goes_one_part_at_a_time() -> None:
    looks: Looks[int] = Looks()
    found = looks.ask(in_parts), looks.ask(in_parts)
    for _ in range(2):
        looks.go_on(3)
        assert looks
        assert not any(one.done() for one in found)
    looks.go_on(3)
    assert [one.result(0.0) for one in found] == [3, 3]
    assert not looks


def test_as_many_go_on_as_the_turn_allows_and_then_the_others() -> None:
    order: list[str] = []

    def noted(name: str) -> Look[int, None]:
        def look(subject: int) -> Generator[None, None, None]:
            for _ in range(2):
                order.append(name)
                yield

        return look

    looks: Looks[int] = Looks()
    found = [looks.ask(noted(name)) for name in "abc"]
    is_over = Turn(itertools.count(1).__next__)
    is_over.begin(0.0)
    looks.go_on(3, turn=is_over)
    assert order == ["a"]
    while looks:
        looks.go_on(3, turn=is_over)
    assert order == list("abcabc")
    assert all(one.done() for one in found)


def test_what_is_looked_at_and_what_is_taken_counts_as_held(monkeypatch: pytest.MonkeyPatch) -> None:
    secs = 0.0

    def take_inputs() -> list[Input]:
        nonlocal secs
        secs += 1.0
        return []

    def look(core: Core) -> Generator[None, None, None]:
        nonlocal secs
        yield from ()
        secs += 10.0
        engine._is_stopping = True

    @cd.screen("Empty", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.text("Nothing", "text")

    engine = Engine(cd.Program([screen]))
    core = Core(cd.Program([screen]), Instant(1_000.0, 1_800_000_000.0), epoch="e", stopwatch=lambda: secs)
    engine._core, engine._pool = core, Pool(lambda _: None)
    monkeypatch.setattr(engine, "_take_inputs", take_inputs)
    engine._looks.ask(look)
    engine._live()
    engine._pool.stop(1.0)
    hold = core.costs.hold.durations
    assert (hold.num, hold.total_secs) == (2, 11.0)


def test_one_that_fails_is_its_askers_alone() -> None:
    def failing(subject: int) -> Generator[None, None, int]:
        yield from ()
        raise ZeroDivisionError

    looks: Looks[int] = Looks()
    fails, goes_on = looks.ask(failing), looks.ask(in_parts)
    looks.go_on(2)
    looks.go_on(2)
    assert goes_on.result(0.0) == 2
    with pytest.raises(ZeroDivisionError):
        fails.result(0.0)


def test_what_nobody_waits_for_any_more_is_not_looked_at() -> None:
    looks: Looks[int] = Looks()
    assert looks.ask(in_parts).cancel()
    looks.go_on(5)
    assert not looks


def test_at_the_end_all_are_told() -> None:
    looks: Looks[int] = Looks()
    begun = looks.ask(in_parts)
    looks.go_on(2)
    asked = looks.ask(in_parts)
    looks.close()
    with pytest.raises(ClosedError):
        begun.result(0.0)
    assert asked.cancelled()
    with pytest.raises(ClosedError):
        looks.ask(in_parts)
    assert not looks
