"""What lies before the points that are held, in buckets that a database made: read block by block, where it is seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.buckets import bounds_of, cadence_of, id_of, scaled

BLOCK_BUCKETS = 1_024
"""A block has so many ids of one level: a view takes two to five, and one that moves on takes few new ones."""
PARTS = 4
"""How far apart points lie may change within a block: each part is looked at alone, if it has enough."""
PART_POINTS_MIN = 8
BLOCK_BYTES = 2_048
"""What a block takes beside its rows, in the work of keeping it too."""
SPARSE_ROWS = 1_024
"""A block with so few rows is read as rows where somebody looks closer: then all finer levels are there, too."""
KEPT_PART = 0.75
"""So much of the bound stays where it is reached, so that it is not at each block."""
BEYOND_LEVELS = 4
"""Where nothing lies beside a range, what is wider by so many levels is read: its neighbours may be far away."""
BEYOND_BLOCKS = 8
"""In so many blocks a neighbour is looked for on each side."""
AROUND_BLOCKS = 3
"""So many that are wider and wider are read where there are too few rows to see how far apart they usually are."""
LEVEL_MAX = 900
"""Wider buckets than 2^900 are not looked at."""
GONE_MAX = 4_096
"""Of so many blocks that made room it is known when they were read."""
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

    def within(self, k: int) -> Place:
        """The place of a coarser level that this one is a part of."""
        return Place(k, float(math.floor(math.ldexp(self.number, self.k - k))))


class PastBlock(NamedTuple):
    """The buckets of one place, as far as they were read."""

    rows: Floats
    """Columns id, first, min, max and last, of shape (5, n)."""
    read_to: float
    """The greatest id that was read; beyond, points were held."""
    read_mono: float
    """When."""
    num_rows: float = math.inf
    """How many rows its buckets are of; ``inf``: not known, or too many to be read themselves."""
    points: Points | None = None
    """The rows themselves, in ascending x: what any finer level is made of."""
    usual: float | None = None
    """Its ``cadence``, where that was worked out."""

    @property
    def num_bytes(self) -> int:
        """What it takes, with what holds it: one without rows is not for nothing either."""
        num_bytes = 0 if self.points is None else 2 * int(self.points.xs.nbytes)
        return BLOCK_BYTES + int(self.rows.nbytes) + num_bytes

    @property
    def is_sparse(self) -> bool:
        """Whether it is to be read as rows, or was."""
        return self.points is not None or self.num_rows <= SPARSE_ROWS

    def ends(self, k: int) -> tuple[float, float] | None:
        """The ids of its first and last bucket at a level: its own, or if there are points a finer one."""
        if self.points is None:
            return (float(self.rows[0, 0]), float(self.rows[0, -1])) if self.rows.size else None
        xs = self.points.xs
        return (id_of(xs.item(0), k), id_of(xs.item(-1), k)) if xs.size else None

    def cadence(self, place: Place) -> float:
        """The usual distance in x between its buckets; NaN where there are too few. Where it differs, the greatest."""
        if self.usual is not None:
            return self.usual
        ids = self.rows[0]
        edges = np.arange(PARTS + 1) * (BLOCK_BUCKETS // PARTS) + place.first_id
        parts = [ids[start:stop] for start, stop in pairwise(ids.searchsorted(edges).tolist())]
        alike = [part for part in parts if part.size >= PART_POINTS_MIN] or [ids]
        usual = max(cadence_of(Points(part, part), BLOCK_BUCKETS) for part in alike)
        return scaled(usual, place.k)


class Reach(NamedTuple):
    """How far back a view can be shown now."""

    low: float
    """The least id from which on everything is there."""
    missing: tuple[Place, ...]
    """What must be read for the rest, the newest first."""
    oldest_mono: float = math.inf
    """When the oldest of what is there and need not be read again was read; ``inf`` without any."""
    owes_beside: bool = False
    """Of what is missing some lies beside it, and was not there so far."""


class PastBlocks:
    """The blocks of one series. Readers in other threads have those of the moment at which they took a snapshot."""

    def __init__(self, max_bytes: int = PAST_BYTES_MAX) -> None:
        self._max_bytes = max_bytes
        self._blocks: dict[Place, PastBlock] = {}
        """Never changed, but made anew: snapshots hold it."""
        self._seen_mono: dict[Place, float] = {}
        self._gone_mono: dict[Place, float] = {}
        """When those were read that made room: whoever has the picture needs them again once they are old."""
        self._sparse_ks: tuple[int, ...] = ()
        """Levels at which some are sparse, the finest first."""
        self.num_bytes = 0
        """What all blocks take."""
        self.num_dropped = 0
        """Blocks that made room for others."""
        self.seen_mono = -math.inf
        """When any of them was last looked at."""

    def clear(self) -> None:
        """Forget all, but for when they were read."""
        for place, block in self._blocks.items():
            self._remember_gone(place, block)
        self._blocks, self._seen_mono, self._sparse_ks, self.num_bytes = {}, {}, (), 0

    @property
    def blocks(self) -> Mapping[Place, PastBlock]:
        """The present ones."""
        return self._blocks

    def reach(
        self,
        k: int,
        low: float,
        high: float,
        held_x: float,
        now_mono: float,
        fresh_secs: float,
        *,
        is_kept: bool = False,
        is_beside: bool = False,
    ) -> Reach:
        """Return how far back of ``low <= id <= high`` is there, where points are held from ``held_x`` on.

        What was read ``fresh_secs`` ago or longer counts as there, and is to be read again. ``is_kept``: who looks has
        all of it, and needs nothing but what is old; its blocks may make room for those of others. ``is_beside``: once
        all of it is there, its neighbours are asked for too, from where the line comes and where it goes.
        """
        edge = id_of(held_x, k)
        self.seen_mono = now_mono
        if low > edge or k < -1000:
            return Reach(low, ())
        reached, looked_at, beside = math.inf, list[tuple[Place, bool]](), list[Place]()
        newest, oldest = math.floor(min(high, edge) / BLOCK_BUCKETS), math.floor(low / BLOCK_BUCKETS)
        for number in range(newest, max(oldest, newest - BLOCKS_SEEN_MAX) - 1, -1):
            wanted = Place(k, float(number))
            place = self._source_of(wanted, edge)
            block = self._blocks.get(place)
            is_there = block is not None and covers(place, block, wanted, edge)
            if not is_there and reached == math.inf:
                reached = wanted.last_id + 1
            looked_at.append((place, is_there or is_kept))
        if is_beside and (reached == math.inf or is_kept):
            for is_before in (True, False):
                end = low if is_before else high
                for place, is_there in self._beside(k, end, edge, is_before=is_before):
                    block = self._blocks.get(place)
                    lacks_rows = place.k > k and block is not None and block.points is None
                    if not is_there:
                        beside.append(place)
                    looked_at.append((place, is_there or (is_kept and not lacks_rows)))
        missing: dict[Place, None] = {}
        oldest_mono = math.inf
        for place, is_enough in looked_at:
            block = self._blocks.get(place)
            if block is not None and not is_kept:
                self._seen_mono[place] = now_mono
            read_mono = self._gone_mono.get(place, -math.inf) if block is None else block.read_mono
            if not is_enough or now_mono - read_mono >= fresh_secs:
                missing[place] = None
            else:
                oldest_mono = min(oldest_mono, read_mono)
        if reached == math.inf:
            reached = max(low, (newest - BLOCKS_SEEN_MAX) * BLOCK_BUCKETS)
        low = max(low, min(reached, edge)) if high >= edge else max(low, reached)
        return Reach(low, tuple(missing), oldest_mono, any(place in missing for place in beside))

    def _beside(self, k: int, end: float, edge: float, *, is_before: bool) -> Iterator[tuple[Place, bool]]:
        """Yield the blocks in which the nearest bucket is looked for, before an id or after it, and whether each is
        there. Beside one that is empty what is wider comes next: rows may lie far apart."""
        at, levels = end, 0
        for _ in range(BEYOND_BLOCKS):
            at += -1 if is_before else 1  # which changes nothing where ids are too great to be told apart
            if at >= edge or k + levels > LEVEL_MAX:
                return
            wanted = Place(k, float(math.floor(at / BLOCK_BUCKETS)))
            place = self._source_of(wanted, edge)
            block = self._blocks.get(place)
            if block is None or not covers(place, block, wanted, edge):
                # What is wider says no more where it has many rows, and is there: they may lie elsewhere in it.
                wider = (wanted.within(k + more) for more in range(levels, 0, -1))
                unknown = (one for one in wider if one not in self._blocks or self.reads_rows(one))
                yield next(unknown, wanted if levels else place), False
                return
            yield place, True
            ends = block.ends(k)
            if ends is not None and (ends[0] < end if is_before else ends[1] > end):
                yield from self._around(place)
                return
            low_x, high_x = past_edges(place)
            at = id_of(low_x, k) if is_before else id_of(high_x, k) - 1
            levels = 0 if place.k == k and ends is not None else place.k - k + BEYOND_LEVELS

    def _around(self, place: Place) -> Iterator[tuple[Place, bool]]:
        """Yield wider blocks until one has so many rows that it is seen how far apart they usually are."""
        for _ in range(AROUND_BLOCKS):
            block = self._blocks.get(place)
            if block is None or block.rows.shape[1] >= PART_POINTS_MIN or place.k > LEVEL_MAX:
                return
            place = place.within(place.k + BEYOND_LEVELS)
            is_there = place in self._blocks and not (self.reads_rows(place) and self._blocks[place].points is None)
            yield place, is_there
            if not is_there:
                return

    def _source_of(self, wanted: Place, edge: float) -> Place:
        """Return the block from which a view gets a place: its own, or a wider one whose rows are, or can be, known."""
        own = self._blocks.get(wanted)
        if own is not None and covers(wanted, own, wanted, edge):
            return wanted
        for k in self._sparse_ks:
            if k > wanted.k:
                wider = wanted.within(k)
                block = self._blocks.get(wider)
                if block is not None and block.is_sparse:
                    return wider
        return wanted

    def reads_rows(self, place: Place) -> bool:
        """Whether a place is to be read as rows, as it was seen that it has few."""
        block = self._blocks.get(place)
        return block is not None and block.is_sparse

    def _remember_gone(self, place: Place, block: PastBlock) -> None:
        self._gone_mono.pop(place, None)
        self._gone_mono[place] = block.read_mono
        if len(self._gone_mono) > GONE_MAX:
            del self._gone_mono[next(iter(self._gone_mono))]

    def add(self, place: Place, block: PastBlock) -> bool:
        """Keep a block; return whether its rows are others than those that were there."""
        old = self._blocks.get(place)
        block = block._replace(usual=block.cadence(place))
        self._seen_mono[place] = block.read_mono
        self._gone_mono.pop(place, None)
        kept = {**self._blocks, place: block}
        self.num_bytes += block.num_bytes - (0 if old is None else old.num_bytes)
        if self.num_bytes > self._max_bytes:
            for other in sorted(kept, key=lambda one: self._seen_mono.get(one, -math.inf)):
                if self.num_bytes <= self._max_bytes * KEPT_PART or other == place:
                    break
                gone = kept.pop(other)
                self._remember_gone(other, gone)
                self.num_bytes -= gone.num_bytes
                self._seen_mono.pop(other, None)
                self.num_dropped += 1
        self._blocks = kept
        self._sparse_ks = tuple(sorted({one.k for one, found in kept.items() if found.is_sparse}))
        if old is None or (old.points is None) != (block.points is None):
            return True
        return not (_are_same(old.rows, block.rows) and _are_same(old.points or (), block.points or ()))


BLOCKS_SEEN_MAX = 32
"""No view is wider: a screen has at most 16,384 pixels, and a bucket is more than half of one."""


def covers(place: Place, block: PastBlock, wanted: Place, edge: float) -> bool:
    """Whether all of a place, up to the id ``edge`` of its level, can be had of a block: its own, or a wider one."""
    if place != wanted and block.points is None:
        return False
    return bounds_of(place.k, 0.0, block.read_to)[1] >= bounds_of(wanted.k, 0.0, min(wanted.last_id, edge))[1]


def _are_same(some: Iterable[Floats], others: Iterable[Floats]) -> bool:
    return all(np.array_equal(one, other, equal_nan=True) for one, other in zip(some, others, strict=True))


def past_edges(place: Place) -> tuple[float, float]:
    """Return low_x and high_x of a place: it holds ``low_x <= x < high_x``."""
    return bounds_of(place.k, place.first_id, place.last_id)
