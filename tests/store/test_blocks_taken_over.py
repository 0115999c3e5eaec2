"""Blocks that land become chunks as they are, and the series stays what its points say."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.store.small_blocks import small_blocks

from cadran.readable import Floats
from cadran.store import SeriesColumns
from cadran.store.chunks import CHUNK_POINTS, Chunk


def chunks_of(columns: SeriesColumns) -> list[Chunk]:
    return [chunk for group in columns.snapshot().history.groups for chunk in group.chunks]


def block(start: int, num_points: int) -> tuple[Floats, Floats]:
    xs = np.arange(start, start + num_points, dtype=np.float64)
    return xs, -xs


def test_a_block_is_taken_over_without_a_copy() -> None:
    columns = SeriesColumns()
    blocks = [block(0, CHUNK_POINTS), block(CHUNK_POINTS, CHUNK_POINTS + 500)]
    columns.extend_blocks(blocks, 1)
    assert all(chunk.points.xs is xs for chunk, (xs, _) in zip(chunks_of(columns), blocks, strict=True))
    assert not blocks[0][0].flags.writeable


@pytest.mark.parametrize("num_held", [1, CHUNK_POINTS // 2 - 1, CHUNK_POINTS // 2, CHUNK_POINTS - 1])
def test_only_one_chunk_is_copied_where_a_block_comes_after_a_tail(num_held: int) -> None:
    columns = SeriesColumns()
    columns.extend(*block(0, num_held), 1)
    columns.extend_blocks([block(num_held + index * CHUNK_POINTS, CHUNK_POINTS) for index in range(6)], 2)
    sizes = [chunk.num_points for chunk in chunks_of(columns)]
    assert sizes[-5:] == [CHUNK_POINTS] * 5
    assert min(sizes) >= CHUNK_POINTS // 2, "no chunk is so small that levels hardly pay"
    np.testing.assert_array_equal(columns.points.xs, np.arange(num_held + 6 * CHUNK_POINTS))


@pytest.mark.parametrize("seed", range(20))
def test_blocks_equal_the_same_points_in_one_batch(seed: int) -> None:
    rng = random.Random(seed)
    with small_blocks():
        one, other = SeriesColumns(), SeriesColumns()
        for s in range(1, 12):
            start = rng.choice([0, 100, len(one), len(one), len(one)])
            sizes = [rng.choice([1, 5, 15, 16, 20, 31, 32, 200]) for _ in range(rng.choice([1, 3, 9]))]
            xs, ys = block(start, sum(sizes))
            ys += s
            edges = np.cumsum(sizes)[:-1]
            blocks = list(zip(np.split(xs.copy(), edges), np.split(ys.copy(), edges), strict=True))
            assert one.extend_blocks(blocks, s) == other.extend(xs, ys, s)
            for got, expected in zip(one.points, other.points, strict=True):
                np.testing.assert_array_equal(got, expected)
            assert one.changes.since(s - 1) == other.changes.since(s - 1) == start
