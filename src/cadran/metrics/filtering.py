"""Rows that fit what viewers chose, and the values that they choose from."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cadran.polars_when_used import is_frame, pl
from cadran.readable.filtered import ColumnValues, Filtered

_TRUE, _FALSE = ("true", "1"), ("false", "0")


def filtered_rows(readable: Filtered, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that fit all that was chosen. Values are compared in the type of their column."""
    for column, values in readable.chosen:
        if column in frame.columns:
            frame = frame.filter(_fits(frame[column], values))
    if not readable.text:
        return frame
    texts = [name for name, dtype in frame.schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    if readable.text_columns:
        texts = [name for name in texts if name in readable.text_columns]
    if not texts:
        return frame
    wanted = readable.text.casefold()
    contains = (
        pl.col(name).cast(pl.String).str.to_lowercase().str.contains(wanted, literal=True).fill_null(False)
        for name in texts
    )
    return frame.filter(pl.any_horizontal(*contains))


def column_values(readable: ColumnValues, values: Iterable[object]) -> pl.DataFrame:
    """Return the distinct values of a column as texts, the first ``num_max`` in the order of their own type."""
    found: set[str] = set()
    for frame in values:
        if is_frame(frame) and readable.column in frame.columns:
            distinct = frame[readable.column].drop_nulls().unique().sort().head(readable.num_max)
            found.update(filter(None, map(text_of, distinct.to_list())))
    ordered = sorted(found, key=_order)[: readable.num_max]
    return pl.DataFrame({readable.column: pl.Series(ordered, dtype=pl.String)})


def text_of(value: object) -> str:
    """Return how a value is written where it is chosen, the same for a value and its copy in a page."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if not math.isfinite(value) else str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _fits(column: pl.Series, values: tuple[str, ...]) -> pl.Series:
    dtype = column.dtype
    if dtype == pl.Boolean:
        wanted = [True] * any(v in _TRUE for v in values) + [False] * any(v in _FALSE for v in values)
        fits = column.is_in(wanted)
    elif dtype.is_integer():
        fits = column.cast(pl.Int64, strict=False).is_in([n for n in map(_whole, values) if n is not None])
    elif dtype.is_float():
        fits = column.cast(pl.Float64).is_in([n for n in map(_number, values) if n is not None])
    else:
        texts = column if dtype == pl.String else column.cast(pl.String, strict=False)
        fits = texts.is_in(list(values))
    return fits.fill_null(False)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | None:
    try:
        number = int(text)
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def _order(text: str) -> tuple[bool, float, str]:
    """Numbers first, in their order; then texts."""
    number = _number(text)
    return (number is None, number or 0.0, text)
