"""A series as it was at one S: immutable, to be read from any thread while the series goes on."""

from __future__ import annotations

import math

from cadran.readable import Points
from cadran.store.buckets import Buckets, buckets_of, cadence_of


class SeriesSnapshot:
    """The points of one S. ``changed_s``: the S at which the series had last changed."""

    def __init__(self, points: Points, changed_s: int) -> None:
        self._points = points
        self.changed_s = changed_s

    def __len__(self) -> int:
        return self._points.xs.size

    @property
    def points(self) -> Points:
        """All points, read-only."""
        return self._points

    @property
    def first_x(self) -> float | None:
        """The least x."""
        return float(self._points.xs[0]) if len(self) else None

    @property
    def last_x(self) -> float | None:
        """The greatest x."""
        return float(self._points.xs[-1]) if len(self) else None

    @property
    def cadence(self) -> float:
        """The usual distance in x between points: the median of the newest; NaN where there are too few."""
        return cadence_of(self._points)

    def view(self, k: int, low_id: float, high_id: float = math.inf) -> Buckets:
        """Return the buckets of level k with ``low_id <= id <= high_id``: all that a viewer ever gets of a series."""
        return buckets_of(self._points, k, low_id, high_id)

    def cost(self, k: int, low_id: float, high_id: float = math.inf) -> int:
        """Return about how many points and rows this view would pass over now."""
        xs = self._points.xs
        low, high = (math.ldexp(one, k) if math.isfinite(one) else one for one in (low_id, high_id + 1))
        return int(xs.searchsorted(high, "left")) - int(xs.searchsorted(low, "left"))

    def points_after(self, x: float) -> Points:
        """Return the points with an x greater than this."""
        return self.between(x, math.inf)

    def between(self, x0: float, x1: float) -> Points:
        """Return the points with ``x0 < x <= x1``."""
        xs, ys = self._points
        part = slice(int(xs.searchsorted(x0, "right")), int(xs.searchsorted(x1, "right")))
        return Points(xs[part], ys[part])
