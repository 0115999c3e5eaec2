"""What a kind of database must offer, and what it is given to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cadran.sources.polled import Reader


@dataclass(frozen=True, slots=True)
class QuerySpec:
    """What a driver needs to read one query."""

    id: str
    sql: str
    cursor: str | None
    """Column that grows with each new row; None: the whole result is read and compared."""
    limit: int
    """Rows per page of a cursor query, bound as ``:limit``."""
    max_rows: int
    """A whole result with more rows is an error."""
    timeout_secs: float


class Driver(Protocol):
    """One kind of database. Another one is another class with these two members, chosen in ``database``."""

    @property
    def name(self) -> str:
        """Stable, and without secrets: it is part of ids and messages."""
        ...

    def open(self, query: QuerySpec) -> Reader:
        """Return a reader that connects at its first read."""
        ...
