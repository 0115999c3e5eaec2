"""Rows by a time, of which some come late or share their time: what is recent is read again and merged by key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cadran.errors import OutsideError
from cadran.sources.digest import digest_frame
from cadran.sources.polled import Merged, Reading, Unchanged
from cadran.sources.query_spec import QuerySpec
from cadran.sources.strategy import Fetch, least_value, values_of

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d(:\d\d(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?")


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
        self._is_typed = is_typed
        self._digests: dict[object, bytes] = {}
        """Of the pages of the last round and of this one, by where they begin."""
        self._seen: dict[object, bytes] = {}
        self._serial = 0

    def read(self, fetch: Fetch, mark: object | None, now: float) -> Reading:
        """Read one page; what equals the page that was read last time from the same time on is no change."""
        newest, since = (mark.newest, mark.since) if isinstance(mark, LateMark) else (None, None)
        if not isinstance(mark, LateMark) or mark.serial != self._serial:
            self._digests, self._seen = {}, {}
        if since is None:
            self._digests, self._seen = self._seen, {}
            if newest is None:
                since = least_value(fetch, self._time, "since", is_typed=self._is_typed)
            else:
                since = earlier(newest, self._late_secs, now)
        limit = self._limit
        while True:
            frame = fetch({"since": since, "limit": limit + 1}, limit + 1)
            times = values_of(frame, self._time, "time")
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


def earlier(newest: object, late_secs: float, now: float) -> object:
    """Return the time ``late_secs`` before ``newest``, in the type, unit and writing of ``newest``.

    A time in the future counts as now: one wrong row must not hide for ever those that come late.
    Raises ``OutsideError`` for what is no time.
    """
    if isinstance(newest, bool):
        raise OutsideError(f"expected a time, got {newest!r}")
    if isinstance(newest, int | float):
        per_sec = _units_per_sec(newest)
        back = min(newest, now * per_sec) - late_secs * per_sec
        return int(back // 1) if isinstance(newest, int) else back
    if isinstance(newest, datetime):
        zone = newest.tzinfo
        at_now = datetime.fromtimestamp(now, zone or UTC)
        return min(newest, at_now if zone is not None else at_now.replace(tzinfo=None)) - timedelta(seconds=late_secs)
    if isinstance(newest, date):
        today = datetime.fromtimestamp(now, UTC).date()
        return min(newest, today) - timedelta(days=-(-late_secs // 86_400))
    if isinstance(newest, str):
        return _earlier_text(newest, late_secs, now)
    raise OutsideError(f"expected a time (a number, a date, a datetime or ISO 8601 text), got {newest!r}")


def _units_per_sec(newest: float) -> float:
    """Seconds since 1970, or what their size tells: ms, µs or ns."""
    for bound, per_sec in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6)):
        if abs(newest) < bound:
            return per_sec
    return 1e9


def _earlier_text(newest: str, late_secs: float, now: float) -> str:
    found = _ISO.fullmatch(newest)
    if found is None:
        raise OutsideError(f"expected ISO 8601 times such as 2026-11-22 16:00:00, got {newest!r}")
    separator, seconds, fraction, zone = found.groups()
    if separator is None:
        return str(earlier(date.fromisoformat(newest), late_secs, now))
    back = earlier(datetime.fromisoformat(newest.replace(",", ".")), late_secs, now)
    assert isinstance(back, datetime)
    text = back.strftime(f"%Y-%m-%d{separator}%H:%M") + (f":{back.second:02d}" if seconds else "")
    if fraction:
        text += "." + f"{back.microsecond:06d}".ljust(9, "0")[: len(fraction)]
    return text + (zone or "")
