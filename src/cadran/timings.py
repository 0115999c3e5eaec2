"""What work costs: durations and counts of them, in rooms of a fixed size. Cheap enough to be always on.

Nothing here looks at a clock by itself: whoever measures is given a ``Stopwatch``.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

Stopwatch = Callable[[], float]
"""Seconds from an arbitrary start; it never goes back. ``time.perf_counter``, or a test's own."""

DURATIONS_KEPT = 64
"""How many of the newest durations a percentile looks at. A power of two."""
_LAST_PLACE = DURATIONS_KEPT - 1


class Durations:
    """The newest durations of one kind of work, in seconds, and how many there ever were."""

    __slots__ = ("_ring", "num", "total_secs")

    def __init__(self) -> None:
        self.num = 0
        self.total_secs = 0.0
        self._ring: list[float] = []  # grows to 64: most values are never computed

    def add(self, secs: float) -> None:
        """Take in one more; past 64 it takes the place of the oldest."""
        num = self.num
        if num < DURATIONS_KEPT:
            self._ring.append(secs)
        else:
            self._ring[num & _LAST_PLACE] = secs
        self.num = num + 1
        self.total_secs += secs

    @property
    def last_secs(self) -> float:
        """The newest; 0 before the first."""
        return self._ring[(self.num - 1) & _LAST_PLACE] if self._ring else 0.0

    def p95_secs(self) -> float:
        """Return the duration that 95 % of the newest do not exceed (nearest rank); NaN before the first."""
        if not self._ring:
            return math.nan
        ordered = sorted(self._ring)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]


class Histogram:
    """Durations counted into buckets by their upper bounds, in seconds; the last bucket has no bound."""

    __slots__ = ("_counts", "bounds_secs", "durations")

    def __init__(self, bounds_secs: tuple[float, ...]) -> None:
        self.bounds_secs = bounds_secs
        self.durations = Durations()
        self._counts = [0] * (len(bounds_secs) + 1)

    def add(self, secs: float) -> None:
        """Count one more; a duration equal to a bound is within it."""
        self._counts[bisect_left(self.bounds_secs, secs)] += 1
        self.durations.add(secs)

    def cumulative(self) -> tuple[int, ...]:
        """Return, for each bound and then for all, how many did not exceed it."""
        return tuple(accumulate(self._counts))
