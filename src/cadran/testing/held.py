"""The buckets of one line as a viewer holds them, and how it reads them out of a SERIES piece."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cadran.frames.wire import (
    SERIES_F32,
    SERIES_FLAT,
    SERIES_HEAD,
    SERIES_REPLACE,
    SERIES_STEP,
    SERIES_STEPS,
    SERIES_U16,
    SERIES_U32,
)
from cadran.readable import Floats


@dataclass(slots=True)
class SeriesHeld:
    """The buckets of one line that a viewer holds: arrays of shape (n,)."""

    k: int
    low: float
    ids: Floats
    first: Floats
    min: Floats
    max: Floats
    last: Floats
    cadence: float = math.nan
    newest_x: float = math.nan


def read_series(payload: bytes, flags: int) -> SeriesHeld:
    """Return what one SERIES piece says. Raises ``ValueError`` or ``struct.error`` for one that is cut short."""
    k, num, spacing, first_id, newest_x = SERIES_HEAD.unpack_from(payload)
    offset = SERIES_HEAD.size
    steps = np.arange(num, dtype=np.float64)
    if flags & SERIES_STEP:
        start, step = SERIES_STEPS.unpack_from(payload, offset)
        steps = start + steps * step
        offset += SERIES_STEPS.size
    elif flags & (SERIES_U16 | SERIES_U32):
        kind, width = ("<u2", 2) if flags & SERIES_U16 else ("<u4", 4)
        steps = np.frombuffer(payload, kind, num, offset).astype(np.float64)
        offset += width * num + -width * num % 8
    num_columns = 1 if flags & SERIES_FLAT else 4
    values = np.frombuffer(payload, "<f4" if flags & SERIES_F32 else "<f8", num_columns * num, offset)
    first, low, high, last = list(values.astype(np.float64).reshape(num_columns, num)) * (4 // num_columns)
    return SeriesHeld(k, first_id, first_id + steps, first, low, high, last, math.ldexp(spacing, k), newest_x)


def joined(held: SeriesHeld | None, payload: bytes, flags: int) -> SeriesHeld:
    """Return what is held after this piece. Raises ``AssertionError`` for a tail of another level."""
    new = read_series(payload, flags)
    if held is None or flags & SERIES_REPLACE:
        return new
    if held.k != new.k:
        raise AssertionError(f"level {held.k} is held, got a tail of level {new.k}")
    keep = held.ids < new.low
    new.low = min(held.low, new.low)
    for name in ("ids", "first", "min", "max", "last"):
        setattr(new, name, np.concatenate((getattr(held, name)[keep], getattr(new, name))))
    return new
