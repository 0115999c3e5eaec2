"""How a query finds out what is new: one small class for each way, without a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Protocol, TypeAlias

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.sources.polled import Reading

Fetch: TypeAlias = "Callable[[Mapping[str, object], int], pl.DataFrame]"
"""Run the query with these parameters, and return at most so many rows."""


class Strategy(Protocol):
    """One way to read a query. It may remember what it read, but a reading depends on the mark alone."""

    how: str
    """Its name in statistics."""

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        """Read what is new since ``mark``, in a bounded step. Raises ``OutsideError``."""
        ...


LEAST = -(2**63)
"""Less than every integer; in SQLite less than every text too."""


def least_value(fetch: Fetch, column: str, parameter: str, *, is_typed: bool) -> object:
    """Return a value that no value of ``column`` is less than, in the column's own type.

    A database that compares only what has one type tells the type with a result of no rows: nothing is above NULL.
    """
    if not is_typed:
        return LEAST
    frame = fetch({parameter: None, "limit": 1}, 1)
    dtype = frame[column].dtype if column in frame.columns else pl.Null()
    if dtype == pl.String:
        return ""
    if isinstance(dtype, pl.Datetime):
        return datetime(1, 1, 2, tzinfo=None if dtype.time_zone is None else UTC)
    if dtype == pl.Date:
        return date(1, 1, 1)
    if dtype.is_float():
        return -1.7976931348623157e308
    for integer, least in ((pl.Int8, -(2**7)), (pl.Int16, -(2**15)), (pl.Int32, -(2**31))):
        if dtype == integer:
            return least
    return 0 if dtype.is_unsigned_integer() else LEAST


def values_of(frame: pl.DataFrame, column: str, what: str) -> list[object]:
    """Return the values of the column that orders the rows. Raises ``OutsideError`` where it can't."""
    if column not in frame.columns:
        raise OutsideError(f"expected the {what} column {column!r} in the result, got {frame.columns}")
    series = frame[column]
    if series.null_count():
        raise OutsideError(f"expected a value in the {what} column {column!r} of each row, got NULL in one")
    # The order of texts depends on the column's collation: only others are checked.
    if series.dtype != pl.String and not series.is_sorted():
        advice = f"add ORDER BY {column}"
        raise OutsideError(f"expected rows in the order of {column!r}, got others; {advice}")
    values: list[object] = series.to_list()
    return values
