"""How far apart the points of a range usually lie, where that was not always the same: looked at in many places.

The places are fixed in x, so the same is found from update to update, and each is looked at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cadran.readable import Points
from cadran.store.buckets import ID_MAX, cadence_of, id_of, scaled

if TYPE_CHECKING:
    from cadran.store.snapshot import SeriesSnapshot

CELL_BUCKETS = 32
"""One place in so many buckets: a few dozen in a picture."""
CELLS_MAX = 256
"""So many of a range are looked at, the newest: those of the widest screens."""
STRETCH_POINTS, STRETCH_MIN = 32, 8
"""So many points before a place are looked at; of fewer than these a hole would say too much."""
LEVELS_MAX = 4
"""Of so many levels it is known what was found, those that were last asked for."""


class Cells(NamedTuple):
    """Places of one level, from the first to the last. ``last`` is less than ``first`` where there are none."""

    k: int
    first: int
    last: int


class _Looked(NamedTuple):
    """What was found from cell ``first`` on: distances in x, 0 where there are too few points."""

    first: int
    found: tuple[float, ...]


def cell_of(low_id: float) -> float:
    """Return in which cell a bucket lies: ranges that begin in the same one look at the same places."""
    return low_id // CELL_BUCKETS if abs(low_id) < math.inf else low_id


def cells_of(k: int, low_id: float, high_id: float, first_x: float | None, last_x: float | None) -> Cells:
    """Return the places of a range: all those in it behind the first point, and the one before it."""
    if first_x is None or last_x is None:
        return Cells(k, 0, -1)
    # Nothing lies before the place that is before the first point.
    first = max(low_id, id_of(first_x, k) + CELL_BUCKETS, -ID_MAX) // CELL_BUCKETS
    last = min(high_id, id_of(last_x, k)) // CELL_BUCKETS
    if not last >= first:
        return Cells(k, 0, -1)
    return Cells(k, int(max(first, last - CELLS_MAX + 1)), int(last))


class Spacings:
    """What was found of a series so far. Points behind a place change nothing; those before one make ``until`` due.

    What was found is kept in tuples that are replaced: several threads may look at once, and find the same.
    """

    __slots__ = ("_looked", "answered")

    def __init__(self, looked: dict[int, _Looked] | None = None) -> None:
        self._looked: dict[int, _Looked] = {} if looked is None else looked
        self.answered: tuple[Cells | None, float] = (None, 0.0)
        """What was asked for last, as it mostly is again, and the answer."""

    def look(self, snapshot: Callable[[], SeriesSnapshot], cells: Cells) -> float:
        """Return the greatest of the usual distances of these places, 0 for none. A snapshot is taken if need be."""
        asked, answer = self.answered
        if asked == cells:
            return answer
        k, first, last = cells
        if last < first:
            return 0.0
        looked = self._looked.get(k)
        if looked is None or first < looked.first or last >= looked.first + len(looked.found):
            looked = self._looked_at(snapshot(), cells)
        answer = max(looked.found[first - looked.first : last - looked.first + 1])
        self.answered = (cells, answer)
        return answer

    def _looked_at(self, snapshot: SeriesSnapshot, cells: Cells) -> _Looked:
        """Look at those places that nobody looked at before; return all that is known of their level."""
        k, first, last = cells
        old = self._looked.pop(k, None)
        if old is None or first > old.first + len(old.found) or last < old.first - 1:
            found = _found(snapshot, cells)
        else:
            end = old.first + len(old.found)
            found = _found(snapshot, Cells(k, first, old.first - 1)) + old.found
            found += _found(snapshot, Cells(k, end, last))
            first = min(first, old.first)
            # Others may look at more of it. What lies far before all that is looked at is forgotten.
            more = len(found) - 2 * (last - cells.first + 1)
            if more > CELL_BUCKETS and first + more <= cells.first:
                first, found = first + more, found[more:]
        for oldest in list(self._looked)[: 1 - LEVELS_MAX]:
            self._looked.pop(oldest, None)
        looked = self._looked[k] = _Looked(first, found)
        return looked

    def until(self, x: float) -> Spacings:
        """Return what stays true once points from ``x`` on are others."""
        if not self._looked:
            return self
        looked: dict[int, _Looked] = {}
        for k, (first, found) in self._looked.copy().items():
            num_same = min(len(found), id_of(x, k) // CELL_BUCKETS - first + 1) if x > -math.inf else 0
            if num_same > 0:
                looked[k] = _Looked(first, found[: int(num_same)])
        return Spacings(looked)


def _found(snapshot: SeriesSnapshot, cells: Cells) -> tuple[float, ...]:
    """Return how far apart the points before each place usually lie."""
    found: list[float] = []
    last_count, usual = -1, 0.0
    for number in range(cells.first, cells.last + 1):
        count = snapshot.count(scaled(float(number * CELL_BUCKETS), cells.k), "left")
        if count != last_count:
            last_count, usual = count, _usual(snapshot.part(max(0, count - STRETCH_POINTS), count))
        found.append(usual)
    return tuple(found)


def _usual(points: Points) -> float:
    usual = cadence_of(points, STRETCH_POINTS) if points.xs.size >= STRETCH_MIN else 0.0
    return usual if usual == usual else 0.0


def greatest(newest: float, usual: float) -> float:
    """Return the greater of the cadence of the newest points, NaN where it is not known, and what was found, 0 for
    nothing."""
    return newest if newest >= usual or not usual else usual
