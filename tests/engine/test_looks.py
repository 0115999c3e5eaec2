"""Looks go part by part, each asker on his own; whoever waits at the end is told."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from cadran.engine.looks import Looks
from cadran.errors import ClosedError


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
