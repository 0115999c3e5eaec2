"""All of a series but its newest points: groups of chunks. Immutable; every change makes another history."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import accumulate

from cadran.readable import Floats, Points
from cadran.store.chunks import NO_TOTALS, Chunk, Side, Totals, added, totals_of
from cadran.store.groups import GROUP_CHUNKS, Group, first_x_of, groups_of, last_x_of, places
from cadran.store.joining import Piece


class History:
    """Groups in ascending x. What a change leaves alone is shared with the history before it."""

    __slots__ = ("_totals", "first_x", "groups", "last_x", "num_points", "starts")

    def __init__(self, groups: tuple[Group, ...] = ()) -> None:
        self.groups = groups
        self.starts = tuple(accumulate((group.num_points for group in groups), initial=0))
        self.num_points = self.starts[-1]
        self.first_x = groups[0].first_x if groups else None
        self.last_x = groups[-1].last_x if groups else None
        self._totals: Totals | None = None

    @property
    def num_bytes(self) -> int:
        """What the points and the levels made so far take."""
        return sum(group.num_bytes for group in self.groups)

    @property
    def totals(self) -> Totals:
        """The number, sum, least and greatest of the values."""
        if self._totals is None:
            self._totals = reduce(added, (group.totals for group in self.groups), NO_TOTALS)
        return self._totals

    def totals_between(self, start: int, stop: int) -> Totals:
        """Return the totals of the points from ``start`` to ``stop``, counted from 0."""
        return reduce(added, (_totals_of(*span) for span in self._spans(start, stop)), NO_TOTALS)

    def totals_cost(self, start: int, stop: int) -> int:
        """Return how many points ``totals_between`` passes over: those of which nothing is known yet."""
        return sum(
            block.totals_cost if high - low == block.num_points else high - low
            for block, low, high in self._spans(start, stop)
        )

    # --- reading ---

    def gather(self, k: int, low_x: float, high_x: float) -> list[Piece]:
        """Return what a view at k of ``low_x <= x < high_x``, edges of its buckets, passes over."""
        pieces: list[Piece] = []
        for group in self._groups_between(low_x, high_x):
            group.gather(k, low_x, high_x, pieces)
        return pieces

    def cost(self, k: int, low_x: float, high_x: float) -> int:
        """Return about how many points and rows ``gather`` passes over, levels to be made included."""
        return sum(group.cost(k, low_x, high_x) for group in self._groups_between(low_x, high_x))

    def count(self, x: float, side: Side) -> int:
        """Return how many points have an x below this (``left``), or at most this (``right``)."""
        index = (bisect_left if side == "left" else bisect_right)(self.groups, x, key=last_x_of)
        if index == len(self.groups):
            return self.num_points
        return self.starts[index] + self.groups[index].count(x, side)

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[Points]:
        """Yield the points from ``start`` to ``stop`` in pieces, uncopied."""
        stop = self.num_points if stop is None else stop
        for group, group_at in self._groups_from(start):
            if group_at >= stop:
                return
            for chunk, chunk_at in zip(group.chunks, group.starts, strict=False):
                low, high = max(0, start - group_at - chunk_at), min(chunk.num_points, stop - group_at - chunk_at)
                if low < high:
                    xs, ys = chunk.points
                    yield Points(xs[low:high], ys[low:high])

    # --- changing ---

    def with_chunks(self, chunks: Iterable[Chunk]) -> History:
        """Append chunks."""
        groups = list(self.groups)
        for chunk in chunks:
            if groups and len(groups[-1].chunks) < GROUP_CHUNKS:
                groups[-1] = groups[-1].with_chunk(chunk)
            else:
                groups.append(Group((chunk,)))
        return History(tuple(groups))

    def followed_by(self, other: History) -> History:
        """Append all of another, none of whose points lies before the last one here."""
        return History((*self.groups, *other.groups))

    def with_points(self, xs: Floats, ys: Floats) -> History:
        """Insert points in ascending x, after those of equal x: only the chunks they fall into are made anew."""
        groups = list(self.groups)
        for index, part in places(groups, xs):
            groups[index : index + 1] = groups[index].with_points(xs[part], ys[part])
        return History(tuple(groups))

    def part(self, start: int, stop: int) -> History:
        """Return the history of the points from ``start`` to ``stop``; at most the chunks at its ends are made anew."""
        kept: list[Group] = []
        for group, at in self._groups_from(start):
            low, high = max(0, start - at), min(group.num_points, stop - at)
            if high - low == group.num_points:
                kept.append(group)
            elif low < high:
                kept += groups_of(group.part(low, high))
        return History(tuple(kept))

    def _spans(self, start: int, stop: int) -> Iterator[tuple[Group | Chunk, int, int]]:
        """Yield what the points from ``start`` to ``stop`` lie in, and from where to where: groups if they are whole,
        else chunks."""
        for group, at in self._groups_from(start):
            low, high = max(0, start - at), min(group.num_points, stop - at)
            if high - low == group.num_points:
                yield group, 0, group.num_points
            elif low < high:
                for chunk, chunk_at in zip(group.chunks, group.starts, strict=False):
                    first, last = max(0, low - chunk_at), min(chunk.num_points, high - chunk_at)
                    if first < last:
                        yield chunk, first, last

    def _groups_between(self, low_x: float, high_x: float) -> tuple[Group, ...]:
        start = bisect_left(self.groups, low_x, key=last_x_of)
        return self.groups[start : bisect_left(self.groups, high_x, key=first_x_of)]

    def _groups_from(self, start: int) -> Iterator[tuple[Group, int]]:
        first = max(0, bisect_right(self.starts, start) - 1)
        return zip(self.groups[first:], self.starts[first:], strict=False)


def _totals_of(block: Group | Chunk, low: int, high: int) -> Totals:
    if isinstance(block, Group) or high - low == block.num_points:
        return block.totals
    return totals_of(block.points.ys[low:high])


NO_HISTORY = History()
