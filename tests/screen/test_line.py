from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from cadran.errors import UsageError
from cadran.metrics.metric import metric
from cadran.readable import KpiOf, Points, SeriesOf, Source, TableReadable
from cadran.screen.line import LinePlan, check_axis, plan_line


def plan(*series: object, **options: Any) -> LinePlan:
    options = {"x": None, "window": None, "color": None, "colors": None, **options}
    return plan_line("ui.line('L')", series, **options)


def test_a_channel_shows_five_minutes_unless_told(press: Source, make_channel: Callable[..., Source]) -> None:
    series = SeriesOf(press, "vibration")
    assert plan(series) == LinePlan((series,), "time", 300.0, (None,))
    assert plan(series, window="60s").window_secs == 60.0
    assert plan(series.last("10m")).window_secs == 600.0
    assert plan(SeriesOf(make_channel("short", 30.0), "vibration")).window_secs == 30.0
    assert plan(SeriesOf(make_channel("endless"), "vibration")).window_secs == 300.0


def test_a_table_shows_all_that_is_kept_unless_told(press: Source, orders: TableReadable) -> None:
    assert plan(orders.series("amount")).window_secs is None
    assert plan(orders.series("amount"), window="7d").window_secs == 604_800.0
    assert plan(orders.series("amount"), SeriesOf(press, "vibration")).window_secs is None


def test_a_number_has_its_window_in_units_of_x(press: Source) -> None:
    series = SeriesOf(press, "strokes", "number")
    assert plan(series) == LinePlan((series,), "number", None, (None,))
    assert plan(series, window=500).window_secs == 500.0
    with pytest.raises(UsageError, match="window must be a number above zero, in units of x, got '5s'"):
        plan(series, window="5s")


def test_a_curve_has_no_window(press: Source) -> None:
    series = SeriesOf(press, "profile", "free")
    assert plan(series).x == "free"
    with pytest.raises(UsageError, match="a curve over a free x has no window, got window='5s'"):
        plan(series, window="5s")


def test_a_metrics_points_are_over_time_unless_told(press: Source) -> None:
    @metric(SeriesOf(press, "vibration"))
    def spectrum(points: Points) -> Points:
        return Points(np.arange(3.0), np.arange(3.0))

    assert plan(spectrum) == LinePlan((spectrum,), "time", None, (None,))
    assert plan(spectrum, x="free").x == "free"
    with pytest.raises(UsageError, match='x must be "time", "number" or "free", got \'log\''):
        plan(spectrum, x="log")
    with pytest.raises(
        UsageError, match='has x="free", but \'vibration\' is over "time"; say it .*series."vibration", x="free"'
    ):
        plan(SeriesOf(press, "vibration"), x="free")


def test_kinds_of_x_do_not_mix(press: Source) -> None:
    with pytest.raises(
        UsageError, match=r"""mixes kinds of x: 'a' over "time", 'b' over "number"; draw them in charts"""
    ):
        plan(SeriesOf(press, "a"), SeriesOf(press, "b", "number"))


def test_a_window_longer_than_what_is_kept_is_refused_with_both_numbers(
    press: Source, make_query: Callable[..., TableReadable]
) -> None:
    with pytest.raises(UsageError, match="window='2h' needs 2 h of 'press', which keeps only 1 h"):
        plan(SeriesOf(press, "vibration"), window="2h")
    with pytest.raises(UsageError, match="needs 2 h of 'press', which keeps only 1 h"):
        plan(SeriesOf(press, "vibration").last("2h"))
    with pytest.raises(UsageError, match="needs 2 d of 'orders', which keeps only 24 h"):
        plan(make_query("orders", 86_400.0).series("amount"), window="2d")


def test_colours_are_one_for_each_line(press: Source) -> None:
    a, b = SeriesOf(press, "a"), SeriesOf(press, "b")
    assert plan(a, color="accent").colors == ("accent",)
    assert plan(a, b, colors=["series.1", "#ff0000"]).colors == ("series.1", "#ff0000")
    for options, message in (
        ({"color": "accent"}, "color= is for a single line; give colors= with one for each of the 2"),
        ({"colors": ["accent"]}, r"colors must hold one colour for each of the 2 lines, got \['accent'\]"),
        ({"colors": "ab"}, "colors must hold one colour for each of the 2 lines, got 'ab'"),
        ({"color": "accent", "colors": ["x", "y"]}, "not both"),
        ({"colors": ["accent", 3]}, "or a CSS colour, got 3"),
    ):
        with pytest.raises(UsageError, match=message):
            plan(a, b, **options)


def test_what_is_no_series_is_refused_with_a_hint(press: Source, orders: TableReadable) -> None:
    with pytest.raises(UsageError, match=r"needs at least one series, such as press\.series"):
        plan()
    with pytest.raises(UsageError, match=r'got the table \'orders\': use \.series\("column"\)'):
        plan(orders)
    with pytest.raises(UsageError, match=r'got the single value \'vibration\': use press\.series\("vibration"\)'):
        plan(KpiOf(press, "vibration"))
    with pytest.raises(UsageError, match="draws series, got the single value 'count of orders, last 24 h'"):
        plan(orders.last("1d").count())
    with pytest.raises(UsageError, match=r"got \[1, 2\]"):
        plan([1, 2])


def test_the_ends_of_the_axis_are_finite_and_in_order() -> None:
    check_axis("ui.line('L')", None, 5)
    check_axis("ui.line('L')", 0, None)
    with pytest.raises(UsageError, match="y_min must be below y_max, got 5 and 5"):
        check_axis("ui.line('L')", 5, 5)
    with pytest.raises(UsageError, match="y_max must be a finite number, got nan"):
        check_axis("ui.line('L')", 0, float("nan"))


def test_a_polled_function_is_a_line_only_by_a_column(orders: TableReadable) -> None:
    @metric(orders)
    def cumulated(rows: pl.DataFrame) -> Points:
        return Points(rows["ts"].to_numpy(), rows["amount"].cum_sum().to_numpy())

    assert plan(cumulated, orders.series("amount")).x == "time"
