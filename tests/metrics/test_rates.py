"""Rates, differences, quantiles, orders and ends of rows, beside what plain Python finds."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics.shown import ROWS, SERIES, rows_of, shown, until

from cadran.errors import UsageError
from cadran.metrics.lens import Before, Between
from cadran.readable import Points, Previous, Sparkline

amounts = st.one_of(st.none(), st.just(math.nan), st.integers(-5, 5).map(float))
Row = tuple[float, float | None, str]
row_lists = st.lists(st.tuples(st.integers(60, 102).map(float), amounts, st.sampled_from("NSE")), max_size=30)


def table(rows: list[Row]) -> pl.DataFrame:
    columns = {"ts": [r[0] for r in rows], "amount": [r[1] for r in rows], "by": [r[2] for r in rows]}
    schema = {"id": pl.Int64, "ts": pl.Float64, "amount": pl.Float64, "by": pl.String}
    return pl.DataFrame({"id": range(len(rows)), **columns}, schema=schema)


def known(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None and not math.isnan(value)]


@given(row_lists)
def test_rates_of_rows(rows: list[Row]) -> None:
    window = [row for row in rows if row[0] + 20 > 100]
    assert shown(ROWS.rate("20s"), table(rows)) == len(window) / 20
    total = sum(known([row[1] for row in window]))
    assert shown(ROWS.rate("20s", "amount"), table(rows)) == pytest.approx(total / 20)
    grouped = dict(rows_of(shown(ROWS.rate("20s", by="by"), table(rows))))
    assert grouped == {by: sum(row[2] == by for row in window) / 20 for by in {row[2] for row in window}}


@given(row_lists, st.sampled_from([0.0, 0.25, 0.5, 0.99, 1.0]))
def test_quantiles(rows: list[Row], share: float) -> None:
    def expected(part: list[Row]) -> float | None:
        numbers = known([row[1] for row in part])
        return float(np.quantile(numbers, share)) if numbers else None

    window = [row for row in rows if row[0] + 20 > 100]
    assert shown(ROWS.quantile("amount", share), table(rows)) == expected(rows)
    assert shown(ROWS.quantile("amount", share, over="20s"), table(rows)) == expected(window)
    grouped = dict(rows_of(shown(ROWS.quantile("amount", share, by="by"), table(rows))))
    assert grouped == pytest.approx({by: expected([r for r in rows if r[2] == by]) for by in {r[2] for r in rows}})


@given(row_lists)
def test_first_latest_and_delta(rows: list[Row]) -> None:
    ordered = sorted(rows, key=lambda row: row[0])
    numbers = known([row[1] for row in ordered])
    assert shown(ROWS.delta("amount"), table(rows)) == (numbers[-1] - numbers[0] if numbers else None)
    assert shown(ROWS.first("by"), table(rows)) == (ordered[0][2] if ordered else None)
    assert shown(ROWS.latest("by"), table(rows)) == (ordered[-1][2] if ordered else None)
    assert shown(ROWS.latest("ts"), table(rows)) == (ordered[-1][0] if ordered else None)


@given(row_lists, st.booleans())
def test_sort_and_distinct(rows: list[Row], descending: bool) -> None:
    found = [row[0] for row in rows_of(shown(ROWS.sort("amount", descending=descending), table(rows)))]
    none = [at for at, row in enumerate(rows) if not known([row[1]])]
    sign = -1 if descending else 1
    some = sorted((at for at in range(len(rows)) if at not in none), key=lambda at: sign * (rows[at][1] or 0.0))
    assert found == some + none
    assert rows_of(shown(ROWS.distinct("by"), table(rows))) == [(by,) for by in sorted({row[2] for row in rows})]
    assert shown(ROWS.distinct("by").count(), table(rows)) == len({row[2] for row in rows})


def counter(*ys: float) -> Points:
    return Points(np.arange(90.0, 90.0 + len(ys)), np.array(ys))


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (counter(5, 7, 11), 3.0),
        (counter(5, 7, 1, 4), 2.0),  # it began again: 2, then 1 from zero, then 3
        (counter(5, math.nan, 7), 1.0),
        (counter(5), None),
        (counter(), None),
        (Points(np.array([90.0, 90.0]), np.array([1.0, 2.0])), None),
    ],
)
def test_a_counter_that_begins_again_counts_from_zero(points: Points, expected: float | None) -> None:
    assert shown(SERIES.rate("1m"), points) == expected


def test_series_have_the_same_words() -> None:
    points = counter(5, 7, 1, 4)
    assert shown(SERIES.delta(), points) == -1.0
    assert shown(SERIES.quantile(0.5), points) == statistics.median([5, 7, 1, 4])
    assert shown(SERIES.quantile(0.5, over="9s"), points) == 2.5
    assert shown(SERIES.delta(over="9s"), points) == 3.0


def test_over_other_windows_than_the_present_one() -> None:
    rows: list[Row] = [(float(second), 2.0, "N") for second in range(60, 100)]
    rate = ROWS.rate("10s", "amount")
    assert shown(Previous(rate), table(rows[:30]), now=100.0) == 2.0 * 9 / 10
    assert shown(rate, table(rows), lens=Before(100.0)) == 2.0
    assert shown(rate, table(rows), lens=Between(100.0, 69.0, 73.0)) == 2.0
    assert until(rate, table(rows), 100.0) == 101.0


@given(row_lists)
def test_a_sparkline_in_one_pass_is_that_of_each_bucket(rows: list[Row]) -> None:
    for rate in (ROWS.rate("24s"), ROWS.rate("24s", "amount")):
        found = shown(Sparkline(rate, 6), table(rows), now=101.0)
        each = [shown(rate, table(rows), lens=Between(101.0, x, x + 4.0)) for x in found.xs.tolist()]
        np.testing.assert_allclose(found.ys, each)


def test_two_equal_descriptions_are_one_value() -> None:
    assert ROWS.rate("1m") == ROWS.rate(60)
    assert ROWS.quantile("amount", 0.99, over="5m") == ROWS.last("5m").quantile("amount", 0.99)
    assert ROWS.rate("1m").label == "rows per second of rows, last 1 min"
    assert ROWS.quantile("amount", 0.99, over="5m").label == "p99 amount of rows, last 5 min"
    assert SERIES.rate("1m").label == "v per second, last 1 min"


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan, True, "0.5"])
def test_a_share_lies_from_0_to_1(share: Any) -> None:
    with pytest.raises(UsageError, match="quantile\\(\\) needs a share from 0 to 1"):
        ROWS.quantile("amount", share)
