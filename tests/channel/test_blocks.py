"""Batches that wait become blocks: all points in their order, whatever is dropped or replaced meanwhile."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.channel import channel, series_backlog
from cadran.channel.series_backlog import BLOCK_POINTS, SLAB_FROM_POINTS, SeriesBacklog
from cadran.updates import ChartDataUpdated

BATCH = 1_000


@given(st.lists(st.one_of(st.integers(1, 200), st.integers(-60, 0)), max_size=60))
def test_blocks_hold_what_was_added_less_what_was_dropped(happenings: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series_backlog, "BLOCK_POINTS", 64)
        patch.setattr(series_backlog, "SLAB_FROM_POINTS", 100)
        patch.setattr(series_backlog, "SLAB_BLOCKS", 2)
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
    num_batches = 2 * SLAB_FROM_POINTS // BATCH
    xs = np.arange(num_batches * BATCH, dtype=np.float64)
    for start in range(0, xs.size, BATCH):
        press.send(ChartDataUpdated.xy("v", xs[start : start + BATCH], xs[start : start + BATCH]))
    landed = press.drain().points["v"]
    assert len(landed.blocks) <= xs.size // BLOCK_POINTS + 1
    np.testing.assert_array_equal(landed.xs, xs)


def test_blocks_that_share_memory_keep_little_of_it_unused() -> None:
    backlog = SeriesBacklog("number")
    for start in range(0, 4 * SLAB_FROM_POINTS, BATCH):
        xs = np.arange(start, start + BATCH, dtype=np.float64)
        backlog.add(xs, xs, is_sorted=True)
    held = {id(xs.base): xs.base.nbytes for xs, _ in backlog.landed().blocks if xs.base is not None}
    assert held, "from some point on blocks share memory"
    num_bytes = 2 * series_backlog.SLAB_BLOCKS * BLOCK_POINTS * 8
    assert all(num_bytes <= size <= 1.1 * num_bytes for size in held.values())


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
