"""Only the rows behind a column that grows with each new row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cadran.errors import OutsideError
from cadran.sources.beginning import KeptSince, first_rows
from cadran.sources.polled import Appended, Reading, Unchanged
from cadran.sources.query_spec import QuerySpec
from cadran.sources.sql_text import parameters_of
from cadran.sources.strategy import Fetch, values_of


@dataclass(frozen=True, slots=True)
class _NoRowYet:
    """The mark of an empty result: the next read begins again."""


class CursorStrategy:
    """Pages of ``limit`` rows with ``column > :cursor``. The mark is the cursor of the last row that was read.

    What is behind what is for the database to say: values go back as it gave them, and are only compared with ``==``.
    """

    how = "cursor"

    def __init__(self, spec: QuerySpec, column: str, *, is_typed: bool) -> None:
        self._limit = spec.limit
        self._column = column
        self._is_typed = is_typed
        has_since = "since" in parameters_of(spec.sql)
        self._since = KeptSince(spec, column, is_typed=is_typed) if has_since else None

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        """Read up to ``limit`` rows behind the mark; one more is fetched to know whether there are more."""
        if self._since is not None:
            fetch = self._since.bound(fetch, now)
        num_fetched = self._limit + 1
        if mark is None or isinstance(mark, _NoRowYet):
            found = first_rows(fetch, self._column, num_fetched, is_typed=self._is_typed)
        else:
            found = fetch({"cursor": mark, "limit": num_fetched}, num_fetched)
        cursors = values_of(found, self._column, "cursor")
        if not cursors:
            return Unchanged(mark) if mark is not None else Appended(found.rows, _NoRowYet())
        if cursors[0] == mark:
            advice = "compare with >, not >="
            raise OutsideError(f"expected only rows behind {self._column}={mark!r}, which came again; {advice}")
        more = len(cursors) > self._limit
        num_rows = self._end_of_page(fetch, cursors) if more else len(cursors)
        return Appended(found.rows.head(num_rows), cursors[num_rows - 1], more)

    def _end_of_page(self, fetch: Fetch, cursors: Sequence[object]) -> int:
        """Return how many of these rows, of which one is too many, make a page that parts no equal cursors.

        Texts may be equal to the database though they differ (a collation without case, 1.0 and 1.00 as texts of
        numbers): it is asked whether what follows the page's last row is what comes next.
        """
        num_rows, step = self._limit, 1
        while num_rows > 0:
            if cursors[num_rows] != cursors[num_rows - 1]:
                if not isinstance(cursors[num_rows], str):
                    return num_rows
                behind = fetch({"cursor": cursors[num_rows - 1], "limit": 1}, 1).values
                if behind and behind[0] == cursors[num_rows]:
                    return num_rows
                num_rows, step = num_rows - step, 2 * step
            else:
                num_rows = cursors.index(cursors[num_rows])
        got = f"more than {self._limit:,} rows with {self._column}={cursors[0]!r}, or in another order than it compares"
        raise OutsideError(f"expected a cursor that grows, got {got}; raise limit=, or use a column that is unique")
