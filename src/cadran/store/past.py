"""What lies before the points that are held, in buckets that a database made: read block by block, where it is seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.buckets import Buckets, bounds_of, cadence_of, id_of
from cadran.store.joining import Piece, joined
from cadran.store.snapshot import CADENCE_POINTS, SeriesSnapshot

BLOCK_BUCKETS = 1_024
"""A block has so many ids of one level: a view takes two to five, and one that moves on takes few new ones."""
PARTS = 4
"""How far apart points lie may change within a block: each part is looked at alone, if it has enough."""
PART_POINTS_MIN = 8
BLOCK_BYTES = 2_048
"""What a block takes beside its rows, in the work of keeping it too."""
KEPT_PART = 0.75
"""So much of the bound stays where it is reached, so that it is not at each block."""
PAST_BYTES_MAX = 16 * 1024 * 1024
"""Of one series. The blocks that were not seen for longest go first."""


class Place(NamedTuple):
    """Which block: the ids from ``number * BLOCK_BUCKETS`` on, of level ``k``."""

    k: int
    number: float

    @property
    def first_id(self) -> float:
        """The least id."""
        return self.number * BLOCK_BUCKETS

    @property
    def last_id(self) -> float:
        """The greatest id."""
        return self.first_id + BLOCK_BUCKETS - 1


class PastBlock(NamedTuple):
    """The buckets of one place, as far as they were read."""

    rows: Floats
    """Columns id, first, min, max and last, of shape (5, n)."""
    read_to: float
    """The greatest id that was read; beyond, points were held."""
    read_mono: float
    """When."""

    @property
    def num_bytes(self) -> int:
        """What it takes, with what holds it: one without rows is not for nothing either."""
        return BLOCK_BYTES + int(self.rows.nbytes)

    def cadence(self, place: Place) -> float:
        """The usual distance in x between its buckets; NaN where there are too few. Where it differs, the greatest."""
        ids = self.rows[0]
        edges = np.arange(PARTS + 1) * (BLOCK_BUCKETS // PARTS) + place.first_id
        parts = [ids[start:stop] for start, stop in pairwise(ids.searchsorted(edges).tolist())]
        alike = [part for part in parts if part.size >= PART_POINTS_MIN] or [ids]
        usual = max(cadence_of(Points(part, part), BLOCK_BUCKETS) for part in alike)
        return math.ldexp(usual, place.k)


class Reach(NamedTuple):
    """How far back a view can be shown now."""

    low: float
    """The least id from which on everything is there."""
    missing: tuple[Place, ...]
    """What must be read for the rest, the newest first."""
    oldest_mono: float = math.inf
    """When the oldest of what is there and need not be read again was read; ``inf`` without any."""


class PastBlocks:
    """The blocks of one series. Readers in other threads have those of the moment at which they took a snapshot."""

    def __init__(self, max_bytes: int = PAST_BYTES_MAX) -> None:
        self._max_bytes = max_bytes
        self._blocks: dict[Place, PastBlock] = {}
        """Never changed, but made anew: snapshots hold it."""
        self._seen_mono: dict[Place, float] = {}
        self.num_bytes = 0
        """What all blocks take."""
        self.num_dropped = 0
        """Blocks that made room for others."""
        self.seen_mono = -math.inf
        """When any of them was last looked at."""

    def clear(self) -> None:
        """Forget all."""
        self._blocks, self._seen_mono, self.num_bytes = {}, {}, 0

    @property
    def blocks(self) -> Mapping[Place, PastBlock]:
        """The present ones."""
        return self._blocks

    def reach(self, k: int, low: float, high: float, held_x: float, now_mono: float, fresh_secs: float) -> Reach:
        """Return how far back of ``low <= id <= high`` is there, where points are held from ``held_x`` on.

        What was read ``fresh_secs`` ago or longer counts as there, and is to be read again.
        """
        edge = id_of(held_x, k)
        self.seen_mono = now_mono
        if low > edge or k < -1000:
            return Reach(low, ())
        reached, oldest_mono, missing = math.inf, math.inf, []
        newest, oldest = math.floor(min(high, edge) / BLOCK_BUCKETS), math.floor(low / BLOCK_BUCKETS)
        for number in range(newest, max(oldest, newest - BLOCKS_SEEN_MAX) - 1, -1):
            place = Place(k, float(number))
            block = self._blocks.get(place)
            if block is not None:
                self._seen_mono[place] = now_mono
            is_there = block is not None and block.read_to >= min(place.last_id, edge)
            if not is_there and reached == math.inf:
                reached = place.last_id + 1
            if block is None or not is_there or now_mono - block.read_mono >= fresh_secs:
                missing.append(place)
            else:
                oldest_mono = min(oldest_mono, block.read_mono)
        if reached == math.inf:
            reached = max(low, (newest - BLOCKS_SEEN_MAX) * BLOCK_BUCKETS)
        low = max(low, min(reached, edge)) if high >= edge else max(low, reached)
        return Reach(low, tuple(missing), oldest_mono)

    def add(self, place: Place, block: PastBlock) -> bool:
        """Keep a block; return whether its rows are others than those that were there."""
        old = self._blocks.get(place)
        self._seen_mono[place] = block.read_mono
        kept = {**self._blocks, place: block}
        self.num_bytes += block.num_bytes - (0 if old is None else old.num_bytes)
        if self.num_bytes > self._max_bytes:
            for other in sorted(kept, key=lambda one: self._seen_mono.get(one, -math.inf)):
                if self.num_bytes <= self._max_bytes * KEPT_PART or other == place:
                    break
                self.num_bytes -= kept.pop(other).num_bytes
                self._seen_mono.pop(other, None)
                self.num_dropped += 1
        self._blocks = kept
        return old is None or not np.array_equal(old.rows, block.rows, equal_nan=True)


BLOCKS_SEEN_MAX = 32
"""No view is wider: a screen has at most 16,384 pixels, and a bucket is more than half of one."""


class DeepSnapshot(SeriesSnapshot):
    """A series with what was read of its past."""

    __slots__ = ("_blocks",)

    def __init__(self, held: SeriesSnapshot, blocks: Mapping[Place, PastBlock]) -> None:
        super().__init__(held.history, held.tail, held.changed_s, held.began_x)
        self._blocks = blocks

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

    def cadence_from(self, k: int, low_id: float) -> float:
        """The usual distance in x between the points of a view that begins at ``low_id``: the greatest there is.

        A database may have been written at other intervals than the channel is fed.
        """
        first_x = self.first_x
        start = self.count(math.ldexp(low_id, k), "left") if low_id > -math.inf else 0
        found = [self.cadence, cadence_of(self.part(start, min(start + CADENCE_POINTS, len(self))), CADENCE_POINTS)]
        if first_x is None or low_id <= id_of(first_x, k):
            seen = sorted(place for place in self._blocks if place.k == k and place.last_id >= low_id)
            found += [self._blocks[place].cadence(place) for place in seen]
            ids: Floats = np.concatenate([self._blocks[place].rows[0] for place in seen] or [np.empty(0)])
            found.append(math.ldexp(cadence_of(Points(ids, ids), BLOCK_BUCKETS), k))
        return max((one for one in found if not math.isnan(one)), default=math.nan)

    def _neighbours(self, k: int, low_id: float, high_id: float) -> tuple[float, float]:
        """As far as they are held, or were read in one piece with the range."""
        edge = math.inf if self.first_x is None else id_of(self.first_x, k)
        low, high = super()._neighbours(k, low_id, high_id)
        if low == low_id and low_id <= edge:
            low = self._last_before(k, low_id)
        if high_id < edge:
            high = self._first_after(k, high_id, edge)
        return low, high

    def _last_before(self, k: int, low_id: float) -> float:
        place = Place(k, math.floor(low_id / BLOCK_BUCKETS))
        while (block := self._blocks.get(place)) is not None and block.read_to >= min(place.last_id, low_id - 1):
            ids = block.rows[0]
            if index := int(ids.searchsorted(low_id, "left")):
                return float(ids[index - 1])
            place = Place(k, place.number - 1)
        return low_id

    def _first_after(self, k: int, high_id: float, edge: float) -> float:
        place = Place(k, math.floor((high_id + 1) / BLOCK_BUCKETS))
        while (block := self._blocks.get(place)) is not None and block.read_to >= min(place.last_id, edge):
            ids = block.rows[0]
            index = int(ids.searchsorted(high_id, "right"))
            if index < ids.size:
                return float(min(ids[index], edge))
            if place.last_id >= edge:
                return edge
            place = Place(k, place.number + 1)
        return high_id

    def _past(self, k: int, low_id: float, high_id: float) -> list[Piece]:
        if self.first_x is not None:
            high_id = min(high_id, id_of(self.first_x, k))
        if low_id > high_id:
            return []
        found: list[Piece] = []
        for place, block in sorted((one for one in self._blocks.items() if one[0].k == k), key=itemgetter(0)):
            if place.last_id >= low_id and place.first_id <= high_id:
                ids = block.rows[0]
                part = slice(int(ids.searchsorted(low_id, "left")), int(ids.searchsorted(high_id, "right")))
                found.append(Piece(k, block.rows[:, part]))
        return found


def past_edges(place: Place) -> tuple[float, float]:
    """Return low_x and high_x of a place: it holds ``low_x <= x < high_x``."""
    return bounds_of(place.k, place.first_id, place.last_id)
