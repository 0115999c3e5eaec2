"""Points of one series that wait to be drained."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from cadran.channel.block_room import BlockRoom
from cadran.channel.landed import PointsLanded
from cadran.readable import Floats
from cadran.updates.prepare import is_finite_and_ascending
from cadran.updates.update import XKind

SINGLE_POINT_BYTES = 64
"""Two Python floats in two lists."""
CHUNK_POINT_BYTES = 16
CHUNK_BYTES = 256
SERIES_BYTES = 600
MIN_CHUNK_POINTS = 16
"""Shorter batches join the run: an array has a cost of its own."""
BLOCK_POINTS = 32_768
"""Batches of so many points together become one block: a core's cache still holds them, their memory is used again
for the next ones, and a store takes the block over without another copy."""
MAX_RUN_POINTS = 512
"""A longer run becomes a chunk: that is a quarter of the memory."""


def _put_together(columns: Iterable[Floats], into: Floats) -> None:
    """Write short columns one after the other.

    NumPy would let other threads run at each of them, and make them wait for the channel's lock, which is held here.
    """
    room, end = into.data, 0
    for column in columns:
        start, end = end, end + column.size
        room[start:end] = column  # type: ignore[call-overload]  # it is a buffer: NumPy's types say so from 3.12 on


@dataclass(slots=True)
class SeriesBacklog:
    """Whole chunks in the order of arrival, the last of them loose, then a run of single points."""

    x: XKind
    replace: bool = False
    chunks: deque[tuple[Floats, Floats]] = field(default_factory=deque)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    num_chunk_points: int = 0
    num_loose_chunks: int = 0
    """So many of the last chunks are not in a block yet."""
    num_loose_points: int = 0
    room: BlockRoom | None = None
    """Where blocks are made: that of the last drain, where the series had some."""
    is_room_used: bool = False
    is_sorted: bool = True
    """Whether all chunks are in ascending x, each behind the one before it."""
    last_x: float = -math.inf
    """Of the last chunk."""

    @property
    def num_points(self) -> int:
        return self.num_chunk_points + len(self.xs)

    @property
    def first_x(self) -> float:
        """The least x, if all chunks are in order, so that it is known at a glance; else minus infinity."""
        if not self.is_sorted:
            return -math.inf
        if not self.xs and self.chunks:
            return self.chunks[0][0].item(0)
        return min(self.chunks[0][0].item(0) if self.chunks else math.inf, min(self.xs, default=math.inf))

    def is_behind(self, x: float) -> bool:
        """Whether there are chunks alone, in order, and none of their points is before ``x``: a look at one number."""
        chunks = self.chunks
        return bool(
            self.is_sorted
            and chunks
            and not (self.xs or self.replace)
            and self.x != "free"
            and chunks[0][0].item(0) >= x
        )

    @property
    def num_bytes(self) -> int:
        chunks = len(self.chunks) * CHUNK_BYTES + self.num_chunk_points * CHUNK_POINT_BYTES
        return SERIES_BYTES + chunks + len(self.xs) * SINGLE_POINT_BYTES

    def add(self, xs: Floats, ys: Floats, is_sorted: bool) -> int:
        """Take a batch of at least one point; return how many bytes it takes at most."""
        if xs.size < MIN_CHUNK_POINTS:
            self.xs += xs.tolist()
            self.ys += ys.tolist()
            if len(self.xs) > MAX_RUN_POINTS:
                self.close_run()
            return xs.size * SINGLE_POINT_BYTES + CHUNK_BYTES
        num_chunks = len(self.chunks)
        if self.xs:
            self.close_run()
        self._add_chunk(xs, ys, is_sorted)
        return xs.size * CHUNK_POINT_BYTES + (len(self.chunks) - num_chunks) * CHUNK_BYTES

    def _add_chunk(self, xs: Floats, ys: Floats, is_sorted: bool) -> None:
        self.chunks.append((xs, ys))
        self.num_chunk_points += xs.size
        self.is_sorted = self.is_sorted and is_sorted and xs.item(0) >= self.last_x
        self.last_x = xs.item(-1)
        if xs.size >= BLOCK_POINTS:
            self.num_loose_chunks = self.num_loose_points = 0  # it is a block of its own
            return
        self.num_loose_chunks += 1
        self.num_loose_points += xs.size
        if self.num_loose_points >= BLOCK_POINTS:
            self._join_loose()

    def _join_loose(self) -> None:
        """Make one block of the loose chunks."""
        if self.num_loose_chunks > 1:
            loose = [self.chunks.pop() for _ in range(self.num_loose_chunks)][::-1]
            block = self._room_for_block()
            for columns, into in zip(zip(*loose, strict=True), block, strict=True):
                _put_together(columns, into)
            self.chunks.append(block)
        self.num_loose_chunks = self.num_loose_points = 0

    def _room_for_block(self) -> tuple[Floats, Floats]:
        """Return room for the loose points."""
        num_points = self.num_loose_points
        if num_points < BLOCK_POINTS:
            return np.empty(num_points), np.empty(num_points)
        self.room = self.room or BlockRoom()
        self.is_room_used = True
        return self.room.block(num_points)

    def close_run(self) -> None:
        """Turn the run of single points into a chunk."""
        if self.xs:
            num_points = len(self.xs)
            xs = np.fromiter(self.xs, np.float64, num_points)
            ys = np.fromiter(self.ys, np.float64, num_points)
            self._add_chunk(xs, ys, is_finite_and_ascending(xs))
            self.xs, self.ys = [], []

    def replace_all(self) -> None:
        """Forget what came before: a newer whole state takes its place."""
        self.replace = True
        self.chunks.clear()
        self.xs, self.ys, self.num_chunk_points = [], [], 0
        self.num_loose_chunks = self.num_loose_points = 0
        self.is_sorted, self.last_x = True, -math.inf

    def drop_oldest(self, num_points: int) -> None:
        """Give up ``num_points``, at most as many as there are."""
        while num_points > 0 and self.chunks:
            xs, ys = self.chunks.popleft()
            taken = min(num_points, xs.size)
            if taken < xs.size:
                # A copy: a slice would keep the whole chunk in memory.
                self.chunks.appendleft((xs[taken:].copy(), ys[taken:].copy()))
            self.num_chunk_points -= taken
            num_points -= taken
        self.num_loose_chunks = min(self.num_loose_chunks, len(self.chunks))
        self.num_loose_points = min(self.num_loose_points, self.num_chunk_points)
        if num_points > 0:
            del self.xs[:num_points], self.ys[:num_points]

    def landed(self) -> PointsLanded:
        """All of it, in few blocks. The backlog is not added to afterwards."""
        self.room = None  # by now it is the next backlog's, and that one is another thread's
        if self.xs:
            self.close_run()
        if self.num_loose_chunks > 1:
            self._join_loose()
        return PointsLanded(tuple(self.chunks), self.replace, self.x, self.is_sorted)


def begun_with(x: XKind, xs: Floats, ys: Floats, is_sorted: bool, room: BlockRoom | None) -> SeriesBacklog:
    """Return what an empty backlog becomes by a batch of ``MIN_CHUNK_POINTS`` or more: most drains find no other."""
    num_points = xs.size
    is_loose = num_points < BLOCK_POINTS
    return SeriesBacklog(
        x,
        chunks=deque(((xs, ys),)),  # bounded as those of any backlog
        num_chunk_points=num_points,
        num_loose_chunks=1 if is_loose else 0,
        num_loose_points=num_points if is_loose else 0,
        room=room,
        is_sorted=is_sorted,
        last_x=xs.item(-1),
    )
