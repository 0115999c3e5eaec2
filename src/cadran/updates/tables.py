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
from cadran.updates.numbers import describe, float_from_number, is_missing

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
    if not kinds <= _PLAIN:
        values = [value if type(value) in _PLAIN else _plain(value) for value in values]
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


_PLAIN = frozenset({type(None), bool, int, float, str, bytes, Decimal, date, time, datetime, timedelta})


def _plain(value: Any) -> object:
    """A value of NumPy, pandas or Arrow as Python's own; any other as it is."""
    if is_missing(value):
        return None
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[us]").item()  # a finer one would become a bare int
    if isinstance(value, np.timedelta64):
        return value.astype("timedelta64[us]").item()
    if isinstance(value, np.longdouble):
        return float(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz(), value.tzinfo)
    if isinstance(value, timedelta):
        return timedelta(microseconds=value // timedelta(microseconds=1))
    return value.as_py() if hasattr(value, "as_py") else value


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
        if all(v is None or v.tzinfo is None for v in values):
            return pl.Series(name, values, dtype=pl.Datetime("us"))
        return pl.Series(name, [_utc(v) for v in values], dtype=pl.Datetime("us", "UTC"))
    temporal = {date: pl.Date(), time: pl.Time(), timedelta: pl.Duration("us")}
    if len(kinds) == 1 and (known := temporal.get(next(iter(kinds)))) is not None:
        return pl.Series(name, values, dtype=known)
    raise _MixedTypesError


def _utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)  # naive ones are UTC


def _float_of(value: object) -> float | None:
    converted = None if value is None else float_from_number(value)
    return None if converted is None else converted[0]


def text_of_blob(blob: bytes | bytearray | memoryview) -> str:
    """What a table shows for bytes: their size, not their content."""
    return f"blob, {len(blob):,} bytes"


def _text_of(name: str, row: int, value: object, where: str) -> str | None:
    if value is None or (isinstance(value, float) and value != value):  # a gap among text is one too
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
        if dtype.is_nested() or dtype == pl.Object or type(dtype).__name__.endswith("Extension"):
            raise UsageError(f"{where}: column {name!r}: expected cells of {CELLS}, got {dtype}; unnest or drop it")
