"""Buckets of time: fixed edges, days by the calendar of a zone, empty and unfinished ones."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics.shown import PRESS, ROWS, SERIES, rows_of, shown, until

from cadran.errors import UsageError
from cadran.metrics.grid import DayGrid, EqualGrid
from cadran.metrics.resample import FILLED_MAX
from cadran.readable import Points

AGGREGATES: dict[str, Any] = {
    "sum": sum,
    "mean": lambda ys: sum(ys) / len(ys),
    "min": min,
    "max": max,
    "first": lambda ys: ys[0],
    "latest": lambda ys: ys[-1],
    "count": len,
}
points_lists = st.lists(st.tuples(st.integers(0, 99).map(float), st.one_of(st.just(math.nan), st.integers(-5, 5))))


def pairs(points: Points) -> list[tuple[float, float]]:
    return list(zip(points.xs.tolist(), points.ys.tolist(), strict=True))


@pytest.mark.parametrize("operation", sorted(AGGREGATES))
@given(points=points_lists)
def test_each_bucket_holds_its_own(operation: str, points: list[tuple[float, float]]) -> None:
    points = sorted(points, key=lambda point: point[0])
    buckets: dict[float, list[float]] = defaultdict(list)
    for x, y in points:
        buckets[x // 10 * 10] += [] if math.isnan(y) else [y]
    series = Points(np.array([x for x, _ in points]), np.array([float(y) for _, y in points]))
    found = pairs(shown(getattr(SERIES.resample("10s"), operation)(), series, now=99.5))
    if not points:
        assert found == []
        return
    empty = 0.0 if operation in ("count", "sum") else math.nan
    last = 90.0 if empty == 0.0 else max(buckets)
    edges = np.arange(min(buckets), last + 1, 10.0).tolist()
    values = [AGGREGATES[operation](buckets[edge]) if buckets[edge] else empty for edge in edges]
    assert [x for x, _ in found] == edges
    np.testing.assert_allclose([y for _, y in found], values)


def test_rows_and_their_table() -> None:
    rows = pl.DataFrame({"ts": [0.0, 59.0, 61.0, None], "amount": [1.0, 2.0, 4.0, 9.0]})
    per_minute = ROWS.resample("1m").sum("amount").named("Per minute")
    assert pairs(shown(per_minute, rows, now=130.0)) == [(0.0, 3.0), (60.0, 4.0), (120.0, 0.0)]
    table = shown(per_minute.table(), rows, now=100.0)
    assert table.columns == ["time", "Per minute"]
    assert rows_of(table) == [(datetime(1970, 1, 1), 3.0), (datetime(1970, 1, 1, 0, 1), 4.0)]
    assert pairs(shown(ROWS.resample("1m").quantile("amount", 0.5), rows)) == [(0.0, 1.5), (60.0, 4.0)]
    assert per_minute.table().key_column == "time"


def test_the_present_moves_on_by_itself_at_the_edge() -> None:
    rows = pl.DataFrame({"ts": [5.0]})
    count = ROWS.resample("10s").count()
    assert until(count, rows, 7.0) == 10.0
    assert pairs(shown(count, rows, now=9.9)) == [(0.0, 1.0)]
    assert pairs(shown(count, rows, now=10.0)) == [(0.0, 1.0), (10.0, 0.0)]


def test_a_bucket_that_a_window_cuts_is_left_out() -> None:
    rows = pl.DataFrame({"ts": [81.0, 89.0, 95.0]})
    count = ROWS.last("20s").resample("10s").count()
    assert pairs(shown(count, rows, now=99.0)) == [(80.0, 2.0), (90.0, 1.0)]
    assert pairs(shown(count, rows, now=101.0)) == [(90.0, 1.0), (100.0, 0.0)]


def test_edges_do_not_move_with_the_window() -> None:
    xs = np.arange(0.0, 100.0, 0.7)
    series = Points(xs, np.sin(xs))
    early = dict(pairs(shown(SERIES.last("60s").resample("10s").mean(), series, now=70.0)))
    late = dict(pairs(shown(SERIES.last("60s").resample("10s").mean(), series, now=83.0)))
    for edge in (30.0, 40.0, 50.0):
        assert early[edge] == late[edge]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
@given(st.integers(0, 2_000_000_000))
def test_days_are_those_of_the_zone(zone: str, second: int) -> None:
    grid, moment = DayGrid(1, zone), datetime.fromtimestamp(second, ZoneInfo(zone))
    number = int(grid.numbers(np.array([float(second)]))[0])
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    assert grid.start(number) == midnight.timestamp()
    assert grid.start(number) <= second < grid.start(number + 1)


def test_days_of_23_and_25_hours() -> None:
    grid = DayGrid(1, "Europe/Paris")
    lengths = set()
    for month, day in ((3, 29), (10, 25), (6, 1)):
        noon = datetime(2026, month, day, 12, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
        number = int(grid.numbers(np.array([noon]))[0])
        lengths.add((grid.start(number + 1) - grid.start(number)) / 3600)
    assert lengths == {23.0, 24.0, 25.0}


def test_weeks_begin_on_mondays() -> None:
    grid = DayGrid(7, "Europe/Paris")
    number = int(grid.numbers(np.array([1_780_000_000.0]))[0])
    begin = datetime.fromtimestamp(grid.start(number), ZoneInfo("Europe/Paris"))
    assert (begin.weekday(), begin.hour) == (0, 0)


@given(st.floats(-1e9, 1e9), st.sampled_from([0.1, 0.7, 60.0]))
def test_an_edge_belongs_to_the_bucket_that_begins_there(time: float, every: float) -> None:
    grid = EqualGrid(every)
    number = int(grid.numbers(np.array([time]))[0])
    assert grid.start(number) <= time < grid.start(number + 1)
    assert grid.numbers(np.array([grid.start(number)]))[0] == number


def test_a_time_of_1970_does_not_fill_the_years_since() -> None:
    series = Points(np.array([0.0, 1.7e9, 1.7e9 + 180]), np.array([1.0, 2.0, 3.0]))
    found = shown(SERIES.resample("1m").count(), series, now=1.7e9 + 200)
    assert found.xs.size < 20
    assert found.ys.sum() == 3.0
    many = Points(np.arange(0.0, 1e8, 1e4), np.ones(10_000))
    assert shown(SERIES.resample("1s").mean(), many, now=1e8).xs.size <= many.xs.size * 3 + FILLED_MAX


@pytest.mark.parametrize("bad", [1e300, -1e300, math.inf, math.nan])
def test_times_that_are_none_are_left_out(bad: float) -> None:
    rows = pl.DataFrame({"ts": [bad, 5.0]})
    assert pairs(shown(ROWS.resample("1d", zone="UTC").count(), rows, now=9.0)) == [(0.0, 1.0)]


@pytest.mark.parametrize(
    ("describe", "message"),
    [
        (lambda: PRESS.table("plain").resample("1m"), "plain.resample() needs a time column"),
        (lambda: PRESS.series("n", x="number").resample("1m"), 'resample() needs a series over "time"'),
        (lambda: ROWS.resample("1d", zone="Mars/Base"), 'zone must be an IANA name such as "Europe/Paris"'),
        (lambda: ROWS.resample(0), "every must be a duration above zero"),
    ],
)
def test_what_has_no_buckets_says_why(describe: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        describe()
    assert message in str(raised.value)
