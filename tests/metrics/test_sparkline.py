"""Sparklines in one pass give what one bucket after the other gives."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cadran as cd
from cadran import testing
from cadran.clock import Instant
from cadran.metrics.evaluate import evaluate, run_now
from cadran.metrics.graph import Graph
from cadran.metrics.leaf import leaf_value
from cadran.metrics.lens import Present
from cadran.metrics.sparkline import values_by_bucket
from cadran.readable import Last, Sparkline
from cadran.store import Store, same_value

NUMBERS = st.one_of(st.just(math.nan), st.integers(-5, 5).map(float))


@pytest.mark.parametrize("operation", ["count", "sum", "mean", "min", "max", "latest"])
@given(st.lists(st.tuples(st.integers(-2, 14).map(lambda x: x / 2), NUMBERS), max_size=12))
def test_one_pass_equals_one_by_one(operation: str, points: list[tuple[float, float]]) -> None:
    points.sort(key=lambda point: point[0])
    times, numbers = np.array([x for x, _ in points]), np.array([y for _, y in points])
    edges = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    got = values_by_bucket(times, numbers, operation, edges)
    for i, value in enumerate(got.tolist()):
        inside = [y for x, y in points if edges[i] < x <= edges[i + 1]]
        assert value == pytest.approx(plainly(operation, inside), nan_ok=True)


def plainly(operation: str, values: list[float]) -> float:
    if operation == "latest":
        return values[-1] if values else math.nan
    values = [value for value in values if not math.isnan(value)]
    if operation in ("count", "sum"):
        return float(len(values)) if operation == "count" else sum(values)
    if not values:
        return math.nan
    return {"mean": sum(values) / len(values), "min": min(values), "max": max(values)}[operation]


def test_points_after_the_last_bucket_cost_a_sparkline_nothing_and_late_ones_count() -> None:
    press, store = cd.channel("press"), Store()
    spark = Sparkline(press.series("v").last("30s").mean(), 3)
    graph = Graph(store)

    def looked_at(now: float, *points: tuple[float, float]) -> tuple[list[float], int]:
        press.send(cd.ChartDataUpdated("v", list(points)))
        store.apply(press.id, press.drain(), now_wall=now, keep_secs=None)
        graph.advance(frozenset([spark]), Instant(now, now))
        value = graph.node(spark).value
        assert isinstance(value, cd.Points)
        assert same_value(value, run_now(evaluate(spark, lambda leaf: leaf_value(leaf, store)[0], Present(now))).value)
        return value.ys.tolist(), graph.num_recalculations

    assert looked_at(35.0, (5.0, 1.0), (15.0, 2.0), (25.0, 3.0)) == ([1.0, 2.0, 3.0], 1)
    assert looked_at(36.0, (35.5, 9.0), (30.5, 9.0)) == ([1.0, 2.0, 3.0], 1)
    assert looked_at(37.0, (30.0, 5.0)) == ([1.0, 2.0, 4.0], 2), "the edge belongs to the bucket before it"
    assert looked_at(38.0, (5.5, 3.0)) == ([2.0, 2.0, 4.0], 3)
    assert looked_at(40.5, (40.4, 0.0)) == ([2.0, 4.0, 9.0], 4), "time passed"


@pytest.mark.parametrize("is_metric", [False, True])
def test_of_a_window_that_has_ended_all_parts_are_drawn_and_time_changes_none(is_metric: bool) -> None:
    window = Last(testing.fake_source("rows", time="ts"), 40.0, until=1_045.0)
    total = window.sum("v")

    @cd.metric(window)
    def own(frame: pl.DataFrame) -> float:
        return float(frame["v"].sum())

    times = [1_005.0, 1_005.1, 1_015.0, 1_030.0, 1_045.0, 1_045.1]
    frame = pl.DataFrame({"ts": times, "v": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]})
    spark = Sparkline(own if is_metric else total, 4)
    found = [run_now(evaluate(spark, lambda leaf: frame, Present(now))) for now in (1_050.0, 9_000.0)]
    for computed in found:
        assert isinstance(computed.value, cd.Points)
        assert computed.value.xs.tolist() == [1_005.0, 1_015.0, 1_025.0, 1_035.0]
        assert computed.value.ys.tolist() == [6.0, 0.0, 8.0, 16.0]
        assert computed.value.ys.sum() == frame["v"][1:5].sum(), "what the number counts"
        assert computed.until == math.inf


@pytest.mark.parametrize("kind", ["aggregate", "arithmetic", "metric"])
def test_law01_a_sparkline_without_values_is_the_same_at_any_time_until_something_comes(kind: str) -> None:
    press, store = cd.channel("press"), Store()
    window = press.series("v").last("30s")

    @cd.metric(window)
    def highest(points: cd.Points) -> float | None:
        return float(points.ys.max()) if len(points.ys) else None

    of = {"aggregate": window.max(), "arithmetic": window.max() + window.min(), "metric": highest}[kind]
    spark = Sparkline(of, 3)

    def looked_at(now: float, *points: tuple[float, float]) -> tuple[list[float], float]:
        press.send(cd.ChartDataUpdated("v", list(points)))
        store.apply(press.id, press.drain(), now_wall=now, keep_secs=None)
        computed = run_now(evaluate(spark, lambda leaf: leaf_value(leaf, store)[0], Present(now)))
        assert isinstance(computed.value, cd.Points)
        return computed.value.ys.tolist(), computed.until

    scale = 2.0 if kind == "arithmetic" else 1.0
    ys, until = looked_at(35.0, (25.0, scale))
    assert ys[2] > 0
    assert until < 41.0
    ys, until = looked_at(65.0, (58.0, math.nan), (60.5, 1.0))
    assert until < 71.0, "what is in the bucket of the present is to come"
    assert looked_at(1_065.0) == ([], math.inf)
    assert looked_at(9_065.0) == ([], math.inf)
    ys, until = looked_at(9_065.0, (9_064.0, scale))
    assert len(ys) == 3
    assert until < 9_071.0
    ys, _ = looked_at(9_071.0)
    assert ys[2] > 0
