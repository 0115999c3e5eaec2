"""Groups of chunks, so that a view of all history passes over a few rows for a million points."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate
from operator import attrgetter

import numpy as np

from cadran.readable import Floats
from cadran.store.chunks import NO_TOTALS, Chunk, Side, Totals, added
from cadran.store.joining import Piece, joined
from cadran.store.levels import EXPONENT_MAX, K_MAX, STEP, Level, coarsest, kept_from, levels_from, rows_between

GROUP_CHUNKS = 32
"""A group of so many chunks is full, and gets rows of its own; one of twice as many is cut."""
GROUP_PAYING = 64
"""The finest level of a group has at most one row for so many points: below it the chunks' own rows are few."""

first_x_of = attrgetter("first_x")
last_x_of = attrgetter("last_x")


class Group:
    """One chunk or more in ascending x. Another chunk makes another group; the others keep their rows."""

    __slots__ = ("_levels", "_totals", "chunks", "first_x", "last_x", "num_points", "starts")

    def __init__(self, chunks: tuple[Chunk, ...], starts: tuple[int, ...] = ()) -> None:
        self.chunks = chunks
        self.first_x = chunks[0].first_x
        self.last_x = chunks[-1].last_x
        self.starts = starts or tuple(accumulate((chunk.num_points for chunk in chunks), initial=0))
        """How many points are before each chunk, and in all."""
        self.num_points = self.starts[-1]
        self._levels: tuple[Level, ...] | None = None
        self._totals: Totals | None = None

    @property
    def num_bytes(self) -> int:
        """What the points and the levels made so far take."""
        return sum(chunk.num_bytes for chunk in self.chunks) + sum(level.rows.nbytes for level in self._levels or ())

    @property
    def totals(self) -> Totals:
        """The number, sum, least and greatest of the values."""
        if self._totals is None:
            self._totals = reduce(added, (chunk.totals for chunk in self.chunks), NO_TOTALS)
        return self._totals

    @property
    def totals_cost(self) -> int:
        """How many points ``totals`` passes over now."""
        return 0 if self._totals is not None else sum(chunk.totals_cost for chunk in self.chunks)

    def gather(self, k: int, low_x: float, high_x: float, pieces: list[Piece]) -> None:
        """Add what a view at k of ``low_x <= x < high_x``, edges of its buckets, passes over."""
        is_whole = low_x <= self.first_x and self.last_x < high_x
        levels = self._levels
        if levels is None and is_whole and len(self.chunks) >= GROUP_CHUNKS:
            levels = self._levels = self._merged()
        level = coarsest(levels, k) if levels else None
        if level is not None:
            pieces.append(Piece(level.k, level.rows if is_whole else rows_between(level, low_x, high_x)))
            return
        for chunk in self.chunks if is_whole else self._chunks_between(low_x, high_x):
            pieces.append(chunk.piece(k, low_x, high_x))

    def cost(self, k: int, low_x: float, high_x: float) -> int:
        """Return about how many points and rows ``gather`` passes over, levels to be made included."""
        is_whole = low_x <= self.first_x and self.last_x < high_x
        if self._levels is None and is_whole and len(self.chunks) >= GROUP_CHUNKS:
            return self.num_points
        level = coarsest(self._levels, k) if self._levels else None
        if level is not None:
            return int(level.rows.shape[1])
        return sum(chunk.cost(k) for chunk in self._chunks_between(low_x, high_x))

    def count(self, x: float, side: Side) -> int:
        """Return how many points have an x below this (``left``), or at most this (``right``)."""
        index = (bisect_left if side == "left" else bisect_right)(self.chunks, x, key=last_x_of)
        if index == len(self.chunks):
            return self.num_points
        return self.starts[index] + self.chunks[index].count(x, side)

    def with_chunk(self, chunk: Chunk) -> Group:
        """Append a chunk."""
        return Group((*self.chunks, chunk), (*self.starts, self.num_points + chunk.num_points))

    def with_points(self, xs: Floats, ys: Floats) -> list[Group]:
        """Return what takes the place of this group once these points, in ascending x, are in it."""
        chunks = list(self.chunks)
        for index, part in places(chunks, xs):
            chunks[index : index + 1] = chunks[index].with_points(xs[part], ys[part])
        return list(groups_of(chunks))

    def part(self, start: int, stop: int) -> list[Chunk]:
        """Return chunks of the points from ``start`` to ``stop``; whole ones are the same as here."""
        found: list[Chunk] = []
        for chunk, at in zip(self.chunks, self.starts, strict=False):
            low, high = max(0, start - at), min(chunk.num_points, stop - at)
            if low < high:
                found.append(chunk if high - low == chunk.num_points else chunk.part(low, high))
        return found

    def _chunks_between(self, low_x: float, high_x: float) -> tuple[Chunk, ...]:
        start = bisect_left(self.chunks, low_x, key=last_x_of)
        return self.chunks[start : bisect_left(self.chunks, high_x, key=first_x_of)]

    def _merged(self) -> tuple[Level, ...]:
        """The levels of all chunks together, from the first k at which they have few rows."""
        num_rows_max = self.num_points // GROUP_PAYING
        ks = sorted(chunk.finest_k for chunk in self.chunks)
        # A k that is fine enough for half of the chunks may be too fine for all.
        exponent = math.frexp(max(abs(self.first_x), abs(self.last_x)))[1]
        for k in range(max(ks[len(ks) // 2], kept_from(exponent - EXPONENT_MAX)), K_MAX, STEP):
            pieces = [chunk.piece(k, -math.inf, math.inf) for chunk in self.chunks]
            if sum(piece.num_rows for piece in pieces) <= num_rows_max:
                return levels_from(np.array(joined(pieces, k)[1:]), k, num_rows_max)
        return ()


def groups_of(chunks: Sequence[Chunk]) -> Iterator[Group]:
    """Cut chunks into groups: one where they are fewer than two full ones."""
    num_parts = max(1, len(chunks) // GROUP_CHUNKS)
    for index in range(num_parts):
        yield Group(tuple(chunks[index * len(chunks) // num_parts : (index + 1) * len(chunks) // num_parts]))


def places(blocks: Sequence[Chunk] | Sequence[Group], xs: Floats) -> list[tuple[int, slice]]:
    """Return which of the blocks late points fall into, and which points, the last block first.

    A point comes after all that have an x at most its own.
    """
    firsts = [block.first_x for block in blocks[1:]]
    at = np.searchsorted(firsts, xs, "right")
    indexes, starts = np.unique(at, return_index=True)
    stops = [*starts[1:].tolist(), xs.size]
    found = zip(indexes.tolist(), map(slice, starts.tolist(), stops), strict=True)
    return list(found)[::-1]
