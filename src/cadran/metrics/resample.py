"""One value for each bucket of time."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cadran.metrics.computed import FOREVER, Computed, frame_of, number_column, points_of, time_column
from cadran.metrics.grid import TIME_SECS_MAX, Grid, Numbers, grid_of
from cadran.metrics.lens import Before, Between, Lens
from cadran.metrics.rates import quantile_of
from cadran.polars_when_used import pl
from cadran.readable import FinishedBuckets, FinishedTo, Floats, Last, Points, Readable, SeriesReadable
from cadran.readable.finished import windows_of
from cadran.readable.resample import BucketSeries, BucketTable

FILLED_MAX = 100_000
"""So many empty buckets are filled in all; of longer stretches only the first and the last one, so that one time of
1970 does not fill the years since."""


class Ended(NamedTuple):
    """Up to when buckets have ended, and the wall second from which that may be another."""

    value: float
    until: float


def bucket_series(readable: BucketSeries, value: object, lens: Lens) -> Computed:
    """Return a point for each bucket, at the moment where it begins, until the present's ends."""
    times, values = _read(readable, value)
    near = np.abs(times) <= TIME_SECS_MAX  # NaN is not
    times, values = times[near], values[near]
    grid = grid_of(readable.every_secs, readable.zone)
    places = grid.numbers(times)
    low, high = _span(readable.of, lens)
    present = _number_at(grid, high)
    first = _first_whole(grid, low)
    kept = places >= first
    places, times, values = places[kept], times[kept], values[kept]
    numbers, ys = _by_bucket(readable, places, times, values)
    empty = 0.0 if readable.operation in ("count", "sum") else math.nan
    numbers, ys = _filled(numbers, ys, present if empty == 0.0 else None, empty)
    xs = np.array([grid.start(number) for number in numbers.tolist()], dtype=np.float64)
    return Computed(Points(xs, ys), _until(readable.of, grid, present, lens, high))


def finished_buckets(readable: FinishedBuckets, points: Points, lens: Lens) -> Computed:
    """Return the buckets that have ended, at the moment that the lens looks at."""
    of = readable.of
    ended = finished_to(FinishedTo(of.of, of.every_secs, of.zone), lens)
    count = int(np.searchsorted(points.xs, ended.value, "left"))
    return Computed(Points(points.xs[:count], points.ys[:count]), ended.until)


def finished_to(readable: FinishedTo, lens: Lens) -> Ended:
    """Return when the bucket of the moment that the lens looks at begins: all before it have ended."""
    grid = grid_of(readable.every_secs, readable.zone)
    high = _span(readable.of, lens)[1]
    present = _number_at(grid, high)
    return Ended(grid.start(present), _until(readable.of, grid, present, lens, high))


def bucket_ends(readable: BucketSeries, starts: Floats) -> Floats:
    """Return when the buckets end that begin at ``starts``."""
    grid = grid_of(readable.every_secs, readable.zone)
    return np.array([grid.start(number + 1) for number in grid.numbers(starts).tolist()], dtype=np.float64)


def bucket_table(readable: BucketTable, points: Points) -> pl.DataFrame:
    """Return buckets as rows of (time, value)."""
    micros = pl.Series("time", np.round(points.xs * 1e6)).cast(pl.Int64).cast(pl.Datetime("us"))
    return pl.DataFrame([micros, pl.Series(readable.value_column, points.ys, nan_to_null=True)])


def _read(readable: BucketSeries, value: object) -> tuple[Floats, Floats]:
    """Return times and numbers; a row that is counted is a 1."""
    if isinstance(readable.of, SeriesReadable):
        points = points_of(value, readable)
        return points.xs, points.ys
    frame = frame_of(value, readable)
    if not frame.columns:
        return np.empty(0), np.empty(0)
    times = time_column(frame, readable.of)
    counted = readable.column is None
    return times, np.ones(times.size) if counted else number_column(frame, readable.column or "", readable)


def _span(of: Readable[object], lens: Lens) -> tuple[float, float]:
    """Return from when to when a lens looks: a window's beginning cuts a bucket, which is left out then.

    What goes through no window below the buckets is all there: they end at the present.
    """
    low, high = -math.inf, lens.now
    for window in windows_of(of):
        if isinstance(lens, Between):
            return lens.low, lens.high
        ended = window.until if isinstance(window, Last) else None
        now = lens.now if ended is None else ended
        high = min(high, now - window.window_secs if isinstance(lens, Before) else now)
        low = max(low, high - window.window_secs)
    return low, high


def _until(of: Readable[object], grid: Grid, present: int, lens: Lens, high: float) -> float:
    """Return the wall second from which time alone makes the buckets others: when that of ``high`` ends."""
    for window in windows_of(of):
        if isinstance(lens, Between) or (isinstance(window, Last) and window.until is not None):
            return FOREVER
    return max(grid.start(present + 1) + (lens.now - high), math.nextafter(lens.now, math.inf))


def _number_at(grid: Grid, time: float) -> int:
    return int(grid.numbers(np.array([time]))[0])


def _first_whole(grid: Grid, low: float) -> int:
    if abs(low) > TIME_SECS_MAX:
        return np.iinfo(np.int64).min
    number = _number_at(grid, low)
    return number if grid.start(number) > low else number + 1


def _by_bucket(readable: BucketSeries, places: Numbers, times: Floats, values: Floats) -> tuple[Numbers, Floats]:
    """Return the buckets that hold anything, ascending, and the value of each."""
    order = np.lexsort((times, places))  # stable: of equal times the rows' order
    places, values = places[order], values[order]
    numbers, starts = np.unique(places, return_index=True)
    known = ~np.isnan(values)
    if not numbers.size:
        return numbers, np.empty(0)
    operation = readable.operation
    counts = np.add.reduceat(known.astype(np.float64), starts)
    if operation == "count":
        return numbers, counts
    if operation in ("sum", "mean"):
        sums = np.add.reduceat(np.where(known, values, 0.0), starts)
        if operation == "sum":
            return numbers, sums
        return numbers, np.divide(sums, counts, out=np.full(counts.size, math.nan), where=counts > 0)
    if operation in ("min", "max"):
        least = operation == "min"
        return numbers, (np.fmin if least else np.fmax).reduceat(values, starts)
    parts = (part[~np.isnan(part)] for part in np.split(values, starts[1:]))
    if operation == "quantile":
        found = [quantile_of(part, readable.share or 0.0) for part in parts]
        return numbers, np.array([math.nan if one is None else one for one in found])
    at = 0 if operation == "first" else -1
    return numbers, np.array([part[at] if part.size else math.nan for part in parts])


def _filled(numbers: Numbers, ys: Floats, present: int | None, empty: float) -> tuple[Numbers, Floats]:
    """Put ``empty`` where buckets between hold nothing, and up to ``present`` behind the last."""
    if not numbers.size:
        return numbers, ys
    last = int(numbers[-1])
    ends = numbers if present is None or present <= last else np.append(numbers, present + 1)
    gaps = np.flatnonzero(np.diff(ends) > 1)
    if not gaps.size:
        return numbers, ys
    most = max(2, FILLED_MAX // gaps.size)
    added = []
    for low, high in zip((ends[gaps] + 1).tolist(), (ends[gaps + 1] - 1).tolist(), strict=True):
        added.append(np.arange(low, high + 1) if high - low < most else np.array([low, high]))
    between = np.concatenate(added).astype(np.int64)
    both = np.concatenate((numbers, between))
    order = np.argsort(both, kind="stable")
    return both[order], np.concatenate((ys, np.full(between.size, empty)))[order]
