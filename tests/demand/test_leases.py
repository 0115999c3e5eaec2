"""Leases against a plain model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.demand import LINGER_SECS, Leases

steps = st.lists(
    st.tuples(st.integers(0, 3), st.frozensets(st.integers(0, 4)), st.floats(0.0, 8.0, allow_nan=False)), max_size=40
)


@pytest.mark.slow
@given(steps)
def test_leases_are_those_of_the_model(given_steps: list[tuple[int, frozenset[int], float]]) -> None:
    leases: Leases[int] = Leases()
    wanted: dict[int, frozenset[int]] = {}
    ended: dict[int, float] = {}
    now = 0.0
    for holder, keys, secs in given_steps:
        now += secs
        leases.expire(now)
        before = frozenset().union(*wanted.values())
        was_held = leases.held
        version = leases.version
        assert leases.hold(holder, keys, now) == (wanted.get(holder, frozenset()) != keys)
        wanted[holder] = keys
        watched = frozenset().union(*wanted.values())
        ended |= dict.fromkeys(before - watched, now)
        for key in watched:
            ended.pop(key, None)
        lingering = {key for key, at in ended.items() if at + LINGER_SECS > now}
        assert leases.watched == watched
        assert leases.held == watched | lingering
        assert all(leases.holders_of(key) == sum(key in held for held in wanted.values()) for key in range(5))
        assert leases.next_end_mono == min((ended[key] + LINGER_SECS for key in lingering), default=None)
        if (watched, leases.held) != (before, was_held):
            assert leases.version > version


def test_a_lease_lingers_and_then_is_gone() -> None:
    leases: Leases[str] = Leases(linger_secs=10.0)
    leases.hold("viewer", ["a"], 0.0)
    leases.end("viewer", 5.0)
    assert not leases.watched
    assert leases.held == {"a"}
    assert leases.next_end_mono == 15.0
    leases.expire(14.9)
    assert leases.held == {"a"}
    version = leases.version
    leases.expire(15.0)
    assert leases.held == frozenset()
    assert leases.version > version
    assert leases.next_end_mono is None


def test_coming_back_in_the_linger_ends_it() -> None:
    leases: Leases[str] = Leases(linger_secs=10.0)
    leases.hold("viewer", ["a"], 0.0)
    leases.end("viewer", 5.0)
    leases.hold("other", ["a"], 9.0)
    leases.expire(100.0)
    assert leases.watched == leases.held == {"a"}


def test_holding_the_same_changes_nothing() -> None:
    leases: Leases[str] = Leases()
    assert leases.hold("viewer", ["a", "b"], 0.0)
    version = leases.version
    assert not leases.hold("viewer", ["b", "a", "a"], 1.0)
    assert leases.version == version
    leases.end("nobody", 1.0)
    assert leases.version == version


def test_a_second_holder_changes_no_version() -> None:
    """What is asked does not depend on how many ask."""
    leases: Leases[str] = Leases()
    leases.hold(1, ["a"], 0.0)
    version = leases.version
    leases.hold(2, ["a"], 0.0)
    leases.end(1, 0.0)
    assert leases.version == version
    assert leases.holders_of("a") == 1
