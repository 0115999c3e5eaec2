"""The memory of changes against a model that forgets nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.store import ALWAYS, NEVER, ChangeLog

x0s = st.one_of(st.just(ALWAYS), st.floats(-1e9, 1e9), st.integers(0, 5).map(float))


def brute(changes: list[tuple[int, float]], s: float) -> float:
    return min((x0 for at, x0 in changes if at > s), default=NEVER)


@pytest.mark.slow
@given(st.lists(x0s, max_size=80), st.integers(1, 3))
def test_since_is_the_least_x0_after_s(given_x0s: list[float], step: int) -> None:
    log, changes = ChangeLog(), []
    for index, x0 in enumerate(given_x0s):
        s = 1 + index // step  # several changes may share an S
        log.add(s, x0)
        changes.append((s, x0))
    for s in range(-1, len(given_x0s) + 2):
        assert log.since(s) == brute(changes, s)
        assert log.since(s + 0.5) == brute(changes, s + 0.5)


@pytest.mark.slow
@given(st.lists(x0s, min_size=1, max_size=200), st.integers(4, 16))
def test_a_thinned_log_never_tells_too_little(given_x0s: list[float], max_entries: int) -> None:
    log, changes = ChangeLog(max_entries), []
    for s, x0 in enumerate(given_x0s, start=1):
        log.add(s, x0)
        changes.append((s, x0))
        assert len(log._s) == len(log._x0) <= max_entries
    for s in range(-1, len(given_x0s) + 2):
        assert log.since(s) <= brute(changes, s)
    assert log.since(len(given_x0s)) == NEVER
    assert log.since(len(given_x0s) - 1) == given_x0s[-1], "the newest is never thinned"


def test_rising_changes_are_thinned_from_the_old_end() -> None:
    log = ChangeLog(max_entries=8)
    for s in range(1, 10_001):
        log.add(s, float(s))
    assert len(log._s) <= 8
    assert log.since(9_999) == 10_000.0
    assert log.since(9_998) == 9_999.0
    assert log.since(0) <= 1.0
    assert log.since(10_000) == NEVER


@pytest.mark.parametrize("s", [-1, 0, 5, 1e300])
def test_nothing_happened_nothing_to_tell(s: float) -> None:
    assert ChangeLog().since(s) == NEVER
