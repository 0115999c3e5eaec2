"""Points of one series that wait to be drained."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

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
MAX_RUN_POINTS = 512
"""A longer run becomes a chunk: that is a quarter of the memory."""


@dataclass(slots=True)
class SeriesBacklog:
    """Whole chunks in the order of arrival, then a run of single points."""

    x: XKind
    replace: bool = False
    chunks: deque[tuple[Floats, Floats]] = field(default_factory=deque)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    num_chunk_points: int = 0
    is_sorted: bool = True
    """Whether all chunks are in ascending x, each behind the one before it."""
    last_x: float = -math.inf
    """Of the last chunk."""

    @property
    def num_points(self) -> int:
        return self.num_chunk_points + len(self.xs)

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
        self.close_run()
        self._add_chunk(xs, ys, is_sorted)
        return xs.size * CHUNK_POINT_BYTES + (len(self.chunks) - num_chunks) * CHUNK_BYTES

    def _add_chunk(self, xs: Floats, ys: Floats, is_sorted: bool) -> None:
        self.chunks.append((xs, ys))
        self.num_chunk_points += xs.size
        self.is_sorted = self.is_sorted and is_sorted and xs.item(0) >= self.last_x
        self.last_x = xs.item(-1)

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
        if num_points > 0:
            del self.xs[:num_points], self.ys[:num_points]

    def landed(self) -> PointsLanded:
        """All as one, each point copied at most once."""
        self.close_run()
        if not self.chunks:
            return PointsLanded(np.empty(0), np.empty(0), self.replace, self.x, True)
        if len(self.chunks) == 1:
            return PointsLanded(*self.chunks[0], self.replace, self.x, self.is_sorted)
        xs = np.concatenate([chunk[0] for chunk in self.chunks])
        ys = np.concatenate([chunk[1] for chunk in self.chunks])
        return PointsLanded(xs, ys, self.replace, self.x, self.is_sorted)
