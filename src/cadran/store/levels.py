"""Rows of buckets, and the levels that a block of points is worth.

Rows are float64 of shape (5, n): id, first, min, max, last of n buckets in ascending id, those of
``cadran.store.buckets``. Level k has buckets 2**k wide; only every third k is ever kept.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from cadran.readable import Floats
from cadran.store.buckets import edges_of, ids_at, reduced, scaled

STEP = 3
"""Levels are kept for every third k: a view passes over at most eight rows for one of its buckets."""
PAYING = 8
"""The finest level kept has at most one row (40 bytes) for so many points (16 bytes each)."""
SHRINKING = 4
"""A coarser level is kept if it has at most a fourth of the rows of the next finer one."""
GAPS_SEEN = 512
"""The distances of so many points to the ``PAYING``th after each, at most, say where levels begin to pay."""
ROWS_FEW = 8
"""So few rows need no coarser level."""
POINTS_FEW = 256
"""So few points need no level."""
K_MAX = 1_100
EXPONENT_MAX = 1_000
"""Ids have at most so many binary digits, or they would be infinite."""


class Level(NamedTuple):
    """The buckets of one k that hold points."""

    k: int
    rows: Floats


k_of = attrgetter("k")


def coarsest(levels: Sequence[Level], k: int) -> Level | None:
    """Return the level that answers a view at k with the fewest rows; None if all are too coarse."""
    index = bisect_right(levels, k, key=k_of)
    return levels[index - 1] if index else None


def rows_between(level: Level, low_x: float, high_x: float) -> Floats:
    """Return the rows of the buckets in ``low_x <= x < high_x``, which must be edges of its buckets."""
    ids = level.rows[0]
    start = int(ids.searchsorted(scaled(low_x, -level.k), "left"))
    return level.rows[:, start : int(ids.searchsorted(scaled(high_x, -level.k), "left"))]


def rows_of(xs: Floats, ys: Floats, k: int) -> Floats:
    """Return the rows of one point or more."""
    ids = ids_at(xs, k)
    return np.array(reduced((ids, ys, ys, ys, ys), edges_of(ids)))


def coarser(rows: Floats, shift: int) -> Floats:
    """Return the rows of the level ``shift`` above, or of the same one where neighbours have equal ids."""
    ids = ids_at(rows[0], shift) if shift else rows[0]
    return np.array(reduced((ids, rows[1], rows[2], rows[3], rows[4]), edges_of(ids)))


def finest_k(xs: Floats) -> int:
    """Return the k at which levels of these points begin to pay, by the points themselves and not by their span.

    One point in 1970 beside many now changes neither the k nor the rows of the others.
    """
    every = PAYING * max(1, xs.size // (PAYING * GAPS_SEEN))
    gaps = xs[PAYING::every] - xs[:-PAYING:every]
    gaps = gaps[gaps > 0]
    largest = max(abs(float(xs[0])), abs(float(xs[-1])))
    exponent = math.frexp(largest)[1]
    # Ids of the finest that is possible are exact; those past 2**53 are too, as long as they are numbers.
    floor = exponent - 52
    if gaps.size:
        gap = float(np.partition(gaps, gaps.size // 2)[gaps.size // 2])
        mantissa, power = math.frexp(gap)
        floor = max(power - (1 if mantissa == 0.5 else 0), exponent - EXPONENT_MAX)
    return kept_from(floor)


def kept_from(k: int) -> int:
    """Return the first k from here on at which levels are kept."""
    return -(-k // STEP) * STEP


def levels_from(rows: Floats, k: int, num_rows_max: int) -> tuple[Level, ...]:
    """Return the levels worth keeping, from these rows at k upwards, the finest of at most ``num_rows_max`` rows."""
    levels: list[Level] = []
    while True:
        num_rows = rows.shape[1]
        if num_rows <= num_rows_max:
            rows.flags.writeable = False
            levels.append(Level(k, rows))
            num_rows_max = num_rows // SHRINKING
        if num_rows <= ROWS_FEW or k >= K_MAX:
            return tuple(levels)
        k += STEP
        rows = coarser(rows, STEP)


def levels_of(xs: Floats, ys: Floats, k: int) -> tuple[Level, ...]:
    """Return the levels of a block of points, none finer than k (``finest_k``)."""
    return levels_from(rows_of(xs, ys, k), k, xs.size // PAYING + 2)
