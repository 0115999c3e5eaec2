"""Rows of Python values to a frame, whatever the columns hold.

A column takes the narrowest type that holds all its values; a mix falls back to text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from cadran.errors import UsageError
from cadran.polars_when_used import pl
from cadran.updates.numbers import describe, float_from_number

CELLS = "a number, text, bool, date, time, bytes or None"


def frame_from_dicts(rows: Sequence[Mapping[str, object]], where: str) -> pl.DataFrame:
    """Return rows given as dicts; a column that a row lacks is null there.

    Raises ``UsageError`` naming the row and the column.
    """
    names: dict[str, None] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise UsageError(f"{where}[{index}]: expected a dict of column to value, got {describe(row)}")
        for name in row:
            if not isinstance(name, str):
                raise UsageError(f"{where}[{index}]: expected column names as text, got {describe(name)}")
            names[name] = None
    return frame_from_columns({name: [row.get(name) for row in rows] for name in names}, where)


def frame_from_columns(columns: Mapping[str, Iterable[object]], where: str) -> pl.DataFrame:
    """Return columns of one length as a frame. Raises ``UsageError`` naming the row and the column."""
    series = [column_from_values(name, list(values), where) for name, values in columns.items()]
    lengths = {one.name: len(one) for one in series}
    if len(set(lengths.values())) > 1:
        raise UsageError(f"{where}: expected columns of one length, got {lengths}")
    return pl.DataFrame(series)


def column_from_values(name: str, values: list[Any], where: str, kinds: set[type] | None = None) -> pl.Series:
    """Return one column; ints beyond 64 bits become floats, blobs a text that says their size.

    ``kinds``: the types of the values, where the caller knows them.
    """
    kinds = set(map(type, values)) if kinds is None else set(kinds)
    if any(issubclass(kind, np.generic | np.ndarray) for kind in kinds):
        values = [value.item() if isinstance(value, np.generic) else value for value in values]
        kinds = {type(value) for value in values}
    if kinds & {bytes, bytearray, memoryview}:
        values = [text_of_blob(v) if isinstance(v, bytes | bytearray | memoryview) else v for v in values]
        kinds = {type(value) for value in values}
    kinds.discard(type(None))
    try:
        return _typed_column(name, values, kinds)
    except _MixedTypesError:
        return pl.Series(name, [_text_of(name, row, v, where) for row, v in enumerate(values)], dtype=pl.String)
    except UnicodeEncodeError:
        raise UsageError(f"{where}: column {name!r} holds text that is not valid Unicode") from None


class _MixedTypesError(Exception):
    """The values share no column type."""


def _typed_column(name: str, values: list[Any], kinds: set[type]) -> pl.Series:
    if not kinds:
        return pl.Series(name, values, dtype=pl.Null)
    if kinds == {bool}:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kinds == {str}:
        return pl.Series(name, values, dtype=pl.String)
    if kinds == {float}:
        return pl.Series(name, values, dtype=pl.Float64)
    if kinds == {int}:
        try:
            return pl.Series(name, values, dtype=pl.Int64)
        except (OverflowError, TypeError):  # beyond 64 bits
            pass
    if kinds <= {int, float, bool, Decimal}:
        return pl.Series(name, [_float_of(v) for v in values], dtype=pl.Float64)
    if kinds == {datetime}:
        zones = {v.tzinfo is None for v in values if v is not None}
        if len(zones) == 1:
            dtype = pl.Datetime("us") if zones.pop() else pl.Datetime("us", "UTC")
            return pl.Series(name, values).cast(dtype) if dtype.time_zone is None else _utc(name, values, dtype)
    temporal = {date: pl.Date(), time: pl.Time(), timedelta: pl.Duration("us")}
    if len(kinds) == 1 and (known := temporal.get(next(iter(kinds)))) is not None:
        return pl.Series(name, values, dtype=known)
    raise _MixedTypesError


def _utc(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    return pl.Series(name, [None if v is None else v.astimezone(UTC) for v in values], dtype=dtype)


def _float_of(value: object) -> float | None:
    converted = None if value is None else float_from_number(value)
    return None if converted is None else converted[0]


def text_of_blob(blob: bytes | bytearray | memoryview) -> str:
    """What a table shows for bytes: their size, not their content."""
    return f"blob, {len(blob):,} bytes"


def _text_of(name: str, row: int, value: object, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | int | float | Decimal | date | time | timedelta):
        raise UsageError(f"{where}[{row}][{name!r}]: expected {CELLS}, got {describe(value)}")
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{where}[{row}][{name!r}]: expected valid Unicode, got {describe(value)}") from None
    return text


def check_frame(frame: pl.DataFrame, where: str) -> None:
    """Raise ``UsageError`` for columns that no table can show."""
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype == pl.Object:
            raise UsageError(f"{where}: column {name!r}: expected cells of {CELLS}, got {dtype}; unnest or drop it")
