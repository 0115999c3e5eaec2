"""How numbers are written: formats by function, ``currency("EUR")``, or by name, ``"percent"``."""

from __future__ import annotations

import re
from typing import Literal, get_args

from cadran.errors import UsageError
from cadran.screen.checks import is_count, is_finite, is_name
from cadran.screen.layout import Format

FormatName = Literal["number", "compact", "percent", "duration", "bytes", "date", "time", "datetime", "text"]
DateStyle = Literal["date", "time", "datetime"]

_DECIMALS_MAX = 12
_BY_NAME: dict[str, Format] = {
    "number": Format(),
    "compact": Format(compact=True),
    "percent": Format(kind="percent"),
    "duration": Format(kind="duration"),
    "bytes": Format(kind="bytes"),
    "date": Format(kind="date", date_style="date"),
    "time": Format(kind="date", date_style="time"),
    "datetime": Format(kind="date", date_style="datetime"),
    "text": Format(kind="text"),
}


def number(decimals: int | None = None, *, compact: bool = False) -> Format:
    """A plain number; ``compact`` writes 48.2 k. ``decimals`` None chooses by magnitude."""
    return Format(decimals=_decimals(decimals), compact=compact)


def currency(code: str, *, decimals: int | None = None, compact: bool = False) -> Format:
    """An amount of money; ``code`` is an ISO 4217 code such as ``"EUR"``."""
    if not is_name(code) or not re.fullmatch(r"[A-Z]{3}", code):
        raise UsageError(f'currency() needs an ISO 4217 code such as "EUR", got {code!r}')
    return Format(kind="currency", currency=code, decimals=_decimals(decimals), compact=compact)


def percent(whole: float = 1, *, decimals: int | None = None) -> Format:
    """A share; ``whole`` is the value that reads as 100 %: 1 for 0.42, 100 for 42."""
    if not is_finite(whole) or whole <= 0:
        raise UsageError(f"percent() needs a whole above zero such as 1 or 100, got {whole!r}")
    return Format(kind="percent", whole=float(whole), decimals=_decimals(decimals))


def duration() -> Format:
    """A length of time, from seconds: 1 h 05 min."""
    return _BY_NAME["duration"]


def byte_size(*, decimals: int | None = None) -> Format:
    """A size, from bytes: 3.4 MB."""
    return Format(kind="bytes", decimals=_decimals(decimals))


def date(style: DateStyle = "datetime") -> Format:
    """A moment in the screen's zone, from seconds since 1970 UTC; ``style``: date, time or datetime."""
    if style not in get_args(DateStyle):
        raise UsageError(f'date() needs the style "date", "time" or "datetime", got {style!r}')
    return Format(kind="date", date_style=style)


def format_from(value: object, name: str = "format") -> Format | None:
    """Return the format that ``value`` is or names; None for None. Raises ``UsageError`` for anything else."""
    if value is None or isinstance(value, Format):
        return value
    if value == "currency":
        raise UsageError(f'{name}="currency" does not say which: use cd.currency("EUR")')
    named = _BY_NAME.get(value) if isinstance(value, str) else None
    if named is None:
        names = ", ".join(f'"{known}"' for known in _BY_NAME)
        raise UsageError(f'{name} must be one of {names} or a format such as cd.currency("EUR"), got {value!r}')
    return named


def _decimals(value: int | None) -> int | None:
    if value is None or is_count(value, 0, _DECIMALS_MAX):
        return value
    raise UsageError(f"decimals must be a whole number from 0 to {_DECIMALS_MAX}, got {value!r}")
