"""The whole result, compared with the last one by its digest."""

from __future__ import annotations

from cadran.sources.digest import digest_frame
from cadran.sources.polled import Reading, Unchanged, Whole
from cadran.sources.query_spec import QuerySpec
from cadran.sources.strategy import Fetch


class WholeStrategy:
    """All rows up to ``max_rows``; one more is fetched to know whether there are more. The mark is the digest."""

    how = "digest"

    def __init__(self, spec: QuerySpec) -> None:
        self._max_rows = spec.max_rows

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        frame = fetch({}, self._max_rows + 1).rows
        capped_rows = self._max_rows if frame.height > self._max_rows else None
        frame = frame.head(self._max_rows)
        # Of what is shown: a row more beyond the cap changes nothing but that it says so.
        new = (digest_frame(frame), capped_rows)
        return Unchanged(mark) if new == mark else Whole(frame, new, capped_rows)
