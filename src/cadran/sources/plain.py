"""Results of databases as frames of plain columns: bool, integers, float64, text, date, time, datetime, duration.

What a table can't show as it is becomes what people can read: decimals floats, blobs a text that says their size,
lists and structures JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cadran.errors import OutsideError, UsageError
from cadran.polars_when_used import pl
from cadran.updates.tables import frame_from_columns, text_of_blob


def unique_names(names: Iterable[str]) -> list[str]:
    """Joined tables may give a name twice; the second becomes ``name_2``."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique


def frame_from_rows(names: Iterable[str], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return rows of Python values as a frame. A column takes the narrowest type that holds its values."""
    columns = unique_names(names)
    values: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else ((),) * len(columns)
    try:
        return frame_from_columns(dict(zip(columns, values, strict=True)), "result")
    except UsageError as problem:  # such as text that is not valid Unicode
        raise OutsideError(str(problem)) from None


def plain_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame that a driver made with only the types named above."""
    columns = [_plain(column) for column in frame.get_columns()]
    return pl.DataFrame([column.alias(name) for column, name in zip(columns, unique_names(frame.columns), strict=True)])


def _plain(column: pl.Series) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, pl.Decimal):  # whole numbers, such as sums of integers, stay whole where they fit
        return column.cast(pl.Int64) if dtype.scale == 0 and _fits(column) else column.cast(pl.Float64)
    if dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    if isinstance(dtype, pl.Datetime):
        return column.cast(pl.Datetime("us", None if dtype.time_zone is None else "UTC"))
    if isinstance(dtype, pl.Duration):
        return column.cast(pl.Duration("us"))
    if dtype == pl.Float32:
        return column.cast(pl.Float64)
    if dtype.is_integer():
        return column.cast(pl.Int64) if _fits(column) else column.cast(pl.Float64)
    if dtype == pl.Binary:
        return _of_texts(column, [None if value is None else text_of_blob(value) for value in column])
    if dtype.is_nested() or dtype == pl.Object:
        return _of_texts(column, [None if value is None else _json(value) for value in column.to_list()])
    return column


def _fits(column: pl.Series) -> bool:
    """Whether a column of whole numbers fits into 64 bits with a sign."""
    return column.cast(pl.Int64, strict=False).null_count() == column.null_count()


def _of_texts(column: pl.Series, texts: list[str | None]) -> pl.Series:
    return pl.Series(column.name, texts, dtype=pl.String)


def _json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()
