"""A series that only lost points is another series, for whatever reads it (law 9)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.channel import Drained, PointsLanded
from cadran.readable import Floats, Points
from cadran.store import Key, SeriesColumns, Store, id_of, level_for
from cadran.store import store as store_module
from cadran.store.series import EVICTED_MIN, EVICTED_PART
from cadran.updates import XKind


def test_law09_a_series_that_gives_up_points_for_another_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "POINTS_MAX", 1_000)
    store, key = Store(), Key("press", "series", "long")
    land(store, "long", np.arange(900.0))
    before_s = store.s
    land(store, "short", np.arange(200.0))
    series = store.series(key)
    assert series is not None
    assert len(series) < 900
    assert before_s < series.changed_s <= store.s
    assert store.cause(key) == "old points left"


def test_law09_an_equal_whole_from_which_old_points_leave_has_changed() -> None:
    store, key, xs = Store(), Key("press", "series", "v"), np.arange(1_000.0)
    land(store, "v", xs, now_wall=1_000.0)
    before_s = store.s
    land(store, "v", xs, now_wall=1_500.0, replace=True)
    series = store.series(key)
    assert series is not None
    assert len(series) == 500
    assert before_s < series.changed_s == store.s
    land(store, "v", np.arange(500.0, 1_000.0), now_wall=1_500.0, replace=True)
    land(store, "v", xs, now_wall=1_510.0, replace=True)
    assert store.s == series.changed_s, "nothing changed, nothing happens"
    land(store, "v", xs, now_wall=1_000.0, replace=True)
    assert len(series) == 1_000, "what is not old is there again"


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 400),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 600), st.integers(0, 2_000)), min_size=1, max_size=5),
    st.sampled_from([1, 3]),
)
def test_law01_a_whole_state_of_which_not_all_is_kept_changes_what_is_another(
    keep_points: int, wholes: list[tuple[int, int, int]], num_equal: int
) -> None:
    """Each with a first x, a number of points, and the first of those with another value; ``num_equal`` of one x."""
    store, key = Store(), Key("press", "series", "v")
    before = Points(np.empty(0), np.empty(0))
    for first, num, other in wholes:
        xs = (np.arange(first, first + num) // num_equal).astype(np.float64)
        ys: Floats = np.where(np.arange(first, first + num) < other, 0.0, 1.0)
        points = PointsLanded(((xs, ys),) if num else (), True, "number", is_sorted=True)
        for is_again in (False, True):
            before_s = store.s
            drained = Drained(points={"v": points}, num_updates=1)
            store.apply("press", drained, now_wall=0.0, keep_secs=None, keep_points=keep_points)
            series = store.series(key)
            assert series is not None
            assert store.s == before_s or not is_again, "nothing changed, nothing happens"
            held, num_held = series.points, len(series)
            assert min(num, keep_points) <= num_held <= num
            assert np.array_equal(held, (xs[num - num_held :], ys[num - num_held :]))
            x0 = series.changes.since(before_s)
            kept = [point for point in zip(*held, strict=True) if point[0] < x0]
            there = [point for point in zip(*before, strict=True) if point[0] < x0]
            assert kept == there[len(there) - len(kept) :], "from there on, no less, is it another"
            before = held


def land(store: Store, name: str, xs: Floats, *, now_wall: float = 0.0, replace: bool = False) -> None:
    points = PointsLanded(((xs.copy(), xs.copy()),), replace, "time", is_sorted=True)
    store.apply("press", Drained(points={name: points}), now_wall=now_wall, keep_secs=1_000.0)


def test_late_points_that_are_old_already_leave_with_the_others() -> None:
    """How many are old is counted again once there are more of them, though the newest brought none."""
    store, key = Store(), Key("press", "series", "v")
    keep(store, np.arange(1_000.0), now_wall=1_100.0)
    keep(store, np.arange(1_000.0, 1_010.0), now_wall=1_101.0)
    series = store.series(key)
    assert series is not None
    assert len(series) == 1_010, "101 old points are not worth the work"
    keep(store, np.full(300, 50.0), now_wall=1_102.0)
    assert series.first_x == 102.0
    keep(store, np.arange(1_010.0, 1_020.0), now_wall=1_000.0 + 102.0 + EVICTED_MIN)
    assert series.first_x == 102.0 + EVICTED_MIN, "as many as are worth the work have become old"


def keep(store: Store, xs: Floats, *, now_wall: float) -> None:
    """Land points of which those of the last 1,000 s are kept."""
    blocks = ((xs, np.sin(xs)),)
    drained = Drained(points={"v": PointsLanded(blocks, False, "time", is_sorted=True)}, num_updates=1)
    store.apply("press", drained, now_wall=now_wall, keep_secs=1_000.0)


@pytest.mark.parametrize("x", ["time", "number"])
@pytest.mark.parametrize(("keep_points", "batch"), [(1, 7), (1_000, 1), (1_000, 300), (1_000, 5_000), (50_000, 9_000)])
def test_of_each_series_about_the_newest_points_are_kept(x: XKind, keep_points: int, batch: int) -> None:
    store, key = Store(), Key("press", "series", "v")
    more = max(EVICTED_MIN, keep_points // EVICTED_PART)
    num_sent = num_left = 0
    while num_sent < 3 * (keep_points + more):
        xs = np.arange(float(num_sent), float(num_sent + batch))
        points = PointsLanded(((xs, np.sin(xs)),), False, x, is_sorted=True)
        store.apply("press", Drained(points={"v": points}), now_wall=0.0, keep_secs=None, keep_points=keep_points)
        num_sent += batch
        series = store.series(key)
        assert series is not None
        assert min(num_sent, keep_points) <= len(series) < keep_points + more
        held = series.points
        assert np.array_equal(held.xs, np.arange(num_sent - len(series), num_sent)), "the newest, without a gap"
        num_left += series.evicted_s == store.s
    assert 0 < num_left < num_sent / min(batch, more) + 1, "they leave together"
    assert store.take_dropped() == {}, "what was asked for is no loss"


@pytest.mark.parametrize("points_per_sec", [10, 100, 400])
def test_a_window_that_moves_on_takes_little_more_than_its_points(points_per_sec: int) -> None:
    """Room behind the tail and levels included, as long as somebody looks: half as much again, and 8 KiB a series."""
    series, worst, num_window = SeriesColumns(), 0.0, 60 * points_per_sec
    for begin in range(0, 10 * num_window, points_per_sec // 10):
        xs = np.arange(begin, begin + points_per_sec // 10) / points_per_sec
        series.extend(xs, np.sin(xs), begin + 1, is_sorted=True)
        series.evict(float(xs[-1]) - 60.0, begin + 1)
        if begin > num_window and begin % points_per_sec == 0:
            k = level_for(60.0, 400, float(xs[-1]))
            series.view(k, id_of(float(xs[-1]) - 60.0, k))
            worst = max(worst, (series.num_bytes - 8 * 1024) / (16 * len(series)))
    assert 1.0 < worst <= 1.5
