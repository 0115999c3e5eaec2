"""Immutable blocks of a series' points, each with the levels that it is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from cadran.readable import Floats
from cadran.store.joining import RAW, Piece
from cadran.store.levels import POINTS_FEW, Level, coarsest, finest_k, levels_of, rows_between

Side = Literal["left", "right"]
CHUNK_POINTS = 32_768
"""A tail of so many points becomes a chunk. 2 × 256 KiB stay in a core's cache while its levels are made."""


class Totals(NamedTuple):
    """Of all values that are not NaN."""

    num: int
    sum: float
    min: float
    max: float


NO_TOTALS = Totals(0, 0.0, math.inf, -math.inf)


def totals_of(ys: Floats) -> Totals:
    """Return the totals of some values."""
    is_nan = np.isnan(ys)
    if bool(is_nan.any()):
        ys = ys[~is_nan]
    return Totals(ys.size, float(ys.sum()), float(ys.min()), float(ys.max())) if ys.size else NO_TOTALS


def added(one: Totals, other: Totals) -> Totals:
    """Return the totals of both."""
    return Totals(one.num + other.num, one.sum + other.sum, min(one.min, other.min), max(one.max, other.max))


class Chunk:
    """One point or more in ascending x. Its arrays are its own and never change.

    Levels are made when they are first looked at, by whichever thread looks; two at once make the same.
    """

    __slots__ = ("_finest_k", "_levels", "_totals", "first_x", "last_x", "num_points", "xs", "ys")

    def __init__(self, xs: Floats, ys: Floats) -> None:
        xs.flags.writeable = False
        ys.flags.writeable = False
        self.xs = xs
        self.ys = ys
        self.first_x = float(xs[0])
        self.last_x = float(xs[-1])
        self.num_points = xs.size
        self._finest_k: int | None = None
        self._levels: tuple[Level, ...] | None = None
        self._totals: Totals | None = None

    @property
    def num_bytes(self) -> int:
        """What the points and the levels made so far take."""
        return self.xs.nbytes + self.ys.nbytes + sum(level.rows.nbytes for level in self._levels or ())

    @property
    def totals(self) -> Totals:
        """The number, sum, least and greatest of the values."""
        if self._totals is None:
            self._totals = totals_of(self.ys)
        return self._totals

    @property
    def finest_k(self) -> int:
        """The k below which no level can pay."""
        if self._finest_k is None:
            self._finest_k = finest_k(self.xs)
        return self._finest_k

    def level(self, k: int) -> Level | None:
        """Return the level that answers a view at k; None where the points themselves do."""
        levels = self._levels
        if levels is None:
            if self.num_points < POINTS_FEW:
                return None
            if k < self.finest_k:
                return None
            levels = self._levels = levels_of(self.xs, self.ys, self.finest_k)
        return coarsest(levels, k)

    def piece(self, k: int, low_x: float, high_x: float) -> Piece:
        """Return what a view at k of ``low_x <= x < high_x``, edges of its buckets, passes over."""
        level = self.level(k)
        is_whole = low_x <= self.first_x and self.last_x < high_x
        if level is not None:
            return Piece(level.k, level.rows if is_whole else rows_between(level, low_x, high_x))
        if is_whole:
            return Piece(RAW, (self.xs, self.ys))
        part = slice(self.count(low_x, "left"), self.count(high_x, "left"))
        return Piece(RAW, (self.xs[part], self.ys[part]))

    def cost(self, k: int) -> int:
        """Return how many points and rows a view at k passes over, levels to be made included."""
        levels = self._levels
        level = coarsest(levels, k) if levels else None
        return self.num_points if level is None else int(level.rows.shape[1])

    def count(self, x: float, side: Side) -> int:
        """Return how many points have an x below this (``left``), or at most this (``right``)."""
        return int(self.xs.searchsorted(x, side))

    def part(self, start: int, stop: int) -> Chunk:
        """Return a chunk of some of the points, which keeps nothing of the others."""
        return Chunk(self.xs[start:stop].copy(), self.ys[start:stop].copy())

    def with_points(self, xs: Floats, ys: Floats) -> list[Chunk]:
        """Return what takes the place of this chunk once these points are in it, after those of equal x."""
        at = self.xs.searchsorted(xs, "right")
        return list(chunks_of(np.insert(self.xs, at, xs), np.insert(self.ys, at, ys), 2 * CHUNK_POINTS))


def chunks_of(xs: Floats, ys: Floats, num_points_max: int = CHUNK_POINTS) -> Iterator[Chunk]:
    """Cut arrays that nobody else writes to into chunks: one where it has at most ``num_points_max`` points."""
    if xs.size <= num_points_max:
        yield Chunk(xs, ys)
        return
    num_parts = -(-xs.size // CHUNK_POINTS)
    for index in range(num_parts):
        part = slice(index * xs.size // num_parts, (index + 1) * xs.size // num_parts)
        yield Chunk(xs[part].copy(), ys[part].copy())
