"""Where a query by cursor begins: below all rows that there are, or where ``keep`` does."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cadran.errors import OutsideError, SourceTimeout
from cadran.polars_when_used import pl
from cadran.sources.driver import Ordered
from cadran.sources.query_spec import QuerySpec
from cadran.sources.strategy import Fetch
from cadran.sources.times import written_as

LEAST_OF_ANY_TYPE: tuple[object, ...] = (float("-inf"), "")
"""In SQLite, where numbers come before texts; but a column of texts compares with a number as with a text."""


def first_rows(fetch: Fetch, column: str, num_rows: int, *, is_typed: bool) -> Ordered:
    """Return the first rows of all, by ``column``: those behind what no value of it is below.

    A database that compares only what has one type tells the type with a result of no rows: nothing is above NULL.
    """
    candidates = LEAST_OF_ANY_TYPE
    if is_typed:
        typed = fetch({"cursor": None, "limit": 1}, 1)
        if not typed.least:
            return typed
        candidates = typed.least
    best: Ordered | None = None
    for least in candidates:
        try:
            found = fetch({"cursor": least, "limit": num_rows}, num_rows)
        except SourceTimeout:
            raise
        except OutsideError as problem:
            advice = f"if that is for the type of {column}, read, compare and order by a CAST of it"
            raise type(problem)(f"{problem}; asked for what is behind {least!r}: {advice}") from None
        if best is None or found.rows.height:
            best = found
        if found.values and isinstance(found.values[0], str | bytes) == isinstance(least, str):
            break
    assert best is not None  # there are candidates
    return best


class KeptSince:
    """The moment at which ``keep`` begins, as the query writes its times: what ``:since`` is bound to."""

    def __init__(self, spec: QuerySpec, column: str, *, is_typed: bool) -> None:
        assert spec.time is not None  # without these :since is refused
        assert spec.keep_secs is not None
        self._time = spec.time
        self._keep_secs = spec.keep_secs
        self._column = column
        self._is_typed = is_typed
        self._like: object = None
        """A time as the query writes it; None until its type or its first row told."""

    def bound(self, fetch: Fetch, now: float) -> Fetch:
        """Return what fetches rows since then."""
        if self._like is None:
            self._like = self._like_of(fetch)
        since = "" if self._like is None else written_as(now - self._keep_secs, self._like)
        return lambda parameters, max_rows: fetch({"since": since, **parameters}, max_rows)

    def _like_of(self, fetch: Fetch) -> object:
        """Return a time of this query: any of its type, or for texts (and where types tell nothing) the first one."""
        least: object = LEAST_OF_ANY_TYPE[0]
        if self._is_typed:
            typed = fetch({"cursor": None, "since": None, "limit": 1}, 1)
            match self._column_of(typed).dtype:
                case pl.Datetime() as dtype:
                    return datetime(2000, 1, 1, tzinfo=None if dtype.time_zone is None else UTC)
                case pl.Date():
                    return date(2000, 1, 1)
                case dtype if dtype.is_numeric():
                    return 0 if dtype.is_integer() else 0.0
            least = ""
        first = first_rows(
            lambda parameters, max_rows: fetch({"since": least, **parameters}, max_rows),
            self._column,
            1,
            is_typed=self._is_typed,
        )
        return next(iter(self._column_of(first)), None)

    def _column_of(self, found: Ordered) -> pl.Series:
        if self._time not in found.rows.columns:
            raise OutsideError(f"expected the time column {self._time!r} in the result, got {found.rows.columns}")
        return found.rows[self._time]
