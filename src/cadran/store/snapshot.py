"""A series as it was at one S: immutable, to be read from any thread while the series goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.buckets import Buckets, bounds_of, buckets_between, cadence_of, id_of, scaled
from cadran.store.chunks import Chunk, Side, Totals, added, totals_of
from cadran.store.history import History
from cadran.store.joining import RAW, Piece, joined
from cadran.store.spacings import Spacings, cells_of, greatest

CADENCE_POINTS = 64
"""So many of the newest points say how far apart points are."""


BREAK_CADENCES = 2.5
"""A line breaks between points so many times as far apart as they usually are."""


class SeriesSnapshot:
    """The points of one S. ``changed_s``: the S at which the series had last changed.

    To take one costs nothing. Levels are made when a view first needs them, and stay for all later snapshots.
    """

    __slots__ = ("_before", "_cadence", "_points", "began_x", "changed_s", "history", "holes", "spacings", "tail")

    def __init__(
        self,
        history: History,
        tail: Points,
        changed_s: int,
        began_x: float = -math.inf,
        holes: tuple[tuple[float, float], ...] = (),
        spacings: Spacings | None = None,
    ) -> None:
        self.history = history
        self.tail = tail
        """The newest points, all after the history."""
        self.changed_s = changed_s
        self.began_x = began_x
        """From here on it got every point since the first: what lies before came late, and more may be missing."""
        self.holes = holes
        """Where nothing came for long, by the x before and behind: the newest few, the last one last."""
        self.spacings = Spacings() if spacings is None else spacings
        self._points: Points | None = None
        self._cadence: float | None = None
        self._before: tuple[float, History] | None = None

    def __len__(self) -> int:
        return self.history.num_points + self.tail.xs.size

    # --- views ---

    def view(self, k: int, low_id: float, high_id: float = math.inf) -> Buckets:
        """Return the buckets of level k with ``low_id <= id <= high_id``: all that a viewer ever gets of a series."""
        low_x, high_x = bounds_of(k, low_id, high_id)
        if self._is_in_tail(low_x):
            return buckets_between(self.tail, k, low_x, high_x)
        return joined(self.pieces(k, low_id, high_id), k)

    def pieces(self, k: int, low_id: float, high_id: float = math.inf) -> list[Piece]:
        """Return what a view passes over: points, and rows of the coarsest levels that are not coarser than k."""
        low_x, high_x = bounds_of(k, low_id, high_id)
        xs, ys = self.tail
        tail = slice(int(xs.searchsorted(low_x, "left")), int(xs.searchsorted(high_x, "left")))
        return [*self.history.gather(k, low_x, high_x), Piece(RAW, (xs[tail], ys[tail]))]

    def cost(self, k: int, low_id: float, high_id: float = math.inf) -> int:
        """Return about how many points and rows this view would pass over now, levels to be made included."""
        low_x, high_x = bounds_of(k, low_id, high_id)
        xs = self.tail.xs
        num_tail = int(xs.searchsorted(high_x, "left")) - int(xs.searchsorted(low_x, "left"))
        return num_tail if self._is_in_tail(low_x) else num_tail + self.history.cost(k, low_x, high_x)

    def widened(self, k: int, low_id: float, high_id: float) -> tuple[float, float]:
        """Return a range of level k with the bucket before it and the one after it, from where the line comes and
        where it goes; not with one so far away that the line breaks."""
        before, after = self._neighbours(k, low_id, high_id)
        secs = self.cadence_from(k, low_id, high_id)
        most = math.inf if math.isnan(secs) else max(1.0, scaled(BREAK_CADENCES * secs, -k))
        return before if low_id - before <= most else low_id, after if after - high_id <= most else high_id

    def _neighbours(self, k: int, low_id: float, high_id: float) -> tuple[float, float]:
        """Return the ids of the buckets next to a range; its own ends where there are none."""
        low_x, high_x = bounds_of(k, low_id, high_id)
        before, after = self.count(low_x, "left"), self.count(high_x, "left")
        low_id = id_of(self.x_at(before - 1), k) if before else low_id
        return low_id, id_of(self.x_at(after), k) if after < len(self) else high_id

    @property
    def cadence(self) -> float:
        """The usual distance in x between points: the median of the newest; NaN where there are too few."""
        if self._cadence is None:
            self._cadence = cadence_of(self.newest(CADENCE_POINTS), CADENCE_POINTS)
        return self._cadence

    def cadence_from(self, k: int, low_id: float, high_id: float = math.inf) -> float:
        """The usual distance in x between the points of a view: the greatest there is, of the newest and in many places
        of the range. A line must not break where points came at another rate than they do now."""
        cells = cells_of(k, low_id, high_id, self.first_x, self.last_x)
        return greatest(self.cadence, self.spacings.look(lambda: self, cells))

    # --- points, in ascending x ---

    @property
    def first_x(self) -> float | None:
        """The least x."""
        first_x, xs = self.history.first_x, self.tail.xs
        return first_x if first_x is not None or not xs.size else xs.item(0)

    @property
    def last_x(self) -> float | None:
        """The greatest x."""
        xs = self.tail.xs
        return xs.item(-1) if xs.size else self.history.last_x

    @property
    def points(self) -> Points:
        """All points, read-only. Of more than one chunk they are put together, once: that takes time and memory."""
        if self._points is None:
            self._points = self.part(0, len(self))
        return self._points

    @property
    def totals(self) -> Totals:
        """The number, sum, least and greatest of all values that are not NaN."""
        return added(self.history.totals, totals_of(self.tail.ys))

    def totals_between(self, start: int, stop: int) -> Totals:
        """Return the totals of the values from ``start`` to ``stop``, counted from 0."""
        num_before = self.history.num_points
        tail = slice(max(0, start - num_before), max(0, stop - num_before))
        return added(self.history.totals_between(start, min(stop, num_before)), totals_of(self.tail.ys[tail]))

    def totals_cost(self, start: int = 0, stop: int | None = None) -> int:
        """Return how many points ``totals_between`` passes over: those of which nothing is known yet."""
        num_before, stop = self.history.num_points, len(self) if stop is None else stop
        return max(0, stop - max(start, num_before)) + self.history.totals_cost(start, min(stop, num_before))

    def newest(self, num_points: int) -> Points:
        """Return the last points, at most so many."""
        return self.part(max(0, len(self) - num_points), len(self))

    def between(self, x0: float, x1: float) -> Points:
        """Return the points with ``x0 < x <= x1``."""
        return self.part(self.count(x0, "right"), self.count(x1, "right"))

    def count(self, x: float, side: Side) -> int:
        """Return how many points have an x below this (``left``), or at most this (``right``)."""
        xs, history = self.tail.xs, self.history
        if xs.size and (xs[0] < x or (side == "right" and xs[0] == x)):
            return history.num_points + int(xs.searchsorted(x, side))
        return history.count(x, side)

    def x_at(self, index: int) -> float:
        """Return the x of one point, counted from 0."""
        return float(self.part(index, index + 1).xs[0])

    def y_at(self, index: int) -> float:
        """Return the value of one point, counted from 0."""
        return float(self.part(index, index + 1).ys[0])

    def part(self, start: int, stop: int) -> Points:
        """Return the points from ``start`` to ``stop``, read-only; uncopied where they lie in one block."""
        num_before = self.history.num_points
        if start >= num_before or start >= stop:
            part = slice(max(0, start - num_before), max(0, stop - num_before))
            return Points(self.tail.xs[part], self.tail.ys[part])
        blocks = list(self.blocks(start, stop))
        return blocks[0] if len(blocks) == 1 else Points(*(_whole(columns) for columns in zip(*blocks, strict=True)))

    def window(self, start: int, stop: int) -> SeriesSnapshot:
        """Return the points from ``start`` to ``stop`` as a series: but for those at its ends it shares all chunks."""
        num_before = self.history.num_points
        history = self.history.part(min(start, num_before), min(stop, num_before))
        part = slice(max(0, start - num_before), max(0, stop - num_before))
        return SeriesSnapshot(history, Points(self.tail.xs[part], self.tail.ys[part]), self.changed_s, self.began_x)

    def before(self, x: float) -> History:
        """Return the points before ``x`` in chunks, which are the same as long as the same is asked."""
        if self._before is None or self._before[0] != x:
            num_points, num_sealed = self.count(x, "left"), self.history.num_points
            found = self.history.part(0, min(num_points, num_sealed))
            if num_points > num_sealed:
                part = slice(0, num_points - num_sealed)
                found = found.with_chunks([Chunk(self.tail.xs[part], self.tail.ys[part])])
            self._before = (x, found)
        return self._before[1]

    def after(self, past: History) -> SeriesSnapshot:
        """Return this series with a past before it, all of whose points lie before its first."""
        if not past.num_points:
            return self
        return SeriesSnapshot(past.followed_by(self.history), self.tail, self.changed_s)

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[Points]:
        """Yield the points from ``start`` to ``stop`` in blocks, uncopied."""
        stop = len(self) if stop is None else stop
        num_before = self.history.num_points
        yield from self.history.blocks(start, min(stop, num_before))
        if stop > num_before:
            part = slice(max(0, start - num_before), stop - num_before)
            yield Points(self.tail.xs[part], self.tail.ys[part])

    def _is_in_tail(self, low_x: float) -> bool:
        last_x = self.history.last_x
        return last_x is None or last_x < low_x


def _whole(columns: tuple[Floats, ...]) -> Floats:
    whole: Floats = np.concatenate(columns)
    whole.flags.writeable = False
    return whole
