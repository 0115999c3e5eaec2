"""Late points cost where they land, and are merged where somebody looks: the series stays what its points say."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.store.small_blocks import small_blocks

from cadran.readable import Floats
from cadran.store import SeriesColumns, chunks
from cadran.store.chunks import CHUNK_POINTS, LATE_PARTS, Chunk, totals_of


def chunks_of(columns: SeriesColumns) -> list[Chunk]:
    return [chunk for group in columns.snapshot().history.groups for chunk in group.chunks]


def num_unmerged(columns: SeriesColumns) -> int:
    return sum(isinstance(chunk._content, chunks._Unmerged) for chunk in chunks_of(columns))


def long_series(num_chunks: int = 40) -> SeriesColumns:
    xs = np.arange(float(num_chunks * CHUNK_POINTS))
    columns = SeriesColumns()
    columns.extend(xs, np.sin(xs), 1, is_sorted=True)
    return columns


def scattered(columns: SeriesColumns, num: int) -> tuple[Floats, Floats]:
    xs = np.random.default_rng(num).uniform(0.0, len(columns) - 2.0, num)
    return xs, -xs


def test_late_points_all_over_a_long_history_merge_no_chunk() -> None:
    columns = long_series()
    for s in range(2, 2 + 3 * LATE_PARTS):
        columns.extend(*scattered(columns, 500 + s), s)
    assert num_unmerged(columns) == 40
    parts = [len(chunk._content.late) for chunk in chunks_of(columns) if isinstance(chunk._content, chunks._Unmerged)]
    assert max(parts) <= LATE_PARTS, "what lies apart is bounded"


def test_only_what_is_looked_at_is_merged() -> None:
    columns = long_series()
    columns.extend(*scattered(columns, 3_000), 2)
    snapshot = columns.snapshot()
    assert (len(snapshot), snapshot.first_x, snapshot.last_x) == (40 * CHUNK_POINTS + 3_000, 0.0, columns.last_x)
    snapshot.count(20.5 * CHUNK_POINTS, "left")
    assert num_unmerged(columns) == 40, "to count is no look"
    snapshot.view(0, 20.2 * CHUNK_POINTS, 20.8 * CHUNK_POINTS)
    assert num_unmerged(columns) == 39
    assert columns.cost(10, 0.0) >= 39 * CHUNK_POINTS, "what is not merged is not cheap to look at"


def test_a_chunk_that_doubles_by_late_points_is_cut() -> None:
    columns = long_series(3)
    for s in range(2, 14):
        xs = np.linspace(CHUNK_POINTS + 0.5, CHUNK_POINTS + 9.5, CHUNK_POINTS // 4)
        columns.extend(xs, xs, s)
    assert max(chunk.num_points for chunk in chunks_of(columns)) <= 2 * CHUNK_POINTS
    assert len(columns) == 6 * CHUNK_POINTS


@pytest.mark.parametrize("seed", range(12))
def test_late_points_are_counted_and_found_before_they_are_merged(seed: int) -> None:
    rng = random.Random(seed)
    with small_blocks():
        columns = SeriesColumns()
        rows: list[tuple[float, float]] = []
        for s in range(1, 40):
            low = rng.choice([0, 0, 0, 10 * s])  # mostly late ones, many of equal x
            new = [(float(rng.randrange(low, 10 * s + 10)), rng.choice([1000.0 * s, np.nan])) for _ in range(9)]
            rows = sorted(rows + new, key=lambda row: row[0])
            new_xs, new_ys = np.array(new).T.copy()
            columns.extend(new_xs, new_ys, s)
            xs, ys = np.array(rows).T
            snapshot = columns.snapshot()
            for x in (-1.0, float(rng.randrange(10 * s + 10)), 10.0 * s + 20):
                assert snapshot.count(x, "left") == xs.searchsorted(x, "left")
                assert snapshot.count(x, "right") == xs.searchsorted(x, "right")
            assert (len(columns), columns.first_x, columns.last_x) == (xs.size, xs[0], xs[-1])
            assert columns.num_bytes >= 16 * xs.size
            if rng.random() < 0.3:
                totals = totals_of(ys)
                got = snapshot.totals
                assert (got.num, got.min, got.max, got.sum) == (totals.num, totals.min, totals.max, totals.sum)
            if rng.random() < 0.2:
                low = rng.randrange(xs.size)
                np.testing.assert_array_equal(snapshot.part(low, low + 40).ys, ys[low : low + 40])
            if rng.random() < 0.1:
                columns.drop_oldest(num := rng.randrange(1, 30), s)
                rows = rows[num:]
            if not rows:
                break
        np.testing.assert_array_equal(columns.points.ys, [y for _, y in rows])
