"""Immutable blocks of a series' points, each with the levels that it is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.joining import RAW, Piece
from cadran.store.levels import POINTS_FEW, Level, coarsest, finest_k, levels_of, rows_between

Side = Literal["left", "right"]
CHUNK_POINTS = 32_768
"""A tail of so many points becomes a chunk. 2 × 256 KiB stay in a core's cache while its levels are made."""
LATE_PARTS = 8
"""So many arrivals of late points lie apart; the next one is put together with them."""


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


class _Unmerged(NamedTuple):
    """Points of a chunk, and late ones as they came since: all in ascending x, never changed."""

    points: Points
    late: tuple[Points, ...]

    @property
    def merged(self) -> Points:
        """All in ascending x, late ones after those of equal x."""
        late = _together(self.late)
        at = self.points.xs.searchsorted(late.xs, "right")
        return Points(*(_read_only(np.insert(old, at, new)) for old, new in zip(self.points, late, strict=True)))

    def plus(self, late: Points) -> _Unmerged:
        """Return the same with points that came later."""
        parts = (*self.late, late)
        return _Unmerged(self.points, parts if len(parts) <= LATE_PARTS else (_together(parts),))


class Chunk:
    """One point or more in ascending x. They are its own and never change.

    Late points lie beside the others until somebody looks at them. They are merged then, and levels made, by
    whichever thread looks; two at once make the same. So points that come late, all over a long history, cost where
    they land, and what nobody looks at costs nothing more.
    """

    __slots__ = ("_content", "_finest_k", "_levels", "_totals", "first_x", "last_x", "num_points")

    def __init__(self, xs: Floats, ys: Floats) -> None:
        self._content: Points | _Unmerged = Points(_read_only(xs), _read_only(ys))
        self.first_x = float(xs[0])
        self.last_x = float(xs[-1])
        self.num_points = xs.size
        self._finest_k: int | None = None
        self._levels: tuple[Level, ...] | None = None
        self._totals: Totals | None = None

    @property
    def points(self) -> Points:
        """The points, read-only; late ones are merged for it."""
        content = self._content
        if isinstance(content, _Unmerged):
            content = self._content = content.merged
        return content

    @property
    def num_bytes(self) -> int:
        """What the points and the levels made so far take."""
        return 16 * self.num_points + sum(level.rows.nbytes for level in self._levels or ())

    @property
    def totals(self) -> Totals:
        """The number, sum, least and greatest of the values."""
        if self._totals is None:
            self._totals = totals_of(self.points.ys)
        return self._totals

    @property
    def totals_cost(self) -> int:
        """How many points ``totals`` passes over now."""
        return 0 if self._totals is not None else self.num_points

    @property
    def finest_k(self) -> int:
        """The k below which no level can pay."""
        if self._finest_k is None:
            self._finest_k = finest_k(self.points.xs)
        return self._finest_k

    def level(self, k: int) -> Level | None:
        """Return the level that answers a view at k; None where the points themselves do."""
        levels = self._levels
        if levels is None:
            if self.num_points < POINTS_FEW:
                return None
            if k < self.finest_k:
                return None
            levels = self._levels = levels_of(*self.points, self.finest_k)
        return coarsest(levels, k)

    def piece(self, k: int, low_x: float, high_x: float) -> Piece:
        """Return what a view at k of ``low_x <= x < high_x``, edges of its buckets, passes over."""
        level = self.level(k)
        is_whole = low_x <= self.first_x and self.last_x < high_x
        if level is not None:
            return Piece(level.k, level.rows if is_whole else rows_between(level, low_x, high_x))
        xs, ys = self.points
        if is_whole:
            return Piece(RAW, (xs, ys))
        part = slice(int(xs.searchsorted(low_x, "left")), int(xs.searchsorted(high_x, "left")))
        return Piece(RAW, (xs[part], ys[part]))

    def cost(self, k: int) -> int:
        """Return how many points and rows a view at k passes over, levels to be made included."""
        levels = self._levels
        level = coarsest(levels, k) if levels else None
        return self.num_points if level is None else int(level.rows.shape[1])

    def count(self, x: float, side: Side) -> int:
        """Return how many points have an x below this (``left``), or at most this (``right``)."""
        content = self._content
        if isinstance(content, _Unmerged):
            return sum(int(part.xs.searchsorted(x, side)) for part in (content.points, *content.late))
        return int(content.xs.searchsorted(x, side))

    def part(self, start: int, stop: int) -> Chunk:
        """Return a chunk of some of the points, which keeps nothing of the others."""
        xs, ys = self.points
        return Chunk(xs[start:stop].copy(), ys[start:stop].copy())

    def with_points(self, xs: Floats, ys: Floats) -> list[Chunk]:
        """Return what takes the place of this chunk once these points are in it, after those of equal x."""
        content = self._content
        old = content if isinstance(content, _Unmerged) else _Unmerged(content, ())
        unmerged = old.plus(Points(xs.copy(), ys.copy()))
        if self.num_points + xs.size > 2 * CHUNK_POINTS:
            return list(chunks_of(*unmerged.merged))
        chunk = Chunk.__new__(Chunk)
        chunk._content = unmerged
        chunk.first_x = min(self.first_x, xs.item(0))
        chunk.last_x = max(self.last_x, xs.item(-1))
        chunk.num_points = self.num_points + xs.size
        chunk._finest_k = chunk._levels = None
        chunk._totals = None if self._totals is None else added(self._totals, totals_of(ys))
        return [chunk]


def in_order(points: Points) -> Points:
    """Return points by ascending x, those of equal x as they came."""
    xs, ys = points
    if xs.size > 1 and bool((xs[1:] < xs[:-1]).any()):
        order = xs.argsort(kind="stable")
        return Points(xs[order], ys[order])
    return points


def _together(parts: Sequence[Points]) -> Points:
    """Return points that each are in ascending x as one, those of equal x as they came."""
    return parts[0] if len(parts) == 1 else in_order(Points(*map(np.concatenate, zip(*parts, strict=True))))


def _read_only(column: Floats) -> Floats:
    column.flags.writeable = False
    return column


def chunks_of(xs: Floats, ys: Floats) -> Iterator[Chunk]:
    """Cut points into chunks."""
    num_parts = -(-xs.size // CHUNK_POINTS)
    for index in range(num_parts):
        part = slice(index * xs.size // num_parts, (index + 1) * xs.size // num_parts)
        yield Chunk(xs[part].copy(), ys[part].copy())
