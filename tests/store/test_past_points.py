"""Blocks of the past whose rows are known themselves: all finer levels are made of them, and asked for no more."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.readable import Points
from cadran.store import SeriesColumns, buckets_of, id_of
from cadran.store.deep_snapshot import DeepSnapshot
from cadran.store.past import BLOCK_BUCKETS, SPARSE_ROWS, PastBlock, PastBlocks, Place, Reach, past_edges


def part_of(points: Points, low_x: float, high_x: float) -> Points:
    start, stop = points.xs.searchsorted((low_x, high_x), "left").tolist()
    return Points(points.xs[start:stop], points.ys[start:stop])


def read(points: Points, place: Place, read_to: float, at: float, *, is_rows: bool) -> PastBlock:
    """As a database does: the buckets of a place up to an id, and its rows where they are asked for."""
    low_x, high_x = past_edges(place)[0], math.ldexp(min(place.last_id, read_to) + 1, place.k)
    rows = part_of(points, low_x, high_x)
    found = buckets_of(points, place.k, place.first_id, min(place.last_id, read_to))
    columns = np.array((found.ids, found.min, found.min, found.max, found.max))
    return PastBlock(columns, read_to, at, rows.xs.size, rows if is_rows else None)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_view_at_any_level_is_that_of_all_points(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    num = data.draw(st.integers(3, 3_000))
    points = Points(np.sort(rng.random(num) * 40_000.0 - 10_000.0), rng.normal(size=num))
    held_from = int(data.draw(st.floats(0.2, 1.0)) * (num - 1))
    blocks = PastBlocks()
    middle = data.draw(st.floats(-11_000, 29_000))
    for step in range(data.draw(st.integers(1, 10))):  # one look after the other around there, at any level
        held_from = min(num - 1, held_from + data.draw(st.integers(0, 3)))  # the oldest that are held leave
        held_x = float(points.xs[held_from])
        columns = SeriesColumns()
        columns.replace(Points(points.xs[held_from:], points.ys[held_from:]), 1)
        k = data.draw(st.integers(-6, 6))
        low = id_of(middle + data.draw(st.integers(-2_000, 500)) * 2.0**k, k)
        high = low + data.draw(st.integers(0, 3_000))
        edge = id_of(held_x, k)
        for _ in range(100):
            reach = blocks.reach(k, low, high, held_x, float(step), math.inf)
            if not reach.missing:
                break
            place = reach.missing[0]
            is_rows = blocks.reads_rows(place)
            blocks.add(place, read(points, place, min(place.last_id, id_of(held_x, place.k)), step, is_rows=is_rows))
        assert not reach.missing
        assert reach.low == low
        shown, whole = DeepSnapshot(columns.snapshot(), blocks.blocks), buckets_of(points, k, low, high)
        view = shown.view(k, low, high)
        for column in ("ids", "min", "max"):
            np.testing.assert_array_equal(getattr(view, column), getattr(whole, column))
        ids = np.floor(np.ldexp(points.xs, -k))
        before, after = shown._neighbours(k, low, high)
        assert before == low or before == ids[ids < low][-1]
        assert after == high or after == ids[ids > high][0] or (after == edge > high)
        assert shown.cost(k, low, high) >= view.ids.size


def test_a_narrower_block_that_was_read_further_than_a_wider_one_counts() -> None:
    xs = np.array([10.0, 500.0, 900.0, 1_300.0])
    points, columns, blocks = Points(xs, xs), SeriesColumns(), PastBlocks()
    columns.replace(Points(np.array([1_500.0]), np.array([1.0])), 1)
    for place, read_to in ((Place(3, 0.0), 100.0), (Place(1, 0.0), 700.0)):  # up to x = 808, and to 1,402
        blocks.add(place, read(points, place, read_to, 0.0, is_rows=True))
    shown = DeepSnapshot(columns.snapshot(), blocks.blocks)
    assert shown.view(0, 0.0, 1_400.0).ids.tolist() == xs.tolist()
    assert not blocks.reach(0, 0.0, 1_400.0, 1_401.0, 0.0, math.inf).missing


def test_who_looks_closer_at_few_rows_has_them_read_once_for_all_levels() -> None:
    points = Points(np.arange(0.0, 20_000.0, 15.0), np.arange(0.0, 20_000.0, 15.0))
    blocks, num_reads = PastBlocks(), 0
    columns = SeriesColumns()
    columns.replace(Points(np.array([1e6]), np.array([1.0])), 1)
    for k in (3, 1, 0, -3, -9, -12):
        low, high = id_of(5_005.0, k), id_of(5_005.0 + 2.0**k, k)
        while missing := blocks.reach(k, low, high, 1e6, 0.0, math.inf).missing:
            (place,) = missing
            num_reads += 1
            blocks.add(place, read(points, place, place.last_id, 0.0, is_rows=blocks.reads_rows(place)))
        if k < 3:
            shown = DeepSnapshot(columns.snapshot(), blocks.blocks)
            assert shown.widened(k, low, high) == (id_of(4_995.0, k), id_of(5_010.0, k))
            assert shown.cadence_from(k, low) == 15.0
    assert num_reads == 2, "the buckets, and the rows"


def test_many_rows_are_read_as_buckets_at_each_level() -> None:
    xs = np.linspace(0.0, 8_191.0, SPARSE_ROWS + 1)
    blocks = PastBlocks()
    blocks.add(Place(3, 0.0), read(Points(xs, xs), Place(3, 0.0), BLOCK_BUCKETS - 1.0, 0.0, is_rows=False))
    assert blocks.reach(0, 10.0, 20.0, 1e6, 0.0, math.inf).missing == (Place(0, 0.0),)
    assert not blocks.reads_rows(Place(3, 0.0))


def test_rows_are_read_again_once_they_are_old() -> None:
    xs = np.arange(0.0, 1_000.0, 15.0)
    blocks = PastBlocks()
    for is_rows, at in ((False, 0.0), (True, 1.0)):
        blocks.add(Place(3, 0.0), read(Points(xs, xs), Place(3, 0.0), BLOCK_BUCKETS - 1.0, at, is_rows=is_rows))
    assert blocks.reach(-4, 10.0, 20.0, 1e6, 60.0, 60.0).missing == ()
    assert blocks.reach(-4, 10.0, 20.0, 1e6, 61.0, 60.0) == Reach(10.0, (Place(3, 0.0),), math.inf)
    assert blocks.num_bytes > 2 * 8 * xs.size


def test_a_block_that_goes_further_than_the_rows_around_it_counts() -> None:
    points = Points(np.arange(0.0, 8_000.0, 15.0), np.arange(0.0, 8_000.0, 15.0))
    rows = read(points, Place(3, 0.0), 500.0, 0.0, is_rows=True)  # as far as x = 4,008
    further = read(points, Place(0, 3.0), 4_095.0, 1.0, is_rows=False)
    columns = SeriesColumns()
    columns.replace(Points(np.array([1e6]), np.array([1.0])), 1)
    shown = DeepSnapshot(columns.snapshot(), {Place(3, 0.0): rows, Place(0, 3.0): further})
    np.testing.assert_array_equal(shown.view(0, 2_000.0, 4_095.0).ids, buckets_of(points, 0, 2_000.0, 4_095.0).ids)
