"""Rows by a time, of which some come late or share their time: what is recent is read again and merged by key."""

from __future__ import annotations

from dataclasses import dataclass

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.sources.beginning import LEAST_OF_ANY_TYPE
from cadran.sources.digest import digest_frame
from cadran.sources.driver import Ordered
from cadran.sources.polled import Merged, Reading, Unchanged
from cadran.sources.query_spec import QuerySpec
from cadran.sources.strategy import Fetch, values_of
from cadran.sources.times import secs_of, written_as


@dataclass(frozen=True, slots=True)
class LateMark:
    """How far a query was read."""

    newest: object
    """The greatest time seen; None before the first row."""
    since: object | None
    """Where the next page begins; None: all pages are read, and the next round begins ``late`` before ``newest``."""
    serial: int
    """Of the reading: a mark that is not the last one says that the last reading did not arrive."""


class LateCursorStrategy:
    """Pages of about ``limit`` rows with ``time >= :since``, from ``late`` before the newest on, merged by key.

    A page never parts rows of one time: it ends before the time of the first row that does not fit, and the next
    begins with that. So no row is lost at a page's edge, however many share a time.
    """

    how = "late cursor"

    def __init__(self, spec: QuerySpec, time: str, key: str, late_secs: float, *, is_typed: bool) -> None:
        self._limit = spec.limit
        self._max_rows = max(spec.max_rows, spec.limit)
        self._time = time
        self._key = key
        self._late_secs = late_secs
        self._keep_secs = spec.keep_secs
        self._is_typed = is_typed
        self._digests: dict[object, bytes] = {}
        """Of the pages of the last round and of this one, by where they begin."""
        self._seen: dict[object, bytes] = {}
        self._serial = 0

    def _first(self, fetch: Fetch, now: float) -> object:
        """Return where to begin: what is older than ``keep`` would go at once. One row tells how times are written."""
        candidates = fetch({"since": None, "limit": 1}, 1).least if self._is_typed else LEAST_OF_ANY_TYPE
        least = next(iter(candidates), None)
        if self._keep_secs is None:
            return least
        times = self._times(fetch({"since": least, "limit": 1}, 1))
        if not times:
            return least
        return written_as(now - self._keep_secs, times[0])

    def _times(self, found: Ordered) -> list[object]:
        """Return the times as Python has them, which are never above the database's own: rows are read from them on."""
        values_of(found, self._time, "time")
        times: list[object] = found.rows[self._time].to_list()
        return times

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        """Read one page; what equals the page that was read last time from the same time on is no change."""
        newest, since = (mark.newest, mark.since) if isinstance(mark, LateMark) else (None, None)
        if not isinstance(mark, LateMark) or mark.serial != self._serial:
            self._digests, self._seen = {}, {}
        if since is None:
            self._digests, self._seen = self._seen, {}
            if newest is None:
                since = self._first(fetch, now)
            else:
                # A time in the future counts as now: one wrong row must not hide for ever those that come late.
                since = written_as(min(secs_of(newest), now) - self._late_secs, newest)
        limit = self._limit
        while True:
            found = fetch({"since": since, "limit": limit + 1}, limit + 1)
            frame, times = found.rows, self._times(found)
            num_rows = times.index(times[limit]) if len(times) > limit else len(times)
            if num_rows or not times:
                break
            if limit >= self._max_rows:
                advice = "raise max_rows, or use a finer time"
                got = f"more than {limit:,} rows with {self._time}={times[0]!r}"
                raise OutsideError(f"expected at most {limit:,} rows of one time, got {got}; {advice}")
            limit = min(2 * limit, self._max_rows)
        more = num_rows < len(times)
        if self._key not in frame.columns:
            raise OutsideError(f"expected the key column {self._key!r} in the result, got {frame.columns}")
        if frame[self._key].null_count():
            raise OutsideError(f"expected a value in the key column {self._key!r} of each row, got NULL in one")
        if frame[self._key].dtype == pl.Float64 and bool((frame[self._key].abs() > 2**53).any()):
            advice = "read a CAST of it to text"
            raise OutsideError(
                f"expected keys that come exactly, got numbers of more digits in {self._key!r}: {advice}"
            )
        rows = frame.head(num_rows)
        last = times[num_rows - 1] if num_rows else newest
        greatest = last if newest is None else max(newest, last)  # type: ignore[call-overload]  # both are times
        self._serial += 1
        reached = LateMark(greatest, times[num_rows] if more else None, self._serial)
        digest = self._seen[since] = digest_frame(rows)
        if digest == self._digests.get(since):
            if not more:
                return Unchanged(reached)
            rows = rows.clear()
        return Merged(rows, reached, more)
