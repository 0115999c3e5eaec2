"""A series that follows another's snapshots: the same points, and a memory of changes that loses none of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.small_blocks import small_blocks

from cadran.readable import Points
from cadran.store import ALWAYS, SeriesColumns
from cadran.store.sameness import num_shared_of

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("extend"), st.lists(st.integers(0, 40), min_size=1, max_size=20)),
        st.tuples(st.just("drop"), st.integers(1, 12)),
        st.tuples(st.just("replace"), st.lists(st.integers(0, 40), max_size=20)),
    ),
    min_size=1,
    max_size=12,
)


def columns_of(xs: list[int], ys: list[float]) -> Points:
    return Points(np.array(xs, dtype=np.float64), np.array(ys, dtype=np.float64))


def listed(points: Points) -> list[tuple[float, float]]:
    return list(zip(points.xs.tolist(), points.ys.tolist(), strict=True))


@settings(max_examples=200, deadline=None)
@given(STEPS, st.sampled_from([4, 32_768]))
def test_who_held_the_points_of_any_s_has_those_of_now_with_what_changed_since(
    steps: list[tuple[str, Any]], size: int
) -> None:
    with small_blocks(size):
        source, follower = SeriesColumns(), SeriesColumns()
        held: list[tuple[int, list[tuple[float, float]]]] = [(0, [])]
        for s, (verb, what) in enumerate(steps, 1):
            if verb == "drop":
                source.drop_oldest(what, s)
            else:
                points = columns_of(sorted(what), [float(s)] * len(what))
                if verb == "extend":
                    source.extend(*points, s)
                else:
                    source.replace(points, s)
            follower.follow(source.snapshot(), s)
            now = listed(follower.points)
            assert now == listed(source.points)
            for at, then in held:
                x0 = follower.changes.since(at)
                if x0 == ALWAYS:
                    continue
                first_x = now[0][0] if now else math.inf
                kept = [point for point in then if point[0] < x0 and point[0] >= first_x]
                assert kept + [point for point in now if point[0] >= x0] == now
                if first_x > (then[0][0] if then else math.inf):
                    assert follower.evicted_s > at or not kept
                gone = [x for x, _ in then if x < min(x0, first_x)]
                assert follower.left_x(at) >= max(gone, default=-math.inf)
            held.append((s, now))


def test_what_lies_in_the_same_memory_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    source = SeriesColumns()
    xs = np.arange(200_000, dtype=np.float64)
    source.extend(xs, xs, 1, is_sorted=True)
    old = source.snapshot()
    source.extend(np.array([200_000.0]), np.array([1.0]), 2)
    looked: list[int] = []

    def look(one: Points, other: Points) -> int:
        looked.append(one.xs.size)
        return one.xs.size

    monkeypatch.setattr("cadran.store.sameness._num_equal", look)
    assert num_shared_of(old, source.snapshot()) == (0, 200_000)
    assert not looked


def test_a_follower_shares_the_chunks_and_so_their_levels() -> None:
    source, follower = SeriesColumns(), SeriesColumns()
    xs = np.arange(100_000, dtype=np.float64)
    source.extend(xs, xs, 1, is_sorted=True)
    follower.follow(source.snapshot(), 1)
    source.view(10, 0)
    assert follower.cost(10, 0) == source.cost(10, 0) < 10_000
