"""What is known of a query before it is first read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Probe = str | Callable[[], object]
"""SQL whose result, or a function whose value, differs once the data did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySpec:
    """One query, and how to know what is new in its result."""

    id: str
    sql: str
    cursor: str | None = None
    """Column that grows with each new row; only the rows behind the last one are read."""
    time: str | None = None
    """Column that says when a row happened."""
    key: str | None = None
    """Column that identifies a row."""
    late_secs: float | None = None
    """How long after the newest row another may come that happened earlier: so far back rows are read again."""
    keep_secs: float | None = None
    probe: Probe | None = None
    notify: str | None = None
    """Channel of the database on which it says that something changed."""
    limit: int
    """Rows per page of a query with a cursor, bound as ``:limit``."""
    max_rows: int
    """Of a whole result with more rows the first ones are shown."""
    timeout_secs: float
    past: str | None = None
    """SQL of all rows there ever were, for what is not held; None: it is made of ``sql``, where that can be told."""
    bound: tuple[tuple[str, str | int | float | None], ...] = ()
    """What viewers chose, by the name of the parameter; None: nothing. Bound at the driver, never written into SQL."""

    @property
    def is_append_only(self) -> bool:
        """Whether rows are only ever added: what is deleted at the database stays."""
        return self.cursor is not None or self.late_secs is not None
