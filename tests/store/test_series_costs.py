"""What a series costs in memory and in points passed over, whatever its length."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from cadran.readable import Floats
from cadran.store import SeriesColumns, buckets_of, id_of, level_for
from cadran.store import chunks as chunks_module
from cadran.store import levels as levels_module
from cadran.store.chunks import CHUNK_POINTS
from cadran.store.groups import GROUP_CHUNKS

NOW = 1.79e9


def regular(num_points: int) -> Floats:
    xs: Floats = NOW + 0.001 * np.arange(float(num_points))
    return xs


def irregular(num_points: int) -> Floats:
    return NOW + np.cumsum(np.random.default_rng(1).exponential(0.001, num_points))


def in_bursts(num_points: int) -> Floats:
    """Of each 50 points 40 are 1 ms apart, and 10 are 1 s apart."""
    steps = np.where(np.arange(num_points) % 50 < 40, 0.001, 1.0)
    return NOW + np.cumsum(steps)


def many_at_one_x(num_points: int) -> Floats:
    xs: Floats = NOW + np.floor(np.arange(num_points) / 100)
    return xs


def with_one_in_1970(num_points: int) -> Floats:
    return np.concatenate(([0.0], regular(num_points - 1)))


shapes = pytest.mark.parametrize("shape", [regular, irregular, in_bursts, many_at_one_x, with_one_in_1970])


def series_of(xs: Floats, batch: int = 10_000) -> SeriesColumns:
    columns = SeriesColumns()
    for start in range(0, xs.size, batch):
        part = xs[start : start + batch]
        columns.extend(part, np.sin(part), start + 1, is_sorted=True)
    return columns


def whole_view(columns: SeriesColumns, px: int) -> tuple[int, float, float]:
    first_x, last_x = columns.first_x, columns.last_x
    assert first_x is not None
    assert last_x is not None
    k = level_for(last_x - first_x, px, last_x)
    return k, id_of(first_x, k), math.inf


def num_passed(columns: SeriesColumns, k: int, low_id: float, high_id: float) -> int:
    return sum(piece.num_rows for piece in columns.snapshot().pieces(k, low_id, high_id))


@shapes
def test_memory_is_at_most_half_as_much_again_as_the_raw_columns(shape: Callable[[int], Floats]) -> None:
    columns = series_of(shape(1_050_000))
    for px in (10, 100, 1_000, 10_000, 100_000):
        columns.view(*whole_view(columns, px))
    assert 16 * len(columns) < columns.num_bytes <= 1.5 * 16 * len(columns)


@shapes
def test_a_view_of_all_passes_over_rows_not_points(shape: Callable[[int], Floats]) -> None:
    columns = series_of(shape(1_050_000))
    wanted = whole_view(columns, 1_000)
    expected_cost = columns.cost(*wanted)
    assert expected_cost <= len(columns)
    got, expected = columns.view(*wanted), buckets_of(columns.points, *wanted)
    for one, other in zip(got[1:], expected[1:], strict=True):
        np.testing.assert_array_equal(one, other)
    rows, tail = num_passed(columns, *wanted), len(columns) % CHUNK_POINTS
    assert rows <= 8 * max(2_002, 65 * levels_module.ROWS_FEW) + tail
    assert columns.cost(*wanted) == rows, "once levels are caught up"


@shapes
def test_a_full_group_is_one_piece_of_a_view(shape: Callable[[int], Floats]) -> None:
    columns = series_of(shape(2 * GROUP_CHUNKS * CHUNK_POINTS + 3 * CHUNK_POINTS))
    wanted = whole_view(columns, 100)
    assert len(columns.snapshot().pieces(*wanted)) == 2 + 3 + 1, "two groups, three chunks, the tail"


@shapes
def test_a_view_of_a_part_passes_over_rows_not_points(shape: Callable[[int], Floats]) -> None:
    columns = series_of(shape(1_050_000))
    xs = columns.points.xs
    x0, x1 = float(xs[300_000]), float(xs[800_000])
    k = level_for(x1 - x0, 1_000, x1)
    assert num_passed(columns, k, id_of(x0, k), id_of(x1, k)) <= 2_002 * 8 * levels_module.PAYING


def test_one_point_more_passes_over_as_many_points_in_a_long_series_as_in_a_short_one() -> None:
    """U9: the view that follows an appended point reads the same, at 1,000 points and at 1,000,000."""
    passed = []
    for num_points in (1_000, 1_000_000):
        columns = series_of(regular(num_points) - 0.001 * num_points)
        columns.extend(np.array([NOW]), np.array([1.0]), num_points + 1)
        k = level_for(60.0, 1_000, NOW)
        low = id_of(columns.changes.since(num_points), k)
        passed.append((num_passed(columns, k, low, math.inf), columns.cost(k, low)))
    assert passed[0] == passed[1]
    assert passed[0][0] < 64


def test_appending_sealing_late_points_and_eviction_leave_the_other_chunks_alone() -> None:
    columns = series_of(regular(500_000))

    def chunks() -> set[int]:
        return {id(chunk) for group in columns.snapshot().history.groups for chunk in group.chunks}

    def num_made_anew(change: Callable[[], object]) -> int:
        before = chunks()
        change()
        return len(chunks() - before)

    kept = columns.snapshot()  # it holds all chunks, so that no chunk's id is another's later
    late = regular(500_000)[[100_000, 100_001]] + 0.0001
    assert num_made_anew(lambda: columns.extend(late, late, 2_000_000)) == 1
    assert num_made_anew(lambda: columns.evict(NOW + 60.0, 2_000_001)) == 1
    last_x = columns.last_x
    assert last_x is not None
    more = last_x + np.arange(float(CHUNK_POINTS - 1))
    assert num_made_anew(lambda: columns.extend(more, more, 2_000_002)) == 1
    points = columns.points
    changed = np.concatenate((points.ys[:-5], np.zeros(5)))
    assert num_made_anew(lambda: columns.replace(points._replace(ys=changed), 2_000_003)) == 0
    assert len(kept) == 500_000


def test_levels_of_chunks_that_stay_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    levels_of = levels_module.levels_of

    def counted(xs: Floats, ys: Floats, k: int) -> tuple[levels_module.Level, ...]:
        made.append(xs.size)
        return levels_of(xs, ys, k)

    monkeypatch.setattr(chunks_module, "levels_of", counted)
    columns = series_of(regular(300_000))
    assert not made, "nobody looked"
    wanted = whole_view(columns, 1_000)
    columns.view(*wanted)
    num_chunks = 300_000 // CHUNK_POINTS
    assert len(made) == num_chunks
    columns.extend(np.array([NOW + 1.0]), np.array([5.0]), 300_001)
    columns.view(*wanted)
    assert len(made) == num_chunks + 1
