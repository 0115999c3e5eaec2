"""Equality as law 1 means it: NaN equals NaN, and a value of another type is another value."""

from __future__ import annotations

import numpy as np
import polars as pl

from cadran.readable import Points


def same_value(old: object, new: object) -> bool:
    """Return whether a change from ``old`` to ``new`` is none. Any two values may be compared."""
    if old is new:
        return True
    if isinstance(old, pl.DataFrame) and isinstance(new, pl.DataFrame):
        return old.schema == new.schema and old.equals(new, null_equal=True)
    if isinstance(old, Points) and isinstance(new, Points):
        return np.array_equal(old.xs, new.xs) and np.array_equal(old.ys, new.ys, equal_nan=True)
    if type(old) is not type(new):
        return False
    if isinstance(old, float):
        return old == new or (old != old and new != new)
    if isinstance(old, int | str | bool):
        return old == new
    return False
