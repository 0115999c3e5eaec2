"""Results of databases as frames of plain columns: bool, integers, float64, text, date, time, datetime, duration.

What a table can't show as it is becomes what people can read: decimals floats, blobs a text that says their size,
lists and structures JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from cadran.errors import OutsideError, UsageError
from cadran.polars_when_used import pl
from cadran.updates.tables import column_from_values, text_of_blob

ROWS_AT_ONCE = 512
"""Measured on SQLite: 2,000 take a quarter more time, as the first of them are no longer in the cache."""


def unique_names(names: Iterable[str]) -> list[str]:
    """Joined tables may give a name twice; the second becomes ``name_2``."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique


def frame_from_fetched(
    names: Iterable[str], fetch: Callable[[int], Sequence[Sequence[object]]], max_rows: int
) -> pl.DataFrame:
    """Return at most ``max_rows`` rows of what ``fetch`` (a cursor's ``fetchmany``) gives, as a frame.

    Few rows at a time, which become columns while they are still in the processor's cache.
    """
    columns = [_Column(name) for name in unique_names(names)]
    num_left = max_rows
    try:
        while num_left and (rows := fetch(min(num_left, ROWS_AT_ONCE))):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.add(list(values))
            num_left -= len(rows)
        return pl.DataFrame([column.series() for column in columns])
    except UsageError as problem:  # such as text that is not valid Unicode
        raise OutsideError(str(problem)) from None


def frame_from_rows(names: Iterable[str], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return rows of Python values as a frame. A column takes the narrowest type that holds its values."""
    starts = iter(range(0, len(rows), ROWS_AT_ONCE))

    def fetch(num: int) -> Sequence[Sequence[object]]:
        start = next(starts)
        return rows[start : start + num]

    return frame_from_fetched(names, fetch, len(rows))


class _Column:
    """A column that comes in parts; its type is the one that all its values together have."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: list[pl.Series] = []
        self._mixed: dict[int, list[object]] = {}
        """The values themselves of those parts that do not tell them exactly."""

    def add(self, values: list[object]) -> None:
        kinds = set(map(type, values))
        if len(kinds - {type(None)}) > 1:
            self._mixed[len(self._parts)] = values
        self._parts.append(column_from_values(self._name, values, "result", kinds))

    def series(self) -> pl.Series:
        dtypes = {part.dtype for part in self._parts if part.dtype != pl.Null}
        if len(dtypes) > 1:
            values = [self._mixed.get(index) or part.to_list() for index, part in enumerate(self._parts)]
            return column_from_values(self._name, [value for part in values for value in part], "result")
        if not self._parts:
            return pl.Series(self._name, [], dtype=pl.Null)
        dtype = next(iter(dtypes), pl.Null())
        parts = [part if part.dtype == dtype else part.cast(dtype) for part in self._parts]
        return pl.concat(parts, rechunk=True)


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
