"""How a query finds out what is new: one small class for each way, without a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.sources.driver import Ordered
from cadran.sources.polled import Reading

Fetch: TypeAlias = "Callable[[Mapping[str, object], int], Ordered]"
"""Run the query with these parameters, and return at most so many rows, with the column that orders them, if any."""


class Strategy(Protocol):
    """One way to read a query. It may remember what it read, but a reading depends on the mark alone."""

    how: str
    """Its name in statistics."""

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        """Read what is new since ``mark``, in a bounded step. Raises ``OutsideError``."""
        ...


def values_of(found: Ordered, column: str, what: str) -> Sequence[object]:
    """Return the values of the column that orders the rows. Raises ``OutsideError`` where it can't."""
    if column not in found.rows.columns:
        raise OutsideError(f"expected the {what} column {column!r} in the result, got {found.rows.columns}")
    series = found.rows[column]
    if series.null_count():
        raise OutsideError(f"expected a value in the {what} column {column!r} of each row, got NULL in one")
    # The order of texts is the database's own: it depends on a collation, or on a type that is a text only here.
    if series.dtype != pl.String and not series.is_sorted():
        advice = f"add ORDER BY {column}"
        raise OutsideError(f"expected rows in the order of {column!r}, got others; {advice}")
    return found.values
