"""Numbers as the report writes them."""

from __future__ import annotations


def number(value: float) -> str:
    """Return three significant digits, with separators."""
    if abs(value) >= 1_000:
        digits = len(str(int(abs(value))))
        return f"{round(value, 3 - digits):,.0f}"
    return f"{value:.3g}"
