"""Values over long histories: worked out by jobs, from what chunks know, and equal to those of the flat points."""

from __future__ import annotations

import random
from typing import Any, Literal

import numpy as np
import pytest
from tests.store.small_blocks import small_blocks

import cadran as cd
from cadran.clock import Instant
from cadran.jobs import JobDone
from cadran.metrics.evaluate import evaluate, run_now
from cadran.metrics.graph import Graph
from cadran.metrics.leaf import leaf_value
from cadran.metrics.lens import Present
from cadran.metrics.sparkline import grouped_values, values_by_bucket
from cadran.metrics.work import POINTS_AT_ONCE
from cadran.readable import Previous, Readable, Sparkline
from cadran.store import SeriesColumns, Store, same_value

Operation = Literal["latest", "mean", "min", "max"]
NUM_POINTS = 3 * POINTS_AT_ONCE


def long_store(num_points: int) -> tuple[cd.Channel, Store]:
    press, store = cd.channel("press", keep="30d", max_items=10_000_000), Store()
    xs = 1e6 - 0.1 * np.arange(float(num_points))[::-1]
    send(press, store, xs)
    return press, store


def send(press: cd.Channel, store: Store, xs: Any) -> None:
    press.send(cd.ChartDataUpdated.xy("v", xs, np.sin(xs)))
    store.apply(press.id, press.drain(), now_wall=1e6, keep_secs=None)


def values_of(press: cd.Channel) -> list[Readable[Any]]:
    window = press.series("v").last("10d")
    half = press.series("v").last(f"{NUM_POINTS // 20}s")
    return [window.min(), window.mean(), Sparkline(window.max(), 8), Previous(half.mean())]


@pytest.mark.parametrize("index", range(4))
def test_a_value_over_a_long_history_is_a_job_and_then_known(index: int) -> None:
    press, store = long_store(NUM_POINTS)
    readable, graph, now = values_of(press)[index], Graph(store), Instant(5.0, 1e6)
    roots = frozenset([readable])
    jobs = graph.advance(roots, now)
    assert [job.is_ours for job in jobs] == [True], "the engine's loop passes over none of them"
    assert not graph.is_settled(roots)
    graph.finish(JobDone(jobs[0], value=jobs[0].run()), now)
    assert graph.is_settled(roots)
    value = graph.node(readable).value
    assert same_value(
        value, run_now(evaluate(readable, lambda leaf: leaf_value(leaf, store)[0], Present(now.wall))).value
    )
    if not isinstance(readable, Sparkline):
        send(press, store, [1e6])
        assert not graph.advance(roots, now), "what chunks know is not worked out again"


@pytest.mark.parametrize("index", range(4))
def test_a_value_over_a_short_history_is_worked_out_at_once(index: int) -> None:
    press, store = long_store(1_000)
    readable, graph = values_of(press)[index], Graph(store)
    assert not graph.advance(frozenset([readable]), Instant(5.0, 1e6))
    assert graph.is_settled(frozenset([readable]))


def test_newest_values_pass_over_nothing_however_long_the_history() -> None:
    press, store = long_store(NUM_POINTS)
    newest = press.series("v").last("10d").latest()
    for readable in (newest, Sparkline(newest, 8)):
        assert not Graph(store).advance(frozenset([readable]), Instant(5.0, 1e6))


@pytest.mark.parametrize("operation", ["latest", "mean", "min", "max"])
@pytest.mark.parametrize("seed", range(6))
def test_buckets_of_a_stored_series_are_those_of_its_points(operation: Operation, seed: int) -> None:
    rng = random.Random(seed)
    readable = getattr(cd.channel("press").series("v").last("1h"), operation)()
    with small_blocks():
        columns = SeriesColumns()
        for s in range(1, 12):
            xs = np.array([float(rng.randrange(100)) + rng.choice([0, 10 * s]) for _ in range(rng.choice([3, 70]))])
            columns.extend(xs, np.array([rng.choice([rng.gauss(0, 1), np.nan]) for _ in xs]), s)
            edges = np.sort(np.array([float(rng.randrange(-5, 230)) for _ in range(7)]))
            edges = np.unique(edges)
            points = columns.points if s % 2 else None  # half of the time nobody merged the late ones before
            got = grouped_values(readable, columns.snapshot(), edges)
            points = points or columns.points
            np.testing.assert_allclose(got, values_by_bucket(points.xs, points.ys, operation, edges), rtol=1e-12)
