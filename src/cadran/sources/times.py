"""Times as databases give them: read as seconds since 1970 UTC, and written back as they were, to compare with."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from cadran.errors import OutsideError

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:([T ])\d\d:\d\d(:\d\d(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_SECS = -62_135_510_400.0
"""The second day of the year 1: the first is not in every zone."""


def secs_of(time: object) -> float:
    """Return a time as seconds since 1970; naive ones are UTC. Raises ``OutsideError`` for what is no time.

    Numbers are seconds, or what their size tells: ms, µs or ns.
    """
    match time:
        case bool():
            pass
        case int() | float():
            return time / _units_per_sec(time)
        case datetime():
            return ((time if time.tzinfo is not None else time.replace(tzinfo=UTC)) - _EPOCH).total_seconds()
        case date():
            return (time - _EPOCH.date()).total_seconds()
        case str() if _ISO.fullmatch(time):
            return secs_of(datetime.fromisoformat(time.replace(",", ".")))
    raise OutsideError(f"expected a time (a number, a date, a datetime or ISO 8601 text), got {time!r}")


def written_as(secs: float, like: object) -> object:
    """Return seconds since 1970 in the type, unit, zone and writing of ``like``, rounded down."""
    match like:
        case int():
            return int(secs * _units_per_sec(like) // 1)
        case float():
            return secs * _units_per_sec(like)
        case datetime():
            at = _EPOCH + timedelta(seconds=max(secs, _LEAST_SECS))
            return at.astimezone(like.tzinfo) if like.tzinfo is not None else at.replace(tzinfo=None)
        case date():
            return (_EPOCH + timedelta(seconds=max(secs, _LEAST_SECS))).date()
        case str():
            return _text(secs, like)
    raise OutsideError(f"expected a time, got {like!r}")


def _text(secs: float, like: str) -> str:
    found = _ISO.fullmatch(like)
    if found is None:
        raise OutsideError(f"expected ISO 8601 times such as 2026-11-22 16:00:00, got {like!r}")
    separator, seconds, fraction, zone = found.groups()
    at = written_as(secs, datetime.fromisoformat(like.replace(",", ".")))
    assert isinstance(at, datetime)
    text = at.date().isoformat() if separator is None else f"{at.date().isoformat()}{separator}{at:%H:%M}"
    if seconds:
        text += f":{at:%S}"
    if fraction:
        text += "." + f"{at.microsecond:06d}".ljust(9, "0")[: len(fraction)]
    return text + (zone or "")


def _units_per_sec(time: float) -> float:
    for bound, per_sec in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6)):
        if abs(time) < bound:
            return per_sec
    return 1e9
