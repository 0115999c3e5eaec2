"""The built-in computations: one small function for each description in ``cadran.readable``."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cadran.errors import UsageError
from cadran.metrics.filtering import column_values, filtered_rows
from cadran.metrics.lens import Lens, ended_window, num_reached
from cadran.polars_when_used import is_frame, pl
from cadran.readable import (
    Aggregate,
    ColumnValues,
    Filtered,
    Floats,
    GroupedAggregate,
    Last,
    Points,
    Readable,
    Scalar,
    SeriesAggregate,
    SeriesLast,
    TableReadable,
    TableSeries,
    Tail,
    ValueAgo,
)
from cadran.store import SeriesSnapshot
from cadran.store.chunks import totals_of
from cadran.store.rows import floats_of, seconds_of

FOREVER = math.inf


class Computed(NamedTuple):
    """A value, and the wall second from which it may be another although nothing else changed."""

    value: object
    until: float = FOREVER
    reads_to: float = math.inf
    """Of a stored series it reads no x beyond this: newer points leave it as it is."""


def compute(readable: Readable[object], inputs: tuple[object, ...], lens: Lens) -> Computed:
    """Compute one built-in from its inputs' values. Raises ``UsageError`` for data that does not fit."""
    match readable:
        case SeriesLast():
            return _series_last(readable, _series(inputs[0], readable), lens)
        case SeriesAggregate():
            return Computed(_series_aggregate(_series(inputs[0], readable), readable.operation))
        case ValueAgo():
            return _value_ago(_series(inputs[0], readable), readable.period_secs, lens.now)
        case Filtered():
            return Computed(filtered_rows(readable, value) if is_frame(value := inputs[0]) else value)
        case ColumnValues():
            return Computed(column_values(readable, inputs))
        case Last():
            return _last(readable, _frame(inputs[0], readable), lens)
        case Tail():
            return Computed(_tail(readable, _frame(inputs[0], readable)))
        case Aggregate():
            return Computed(_aggregate(readable, _frame(inputs[0], readable)))
        case GroupedAggregate():
            return Computed(_grouped(readable, _frame(inputs[0], readable)))
        case TableSeries():
            return Computed(_table_series(readable, _frame(inputs[0], readable)))
        case _:
            raise UsageError(f"{type(readable).__name__} is not something that can be computed here")


def _series(value: object, readable: Readable[object]) -> Points | SeriesSnapshot:
    if isinstance(value, Points | SeriesSnapshot):
        return value
    raise UsageError(f"{readable.label} needs a series, got {type(value).__name__}")


def _frame(value: object, readable: Readable[object]) -> pl.DataFrame:
    if is_frame(value):
        return value
    raise UsageError(f"{readable.label} needs a table, got {type(value).__name__}")


def _column(frame: pl.DataFrame, name: str, readable: Readable[object]) -> pl.Series:
    if name not in frame.columns:
        raise UsageError(f"{readable.label} needs a column {name!r}, got {', '.join(frame.columns) or 'no columns'}")
    return frame[name]


def _series_last(readable: SeriesLast, series: Points | SeriesSnapshot, lens: Lens) -> Computed:
    if isinstance(series, SeriesSnapshot):
        start, stop, until = lens.look_at(series, readable.window_secs)
        return Computed(series.window(start, stop), until)
    mask, until = lens.look(series.xs, readable.window_secs)
    return Computed(Points(series.xs[mask], series.ys[mask]), until)


def _series_aggregate(series: Points | SeriesSnapshot, operation: str) -> Scalar:
    if operation == "latest":
        ys = series.newest(1).ys if isinstance(series, SeriesSnapshot) else series.ys
        return float(ys[-1]) if ys.size else None
    totals = series.totals if isinstance(series, SeriesSnapshot) else totals_of(series.ys)
    if not totals.num:
        return None
    if operation == "mean":
        return totals.sum / totals.num
    return totals.min if operation == "min" else totals.max


def _value_ago(series: Points | SeriesSnapshot, period_secs: float, now: float) -> Computed:
    if isinstance(series, SeriesSnapshot):
        index = num_reached(series, now, period_secs)
        reaches = series.x_at(index) + period_secs if index < len(series) else FOREVER
        return Computed(series.y_at(index - 1) if index else None, reaches)
    reached = series.xs + period_secs
    index = int(np.searchsorted(reached, now, "right"))
    until = float(reached[index]) if index < reached.size else FOREVER
    return Computed(float(series.ys[index - 1]) if index else None, until)


def _last(readable: Last, frame: pl.DataFrame, lens: Lens) -> Computed:
    name = readable.time_column
    if name is None or not frame.columns:
        return Computed(frame)
    times = time_column(frame, readable)
    if readable.until is not None:
        return Computed(frame.filter(pl.Series(ended_window(lens, times, readable.window_secs, readable.until))))
    mask, until = lens.look(times, readable.window_secs)
    return Computed(frame if bool(mask.all()) else frame.filter(pl.Series(mask)), until)


def time_column(frame: pl.DataFrame, readable: TableReadable) -> Floats:
    """Return the times of a table's rows in seconds since 1970 UTC, NaN where there is none."""
    assert readable.time_column is not None
    return seconds_of(_column(frame, readable.time_column, readable))


def _tail(readable: Tail, frame: pl.DataFrame) -> pl.DataFrame:
    name = readable.time_column
    if name is not None and name in frame.columns:
        order = np.argsort(-seconds_of(frame[name]), kind="stable")[: readable.num_rows]
        return frame[order]
    return frame.tail(readable.num_rows).reverse()


def number_column(frame: pl.DataFrame, name: str, readable: Readable[object]) -> Floats:
    """Return a column as float64, gaps as NaN. Raises ``UsageError`` for one that holds no numbers."""
    column = _column(frame, name, readable)
    if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
        raise UsageError(f"{readable.label} needs numbers in column {name!r}, got {column.dtype}")
    return floats_of(column)


def _aggregate(readable: Aggregate, frame: pl.DataFrame) -> Scalar:
    if readable.operation == "count" or readable.column is None:
        return float(frame.height)
    if not frame.columns:
        return 0.0 if readable.operation == "sum" else None
    numbers = number_column(frame, readable.column, readable)
    numbers = numbers[~np.isnan(numbers)]
    if not numbers.size:
        return 0.0 if readable.operation == "sum" else None
    return float(getattr(numbers, readable.operation)())


def _grouped(readable: GroupedAggregate, frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.columns:
        return pl.DataFrame(schema={readable.by: pl.String, readable.operation: pl.Float64})
    keys = _column(frame, readable.by, readable)
    name = readable.column or "count"
    if readable.operation == "count" or readable.column is None:
        value = pl.len().cast(pl.Float64)
        grouped = pl.DataFrame({"key": keys}).group_by("key", maintain_order=True).agg(value.alias("value"))
    else:
        numbers = number_column(frame, readable.column, readable)
        value = getattr(pl.col("value"), readable.operation)()
        both = pl.DataFrame({"key": keys, "value": pl.Series(numbers, nan_to_null=True)})
        grouped = both.group_by("key", maintain_order=True).agg(value)
    # Ties keep a fixed order, or equal results would look like changes.
    ordered = grouped.sort(["value", "key"], descending=[True, False], nulls_last=True)
    if name == readable.by:
        name = readable.operation
    return ordered.rename({"key": readable.by, "value": name})


def _table_series(readable: TableSeries, frame: pl.DataFrame) -> Points:
    if not frame.columns:
        return Points(np.empty(0), np.empty(0))
    x_column = _column(frame, readable.x, readable)
    xs = seconds_of(x_column) if readable.x_kind == "time" else _plain(x_column, readable)
    ys = number_column(frame, readable.y, readable)
    keep = np.isfinite(xs)
    if not bool(keep.all()):
        xs, ys = xs[keep], ys[keep]
    order = np.argsort(xs, kind="stable")
    return Points(xs[order], ys[order])


def _plain(column: pl.Series, readable: Readable[object]) -> Floats:
    if not column.dtype.is_numeric():
        raise UsageError(f"{readable.label} needs numbers in column {column.name!r}, got {column.dtype}")
    return floats_of(column)
