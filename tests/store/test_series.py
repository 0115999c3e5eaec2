"""A series against a sorted list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cadran.readable import Points
from cadran.store import ALWAYS, NEVER, SeriesColumns

xs_values = st.one_of(st.integers(0, 30).map(float), st.floats(-1e6, 1e6))
ys_values = st.one_of(st.integers(-3, 3).map(float), st.just(math.nan), st.floats(allow_nan=False))
points_lists = st.lists(st.tuples(xs_values, ys_values), max_size=12)


def arrays(points: list[tuple[float, float]]) -> tuple[Any, Any]:
    return np.array([x for x, _ in points], dtype=np.float64), np.array([y for _, y in points], dtype=np.float64)


def same(left: list[tuple[float, float]], right: list[tuple[float, float]]) -> bool:
    return np.array_equal(arrays(left)[0], arrays(right)[0]) and np.array_equal(
        arrays(left)[1], arrays(right)[1], equal_nan=True
    )


def listed(points: Points) -> list[tuple[float, float]]:
    return list(zip(points.xs.tolist(), points.ys.tolist(), strict=True))


class AgainstAList(RuleBasedStateMachine):
    """What viewers hold at any S, patched by ``changes.since``, is what the list is."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = SeriesColumns()
        self.model: list[tuple[float, float]] = []
        self.s = 0
        self.published: list[tuple[Points, list[tuple[float, float]]]] = []
        self.history: list[tuple[int, list[tuple[float, float]]]] = [(0, [])]

    def publish(self) -> None:
        self.published.append((self.columns.points, listed(self.columns.points)))
        self.history.append((self.s, list(self.model)))

    @rule(points=points_lists)
    def extend(self, points: list[tuple[float, float]]) -> None:
        self.s += 1
        x0 = self.columns.extend(*arrays(points), self.s)
        assert x0 == min((x for x, _ in points), default=None)
        self.model = sorted(self.model + points, key=lambda point: point[0])  # stable: later ones after equal ones
        self.publish()

    @rule(points=points_lists)
    def replace(self, points: list[tuple[float, float]]) -> None:
        self.s += 1
        ordered = sorted(points, key=lambda point: point[0])
        is_same = same(self.model, ordered)
        x0 = self.columns.replace(Points(*arrays(points)), self.s)
        assert (x0 is None) == is_same
        self.model = ordered
        self.publish()

    @rule(points=points_lists)
    def replace_by_the_same_with_another_end(self, points: list[tuple[float, float]]) -> None:
        last_x = self.model[-1][0] if self.model else 0.0
        self.replace(self.model[: len(self.model) // 2] + [(last_x + abs(x), y) for x, y in points])

    @rule(oldest=xs_values)
    def evict(self, oldest: float) -> None:
        self.s += 1
        self.columns.evict(oldest, self.s)
        assert same(listed(self.columns.points), self.model), "so few points are not worth the work"

    @invariant()
    def the_points_are_the_lists(self) -> None:
        assert same(listed(self.columns.points), self.model)
        assert len(self.columns) == len(self.model)
        assert self.columns.first_x == (self.model[0][0] if self.model else None)
        assert self.columns.last_x == (self.model[-1][0] if self.model else None)

    @invariant()
    def what_was_published_never_changes(self) -> None:
        for points, content in self.published:
            assert same(listed(points), content)

    @invariant()
    def a_patch_from_any_s_gives_the_present(self) -> None:
        for s, content in self.history[-6:]:
            x0 = self.columns.changes.since(s)
            kept = content if x0 == NEVER else [] if x0 == ALWAYS else [point for point in content if point[0] < x0]
            tail = [] if x0 == NEVER else [point for point in self.model if point[0] >= x0]
            assert same(kept + tail, self.model)


TestAgainstAList = pytest.mark.slow(AgainstAList.TestCase)
TestAgainstAList.settings = settings(max_examples=30, stateful_step_count=15)


def test_equal_x_keep_the_order_of_arrival() -> None:
    columns = SeriesColumns()
    columns.extend(*arrays([(1.0, 1.0), (2.0, 1.0)]), 1)
    columns.extend(*arrays([(1.0, 2.0)]), 2)
    columns.extend(*arrays([(1.0, 3.0), (0.0, 9.0), (1.0, 4.0)]), 3)
    assert listed(columns.points) == [(0.0, 9.0), (1.0, 1.0), (1.0, 2.0), (1.0, 3.0), (1.0, 4.0), (2.0, 1.0)]


def test_published_points_cannot_be_written() -> None:
    columns = SeriesColumns()
    columns.extend(*arrays([(1.0, 1.0)]), 1)
    with pytest.raises(ValueError, match="read-only"):
        columns.points.xs[0] = 5.0


def test_published_points_outlive_growth_eviction_and_late_points() -> None:
    columns = SeriesColumns()
    taken: list[tuple[Points, float]] = []
    for s in range(1, 200):
        xs = np.arange(s * 37.0, s * 37.0 + 37.0)
        columns.extend(xs, xs * 2, s)
        if s % 7 == 0:
            columns.extend(np.array([s * 37.0 - 5.5]), np.array([0.0]), s)
        if s % 11 == 0:
            columns.evict(s * 37.0 - 300, s)
        taken.append((columns.points, float(columns.points.xs.sum() + columns.points.ys.sum())))
    assert all(float(points.xs.sum() + points.ys.sum()) == total for points, total in taken)
    assert columns.evicted_s > 0


def test_old_points_leave_together_and_say_when() -> None:
    columns = SeriesColumns()
    columns.extend(*(np.arange(10_000.0),) * 2, 1)
    columns.evict(100.0, 2)
    assert (len(columns), columns.evicted_s) == (10_000, 0), "too few to be worth it"
    columns.evict(1_000.0, 3)
    assert (len(columns), columns.evicted_s, columns.first_x) == (9_000, 3, 1_000.0)
    assert columns.changes.since(2) == NEVER, "what leaves is no change of what stays"


def test_the_oldest_points_leave_when_told() -> None:
    columns = SeriesColumns()
    columns.extend(*(np.arange(100_000.0),) * 2, 1)
    columns.drop_oldest(99_000, 2)
    assert (len(columns), columns.first_x, columns.evicted_s) == (1_000, 99_000.0, 2)
    columns.drop_oldest(5_000, 3)
    assert (len(columns), columns.first_x, columns.last_x) == (0, None, None)


@pytest.mark.slow
@given(points_lists, points_lists)
def test_what_a_new_whole_changes_against_pairs(
    left: list[tuple[float, float]], right: list[tuple[float, float]]
) -> None:
    left, right = sorted(left, key=lambda p: p[0]), sorted(right, key=lambda p: p[0])
    columns = SeriesColumns()
    columns.extend(*arrays(left), 1)
    x0 = columns.replace(Points(*arrays(right)), 2)
    assert (x0 is None) == same(left, right)
    if x0 is not None:
        assert same([p for p in left if p[0] < x0], [p for p in right if p[0] < x0])
    assert columns.replace(Points(*arrays(right)), 3) is None
