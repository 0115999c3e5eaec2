"""Which rows fit a condition: values are compared in the type of their column."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from cadran.errors import UsageError
from cadran.metrics.computed import column_of
from cadran.metrics.lens import Mask
from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.readable.where import Comparable, Comparison, Where
from cadran.store.rows import floats_of, seconds_of


def rows_where(readable: Where, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that fit. Raises ``UsageError`` for values that can't be compared with the column's."""
    if not frame.columns:
        return frame
    column = column_of(frame, readable.column, readable)
    fits = _is_any(column, readable.values) if readable.op == "is" else _is_within(column, readable)
    return frame if bool(fits.all()) else frame.filter(pl.Series(fits))


def _is_any(column: pl.Series, values: tuple[Comparable, ...]) -> Mask:
    """Whether a cell equals one of these. A number equals no text, a missing cell and NaN only None."""
    dtype = column.dtype
    fits = _missing(column) if None in values else np.zeros(len(column), dtype=np.bool_)
    texts = [value for value in values if isinstance(value, str)]
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        times = [secs for secs in map(_seconds_or_none, values) if secs is not None]
        if texts:
            fits |= _plain(column.cast(pl.String).is_in(texts))
        return fits | np.isin(seconds_of(column), times) if times and dtype == pl.String else fits
    if dtype in (pl.Date, pl.Datetime):
        moments = [_seconds(value, column) for value in values if value is not None]
        return fits | np.isin(seconds_of(column), moments)
    if dtype.is_integer():
        whole = [int(value) for value in values if isinstance(value, int | float) and _is_whole(value)]
        fitting = column.cast(pl.Int64, strict=False).is_in(whole) if whole else None
        return fits if fitting is None else fits | _plain(fitting)
    if dtype.is_numeric() or dtype == pl.Boolean:
        return fits | np.isin(floats_of(column), [float(v) for v in values if isinstance(v, int | float)])
    if texts and dtype == pl.Time:
        fits |= _plain(column.cast(pl.String).is_in(texts))
    return fits


def _is_within(column: pl.Series, readable: Where) -> Mask:
    low, high = readable.values[0], readable.values[-1]
    if column.dtype == pl.Null:
        return np.zeros(len(column), dtype=np.bool_)
    if column.dtype in (pl.Date, pl.Datetime) or isinstance(low, date):
        return _compared(readable.op, seconds_of(column), _seconds(low, column), _seconds(high, column))
    if column.dtype.is_numeric() and isinstance(low, int | float) and isinstance(high, int | float):
        return _compared(readable.op, floats_of(column), low, high)
    if column.dtype == pl.String and isinstance(low, str) and isinstance(high, str):
        return _compared_texts(readable.op, column, low, high)
    raise UsageError(f"{readable.label} compares column {column.name!r} of {column.dtype} with {low!r}")


def _compared(op: Comparison, cells: Floats, low: float, high: float) -> Mask:
    if op == "above":
        return cells > low
    return cells < low if op == "below" else (cells >= low) & (cells <= high)


def _compared_texts(op: Comparison, cells: pl.Series, low: str, high: str) -> Mask:
    if op == "above":
        return _plain(cells > low)
    return _plain(cells < low if op == "below" else (cells >= low) & (cells <= high))


def _plain(fits: pl.Series) -> Mask:
    """What can't be compared does not fit."""
    mask: Mask = fits.fill_null(False).to_numpy()
    return mask


def _missing(column: pl.Series) -> Mask:
    missing: Mask = column.is_null().to_numpy()
    return missing | np.isnan(floats_of(column)) if column.dtype.is_float() else missing


def _seconds_or_none(value: Comparable) -> float | None:
    return float(seconds_of(pl.Series([value]))[0]) if isinstance(value, date) else None


def _seconds(value: Comparable, column: pl.Series) -> float:
    """Return a moment as seconds since 1970 UTC: a date, a time, ISO 8601 text, or seconds already."""
    if isinstance(value, str | date):
        return float(seconds_of(pl.Series(column.name, [value]))[0])
    return math.nan if value is None else float(value)


def _is_whole(value: float) -> bool:
    return math.isfinite(value) and value == int(value) and -(2**63) <= value < 2**63
