"""Sparklines of built-in aggregates: all buckets in one pass over the rows or points."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from cadran.metrics.computed import number_column, time_column
from cadran.polars_when_used import is_frame
from cadran.readable import Aggregate, Floats, Last, Points, Rate, Readable, SeriesAggregate, SeriesLast, SeriesOf
from cadran.store import SeriesSnapshot


def can_group(readable: Readable[object]) -> bool:
    """Whether a value is an aggregate of a window, so that its buckets can be had in one pass."""
    return (isinstance(readable, Aggregate | Rate) and isinstance(readable.of, Last)) or (
        isinstance(readable, SeriesAggregate) and isinstance(readable.of, SeriesLast)
    )


def reads_buckets(readable: Readable[object]) -> bool:
    """Whether a value's buckets read the points of a series that lie in them, and nothing else."""
    return can_group(readable) and isinstance(readable.inputs[0].inputs[0], SeriesOf)


def grouped_values(readable: Readable[object], data: object, edges: Floats) -> Floats:
    """Return the aggregate of each bucket ``edges[i] < time <= edges[i + 1]``; NaN for none.

    ``data``: what the window is of, a table or a series. Shape (n,) for n + 1 edges.
    """
    if isinstance(readable, SeriesAggregate) and isinstance(data, SeriesSnapshot):
        return _values_in_buckets(data, readable.operation, edges)
    if isinstance(readable, SeriesAggregate) and isinstance(data, Points):
        return values_by_bucket(data.xs, data.ys, readable.operation, edges)
    if isinstance(readable, Rate):
        total = Aggregate(readable.of, "count" if readable.column is None else "sum", readable.column)
        return grouped_values(total, data, edges) / np.diff(edges)
    assert isinstance(readable, Aggregate)
    assert is_frame(data)
    if not data.columns:
        return values_by_bucket(np.empty(0), np.empty(0), readable.operation, edges)
    times = time_column(data, readable.of)
    if readable.operation == "count" or readable.column is None:
        return values_by_bucket(times, times, "count", edges)
    return values_by_bucket(times, number_column(data, readable.column, readable), readable.operation, edges)


def newest_time(window: Last | SeriesLast, data: object) -> float:
    """Return the latest time of what a window is of, a table or a series; ``-inf`` for none."""
    if isinstance(data, SeriesSnapshot):
        return -math.inf if data.last_x is None else data.last_x
    times = np.empty(0)
    if isinstance(data, Points):
        times = data.xs
    elif is_frame(data) and data.columns:
        assert isinstance(window, Last)
        times = time_column(data, window)
    return float(np.fmax.reduce(times, initial=-math.inf))


def _values_in_buckets(series: SeriesSnapshot, operation: str, edges: Floats) -> Floats:
    """Do the same for a stored series, of which most is known by chunks."""
    places = [series.count(edge, "right") for edge in edges.tolist()]
    values = [_value_between(series, operation, start, stop) for start, stop in pairwise(places)]
    return np.array(values)


def _value_between(series: SeriesSnapshot, operation: str, start: int, stop: int) -> float:
    if operation == "latest":
        return series.y_at(stop - 1) if start < stop else math.nan
    totals = series.totals_between(start, stop)
    if not totals.num:
        return math.nan
    return {"mean": totals.sum / totals.num, "min": totals.min, "max": totals.max}[operation]


def values_by_bucket(times: Floats, numbers: Floats, operation: str, edges: Floats) -> Floats:
    """Aggregate ``numbers`` by the bucket of their ``times``; NaN in either counts for nothing, but for *latest*."""
    num_buckets = edges.size - 1
    places = np.searchsorted(edges, times, "left") - 1
    inside = (places >= 0) & (places < num_buckets)
    if operation != "latest":
        inside &= ~np.isnan(numbers)
    places, numbers = places[inside], numbers[inside]
    counts = np.bincount(places, minlength=num_buckets).astype(np.float64)
    if operation == "count":
        return counts
    values = np.full(num_buckets, math.nan)
    if operation == "latest":
        values[places] = numbers  # of several in a bucket the last one stays
    elif operation in ("sum", "mean"):
        values = np.bincount(places, weights=numbers, minlength=num_buckets).astype(np.float64)
        if operation == "mean":
            values[counts == 0] = math.nan
            np.divide(values, counts, out=values, where=counts > 0)
    else:
        pick = np.fmin if operation == "min" else np.fmax
        pick.at(values, places, numbers)
    return values
