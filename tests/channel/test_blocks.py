"""Batches that wait become blocks: all points in their order, whatever is dropped or replaced meanwhile."""

from __future__ import annotations

import weakref
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.channel import Channel, block_room, channel, series_backlog
from cadran.channel.backlog import Backlog
from cadran.channel.block_room import HUGE_PAGE_BYTES, PIECE_BYTES, PIECES_FROM_POINTS, BlockRoom
from cadran.channel.series_backlog import BLOCK_POINTS, SERIES_BYTES, SeriesBacklog
from cadran.readable import Floats
from cadran.updates import ChartDataUpdated
from cadran.updates.prepare import PreparedPoints

BATCH = 1_000


@given(st.lists(st.one_of(st.integers(1, 200), st.integers(-60, 0)), max_size=60))
def test_blocks_hold_what_was_added_less_what_was_dropped(happenings: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series_backlog, "BLOCK_POINTS", 64)
        patch.setattr(block_room, "PIECES_FROM_POINTS", 100)
        patch.setattr(block_room, "PIECE_BYTES", 2_000)
        backlog, expected, num_added = SeriesBacklog("number"), np.empty(0), 0
        for size in happenings:
            if size > 0:  # a batch
                xs = np.arange(num_added, num_added + size, dtype=np.float64)
                backlog.add(xs, -xs, is_sorted=True)
                expected, num_added = np.concatenate((expected, xs)), num_added + size
            else:  # the oldest go
                num_dropped = min(-size, backlog.num_points)
                backlog.drop_oldest(num_dropped)
                expected = expected[num_dropped:]
            assert backlog.num_points == expected.size
        landed = backlog.landed()
    np.testing.assert_array_equal(landed.xs, expected)
    np.testing.assert_array_equal(landed.ys, -expected)
    assert (landed.num_points, landed.is_sorted) == (expected.size, True)
    assert all(xs.size == ys.size > 0 for xs, ys in landed.blocks)
    if expected.size:
        assert landed.newest_x == expected[-1]


def test_few_blocks_land_however_many_batches_were_sent() -> None:
    press = channel("press", max_items=10_000_000)
    num_batches = 2 * PIECES_FROM_POINTS // BATCH
    xs = np.arange(num_batches * BATCH, dtype=np.float64)
    for start in range(0, xs.size, BATCH):
        press.send(ChartDataUpdated.xy("v", xs[start : start + BATCH], xs[start : start + BATCH]))
    landed = press.drain().points["v"]
    assert len(landed.blocks) <= xs.size // BLOCK_POINTS + 1
    np.testing.assert_array_equal(landed.xs, xs)


def base_of(column: Floats) -> Floats:
    """The array that the memory belongs to."""
    return column if column.base is None else column.base


def test_blocks_that_share_memory_keep_little_of_it_unused() -> None:
    backlog = SeriesBacklog("number")
    for start in range(0, 4 * PIECES_FROM_POINTS, BATCH):
        xs = np.arange(start, start + BATCH, dtype=np.float64)
        backlog.add(xs, xs, is_sorted=True)
    held = {id(base): base.nbytes for base in (base_of(xs) for xs, _ in backlog.landed().blocks) if base.size > BATCH}
    shared = [num_bytes for num_bytes in held.values() if num_bytes > PIECE_BYTES]
    assert shared, "from some point on blocks share memory"
    assert all(num_bytes <= PIECE_BYTES + HUGE_PAGE_BYTES for num_bytes in shared)
    num_held, num_full = sum(held.values()), 4 * PIECES_FROM_POINTS * 16
    never_touched = len(shared) * HUGE_PAGE_BYTES
    assert num_held - never_touched <= num_full + PIECE_BYTES


def test_pieces_begin_with_a_huge_page_and_blocks_do_not_overlap() -> None:
    room = BlockRoom()
    blocks = [room.block(num_points) for num_points in [BLOCK_POINTS, 33_000, 2 * BLOCK_POINTS - 1] * 40]
    spans = sorted((c.__array_interface__["data"][0], c.nbytes) for columns in blocks for c in columns)
    assert all(start + size <= after for (start, size), (after, _) in pairwise(spans))
    bases = {id(base): base for base in (base_of(xs) for xs, _ in blocks) if base.nbytes > PIECE_BYTES}
    assert len(bases) > 5
    for base in bases.values():
        first = min(c.__array_interface__["data"][0] for columns in blocks for c in columns if base_of(c) is base)
        assert first % HUGE_PAGE_BYTES == 0


def send_points(press: Channel, num_points: int, from_x: int) -> None:
    for start in range(from_x, from_x + num_points, BATCH):
        xs = np.arange(start, start + BATCH, dtype=np.float64)
        press.send(ChartDataUpdated.xy("v", xs, xs))


def test_the_next_drain_goes_on_where_memory_is_left() -> None:
    press, bases, num_blocks = channel("press", max_items=10_000_000), dict[int, Floats](), 0
    per_drain = 66 * BATCH
    for index in range(16):
        send_points(press, per_drain, index * per_drain)
        blocks = [xs for xs, _ in press.drain().points["v"].blocks]
        num_blocks += len(blocks)
        bases.update((id(base_of(xs)), base_of(xs)) for xs in blocks if base_of(xs).nbytes > PIECE_BYTES)
    assert num_blocks == 32
    assert 1 <= len(bases) <= 32 * 33_000 * 16 // PIECE_BYTES + 1, "the rest of a piece is used by the next drain"


def test_a_series_that_has_little_lets_go_of_its_memory() -> None:
    press = channel("press", max_items=10_000_000)
    send_points(press, 2 * PIECES_FROM_POINTS, 0)
    piece = weakref.ref(base_of(press.drain().points["v"].blocks[-2][0]))
    assert piece() is not None, "the rest may be used by the next drain"
    send_points(press, BATCH, 2 * PIECES_FROM_POINTS)
    press.drain()
    assert piece() is None


def test_a_replacement_leaves_no_part_of_older_batches() -> None:
    press = channel("press", max_items=10_000_000)
    older, newer = np.arange(1.5 * BLOCK_POINTS), np.arange(1.25 * BLOCK_POINTS) + 0.5
    for xs, replace in ((older, False), (newer, True)):
        parts = np.array_split(xs, 40)
        press.send(ChartDataUpdated.xy("v", parts[0], parts[0], replace=replace))
        for part in parts[1:]:
            press.send(ChartDataUpdated.xy("v", part, part))
    landed = press.drain().points["v"]
    np.testing.assert_array_equal(landed.xs, newer)
    assert landed.replace


@pytest.mark.parametrize("num_points", [1, 15, 16, 1_000, BLOCK_POINTS - 1, BLOCK_POINTS, BLOCK_POINTS + 1])
@pytest.mark.parametrize("is_sorted", [True, False])
def test_a_first_batch_is_as_one_added_to_nothing(num_points: int, is_sorted: bool) -> None:
    xs, ys = np.arange(num_points, dtype=np.float64), np.zeros(num_points)
    expected, backlog = SeriesBacklog("number"), Backlog(10**9, 10**9)
    num_bytes = expected.add(xs, ys, is_sorted)
    backlog.fold([PreparedPoints("line", xs, ys, False, "number", is_sorted=is_sorted)])
    assert (backlog.items_at_most, backlog.bytes_at_most) == (num_points, SERIES_BYTES + num_bytes)
    found = backlog.points["line"]
    names = [name for name in SeriesBacklog.__slots__ if name not in ("chunks", "xs", "ys")]
    assert [getattr(found, name) for name in names] == [getattr(expected, name) for name in names]
    assert [(list(x), list(y)) for x, y in found.chunks] == [(list(x), list(y)) for x, y in expected.chunks]
    assert (found.xs, found.ys) == (expected.xs, expected.ys)
