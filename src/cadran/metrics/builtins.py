"""The built-in computations: one small function for each description in ``cadran.readable``."""

from __future__ import annotations

import numpy as np

from cadran.errors import UsageError
from cadran.metrics.aggregates import aggregate, grouped_aggregate
from cadran.metrics.computed import (
    FOREVER,
    Computed,
    column_of,
    frame_of,
    number_column,
    points_of,
    series_of,
    time_column,
)
from cadran.metrics.families import computed_by_family
from cadran.metrics.filtering import column_values, filtered_rows
from cadran.metrics.lens import Before, Lens, Mask, ended_window, num_reached
from cadran.metrics.resample import bucket_ends
from cadran.polars_when_used import is_frame, pl
from cadran.readable import (
    Aggregate,
    ColumnValues,
    Filtered,
    FinishedBuckets,
    Floats,
    GroupedAggregate,
    Last,
    Points,
    Readable,
    Scalar,
    SeriesAggregate,
    SeriesLast,
    TableSeries,
    Tail,
    ValueAgo,
)
from cadran.store import SeriesSnapshot
from cadran.store.chunks import totals_of
from cadran.store.rows import floats_of, seconds_of


def compute(readable: Readable[object], inputs: tuple[object, ...], lens: Lens) -> Computed:
    """Compute one built-in from its inputs' values. Raises ``UsageError`` for data that does not fit."""
    match readable:
        case SeriesLast():
            return _series_last(readable, series_of(inputs[0], readable), lens)
        case SeriesAggregate():
            return Computed(_series_aggregate(series_of(inputs[0], readable), readable.operation))
        case ValueAgo():
            return _value_ago(readable, series_of(inputs[0], readable), lens.now)
        case Filtered():
            return Computed(filtered_rows(readable, value) if is_frame(value := inputs[0]) else value)
        case ColumnValues():
            return Computed(column_values(readable, inputs))
        case Last():
            return _last(readable, frame_of(inputs[0], readable), lens)
        case Tail():
            return Computed(_tail(readable, frame_of(inputs[0], readable)))
        case Aggregate():
            return Computed(aggregate(readable, frame_of(inputs[0], readable)))
        case GroupedAggregate():
            return Computed(grouped_aggregate(readable, frame_of(inputs[0], readable)))
        case TableSeries():
            return Computed(_table_series(readable, frame_of(inputs[0], readable)))
        case _:
            return computed_by_family(readable, inputs, lens)


def _series_last(readable: SeriesLast, series: Points | SeriesSnapshot, lens: Lens) -> Computed:
    if isinstance(readable.of, FinishedBuckets) and isinstance(lens, Before):
        return _ended_before(readable.of, readable.window_secs, points_of(series, readable), lens)
    if isinstance(series, SeriesSnapshot):
        start, stop, until = lens.look_at(series, readable.window_secs)
        return Computed(series.window(start, stop), until)
    mask, until = lens.look(series.xs, readable.window_secs)
    return Computed(Points(series.xs[mask], series.ys[mask]), until)


def _ended_before(of: FinishedBuckets, window_secs: float, points: Points, lens: Before) -> Computed:
    """What lies in the window before had ended by its end, as what lies in the present one has by now."""
    mask, until = lens.look(points.xs, window_secs)
    enters = bucket_ends(of.of, points.xs) + window_secs
    has_ended = enters <= lens.now
    turns = float(enters[~has_ended].min()) if not has_ended.all() else FOREVER
    mask &= has_ended
    return Computed(Points(points.xs[mask], points.ys[mask]), min(until, turns))


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


def _value_ago(readable: ValueAgo, series: Points | SeriesSnapshot, now: float) -> Computed:
    period_secs = readable.period_secs
    if isinstance(series, SeriesSnapshot):
        index = num_reached(series, now, period_secs)
        reaches = series.x_at(index) + period_secs if index < len(series) else FOREVER
        return Computed(series.y_at(index - 1) if index else None, reaches)
    # The value of a bucket is known when it ends.
    of = readable.of
    known = bucket_ends(of.of, series.xs) if isinstance(of, FinishedBuckets) else series.xs
    reached = known + period_secs
    index = int(np.searchsorted(reached, now, "right"))
    until = float(reached[index]) if index < reached.size else FOREVER
    return Computed(float(series.ys[index - 1]) if index else None, until)


def _last(readable: Last, frame: pl.DataFrame, lens: Lens) -> Computed:
    name = readable.time_column
    if name is None or not frame.columns:
        return Computed(frame)
    times = time_column(frame, readable)
    if readable.until is not None:
        return Computed(_masked(frame, ended_window(lens, times, readable.window_secs, readable.until)))
    mask, until = lens.look(times, readable.window_secs)
    return Computed(_masked(frame, mask), until)


def _masked(frame: pl.DataFrame, mask: Mask) -> pl.DataFrame:
    """Return the rows of a mask; where they lie together, as they do in a table that grows with time, uncopied."""
    num_rows = int(np.count_nonzero(mask))
    start = int(mask.argmax()) if num_rows else 0
    if bool(mask[start : start + num_rows].all()):
        return frame if num_rows == frame.height else frame.slice(start, num_rows)
    return frame.filter(pl.Series(mask))


def _tail(readable: Tail, frame: pl.DataFrame) -> pl.DataFrame:
    name = readable.time_column
    if name is not None and name in frame.columns:
        order = np.argsort(-seconds_of(frame[name]), kind="stable")[: readable.num_rows]
        return frame[order]
    return frame.tail(readable.num_rows).reverse()


def _table_series(readable: TableSeries, frame: pl.DataFrame) -> Points:
    if not frame.columns:
        return Points(np.empty(0), np.empty(0))
    x_column = column_of(frame, readable.x, readable)
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
