"""A series as two flat columns in order of x, with retention and a memory of its changes."""

from __future__ import annotations

import math

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.buckets import Buckets, buckets_of, cadence_of
from cadran.store.changes import ALWAYS, NEVER, ChangeLog
from cadran.store.snapshot import SeriesSnapshot

_EMPTY: Floats = np.empty(0, dtype=np.float64)
_EMPTY.flags.writeable = False
_CAPACITY_MIN = 256
EVICTED_MIN, EVICTED_PART = 256, 16
"""Old points leave together, a sixteenth of the series at a time: what viewers hold of them is then resent rarely."""


class SeriesColumns:
    """Points in ascending x; equal x keep their order of arrival.

    ``points`` are read-only views that stay true after later changes: appends write behind them,
    every other change makes new arrays.
    """

    def __init__(self, *, max_points: int | None = None) -> None:
        self._xs = _EMPTY
        self._ys = _EMPTY
        self._start = 0
        self._end = 0
        self._max_points = max_points
        self.changes = ChangeLog()
        self.changed_s = 0
        self.evicted_s = 0
        """The S at which old points last left."""
        self.num_evicted = 0
        self.num_dropped = 0
        """Of those evicted, how many went by the bound in number, not by age."""

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def points(self) -> Points:
        """The present points, read-only."""
        xs = self._xs[self._start : self._end]
        ys = self._ys[self._start : self._end]
        xs.flags.writeable = False
        ys.flags.writeable = False
        return Points(xs, ys)

    @property
    def first_x(self) -> float | None:
        """The least x that is kept."""
        return float(self._xs[self._start]) if len(self) else None

    @property
    def last_x(self) -> float | None:
        """The greatest x."""
        return float(self._xs[self._end - 1]) if len(self) else None

    @property
    def cadence(self) -> float:
        """The usual distance in x between points: the median of the newest; NaN where there are too few."""
        return cadence_of(self.points)

    def view(self, k: int, low_id: float, high_id: float = math.inf) -> Buckets:
        """Return the buckets of level k with ``low_id <= id <= high_id``: all that a viewer ever gets of a series."""
        return buckets_of(self.points, k, low_id, high_id)

    def snapshot(self) -> SeriesSnapshot:
        """The series as it is now, for other threads and later moments."""
        return SeriesSnapshot(self.points, self.changed_s)

    def cost(self, k: int, low_id: float, high_id: float = math.inf) -> int:
        """Return about how many points and rows this view would pass over now."""
        return self.snapshot().cost(k, low_id, high_id)

    def extend(self, xs: Floats, ys: Floats, s: int, *, is_sorted: bool = False) -> float | None:
        """Add points in any order; return the least x that changed, or None where nothing did.

        ``is_sorted``: the caller knows that ``xs`` ascend.
        """
        if not xs.size:
            return None
        if not is_sorted and xs.size > 1 and bool(np.any(xs[1:] < xs[:-1])):
            order = np.argsort(xs, kind="stable")
            xs, ys = xs[order], ys[order]
        x0 = float(xs[0])
        last_x = self.last_x
        if last_x is None or x0 >= last_x:
            self._append(xs, ys)
        else:
            self._merge(xs, ys)
        self._bound(s)
        self._changed(s, x0)
        return x0

    def replace(self, points: Points, s: int) -> float | None:
        """Make these the points; return the least x that changed (``-inf``: all), None where none did."""
        old = self.points
        if points.xs.size > 1 and bool(np.any(points.xs[1:] < points.xs[:-1])):
            order = np.argsort(points.xs, kind="stable")
            points = Points(points.xs[order], points.ys[order])
        x0 = first_difference(old, points)
        if x0 == NEVER:
            return None
        self._xs = np.array(points.xs, dtype=np.float64)
        self._ys = np.array(points.ys, dtype=np.float64)
        self._start, self._end = 0, self._xs.size
        self._bound(s)
        self._changed(s, x0)
        return x0

    def evict(self, oldest_x: float, s: int) -> None:
        """Drop the points with ``x < oldest_x``, oldest first, once they are worth the work."""
        num_old = int(np.searchsorted(self._xs[self._start : self._end], oldest_x, "left"))
        if num_old >= max(EVICTED_MIN, len(self) // EVICTED_PART):
            self._drop(num_old, s)

    def _bound(self, s: int) -> None:
        if self._max_points is not None and len(self) > self._max_points:
            self.num_dropped += len(self) - self._max_points + self._max_points // EVICTED_PART
            self._drop(len(self) - self._max_points + self._max_points // EVICTED_PART, s)

    def _drop(self, num_points: int, s: int) -> None:
        self._start += num_points
        self.num_evicted += num_points
        self.evicted_s = s

    def _changed(self, s: int, x0: float) -> None:
        self.changed_s = s
        self.changes.add(s, x0)

    def _append(self, xs: Floats, ys: Floats) -> None:
        needed = self._end + xs.size
        if needed > self._xs.size:
            self._grow(len(self) + xs.size)
            needed = self._end + xs.size
        self._xs[self._end : needed] = xs
        self._ys[self._end : needed] = ys
        self._end = needed

    def _merge(self, xs: Floats, ys: Floats) -> None:
        old_xs, old_ys = self.points
        at = np.searchsorted(old_xs, xs, "right")
        self._xs = np.insert(old_xs, at, xs)
        self._ys = np.insert(old_ys, at, ys)
        self._start, self._end = 0, self._xs.size

    def _grow(self, num_points: int) -> None:
        capacity = max(_CAPACITY_MIN, num_points + num_points // 2)
        xs, ys = self.points
        self._xs, self._ys = np.empty(capacity), np.empty(capacity)
        self._xs[: xs.size] = xs
        self._ys[: ys.size] = ys
        self._start, self._end = 0, xs.size


def first_difference(old: Points, new: Points) -> float:
    """Return the least x from which two series differ: ``-inf`` if at their first point, ``inf`` if nowhere.

    NaN equals NaN.
    """
    shared = min(old.xs.size, new.xs.size)
    old_ys, new_ys = old.ys[:shared], new.ys[:shared]
    same = (old.xs[:shared] == new.xs[:shared]) & ((old_ys == new_ys) | (np.isnan(old_ys) & np.isnan(new_ys)))
    index = shared if bool(same.all()) else int(np.argmin(same))
    if index == old.xs.size == new.xs.size:
        return NEVER
    if index == 0:
        return ALWAYS
    return min(float(p.xs[index]) for p in (old, new) if index < p.xs.size)
