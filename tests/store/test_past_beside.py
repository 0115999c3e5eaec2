"""Rows that lie further apart than a range is wide: the line comes from somewhere, and goes somewhere."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.test_past_points import read

from cadran.readable import Floats, Points
from cadran.store import SeriesColumns, id_of
from cadran.store.deep_snapshot import DeepSnapshot
from cadran.store.past import AROUND_BLOCKS, BEYOND_BLOCKS, PastBlocks

HELD_X = 1e6
READS_MAX = 2 * (4 + 2 * BEYOND_BLOCKS + 2 * AROUND_BLOCKS)
"""Of a look: its own blocks, and those beside it, each as buckets and as rows."""


def looked(
    blocks: PastBlocks, points: Points, k: int, low: float, high: float, *, is_kept: bool = False
) -> tuple[DeepSnapshot, int]:
    """Read what a look asks for until it asks for nothing more; return the line, and how many reads it took."""
    num_reads = 0
    while missing := blocks.reach(
        k, low, high, HELD_X, 0.0, math.inf, is_kept=is_kept or num_reads > 0, is_beside=True
    ).missing:
        for place in missing:
            num_reads += 1
            read_to = min(place.last_id, id_of(HELD_X, place.k))
            blocks.add(place, read(points, place, read_to, 0.0, is_rows=blocks.reads_rows(place)))
        assert num_reads <= READS_MAX
    columns = SeriesColumns()
    columns.replace(Points(HELD_X + np.arange(500.0), np.zeros(500)), 1)
    return DeepSnapshot(columns.snapshot(), blocks.blocks), num_reads


def rows(xs: Floats) -> Points:
    return Points(xs, xs)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_neighbours_of_any_range_are_found_where_rows_are_few(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    num = data.draw(st.integers(1, 1_000))
    points = rows(np.sort(rng.random(num) * 40_000.0))
    k = data.draw(st.integers(-12, 6))
    low = id_of(data.draw(st.floats(-1_000.0, 41_000.0)), k)
    high = low + data.draw(st.integers(0, 2_000))
    shown, _ = looked(PastBlocks(), points, k, low, high)
    ids = np.floor(np.ldexp(points.xs, -k))
    before, after = ids[ids < low], ids[ids > high]
    assert shown._neighbours(k, low, high) == (
        before[-1] if before.size else low,
        after[0] if after.size else id_of(HELD_X, k),
    )


def test_a_look_between_two_rows_of_nobody_else_s_shows_the_line_between_them() -> None:
    points = rows(np.arange(0.0, 20_000.0, 15.0))
    for k in (-4, -9, -12):
        low, high = id_of(5_006.0, k), id_of(5_006.0 + 2.0**k, k)
        shown, num_reads = looked(PastBlocks(), points, k, low, high)
        assert shown.widened(k, low, high) == (id_of(4_995.0, k), id_of(5_010.0, k))
        assert num_reads <= 8


def test_where_rows_are_dense_nothing_wider_is_read() -> None:
    points = rows(np.arange(0.0, 100_000.0))
    blocks = PastBlocks()
    _, num_reads = looked(blocks, points, 0, 50_000.0, 51_000.0)
    assert num_reads == 2
    assert {place.k for place in blocks.blocks} == {0}
    aligned = PastBlocks()
    looked(aligned, points, 0, 51_200.0, 52_223.0)  # a block's own first and last id
    assert sorted(place.number for place in aligned.blocks) == [49.0, 50.0, 51.0]


def test_what_made_room_is_not_read_again_for_who_has_the_picture() -> None:
    points = rows(np.arange(0.0, 20_000.0, 1_500.0))
    blocks = PastBlocks()
    low, high = id_of(5_006.0, -3), id_of(5_010.0, -3)
    _, num_reads = looked(blocks, points, -3, low, high)
    assert num_reads > 1
    blocks.clear()
    assert looked(blocks, points, -3, low, high, is_kept=True)[1] == 0


def test_a_range_beyond_what_can_be_told_apart_asks_for_what_can_be_read() -> None:
    for k, low in ((960, 1.0), (890, 5.0), (-1_000, 3.0)):
        looked(PastBlocks(), rows(np.arange(10.0)), k, low, low + 10)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_rows_that_lie_close_together_elsewhere_hide_no_neighbour(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    dense = 20_000.0 + rng.random(3_000) * data.draw(st.sampled_from([10.0, 1_000.0, 5_000.0]))
    few = np.arange(0.0, 40_001.0, data.draw(st.sampled_from([400.0, 900.0, 2_500.0])))
    points = rows(np.sort(np.concatenate((few, dense))))
    k = data.draw(st.integers(-1, 2))
    low = id_of(data.draw(st.floats(1_000.0, 37_000.0)), k)
    high = min(low + data.draw(st.integers(0, 2_000)), id_of(39_000.0, k))
    shown, _ = looked(PastBlocks(), points, k, low, high)
    ids = np.floor(np.ldexp(points.xs, -k))
    assert shown._neighbours(k, low, high) == (ids[ids < low][-1], ids[ids > high][0])
