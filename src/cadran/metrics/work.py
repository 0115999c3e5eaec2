"""How much a built-in computation passes over: what is long is done by a job, apart from the engine's loop."""

from __future__ import annotations

from cadran.metrics.lens import Before, Present
from cadran.polars_when_used import is_frame
from cadran.readable import (
    Aggregate,
    BucketSeries,
    CounterRate,
    Delta,
    FinishedTo,
    Points,
    Previous,
    Quantile,
    Readable,
    SeriesAggregate,
    SeriesLast,
    Sparkline,
)
from cadran.store import SeriesSnapshot
from cadran.store.chunks import CHUNK_POINTS

POINTS_AT_ONCE = 200_000
"""So many points the engine passes over for one value by itself: less than a millisecond. More is a job's work."""
ROW_POINTS = 10
"""A row of a table takes as long as so many points."""


def points_passed(readable: Readable[object], values: tuple[object, ...], now: float) -> int:
    """Return about how many points a built-in passes over, or what takes as long.

    ``values``: of what it reads, or, of what looks at another window, of the sources below it.
    """
    if isinstance(readable, FinishedTo):
        return 0  # only the clock is read
    return sum(_passed(readable, value, now) for value in values)


def _passed(readable: Readable[object], value: object, now: float) -> int:
    if isinstance(value, SeriesSnapshot):
        return _points_of(readable, value, now)
    if is_frame(value):
        is_counted = isinstance(readable, Aggregate) and readable.operation == "count"
        return 0 if is_counted else ROW_POINTS * value.height
    return value.xs.size if isinstance(value, Points) else 0


def _points_of(readable: Readable[object], series: SeriesSnapshot, now: float) -> int:
    """Of a stored series: those of which no totals are known yet, or all where totals do not help."""
    if isinstance(readable, CounterRate | Delta | Quantile | BucketSeries):
        return len(series)
    aggregate = readable.of if isinstance(readable, Previous | Sparkline) else readable
    if not isinstance(aggregate, SeriesAggregate) or aggregate.operation == "latest":
        return 0
    if aggregate is readable:
        return series.totals_cost()
    if not isinstance(aggregate.of, SeriesLast):
        return 0
    if isinstance(readable, Sparkline):
        start = Present(now).look_at(series, aggregate.of.window_secs).start
        at_edges = readable.num_buckets * CHUNK_POINTS  # each bucket begins and ends within a chunk
        return min(len(series) - start, series.totals_cost(start) + at_edges)
    part = Before(now).look_at(series, aggregate.of.window_secs)
    return series.totals_cost(part.start, part.stop)
