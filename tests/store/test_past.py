"""What was read of the past, beside what is held: any view is that of all points."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.readable import Points
from cadran.store import SeriesColumns, buckets_of, id_of
from cadran.store.deep_snapshot import DeepSnapshot
from cadran.store.past import BLOCK_BUCKETS, BLOCKS_SEEN_MAX, PastBlock, PastBlocks, Place, Reach, past_edges


def read(points: Points, place: Place, read_to: float, at: float = 0.0) -> PastBlock:
    """As a database does: the buckets of a place, up to an id."""
    found = buckets_of(points, place.k, place.first_id, min(place.last_id, read_to))
    return PastBlock(np.array((found.ids, found.min, found.min, found.max, found.max)), read_to, at)


def points_of(seed: int, num: int, span: float) -> Points:
    rng = np.random.default_rng(seed)
    return Points(np.sort(rng.random(num) * span - span / 3), rng.normal(size=num))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 300), st.floats(0.0, 1.0), st.integers(-6, 6), st.floats(0, 1))
def test_any_view_is_that_of_all_points(seed: int, num: int, part: float, k: int, begin: float) -> None:
    points = points_of(seed, num, 3_000.0)
    held_from = min(num - 1, int(part * num))
    columns = SeriesColumns()
    columns.replace(Points(points.xs[held_from:], points.ys[held_from:]), 1)
    held_x = float(points.xs[held_from])
    blocks = PastBlocks()
    low = id_of(float(points.xs[0]) + begin * 3_000.0, k)
    high = id_of(float(points.xs[-1]), k)
    for _ in range(100):
        reach = blocks.reach(k, low, high, held_x, 0.0, math.inf)
        shown = DeepSnapshot(columns.snapshot(), blocks.blocks).view(k, reach.low, high)
        whole = buckets_of(points, k, reach.low, high)
        edge = id_of(held_x, k)
        is_all = reach.low < edge or reach.low > edge
        for column in ("ids", "min", "max") if is_all else ("ids",):
            np.testing.assert_array_equal(getattr(shown, column), getattr(whole, column))
        if not reach.missing:
            break
        place = reach.missing[0]
        assert blocks.add(place, read(points, place, min(place.last_id, edge)))
    assert not reach.missing
    if id_of(held_x, k) - low < BLOCKS_SEEN_MAX * BLOCK_BUCKETS:
        assert reach.low == low


def test_a_view_is_shown_from_the_right_as_far_as_it_is_there() -> None:
    blocks = PastBlocks()
    low, high, held_x = 100.0, 5_000.0, 4_000.5
    first = blocks.reach(0, low, high, held_x, 0.0, math.inf)
    assert first.low == 4_000  # what is held, its first bucket as far as it is held
    assert [place.number for place in first.missing] == [3, 2, 1, 0]
    nothing = np.empty((5, 0))
    blocks.add(Place(0, 2.0), PastBlock(nothing, math.inf, 0.0))
    assert blocks.reach(0, low, high, held_x, 0.0, math.inf).low == 4_000  # the newest is not there
    blocks.add(Place(0, 3.0), PastBlock(nothing, 4_000.0, 0.0))
    second = blocks.reach(0, low, high, held_x, 0.0, math.inf)
    assert second.low == 2 * BLOCK_BUCKETS
    assert [place.number for place in second.missing] == [1, 0]


def test_a_view_of_which_nothing_is_there_begins_behind_its_end() -> None:
    reach = PastBlocks().reach(0, 100.0, 200.0, 4_000.5, 0.0, math.inf)
    assert reach.low > 200.0


def test_a_view_of_what_is_held_asks_for_nothing() -> None:
    assert PastBlocks().reach(0, 4_001.0, 5_000.0, 4_000.5, 0.0, math.inf)[:2] == (4_001.0, ())


def test_what_was_held_when_a_block_was_read_is_read_again_once_it_is_not() -> None:
    blocks = PastBlocks()
    blocks.add(Place(0, 3.0), PastBlock(np.empty((5, 0)), 3_500.0, 0.0))
    assert not blocks.reach(0, 3_100.0, 3_400.0, 3_500.0, 0.0, math.inf).missing
    assert blocks.reach(0, 3_100.0, 3_400.0, 3_501.0, 0.0, math.inf).missing == (Place(0, 3.0),)


def test_what_is_old_is_shown_and_asked_for_again() -> None:
    blocks = PastBlocks()
    blocks.add(Place(0, 0.0), PastBlock(np.empty((5, 0)), 1_023.0, 10.0))
    assert blocks.reach(0, 100.0, 200.0, 4_000.5, 69.0, 60.0) == Reach(100.0, (), 10.0)
    assert blocks.reach(0, 100.0, 200.0, 4_000.5, 70.0, 60.0) == Reach(100.0, (Place(0, 0.0),), math.inf)


def test_who_has_all_of_it_asks_for_nothing_but_what_is_old() -> None:
    blocks = PastBlocks(max_bytes=3 * PastBlock(np.empty((5, 0)), 0.0, 0.0).num_bytes)
    for number in range(8):
        blocks.add(Place(0, float(number)), PastBlock(np.empty((5, 0)), math.inf, float(number)))
    assert Place(0, 0.0) not in blocks.blocks, "it made room"
    kept = blocks.reach(0, 0.0, 2_000.0, 1e6, 20.0, 60.0, is_kept=True)
    assert not kept.missing
    assert kept.oldest_mono == 0.0
    assert kept.low > 2_000, "what is there is told all the same"
    assert blocks.reach(0, 0.0, 2_000.0, 1e6, 60.5, 60.0, is_kept=True).missing == (Place(0, 0.0),)
    assert blocks.reach(0, 0.0, 2_000.0, 1e6, 20.0, 60.0).missing == (Place(0, 1.0), Place(0, 0.0))


def test_bytes_are_bounded_and_what_was_not_seen_for_longest_goes_first() -> None:
    rows = np.zeros((5, 100))
    weight = PastBlock(rows, 0.0, 0.0).num_bytes
    blocks = PastBlocks(max_bytes=4 * weight)
    for number in range(4):
        blocks.add(Place(0, float(number)), PastBlock(rows, math.inf, float(number)))
    blocks.reach(0, 0.0, 10.0, 1e6, 10.0, math.inf)
    blocks.add(Place(0, 4.0), PastBlock(rows, math.inf, 11.0))
    assert sorted(place.number for place in blocks.blocks) == [0.0, 3.0, 4.0]
    assert blocks.num_bytes == 3 * weight


def test_blocks_without_rows_are_bounded_too() -> None:
    blocks = PastBlocks(max_bytes=100_000)
    for number in range(300):
        blocks.add(Place(0, float(number)), PastBlock(np.empty((5, 0)), math.inf, float(number)))
    assert len(blocks.blocks) < 60


def test_no_view_asks_for_more_than_a_screen_can_show() -> None:
    reach = PastBlocks().reach(0, -1e15, 4_000.0, 4_000.5, 0.0, math.inf)
    assert len(reach.missing) < 40


def test_a_snapshot_keeps_the_blocks_of_its_moment() -> None:
    blocks = PastBlocks()
    columns = SeriesColumns()
    columns.extend(np.array([5_000.0]), np.array([1.0]), 1)
    before = DeepSnapshot(columns.snapshot(), blocks.blocks)
    points = Points(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    assert blocks.add(Place(0, 0.0), read(points, Place(0, 0.0), 1_023.0))
    assert not blocks.add(Place(0, 0.0), read(points, Place(0, 0.0), 1_023.0)), "the same again is no change"
    assert before.view(0, 0.0, 10.0).ids.size == 0
    assert DeepSnapshot(columns.snapshot(), blocks.blocks).view(0, 0.0, 10.0).ids.tolist() == [1.0, 2.0]


def test_edges_of_a_place() -> None:
    assert past_edges(Place(-2, -1.0)) == (-256.0, 0.0)
