"""Rates, differences and quantiles of tables and series."""

from __future__ import annotations

import numpy as np

from cadran.metrics.aggregates import grouped, grouped_aggregate
from cadran.metrics.computed import frame_of, number_column, points_of, time_column
from cadran.metrics.lens import Between, Lens
from cadran.polars_when_used import pl
from cadran.readable import Floats, GroupedAggregate, Operation, Points, Scalar, SeriesReadable
from cadran.readable.rates import Delta, GroupedQuantile, GroupedRate, Quantile, Rate
from cadran.store.rows import floats_of


def rate(readable: Rate, frame: pl.DataFrame, lens: Lens) -> Scalar:
    """Return rows, or the sum of a column, per second of the window."""
    total = float(frame.height)
    if readable.column is not None:
        numbers = number_column(frame, readable.column, readable) if frame.columns else np.empty(0)
        total = float(numbers[~np.isnan(numbers)].sum())
    return total / _length_secs(lens, readable.of.window_secs)


def grouped_rate(readable: GroupedRate, frame: pl.DataFrame, lens: Lens) -> pl.DataFrame:
    """Return the rate of each group, largest first."""
    operation: Operation = "count" if readable.column is None else "sum"
    totals = grouped_aggregate(GroupedAggregate(readable.of, operation, readable.column, readable.by), frame)
    label, value = totals.columns
    per_second = floats_of(totals[value]) / _length_secs(lens, readable.of.window_secs)
    name = "rate_2" if label == "rate" else "rate"
    return pl.DataFrame([totals[label], pl.Series(name, per_second, nan_to_null=True)])


def counter_rate(points: Points) -> Scalar:
    """Return the growth of a counter per second, from its first to its last point.

    A value below the one before it is one that began again from zero, so all of it is growth.
    """
    xs, ys = _known(points)
    if xs.size < 2 or xs[-1] <= xs[0]:
        return None
    steps = np.diff(ys)
    return float(np.where(steps < 0, ys[1:], steps).sum() / (xs[-1] - xs[0]))


def delta(readable: Delta, value: object) -> Scalar:
    """Return the newest value less the oldest one."""
    ys = _ordered(readable, value)
    return float(ys[-1] - ys[0]) if ys.size else None


def quantile(readable: Quantile, value: object) -> Scalar:
    """Return the value below which the share lies, linear between neighbours."""
    if isinstance(readable.of, SeriesReadable):
        numbers = points_of(value, readable).ys
    else:
        numbers = _numbers(readable, frame_of(value, readable))
    return quantile_of(numbers[~np.isnan(numbers)], readable.share)


def quantile_of(numbers: Floats, share: float) -> float | None:
    """Return a quantile of numbers without NaN; None of none."""
    if not numbers.size:
        return None
    with np.errstate(invalid="ignore"):  # between -∞ and ∞ lies nothing
        found = float(np.quantile(numbers, share))
    return None if np.isnan(found) else found


def grouped_quantile(readable: GroupedQuantile, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the quantile of each group, largest first."""
    name = readable.column or "value"
    if not frame.columns:
        return pl.DataFrame(schema={readable.by: pl.String, name: pl.Float64})
    numbers = number_column(frame, name, readable)
    share = pl.col("value").quantile(readable.share, "linear")
    return grouped(readable, frame, readable.by, numbers, share, name)


def _length_secs(lens: Lens, window_secs: float) -> float:
    return lens.high - lens.low if isinstance(lens, Between) else window_secs


def _ordered(readable: Delta, value: object) -> Floats:
    """Return the values in the order of their times, or of their rows; gaps left out."""
    if isinstance(readable.of, SeriesReadable):
        return _known(points_of(value, readable)).ys
    frame = frame_of(value, readable)
    numbers = _numbers(readable, frame)
    if frame.columns and readable.of.time_column is not None:
        times = time_column(frame, readable.of)
        order = np.argsort(times, kind="stable")  # rows without a time come last: they are left out
        numbers = numbers[order][: times.size - int(np.isnan(times).sum())]
    return numbers[~np.isnan(numbers)]


def _numbers(readable: Delta | Quantile, frame: pl.DataFrame) -> Floats:
    return number_column(frame, readable.column or "", readable) if frame.columns else np.empty(0)


def _known(points: Points) -> Points:
    known = ~np.isnan(points.ys)
    return Points(points.xs[known], points.ys[known])
