"""What built-ins read of a stored series is what they would find among all of its points."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.small_blocks import small_blocks

import cadran as cd
from cadran import testing
from cadran.metrics import builtins
from cadran.metrics.builtins import compute
from cadran.metrics.computed import Computed
from cadran.metrics.leaf import plain
from cadran.metrics.lens import Before, Between, Lens, Present
from cadran.metrics.sparkline import grouped_values
from cadran.readable import Floats, Points, Readable, SeriesAggregate, SeriesLast, SeriesReadable, ValueAgo
from cadran.store import SeriesColumns, SeriesSnapshot, chunks, same_value
from cadran.store import snapshot as snapshot_module

tenths = st.integers(-40, 40).map(lambda x: x / 10)
"""Sums of these are seldom what they are in decimals, so comparisons turn where one would not think."""
WINDOWS = [0.1, 0.3, 0.7, 2.1]
ys_values = st.one_of(st.just(math.nan), st.integers(-5, 5).map(float))
points_lists = st.lists(st.tuples(tenths, ys_values), max_size=60)
VIBRATION: SeriesReadable = cd.channel("windows").series("v")


def both(points: list[tuple[float, float]]) -> tuple[Points, SeriesSnapshot]:
    """The same points as plain arrays and as a snapshot of several chunks."""
    points = sorted(points, key=lambda point: point[0])
    xs, ys = np.array([x for x, _ in points]), np.array([y for _, y in points])
    with small_blocks(chunk_points=8):
        columns = SeriesColumns()
        for start in range(0, xs.size, 5):
            columns.extend(xs[start : start + 5], ys[start : start + 5], start + 1)
        return Points(xs, ys), columns.snapshot()


def assert_alike(readable: Readable[object], points: list[tuple[float, float]], lens: Lens) -> None:
    arrays, snapshot = both(points)
    expected: Computed = compute(readable, (arrays,), lens)
    found = compute(readable, (snapshot,), lens)
    assert same_value(plain(found.value), expected.value)
    assert found.until == expected.until


@pytest.mark.parametrize("window_secs", WINDOWS)
def test_a_window_turns_where_the_sum_does(window_secs: float) -> None:
    """At each tenth of a second, with a point at each: where the sum and the difference disagree, the sum is right."""
    points = [(number / 10, float(number)) for number in range(-20, 21) for _ in range(2)]
    for number in range(-20, 21):
        for lens in (Present(number / 10), Before(number / 10)):
            assert_alike(SeriesLast(VIBRATION, window_secs), points, lens)
        assert_alike(ValueAgo(VIBRATION, window_secs), points, Present(number / 10))


@given(points_lists, tenths, st.sampled_from(WINDOWS))
def test_a_window(points: list[tuple[float, float]], now: float, window_secs: float) -> None:
    readable = SeriesLast(VIBRATION, window_secs)
    for lens in (Present(now), Before(now), Between(now, now - 1.0, now)):
        assert_alike(readable, points, lens)


@given(points_lists, tenths, st.sampled_from(WINDOWS))
def test_the_value_some_time_ago(points: list[tuple[float, float]], now: float, period_secs: float) -> None:
    assert_alike(ValueAgo(VIBRATION, period_secs), points, Present(now))


@pytest.mark.parametrize("operation", ["latest", "mean", "min", "max"])
@given(points=points_lists)
def test_an_aggregate_of_all(operation: str, points: list[tuple[float, float]]) -> None:
    plain, snapshot = both(points)
    readable = SeriesAggregate(VIBRATION, operation)  # type: ignore[arg-type]
    expected = compute(readable, (plain,), Present(0.0)).value
    assert compute(readable, (snapshot,), Present(0.0)).value == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("operation", ["latest", "mean", "min", "max"])
@given(points=points_lists)
def test_a_sparkline(operation: str, points: list[tuple[float, float]]) -> None:
    plain, snapshot = both(points)
    readable = SeriesAggregate(SeriesLast(VIBRATION, 1.0), operation)  # type: ignore[arg-type]
    edges: Floats = np.array([-1.0, -0.5, 0.1, 0.30000000000000004, 2.0])
    np.testing.assert_array_equal(grouped_values(readable, snapshot, edges), grouped_values(readable, plain, edges))


def long_series(num_points: int) -> SeriesSnapshot:
    columns = SeriesColumns()
    xs = np.arange(float(num_points))
    columns.extend(xs, xs, 1)
    return columns.snapshot()


def test_a_window_of_a_long_series_reads_no_more_than_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    series = long_series(200_000)
    read: list[int] = []
    part = SeriesSnapshot.part

    def counted(self: SeriesSnapshot, start: int, stop: int) -> Points:
        read.append(stop - start)
        return part(self, start, stop)

    monkeypatch.setattr(SeriesSnapshot, "part", counted)
    lens = Present(200_000.5)
    compute(SeriesLast(VIBRATION, 50_000.0), (series,), lens)
    compute(SeriesLast(VIBRATION, 50_000.0), (series,), Before(200_000.5))
    assert sum(read) < 2 * 50_000 + 100
    read.clear()
    compute(ValueAgo(VIBRATION, 100_000.0), (series,), lens)
    compute(SeriesAggregate(VIBRATION, "latest"), (series,), lens)
    assert sum(read) < 20


def test_a_function_gets_plain_arrays() -> None:
    got: list[cd.Points] = []

    @cd.metric(VIBRATION)
    def kept(points: cd.Points) -> float:
        got.append(points)
        return 0.0

    @cd.screen("Kept", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Kept", kept)

    with testing.open(screen) as live:
        live.viewer()
        VIBRATION.source.send(cd.ChartDataUpdated("v", [(1.0, 2.0), (2.0, 3.0)]))  # type: ignore[attr-defined]
        live.settle()
    assert type(got[-1]) is Points
    assert (got[-1].xs.tolist(), got[-1].ys.tolist()) == ([1.0, 2.0], [2.0, 3.0])


@pytest.mark.parametrize("operation", ["mean", "min", "max"])
def test_an_aggregate_of_a_window_that_moved_looks_at_its_ends_alone(
    operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    totals_of = chunks.totals_of

    def counted(ys: Floats) -> chunks.Totals:
        read.append(ys.size)
        return totals_of(ys)

    for module in (chunks, snapshot_module, builtins):
        monkeypatch.setattr(module, "totals_of", counted)
    last = SeriesLast(VIBRATION, 350_000.0)
    readable = SeriesAggregate(last, operation)  # type: ignore[arg-type]
    columns, xs = SeriesColumns(), np.arange(400_000.0)
    columns.extend(xs, xs, 1)
    for step in range(3):
        read.clear()
        columns.extend(np.array([400_000.0 + step]), np.array([step]), 2 + step)
        lens = Present(400_000.5 + step)
        value = compute(readable, (compute(last, (columns.snapshot(),), lens).value,), lens).value
        window = columns.points.ys[columns.points.xs + 350_000.0 > lens.now]
        assert value == pytest.approx(getattr(window, operation)())
        if step:
            assert sum(read) <= 2 * chunks.CHUNK_POINTS
