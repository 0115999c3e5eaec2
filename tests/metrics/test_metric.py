from __future__ import annotations

import asyncio
from typing import Any, assert_type

import polars as pl
import pytest

from cadran.errors import UsageError
from cadran.metrics.metric import Metric, metric
from cadran.readable import KpiOf, Readable, Scalar, SeriesOf, Source, TableOf


class Named(Source):
    id = "channel:press"
    label = "press"


PRESS = Named()
ROWS = TableOf(PRESS, "rows")
TEMPERATURE = KpiOf(PRESS, "temperature")


def test_a_metric_describes_a_function_and_what_it_reads() -> None:
    @metric(ROWS)
    def revenue(rows: pl.DataFrame) -> float:
        """Money."""
        return float(rows["amount"].sum())

    @metric(revenue, ROWS, name="Cover", timeout="250ms")
    async def cover(revenue: float, rows: pl.DataFrame) -> float:
        return revenue / rows.height

    assert_type(revenue, Metric[float])
    assert_type(cover, Metric[float])
    assert revenue.inputs == (ROWS,)
    assert cover.inputs == (revenue, ROWS)
    assert (revenue.label, cover.label) == ("revenue", "Cover")
    assert (revenue.timeout_secs, cover.timeout_secs) == (5.0, 0.25)
    assert (revenue.is_async, cover.is_async) == (False, True)
    assert revenue.__doc__ == "Money."
    assert repr(cover) == "<Metric Cover(revenue, rows)>"


def test_a_metric_is_still_the_plain_function() -> None:
    @metric(ROWS, TEMPERATURE)
    def per_degree(rows: pl.DataFrame, temperature: Scalar) -> float:
        assert isinstance(temperature, float)
        return rows.height / temperature

    @metric(TEMPERATURE)
    async def twice(temperature: Scalar) -> float:
        assert isinstance(temperature, float)
        return 2 * temperature

    assert per_degree(pl.DataFrame({"a": [1, 2]}), 4.0) == 0.5
    assert per_degree(pl.DataFrame({"a": [1, 2]}), temperature=4.0) == 0.5
    assert asyncio.run(twice(2.0)) == 4.0


def test_metrics_are_equal_only_to_themselves() -> None:
    def function(value: Scalar) -> Scalar:
        return value

    first, second = metric(TEMPERATURE)(function), metric(TEMPERATURE)(function)
    assert first != second
    assert len({first, second, first}) == 2


def test_needs_recalculation_tells_every_listener_its_cause() -> None:
    @metric(TEMPERATURE)
    def value(temperature: Scalar) -> Scalar:
        return temperature

    causes: list[str] = []
    unbind = value.bind(causes.append)
    unbind_again = value.bind(causes.append)
    value.needs_recalculation()
    unbind()
    unbind()
    value.needs_recalculation(cause="new prices")
    unbind_again()
    value.needs_recalculation()
    assert causes == ["asked by the program", "asked by the program", "new prices"]


def test_parameters_must_match_the_reads() -> None:
    def two(rows: pl.DataFrame, stock: pl.DataFrame) -> float:
        return 0.0

    wrong: Any = metric(ROWS)
    with pytest.raises(UsageError, match=r"metric two\(rows: .*, stock: .*\) .* one parameter for each of its 1 reads"):
        wrong(two)


def test_parameters_with_defaults_and_stars_are_fine() -> None:
    def starred(*values: object, scale: float = 1.0) -> float:
        return scale * len(values)

    reads: list[Readable[object]] = [TEMPERATURE] * 7
    assert metric(*reads)(starred).inputs == tuple(reads)


def test_what_is_not_readable_is_refused_with_a_hint() -> None:
    make: Any = metric

    def function(value: float) -> float:
        return value

    with pytest.raises(UsageError, match=r"write @cd\.metric\(orders\) above function, not @cd\.metric alone"):
        make(function)
    with pytest.raises(UsageError, match=r"reads sources, their parts and other metrics; read 2 is 3\.5"):
        make(TEMPERATURE, 3.5)
    with pytest.raises(UsageError, match="got nothing"):
        make()
    with pytest.raises(UsageError, match="decorates a function, got 4"):
        make(TEMPERATURE)(4)
    with pytest.raises(UsageError, match="timeout must be a duration above zero"):
        make(TEMPERATURE, timeout=0)


def test_the_types_of_parameters_are_checked_against_the_reads() -> None:
    @metric(SeriesOf(PRESS, "x"))  # type: ignore[arg-type]  # points are no text: this line must fail to type-check
    def wrong(points: str) -> float:
        return 0.0

    assert wrong.label == "wrong"
