"""Equality as law 1 means it: NaN equals NaN, and a value of another type is another value."""

from __future__ import annotations

import numpy as np

from cadran.polars_when_used import is_frame
from cadran.readable import Points
from cadran.store.snapshot import SeriesSnapshot


def same_value(old: object, new: object) -> bool:
    """Return whether a change from ``old`` to ``new`` is none. Any two values may be compared."""
    if old is new:
        return True
    if type(old) is float and type(new) is float:
        return old == new or (old != old and new != new)
    if is_frame(old) and is_frame(new):
        return old.schema == new.schema and old.equals(new, null_equal=True)
    if isinstance(old, Points) and isinstance(new, Points):
        return np.array_equal(old.xs, new.xs) and np.array_equal(old.ys, new.ys, equal_nan=True)
    if isinstance(old, SeriesSnapshot) and isinstance(new, SeriesSnapshot):
        return _are_same(old, new)
    if type(old) is not type(new):
        return False
    if isinstance(old, float):
        return old == new or (old != old and new != new)
    if isinstance(old, int | str | bool):
        return old == new
    return False


def _are_same(old: SeriesSnapshot, new: SeriesSnapshot) -> bool:
    """Whether two series have the same points, cut into the same blocks: sums of other blocks round otherwise."""
    if (len(old), old.first_x, old.last_x) != (len(new), new.first_x, new.last_x):
        return False
    return all(same_value(one, other) for one, other in zip(old.blocks(), new.blocks(), strict=False))
