"""Views of chunks and levels against the same buckets from the raw points, whatever happened to the series."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.small_blocks import small_blocks

from cadran.readable import Floats, Points
from cadran.store import Buckets, SeriesColumns, SeriesSnapshot, buckets_of, groups


class Plain:
    """The same series as one sorted list of points."""

    def __init__(self) -> None:
        self.xs: Floats = np.empty(0)
        self.ys: Floats = np.empty(0)

    @property
    def points(self) -> Points:
        return Points(self.xs, self.ys)

    def extend(self, xs: Floats, ys: Floats) -> None:
        xs, ys = np.concatenate((self.xs, xs)), np.concatenate((self.ys, ys))
        order = np.argsort(xs, kind="stable")
        self.xs, self.ys = xs[order], ys[order]

    def keep_last(self, num_points: int) -> None:
        self.xs, self.ys = self.xs[self.xs.size - num_points :], self.ys[self.ys.size - num_points :]


def assert_same(got: Buckets, expected: Buckets) -> None:
    assert got.k == expected.k
    for name in ("ids", "first", "min", "max", "last"):
        np.testing.assert_array_equal(getattr(got, name), getattr(expected, name), err_msg=name)


def some_points(rng: random.Random, from_x: float, num: int) -> tuple[Floats, Floats]:
    """So many points after ``from_x``: regular, irregular, in bursts or at one x; some without a value."""
    style = rng.choice(["regular", "irregular", "bursts", "one x"])
    gap: Callable[[], float] = {
        "regular": lambda: 0.5,
        "irregular": lambda: rng.expovariate(1.0),
        "bursts": lambda: rng.choice([0.0, 1e-3, 1e-3, 40.0]),
        "one x": lambda: 0.0,
    }[style]
    xs = from_x + np.cumsum([gap() for _ in range(num)])
    missing = rng.choice([0.0, 0.1, 0.9])
    ys = [math.nan if rng.random() < missing else rng.choice([rng.gauss(0, 1), 0.0, math.inf]) for _ in range(num)]
    return xs, np.array(ys, dtype=np.float64)


class Both:
    """A series and its plain twin, to which the same things happen."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.s = rng, 0
        self.columns, self.plain = SeriesColumns(), Plain()
        self.taken: list[tuple[SeriesSnapshot, Points]] = []

    @property
    def last_x(self) -> float:
        return float(self.plain.xs[-1]) if self.plain.xs.size else self.rng.choice([-300.0, 0.0, 1.79e9])

    def happen(self) -> None:
        self.s += 1
        rng = self.rng
        match rng.choice(["append", "append", "append", "late", "outlier", "evict", "drop", "replace", "take"]):
            case "append":
                self.extend(*some_points(rng, self.last_x, rng.choice([1, 3, 20, 200])))
            case "late":
                num = rng.choice([1, 2, 70])
                self.extend(*some_points(rng, self.last_x - rng.choice([1.0, 30.0, 500.0]), num))
            case "outlier":
                self.extend(np.array([rng.choice([-1e9, 0.0, 3e9, 1e300, self.last_x])]), np.array([rng.gauss(0, 9)]))
            case "evict" if self.plain.xs.size:
                self.columns.evict(float(rng.choice(self.plain.xs)), self.s)
                self.plain.keep_last(len(self.columns))
            case "drop":
                self.columns.drop_oldest(rng.choice([1, 30, 700]), self.s)
                self.plain.keep_last(len(self.columns))
            case "replace":
                self.replace(rng.randrange(self.plain.xs.size + 1))
            case _:
                points = self.plain.points
                self.taken.append((self.columns.snapshot(), points))

    def extend(self, xs: Floats, ys: Floats) -> None:
        self.columns.extend(xs, ys, self.s)
        self.plain.extend(xs, ys)
        self.plain.keep_last(len(self.columns))

    def replace(self, num_kept: int) -> None:
        more = some_points(
            self.rng, float(self.plain.xs[num_kept - 1]) if num_kept else 0.0, self.rng.choice([0, 5, 90])
        )
        xs, ys = (np.concatenate((old[:num_kept], new)) for old, new in zip(self.plain.points, more, strict=True))
        self.columns.replace(Points(xs, ys), self.s)
        self.plain.xs, self.plain.ys = xs, ys
        self.plain.keep_last(len(self.columns))


def assert_views(snapshot: SeriesSnapshot, points: Points, rng: random.Random) -> None:
    np.testing.assert_array_equal(snapshot.points.xs, points.xs)
    np.testing.assert_array_equal(snapshot.points.ys, points.ys)
    for k in {*rng.sample(range(-14, 40), 4), *rng.sample(range(-4, 12), 4)}:
        ids = np.unique(np.floor(points.xs * 2.0**-k))
        some = sorted(rng.choice(ids) + rng.choice([-1, 0, 0, 1]) for _ in range(2)) if ids.size else [0.0, 9.0]
        for low, high in ((-math.inf, math.inf), (some[0], math.inf), (-math.inf, some[1]), (some[0], some[1])):
            assert_same(snapshot.view(k, float(low), float(high)), buckets_of(points, k, float(low), float(high)))
            num_passed = sum(piece.num_rows for piece in snapshot.pieces(k, float(low), float(high)))
            assert snapshot.cost(k, float(low), float(high)) >= min(1, num_passed)


@pytest.mark.parametrize("seed", range(8))
def test_views_equal_those_of_the_raw_points(seed: int) -> None:
    check_views(random.Random(seed), 30)


@pytest.mark.slow
@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_views_equal_those_of_the_raw_points_for_any_history(seed: int, num_happenings: int) -> None:
    check_views(random.Random(seed), num_happenings)


def check_views(rng: random.Random, num_happenings: int) -> None:
    with small_blocks():
        both = Both(rng)
        for _ in range(num_happenings):
            both.happen()
            if rng.random() < 0.3:
                assert_views(both.columns.snapshot(), both.plain.points, rng)
        both.taken.append((both.columns.snapshot(), both.plain.points))
        for snapshot, points in both.taken:
            assert_views(snapshot, points, rng)


def test_a_point_of_huge_x_beside_many_that_lie_close_has_a_bucket_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with small_blocks():
        monkeypatch.setattr(groups, "GROUP_PAYING", 2)
        columns = SeriesColumns()
        for start in range(0, 64, 16):
            columns.extend(np.arange(start, start + 16.0) * 2.0**-60, np.zeros(16), 1)
        columns.extend(np.array([-1e308]), np.ones(1), 2)
        assert columns.view(1_014, -(2.0**53)).ids.tolist() == [-570.0, 0.0]
