"""Decision 6: a change and a sparkline are computed from what is kept, or refused when described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from cadran.errors import UsageError
from cadran.metrics.metric import Metric, metric
from cadran.readable import (
    KpiOf,
    Points,
    Previous,
    SeriesAggregate,
    SeriesOf,
    Source,
    Sparkline,
    TableReadable,
    ValueAgo,
)
from cadran.screen.kpi import KpiPlan, Spark, plan_kpi
from cadran.screen.layout import Compare

DAY = 86_400.0


def plan(value: object, **options: Any) -> KpiPlan:
    options = {"history": None, "compare": None, "spark": None, **options}
    return plan_kpi("ui.kpi('K')", value, **options)


def revenue_of(orders: TableReadable) -> Metric[float]:
    @metric(orders.last("1d"))
    def revenue(rows: pl.DataFrame) -> float:
        return float(rows.height)

    return revenue


def test_a_channels_kpi_is_itself_alone(press: Source) -> None:
    value = KpiOf(press, "temperature")
    assert plan(value) == KpiPlan(value, None, None, None)


def test_a_series_shows_its_newest_value_and_its_past(press: Source) -> None:
    series = SeriesOf(press, "temperature")
    assert plan(series) == KpiPlan(SeriesAggregate(series, "latest"), None, None, Spark(series, 300.0, "time"))
    assert plan(series, compare="10m") == KpiPlan(
        SeriesAggregate(series, "latest"),
        ValueAgo(series, 600.0),
        Compare(label="10 min", period_secs=600.0),
        Spark(series, 600.0, "time"),
    )
    assert plan(series, spark=False).spark is None


def test_a_windowed_series_draws_its_window(press: Source) -> None:
    series = SeriesOf(press, "temperature")
    assert plan(series.last("30m"), compare="1h") == KpiPlan(
        SeriesAggregate(series.last("30m"), "latest"),
        ValueAgo(series, 3600.0),
        Compare(label="1 h", period_secs=3600.0),
        Spark(series, 1800.0, "time"),
    )


def test_a_history_gives_any_value_its_past(press: Source) -> None:
    value, history = KpiOf(press, "temperature"), SeriesOf(press, "temperature")
    result = plan(value, history=history, compare="1h")
    assert (result.value, result.base, result.spark) == (
        value,
        ValueAgo(history, 3600.0),
        Spark(history, 3600.0, "time"),
    )


def test_a_built_in_over_a_window_compares_with_the_one_before(orders: TableReadable) -> None:
    count = orders.last("1d").count()
    assert plan(count).spark == Spark(Sparkline(count, 24), DAY, "time")
    result = plan(count, compare="previous")
    assert result.base == Previous(count)
    assert result.compare == Compare(label="previous 24 h", period_secs=DAY)
    assert plan(orders.count()).spark is None


def test_a_metric_compares_by_what_it_reads_and_draws_if_asked(orders: TableReadable) -> None:
    revenue = revenue_of(orders)

    @metric(revenue)
    def twice(revenue: float) -> float:
        return 2 * revenue

    assert plan(twice, compare="previous") == KpiPlan(
        twice, Previous(twice), Compare(label="previous 24 h", period_secs=DAY), None
    )
    assert plan(twice, spark=True).spark == Spark(Sparkline(twice, 24), DAY, "time")


def test_windows_of_several_lengths_are_just_previous(orders: TableReadable) -> None:
    @metric(orders.last("1d"), orders.last("1h"))
    def share(day: pl.DataFrame, hour: pl.DataFrame) -> float:
        return hour.height / day.height

    assert plan(share, compare="previous").compare == Compare(label="previous", period_secs=DAY)
    with pytest.raises(UsageError, match=r"over one window such as .*; got 1 h and 24 h"):
        plan(share, spark=True)


def test_a_metric_that_returns_points_can_be_a_history(orders: TableReadable) -> None:
    @metric(orders)
    def hourly(rows: pl.DataFrame) -> Points:
        return Points(rows["ts"].to_numpy(), rows["amount"].to_numpy())

    result = plan(orders.count(), history=hourly, compare="1h")
    assert result.spark == Spark(hourly, 3600.0, "time")


def test_a_curve_has_no_sparkline_and_a_number_no_window(press: Source) -> None:
    assert plan(SeriesOf(press, "profile", "free")).spark is None
    counted = SeriesOf(press, "strokes", "number")
    assert plan(counted).spark == Spark(counted, None, "number")
    with pytest.raises(UsageError, match='spark=True needs a history over "time" or "number", got one over "free"'):
        plan(SeriesOf(press, "profile", "free"), spark=True)
    with pytest.raises(UsageError, match='compare="1h" needs a history over "time", got one over "number"'):
        plan(counted, compare="1h")


def test_a_change_without_a_past_says_what_to_do(press: Source, orders: TableReadable) -> None:
    value = KpiOf(press, "temperature")
    with pytest.raises(UsageError, match=r"""ui\.kpi\('K'\): compare="1h" needs a past: show a series .* history=…"""):
        plan(value, compare="1h")
    with pytest.raises(UsageError, match=r'compare="previous" needs a window: show something over \.last\("1d"\)'):
        plan(value, compare="previous")
    with pytest.raises(UsageError, match=r"spark=True needs a past: give history=…"):
        plan(value, spark=True)
    with pytest.raises(UsageError, match='compare must be "previous" or a duration such as "1h", got \'yesterday\''):
        plan(orders.last("1d").count(), compare="yesterday")


def test_a_keep_too_short_for_a_change_is_refused_with_both_numbers(
    make_query: Callable[..., TableReadable], press: Source
) -> None:
    short = make_query("orders", 1.5 * DAY)
    assert plan(short.last("1d").count()).base is None
    with pytest.raises(UsageError, match="needs 2 d of 'orders', which keeps only 1 d 12 h: give 'orders' keep=\"2d\""):
        plan(short.last("1d").count(), compare="previous")
    with pytest.raises(UsageError, match="needs 2 d of 'orders', which keeps only 1 d 12 h"):
        plan(revenue_of(short), compare="previous")
    with pytest.raises(UsageError, match=r"needs 1 h 30 min of 'press', which keeps only 1 h: .* keep=\"1h30m\""):
        plan(SeriesOf(press, "temperature"), compare="90m")


def test_the_default_sparkline_asks_for_no_more_than_is_kept(make_channel: Callable[..., Source]) -> None:
    series = SeriesOf(make_channel("press", 60.0), "temperature")
    assert plan(series).spark == Spark(series, 60.0, "time")


def test_what_is_no_single_value_is_refused_with_a_hint(orders: TableReadable, press: Source) -> None:
    def function() -> float:
        return 1.0

    assert plan(orders).value is orders
    with pytest.raises(UsageError, match=r"shows one value, got the table 'orders, last 24 h': use \.count\(\)"):
        plan(orders.last("1d"))
    with pytest.raises(UsageError, match=r"got 3\.5: pass the metric itself, not the result of calling it"):
        plan(3.5)
    with pytest.raises(UsageError, match=r'got \'press\': name a part of it, such as \.kpi\("name"\)'):
        plan(press)
    with pytest.raises(UsageError, match=r"got the function function: make it a metric with @cd\.metric"):
        plan(function)
    with pytest.raises(UsageError, match="rows that were already read"):
        plan(pl.DataFrame())
    with pytest.raises(UsageError, match=r"history draws series, got the single value .*: use press\.series|history"):
        plan(KpiOf(press, "temperature"), history=KpiOf(press, "temperature"))


def test_a_window_that_ended_is_compared_and_has_no_sparkline_of_now(orders: TableReadable) -> None:
    ended = plan(orders.last("1h", until="2019-06-17").count(), compare="previous")
    assert ended.compare == Compare(label="previous 1 h", period_secs=3_600.0)
    assert ended.spark is None
    assert plan(orders.last("1h").count(), compare="previous").spark is not None
