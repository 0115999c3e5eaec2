"""Snapshots are read in other threads while the series goes on: each view is that of its own S."""

from __future__ import annotations

import math
import random
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from tests.store.small_blocks import small_blocks

from cadran.store import Buckets, SeriesColumns, SeriesSnapshot, buckets_of


def views(snapshot: SeriesSnapshot) -> list[Buckets]:
    return [snapshot.view(k, -math.inf) for k in (12, 6, 2, -1)]


def test_views_in_threads_are_those_of_their_own_s() -> None:
    rng = random.Random(3)
    columns = SeriesColumns()
    looked: list[tuple[SeriesSnapshot, list[Future[list[Buckets]]]]] = []
    with small_blocks(chunk_points=64), ThreadPoolExecutor(4) as pool:
        for s in range(1, 150):
            xs = s * 10.0 + np.sort([rng.uniform(0, 10) for _ in range(40)])
            columns.extend(xs, np.sin(xs), s)
            if s % 5 == 0:
                late = xs - rng.uniform(0, 300)
                columns.extend(late, late, s)
            if s % 20 == 0:
                columns.evict(s * 10.0 - 900, s)
            snapshot = columns.snapshot()
            looked.append((snapshot, [pool.submit(views, snapshot) for _ in range(2)]))
    for snapshot, futures in looked:
        for future in futures:
            for got in future.result():
                expected = buckets_of(snapshot.points, got.k, -math.inf)
                for one, other in zip(got[1:], expected[1:], strict=True):
                    np.testing.assert_array_equal(one, other)


def test_a_snapshot_stays_what_it_was() -> None:
    columns = SeriesColumns()
    columns.extend(np.arange(40_000.0), np.zeros(40_000), 7)
    snapshot = columns.snapshot()
    assert snapshot is columns.snapshot(), "nothing changed"
    columns.extend(np.array([5.5, 50_000.0]), np.ones(2), 8)
    columns.evict(15_000.0, 9)
    assert (len(snapshot), snapshot.changed_s, snapshot.first_x, snapshot.last_x) == (40_000, 7, 0.0, 39_999.0)
    assert snapshot.between(32_766.5, 32_769.0).xs.tolist() == [32_767.0, 32_768.0, 32_769.0]
    assert snapshot.cadence == 1.0
    assert snapshot.points.xs.size == 40_000
    assert (columns.first_x, columns.last_x, columns.changed_s) == (15_000.0, 50_000.0, 9)
