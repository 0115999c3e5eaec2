"""Points of one series that wait to be sent, in the order in which they were given."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from cadran.readable import Floats
from cadran.updates.update import XKind

SINGLE_POINT_BYTES = 64
"""Two Python floats in two lists."""
CHUNK_POINT_BYTES = 16
CHUNK_BYTES = 256
SERIES_BYTES = 600
RUN_POINTS_MAX = 512
"""A longer run of single points becomes an array: that is a quarter of the memory."""
ARRAY_POINTS_MIN = 16
"""Shorter batches join the run: an array has a cost of its own."""


@dataclass(slots=True)
class WaitingSeries:
    """Arrays first, then a run of single points."""

    x: XKind
    began_mono: float
    """When the oldest of them was given, or an older one that is gone."""
    replace: bool = False
    """They take the place of what the server has."""
    is_again: bool = False
    """A curve that the server had taken before it was started again."""
    chunks: deque[tuple[Floats, Floats]] = field(default_factory=deque)  # bounded by the outbox
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    num_chunk_points: int = 0

    @property
    def num_points(self) -> int:
        return self.num_chunk_points + len(self.xs)

    @property
    def num_bytes(self) -> int:
        chunks = len(self.chunks) * CHUNK_BYTES + self.num_chunk_points * CHUNK_POINT_BYTES
        return SERIES_BYTES + chunks + len(self.xs) * SINGLE_POINT_BYTES

    def add_point(self, x: float, y: float) -> None:
        self.xs.append(x)
        self.ys.append(y)
        if len(self.xs) > RUN_POINTS_MAX:
            self._close_run()

    def add(self, xs: Floats, ys: Floats) -> None:
        if xs.size < ARRAY_POINTS_MIN:
            for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                self.add_point(x, y)
            return
        self._close_run()
        self.chunks.append((xs, ys))
        self.num_chunk_points += xs.size

    def replace_all(self) -> int:
        """Forget what came before, which a newer whole state takes the place of; return how many points it was."""
        num_points = self.num_points
        self.chunks.clear()
        self.xs, self.ys, self.num_chunk_points = [], [], 0
        self.replace = True
        return num_points

    def drop_oldest(self, num_points: int) -> None:
        """Give up so many, at most as many as there are."""
        self._take_chunks(num_points)

    def take(self, num_points: int) -> tuple[Floats, Floats, bool]:
        """Return the oldest points, a curve always whole, and whether they replace what the server has."""
        parts = self._take_chunks(self.num_points if self.x == "free" else num_points)
        replace, self.replace = self.replace, False
        if len(parts) == 1:
            return *parts[0], replace
        xs = np.concatenate([xs for xs, _ in parts]) if parts else np.empty(0)
        return xs, np.concatenate([ys for _, ys in parts]) if parts else np.empty(0), replace

    def _take_chunks(self, num_points: int) -> list[tuple[Floats, Floats]]:
        if num_points > self.num_chunk_points:
            self._close_run()
        taken: list[tuple[Floats, Floats]] = []
        while num_points > 0 and self.chunks:
            xs, ys = self.chunks.popleft()
            num_taken = min(num_points, xs.size)
            if num_taken < xs.size:
                self.chunks.appendleft((xs[num_taken:].copy(), ys[num_taken:].copy()))  # a slice would keep all of it
            taken.append((xs[:num_taken], ys[:num_taken]))
            self.num_chunk_points -= num_taken
            num_points -= num_taken
        return taken

    def _close_run(self) -> None:
        if self.xs:
            self.chunks.append((np.array(self.xs), np.array(self.ys)))
            self.num_chunk_points += len(self.xs)
            self.xs, self.ys = [], []
