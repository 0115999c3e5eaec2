"""A series as a viewer sees it: buckets no wider than a device pixel, on an absolute grid.

Buckets are 2**k wide in x; bucket ``id`` holds ``id * 2**k <= x < (id + 1) * 2**k``. They never
move with the window, so a scrolling chart does not wobble. The four values of a bucket are those
of M4 aggregation (Jugel et al., "M4: a visualization-oriented time series data aggregation", 2014).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from operator import sub
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cadran.readable import Floats, Points

Place = npt.NDArray[np.intp]
"""Positions in an array."""


Columns = tuple[Floats, Floats, Floats, Floats, Floats]
"""Of buckets: id, first, min, max, last; while they are put together an id may come several times in a row."""


class Buckets(NamedTuple):
    """Buckets that hold points, in ascending id. All arrays have shape (n,).

    ``ids`` are whole numbers as float64 (exact below 2**53). A bucket without any value but NaN is a gap.
    """

    k: int
    ids: Floats
    first: Floats
    min: Floats
    max: Floats
    last: Floats

    @property
    def is_flat(self) -> bool:
        """Whether no bucket has more than one value, so that one column says all."""
        return _are_same(self.min, self.max) and _are_same(self.first, self.last)

    def between(self, low_id: float, high_id: float) -> Buckets:
        """The part with ``low_id <= id <= high_id``."""
        part = slice(int(np.searchsorted(self.ids, low_id, "left")), int(np.searchsorted(self.ids, high_id, "right")))
        return Buckets(self.k, self.ids[part], self.first[part], self.min[part], self.max[part], self.last[part])


class AlikeBuckets(NamedTuple):
    """Buckets of several series that have the same x: n ``ids``, all else of shape (number of series, n).

    A bucket of several points is NaN where one of them is: ``Buckets`` of that series alone say what it holds.
    """

    k: int
    ids: list[float]
    first: Floats
    min: Floats
    max: Floats
    last: Floats


def _are_same(one: Floats, other: Floats) -> bool:
    """Whether two columns of the same buckets are equal; they have NaN in the same places."""
    if one is other:
        return True
    differs = one != other
    return not differs.any() or not (differs & (one == one)).any()


def level_for(span: float, num_px: int, magnitude: float) -> int:
    """Return the largest k with ``2**k <= span / num_px``.

    ``magnitude`` is the greatest ``|x|``: k stays so large that ids are exact in float64.
    """
    floor = math.frexp(magnitude)[1] - 51 if magnitude > 0 and math.isfinite(magnitude) else -1000
    if not (span > 0 and math.isfinite(span)) or num_px < 1:
        return max(floor, 0)
    mantissa, exponent = math.frexp(span / num_px)
    return max(floor, exponent - 1 if mantissa >= 0.5 else exponent - 2)


ID_MAX = 2.0**53
"""Ids beyond this are not exact: what lies so far from the range that is looked at is not shown."""


def id_of(x: float, k: int) -> float:
    """Return the id of the bucket that holds x, at most ``ID_MAX`` from 0."""
    position = scaled(x, -k)
    return float(math.floor(position)) if abs(position) < ID_MAX else math.copysign(ID_MAX, position)


def scaled(x: float, exponent: int) -> float:
    """Return ``x * 2**exponent``, infinite past the numbers."""
    try:
        return math.ldexp(x, exponent)
    except OverflowError:
        return math.copysign(math.inf, x)


def bounds_of(k: int, low_id: float, high_id: float) -> tuple[float, float]:
    """Return low_x and high_x: the buckets from low_id to high_id, within ``ID_MAX``, hold ``low_x <= x < high_x``."""
    return scaled(max(low_id, -ID_MAX), k), scaled(min(high_id + 1, ID_MAX), k)


def ids_at(xs: Floats, k: int) -> Floats:
    """Return the ids of the buckets of level k that hold these x."""
    # Times a power of two is exact and four times as fast as ldexp, as long as there is that power.
    ids: Floats = xs * 2.0**-k if -1_000 < k < 1_000 else np.ldexp(xs, -k)
    return np.floor(ids, out=ids)


def edges_of(ids: Floats) -> Place:
    """Return where each id begins, of one id or more in ascending order, and at last their number."""
    is_edge = np.empty(ids.size + 1, dtype=np.bool_)
    is_edge[0] = is_edge[-1] = True
    np.not_equal(ids[1:], ids[:-1], out=is_edge[1:-1])
    return is_edge.nonzero()[0]


def buckets_of(points: Points, k: int, low_id: float, high_id: float = math.inf) -> Buckets:
    """Return the buckets of level k with ``low_id <= id <= high_id``, and within ``ID_MAX``."""
    return buckets_between(points, k, *bounds_of(k, low_id, high_id))


def buckets_between(points: Points, k: int, low_x: float, high_x: float) -> Buckets:
    """Return the buckets of level k of the points in ``low_x <= x < high_x``."""
    xs, ys = points
    if not xs.size:
        return Buckets(k, xs, xs, xs, xs, xs)
    # This runs for each line in each tick: a look at the ends is a fourth of a search.
    start = int(xs.searchsorted(low_x, "left")) if xs[0] < low_x else 0
    stop = int(xs.searchsorted(high_x, "left")) if xs[-1] >= high_x else xs.size
    if stop - start != xs.size:
        xs, ys = xs[start:stop], ys[start:stop]
    return bucketed(xs, ys, k)


def bucketed(xs: Floats, ys: Floats, k: int) -> Buckets:
    """Return the buckets of all of these points."""
    ids = ids_at(xs, k)
    if xs.size > 1:
        edges = edges_of(ids)
        if edges.size <= ids.size:
            return Buckets(k, *reduced((ids, ys, ys, ys, ys), edges))
    return Buckets(k, ids, ys, ys, ys, ys)


BUCKETS_SEARCHED = 4
"""Within so many buckets their edges are searched for."""


def alike_bucketed(xs: Floats, ys: Floats, k: int) -> AlikeBuckets:
    """Return the buckets of all points of several series, one or more each, all within ``ID_MAX``.

    ``ys``: shape (number of series, n).
    """
    first_id, last_id = id_of(xs.item(0), k), id_of(xs.item(-1), k)
    starts, ids = [0], [first_id]
    if last_id - first_id <= BUCKETS_SEARCHED:  # as most tails: a search for each costs less than to look at each x
        while ids[-1] < last_id:
            start = int(xs.searchsorted(scaled(ids[-1] + 1, k), "left"))
            starts.append(start)
            ids.append(id_of(xs.item(start), k))
    else:
        id_of_each = ids_at(xs, k)
        edges = edges_of(id_of_each)[:-1]
        starts, ids = edges.tolist(), id_of_each[edges].tolist()
    if len(starts) == xs.size:
        return AlikeBuckets(k, ids, ys, ys, ys, ys)
    if len(starts) == 1:
        lows, highs = np.minimum.reduce(ys, axis=1, keepdims=True), np.maximum.reduce(ys, axis=1, keepdims=True)
        return AlikeBuckets(k, ids, ys[:, :1], lows, highs, ys[:, -1:])
    lows, highs = np.minimum.reduceat(ys, starts, axis=1), np.maximum.reduceat(ys, starts, axis=1)
    ends = [*starts, *(start - 1 for start in starts[1:]), xs.size - 1]
    firsts_and_lasts = ys.take(ends, axis=1)
    return AlikeBuckets(k, ids, firsts_and_lasts[:, : len(ids)], lows, highs, firsts_and_lasts[:, len(ids) :])


def reduced(columns: Columns, edges: Place) -> Columns:
    """Return one id, first, min, max and last of what lies from each of the ``edges`` to the next.

    NaN counts for nothing beside values.
    """
    ids, first, low, high, last = columns
    starts = edges[:-1]
    lows = np.minimum.reduceat(low, starts)
    # The least of values is NaN where any of them is: that takes less than to look at each.
    if not math.isnan(np.minimum.reduce(lows)):
        return ids[starts], first[starts], lows, np.maximum.reduceat(high, starts), last[edges[1:] - 1]
    return (
        ids[starts],
        _first_values(first, starts),
        np.fmin.reduceat(low, starts),
        np.fmax.reduceat(high, starts),
        _last_values(last, starts),
    )


def _first_values(ys: Floats, edges: Place) -> Floats:
    """The first value of each bucket that is not NaN, or NaN."""
    missing = np.isnan(ys)
    if not missing.any():
        return ys[edges]
    positions = np.where(missing, ys.size, np.arange(ys.size))
    found = np.minimum.reduceat(positions, edges)
    values: Floats = np.where(found < ys.size, ys[np.minimum(found, ys.size - 1)], np.nan)
    return values


def _last_values(ys: Floats, edges: Place) -> Floats:
    """The last value of each bucket that is not NaN, or NaN."""
    missing = np.isnan(ys)
    if not missing.any():
        ends: Place = np.append(edges[1:], ys.size) - 1
        return ys[ends]
    positions = np.where(missing, -1, np.arange(ys.size))
    found = np.maximum.reduceat(positions, edges)
    values: Floats = np.where(found >= 0, ys[np.maximum(found, 0)], np.nan)
    return values


def cadence_of(points: Points, num_points: int = 64) -> float:
    """Return the usual distance in x of the newest points, but for equal x: its median, NaN for fewer than 3 points."""
    xs: list[float] = points.xs[-num_points:].tolist()
    if len(xs) < 3:
        return math.nan
    # Of so few this takes no longer than NumPy would, and less where the processor's caches have gone cold.
    steps: list[float] = sorted(map(sub, xs[1:], xs))
    if steps[0] <= 0:
        # Many points of a time that was cut to the second are no reason to break the line at each next second.
        del steps[: bisect_right(steps, 0.0)]
        if not steps:
            return math.nan
    return (steps[len(steps) // 2] + steps[(len(steps) - 1) // 2]) / 2
