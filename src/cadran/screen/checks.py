"""Small checks of arguments, whose types say one thing and whose callers may say another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeGuard


def is_name(value: object) -> TypeGuard[str]:
    """Whether ``value`` is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_finite(value: object) -> TypeGuard[float]:
    """Whether ``value`` is an int or a float, finite and not a bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_count(value: object, low: int, high: int) -> TypeGuard[int]:
    """Whether ``value`` is a whole number from ``low`` to ``high``."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_list(value: object) -> bool:
    """Whether ``value`` can be gone through, and is not a text."""
    return isinstance(value, Iterable) and not isinstance(value, str)
