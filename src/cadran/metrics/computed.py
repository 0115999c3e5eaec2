"""What a built-in gives, and how it takes what it reads: a table, a series, a column of either."""

from __future__ import annotations

import math
from typing import NamedTuple

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Floats, Points, Readable, TableReadable
from cadran.store import SeriesSnapshot
from cadran.store.rows import floats_of, seconds_of

FOREVER = math.inf


class Computed(NamedTuple):
    """A value, and the wall second from which it may be another although nothing else changed."""

    value: object
    until: float = FOREVER
    reads_to: float = math.inf
    """Of a stored series it reads no x beyond this: newer points leave it as it is."""


def series_of(value: object, readable: Readable[object]) -> Points | SeriesSnapshot:
    """Return ``value`` if it is a series; raises ``UsageError`` otherwise."""
    if isinstance(value, Points | SeriesSnapshot):
        return value
    raise UsageError(f"{readable.label} needs a series, got {type(value).__name__}")


def points_of(value: object, readable: Readable[object]) -> Points:
    """Return a series' points, read-only; raises ``UsageError`` for what is no series."""
    series = series_of(value, readable)
    return series.points if isinstance(series, SeriesSnapshot) else series


def frame_of(value: object, readable: Readable[object]) -> pl.DataFrame:
    """Return ``value`` if it is a table; raises ``UsageError`` otherwise."""
    if is_frame(value):
        return value
    raise UsageError(f"{readable.label} needs a table, got {type(value).__name__}")


def column_of(frame: pl.DataFrame, name: str, readable: Readable[object]) -> pl.Series:
    """Return a column. Raises ``UsageError`` that says what columns there are."""
    if name not in frame.columns:
        raise UsageError(f"{readable.label} needs a column {name!r}, got {', '.join(frame.columns) or 'no columns'}")
    return frame[name]


def number_column(frame: pl.DataFrame, name: str, readable: Readable[object]) -> Floats:
    """Return a column as float64, gaps as NaN. Raises ``UsageError`` for one that holds no numbers."""
    column = column_of(frame, name, readable)
    if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
        raise UsageError(f"{readable.label} needs numbers in column {name!r}, got {column.dtype}")
    return floats_of(column)


def time_column(frame: pl.DataFrame, readable: TableReadable) -> Floats:
    """Return the times of a table's rows in seconds since 1970 UTC, NaN where there is none."""
    assert readable.time_column is not None
    return seconds_of(column_of(frame, readable.time_column, readable))
