"""Sparklines of built-in aggregates: all buckets in one pass over the rows."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from cadran.metrics.builtins import number_column, time_column
from cadran.readable import Aggregate, Floats, Last


def can_group(readable: object) -> bool:
    """Whether a value is an aggregate of a table's window, so that its buckets can be had in one pass."""
    return isinstance(readable, Aggregate) and isinstance(readable.of, Last)


def grouped_values(readable: Aggregate, frame: pl.DataFrame, edges: Floats) -> Floats:
    """Return the aggregate of each bucket ``edges[i] < time <= edges[i + 1]``; NaN for none.

    Shape (n,) for n + 1 edges.
    """
    num_buckets = edges.size - 1
    is_count = readable.operation == "count" or readable.column is None
    empty = 0.0 if is_count or readable.operation == "sum" else math.nan
    if not frame.columns or not frame.height:
        return np.full(num_buckets, empty)
    places = np.searchsorted(edges, time_column(frame, readable.of), "left") - 1
    inside = (places >= 0) & (places < num_buckets)
    if is_count:
        return np.bincount(places[inside], minlength=num_buckets).astype(np.float64)
    assert readable.column is not None
    numbers = number_column(frame, readable.column, readable).fill_null(math.nan).to_numpy()
    inside &= ~np.isnan(numbers)
    places, numbers = places[inside], numbers[inside]
    counts = np.bincount(places, minlength=num_buckets)
    if readable.operation in ("sum", "mean"):
        sums = np.bincount(places, weights=numbers, minlength=num_buckets).astype(np.float64)
        if readable.operation == "mean":
            np.divide(sums, counts, sums, where=counts > 0)
            sums[counts == 0] = math.nan
        return sums
    worst = math.inf if readable.operation == "min" else -math.inf
    best = np.full(num_buckets, worst)
    (np.minimum if readable.operation == "min" else np.maximum).at(best, places, numbers)
    return np.where(counts > 0, best, math.nan)
