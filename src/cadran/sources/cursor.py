"""Only the rows behind a column that grows with each new row."""

from __future__ import annotations

from cadran.errors import OutsideError
from cadran.sources.polled import Appended, Reading, Unchanged
from cadran.sources.query_spec import QuerySpec
from cadran.sources.strategy import Fetch, least_value, values_of


class CursorStrategy:
    """Pages of ``limit`` rows with ``column > :cursor``. The mark is the cursor of the last row that was read."""

    how = "cursor"

    def __init__(self, spec: QuerySpec, column: str, *, is_typed: bool) -> None:
        self._limit = spec.limit
        self._column = column
        self._is_typed = is_typed

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        """Read up to ``limit`` rows behind the mark; one more is fetched to know whether there are more."""
        limit, column = self._limit, self._column
        after = least_value(fetch, column, "cursor", is_typed=self._is_typed) if mark is None else mark
        frame = fetch({"cursor": after, "limit": limit + 1}, limit + 1)
        cursors = values_of(frame, column, "cursor")
        if not cursors:
            return Unchanged(mark) if mark is not None else Appended(frame, after)
        if cursors[0] == after:
            advice = "compare with >, not >=; a time finer than microseconds needs late= and key="
            raise OutsideError(f"expected only rows behind {column}={after!r}, which came again; {advice}")
        more = len(cursors) > limit
        if more:
            num_rows = limit
            if cursors[limit] == cursors[limit - 1]:  # equal cursors must not be cut by a page's edge
                num_rows = cursors.index(cursors[limit])
            if num_rows == 0:
                advice = "raise limit=, or use a column that is unique"
                raise OutsideError(
                    f"expected a cursor that grows, got more than {limit:,} rows with {column}={cursors[0]!r}; {advice}"
                )
            frame, cursors = frame.head(num_rows), cursors[:num_rows]
        return Appended(frame, cursors[-1], more)
