"""A series with what was read of its past: views are made of both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.buckets import ID_MAX, Buckets, bounds_of, cadence_of, id_of, scaled
from cadran.store.joining import RAW, Piece, joined
from cadran.store.past import BLOCK_BUCKETS, BLOCKS_SEEN_MAX, PastBlock, Place, covers, past_edges
from cadran.store.snapshot import SeriesSnapshot

LOOKED_AT_MAX = 64
"""In so many blocks a neighbour is looked for."""

NEAR_ROWS = 4
"""How far apart rows usually are is seen of so many on each side of a view between two."""


class DeepSnapshot(SeriesSnapshot):
    """A series with what was read of its past."""

    __slots__ = ("_blocks", "_with_points")

    def __init__(self, held: SeriesSnapshot, blocks: Mapping[Place, PastBlock]) -> None:
        super().__init__(held.history, held.tail, held.changed_s, held.began_x, spacings=held.spacings)
        self._blocks = blocks
        self._with_points = sorted(place for place, block in blocks.items() if block.points is not None)

    def view(self, k: int, low_id: float, high_id: float = math.inf) -> Buckets:
        """Return the buckets of a range, of what is held and of what was read."""
        if self.first_x is not None and low_id > id_of(self.first_x, k):
            return super().view(k, low_id, high_id)
        return joined(self.pieces(k, low_id, high_id), k)

    def pieces(self, k: int, low_id: float, high_id: float = math.inf) -> list[Piece]:
        """Return what a view passes over."""
        return [*self._past(k, low_id, high_id), *super().pieces(k, low_id, high_id)]

    def cost(self, k: int, low_id: float, high_id: float = math.inf) -> int:
        """Return about how many points and rows this view would pass over now."""
        return super().cost(k, low_id, high_id) + sum(piece.num_rows for piece in self._past(k, low_id, high_id))

    def cadence_from(self, k: int, low_id: float, high_id: float = math.inf) -> float:
        """The usual distance in x between the points of a view that begins at ``low_id``: the greatest there is.

        A database may have been written at other intervals than the channel is fed. What others look at does not count.
        """
        first_x = self.first_x
        found = [super().cadence_from(k, low_id, high_id)]
        if first_x is None or low_id <= id_of(first_x, k):
            seen = self._seen(k, low_id, high_id if first_x is None else min(high_id, id_of(first_x, k)))
            found += [self._blocks[place].cadence(place) for place in seen]
            ids: Floats = np.concatenate([self._blocks[place].rows[0] for place in seen] or [np.empty(0)])
            found.append(scaled(cadence_of(Points(ids, ids), BLOCK_BUCKETS), k))
            if self._with_points:
                found += self._cadences_of_points(k, low_id, high_id)
        return max((one for one in found if not math.isnan(one)), default=math.nan)

    def _seen(self, k: int, low_id: float, high_id: float) -> list[Place]:
        """Return the blocks of a level that a view shows, in order."""
        least, most = low_id / BLOCK_BUCKETS, high_id / BLOCK_BUCKETS
        if most - least > 2 * BLOCKS_SEEN_MAX:  # as many as there are, at most
            return sorted(one for one in self._blocks if one.k == k and math.floor(least) <= one.number <= most)
        numbers = range(math.floor(least), math.floor(most) + 1)
        return [place for place in (Place(k, float(number)) for number in numbers) if place in self._blocks]

    def _cadences_of_points(self, k: int, low_id: float, high_id: float) -> list[float]:
        """Return the usual distances of the rows that a view shows, as far as they lie in the blocks of its level; of
        those around it where it lies between two."""
        first, last = (math.floor(max(-ID_MAX, min(ID_MAX, end)) / BLOCK_BUCKETS) for end in (low_id, high_id))
        low_x, high_x = bounds_of(k, first * BLOCK_BUCKETS, (last + 1) * BLOCK_BUCKETS - 1)
        found: list[float] = []
        for place in self._wider(k, low_x, high_x):
            points = self._blocks[place].points
            if points is not None:
                start, stop = points.xs.searchsorted((low_x, high_x), "left").tolist()
                if stop - start < 3:
                    start, stop = max(0, start - NEAR_ROWS), stop + NEAR_ROWS
                found.append(cadence_of(Points(points.xs[start:stop], points.ys[start:stop]), points.xs.size))
        return found

    def _neighbours(self, k: int, low_id: float, high_id: float) -> tuple[float, float]:
        """As far as they are held, or were read in one piece with the range."""
        edge = math.inf if self.first_x is None else id_of(self.first_x, k)
        low, high = super()._neighbours(k, low_id, high_id)
        if low == low_id and low_id <= edge:
            low = self._last_before(k, low_id, edge)
        if high_id < edge:
            high = self._first_after(k, high_id, edge)
        return low, high

    def _last_before(self, k: int, low_id: float, edge: float) -> float:
        """Return the id of the last bucket before one, as far back as everything is known; that one for none."""
        at = low_id
        for _ in range(LOOKED_AT_MAX):
            found = self._read_at(k, at - 1, edge)
            if found is None:
                break
            place, ids = found
            if index := int(ids.searchsorted(low_id, "left")):
                return float(ids[index - 1])
            at = id_of(past_edges(place)[0], k)
        return low_id

    def _first_after(self, k: int, high_id: float, edge: float) -> float:
        """Return the id of the first bucket after one, as far on as everything is known; that one for none."""
        at = high_id
        for _ in range(LOOKED_AT_MAX):
            if at + 1 >= edge:
                return edge
            found = self._read_at(k, at + 1, edge)
            if found is None:
                break
            place, ids = found
            index = int(ids.searchsorted(high_id, "right"))
            if index < ids.size:
                return float(min(ids[index], edge))
            at = id_of(past_edges(place)[1], k) - 1
        return high_id

    def _read_at(self, k: int, bucket_id: float, edge: float) -> tuple[Place, Floats] | None:
        """Return the place that has a bucket, and the ids at level k of all that it has; None where it is not known."""
        wanted = Place(k, float(math.floor(bucket_id / BLOCK_BUCKETS)))
        block = self._blocks.get(wanted)
        if block is not None and covers(wanted, block, wanted, edge):
            return wanted, block.rows[0]
        for place in self._with_points:
            block = self._blocks[place]
            if place.k > k and wanted.within(place.k) == place and covers(place, block, wanted, edge):
                return place, np.empty(0) if block.points is None else _ids_of(block.points.xs, k)
        return None

    def _wider(self, k: int, low_x: float, high_x: float) -> list[Place]:
        """Return the places of coarser levels whose rows are known that have a part of a range, the coarsest first;
        none within another that was read as far."""
        found: list[Place] = []
        for place in reversed(self._with_points):
            first_x, end_x = past_edges(place)
            if place.k > k and first_x < high_x and end_x > low_x:
                read_x = self._read_x(place)
                if not any(self._read_x(one) >= read_x for one in _around(place, found)):
                    found.append(place)
        return found

    def _read_x(self, place: Place) -> float:
        """Return up to which x a block was read."""
        return bounds_of(place.k, 0.0, self._blocks[place].read_to)[1]

    def _past(self, k: int, low_id: float, high_id: float) -> list[Piece]:
        if self.first_x is not None:
            high_id = min(high_id, id_of(self.first_x, k))
        if low_id > high_id:
            return []
        low_x, high_x = bounds_of(k, low_id, high_id)
        wider = self._wider(k, low_x, high_x)
        found: list[tuple[float, Piece]] = []
        ends: dict[Place, float] = {}
        """Where something begins within a wider one that was read further."""
        for place in wider:
            for one in _around(place, wider):
                ends[one] = min(ends.get(one, math.inf), past_edges(place)[0])
        for place, block in self._blocks.items():
            if place.k != k or place.last_id < low_id or place.first_id > high_id:
                continue
            around = _around(place, wider)
            if any(covers(one, self._blocks[one], place, block.read_to) for one in around):
                continue  # the rows themselves are there
            ids = block.rows[0]
            part = slice(int(ids.searchsorted(low_id, "left")), int(ids.searchsorted(high_id, "right")))
            found.append((past_edges(place)[0], Piece(k, block.rows[:, part])))
            for one in around:
                ends[one] = min(ends.get(one, math.inf), past_edges(place)[0])
        for place in wider:
            points = self._blocks[place].points
            if points is not None:
                end_x = min(high_x, ends.get(place, math.inf))
                part = slice(*points.xs.searchsorted((low_x, end_x), "left").tolist())
                found.append((past_edges(place)[0], Piece(RAW, (points.xs[part], points.ys[part]))))
        return [piece for _, piece in sorted(found, key=lambda one: one[0])]


def _ids_of(xs: Floats, k: int) -> Floats:
    """Return the ids at level k of some x, at most ``ID_MAX`` from 0, as ``id_of`` does."""
    with np.errstate(over="ignore"):  # where somebody looks very closely, others are infinitely far away
        ids: Floats = np.floor(np.ldexp(xs, -k)).clip(-ID_MAX, ID_MAX)
    return ids


def _around(place: Place, others: Iterable[Place]) -> list[Place]:
    """Return those of some places of coarser levels that have all of this one."""
    return [one for one in others if one.k > place.k and place.within(one.k) == one]
