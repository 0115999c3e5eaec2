"""Durations as people write them: ``5``, ``"5s"``, ``"1m 30s"`` or ``timedelta``."""

from __future__ import annotations

import math
import re
from datetime import timedelta

from cadran.errors import UsageError

Duration = int | float | str | timedelta

_SECS_BY_UNIT = {"ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d|w)")


def parse_secs(value: Duration, name: str = "duration") -> float:
    """Return ``value`` in seconds, always finite and above zero.

    ``name`` is the argument's name, for the message. Raises ``UsageError`` for anything else.
    """
    secs = _secs_or_none(value)
    if secs is None or not math.isfinite(secs) or secs <= 0:
        expected = 'a duration above zero such as 5, "5s", "1m 30s" or a timedelta'
        raise UsageError(f"{name} must be {expected}, got {value!r}")
    return secs


def _secs_or_none(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, str):
        return _secs_from_text(value.strip())
    return None


def _secs_from_text(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    total, position = 0.0, 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            return None
        total += float(part[1]) * _SECS_BY_UNIT[part[2]]
        position = part.end()
    return total if position else None


def format_secs(secs: float) -> str:
    """Return a short text for ``secs``, such as ``"1 h"``, ``"1 min 30 s"``, ``"24 h"`` or ``"250 ms"``."""
    if secs == 86_400:
        return "24 h"
    if secs < 1:
        return f"{secs * 1000:g} ms"
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        count, secs = divmod(secs, size)
        if count:
            parts.append(f"{int(count)} {unit}")
    if secs or not parts:
        parts.append(f"{secs:g} s")
    return " ".join(parts)
