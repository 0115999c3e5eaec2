"""Values as people write them in a shell."""

from __future__ import annotations

import contextlib
import json
import math
import re

from cadran.errors import UsageError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None}


def value_from_text(text: str) -> int | float | bool | str | None:
    """Return a number, true, false or null (a gap) as such, a text in double quotes without them, else the text."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise UsageError(f"{text} is beyond what a float64 holds")
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else number
    if len(text) >= 2 and text[0] == text[-1] == '"':
        with contextlib.suppress(ValueError):
            return str(json.loads(text))
    return text


def number_from_text(text: str) -> float | None:
    """Return a number; ``null`` and ``nan`` are a gap. Raises ``UsageError`` for anything else."""
    if text in ("null", "nan", "NaN"):
        return None
    value = value_from_text(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"expected a number, got {text[:100]!r}")
    return float(value)


def pair_from_text(text: str) -> tuple[str, int | float | bool | str | None]:
    """Return the two sides of ``KEY=VALUE``."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"expected KEY=VALUE such as temperature=81.2, got {text!r}")
    return key.strip(), value_from_text(value)
