"""Rows and time: what a time column says, and which rows are old enough to go.

Times may be numbers (seconds since 1970 UTC), dates, datetimes or ISO 8601 text. Naive times are
UTC: the rule is stated here and holds everywhere.
"""

from __future__ import annotations

import numpy as np

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.store.parsed import ParsedTimes
from cadran.updates.times import MAX_TIME_SECS, not_seconds


def floats_of(column: pl.Series) -> Floats:
    """Return a column of numbers or bools as float64, NaN where there is none. Not for writing: it may be shared."""
    # Plain conversions only: each polars expression on a column costs a query, and these run in every tick.
    return (column if column.dtype == pl.Float64 else column.cast(pl.Float64)).to_numpy()


def seconds_of(column: pl.Series) -> Floats:
    """Return a column of times as float64 seconds since 1970 UTC, NaN where there is none.

    Raises ``OutsideError`` for a column that holds no times.
    """
    dtype = column.dtype
    if dtype.is_numeric():
        return floats_of(column)
    if dtype in (pl.Date, pl.Datetime):
        seconds: Floats = floats_of(column.cast(pl.Datetime("us")).to_physical()) / 1e6
        return seconds
    if dtype == pl.String:
        return _TEXTS.seconds(column)
    if dtype == pl.Null:
        return np.full(len(column), np.nan)
    raise OutsideError(
        f"column {column.name!r} should hold times (numbers of seconds, datetimes or ISO 8601 text), got {dtype}"
    )


def _parsed(column: pl.Series) -> pl.Series:
    text = column.str.replace("T", " ", literal=True).str.strip_suffix("Z")
    zoned = text.str.contains(r"[+-]\d\d:?\d\d$")
    try:
        if bool(zoned.any()):
            parsed = column.str.to_datetime(strict=False, time_zone="UTC", time_unit="us")
        else:
            parsed = text.str.to_datetime(strict=False, time_unit="us")
    except pl.exceptions.ComputeError:  # its first text looks like no time at all
        parsed = pl.Series([None] * len(column), dtype=pl.Datetime("us"))
    if parsed.null_count() > column.null_count():
        bad = column.filter(parsed.is_null() & column.is_not_null())[0]
        raise OutsideError(f"column {column.name!r} should hold ISO 8601 times, got {bad!r}")
    return parsed


def _seconds_of_texts(column: pl.Series) -> Floats:
    return seconds_of(_parsed(column))


_TEXTS = ParsedTimes(_seconds_of_texts)


def newest_time(rows: pl.DataFrame, time: str | None) -> float | None:
    """Return the greatest time of these rows, or None where the source names no time column.

    Raises ``OutsideError`` for one that was meant in a finer unit than seconds.
    """
    if time is None or time not in rows.columns or not rows.height:
        return None
    seconds = seconds_of(rows[time])
    if bool(np.isnan(seconds).all()):
        return None
    newest = float(np.nanmax(seconds))
    if MAX_TIME_SECS < newest < np.inf:
        raise OutsideError(str(not_seconds(f"column {time!r}", newest)))
    return newest


def keep_recent(
    frame: pl.DataFrame, time: str | None, keep_secs: float | None, now_wall: float, max_rows: int
) -> tuple[pl.DataFrame, int]:
    """Drop rows older than ``keep_secs`` and, past ``max_rows``, the first ones; return how many went by the bound."""
    if time is not None and keep_secs is not None and time in frame.columns:
        seconds = seconds_of(frame[time])
        kept = ~(seconds < now_wall - keep_secs)
        if not bool(kept.all()):
            frame = frame.filter(pl.Series(kept))
    num_over = max(0, frame.height - max_rows)
    return (frame.tail(max_rows) if num_over else frame), num_over
