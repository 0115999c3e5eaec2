"""A series in order of x: immutable chunks, a tail that grows, and a memory of its changes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.buckets import Buckets
from cadran.store.changes import ALWAYS, NEVER, ChangeLog
from cadran.store.chunks import CHUNK_POINTS, Chunk, in_order
from cadran.store.history import NO_HISTORY
from cadran.store.sameness import num_left_of, num_same_of, num_shared_of
from cadran.store.snapshot import SeriesSnapshot
from cadran.store.spacings import Spacings
from cadran.store.track import Track

_EMPTY: Floats = np.empty(0, dtype=np.float64)
_EMPTY.flags.writeable = False
_CAPACITY_MIN = 256
TAKEN_OVER_CHUNKS = 16
"""Of so large a batch the chunks are parts of its arrays, uncopied: at most a sixteenth more is kept alive by them."""
HOLE_SPACINGS, HOLES_MAX, SPACED_MIN = 16, 8, 8
"""A batch that begins so many mean distances after the point before it leaves a hole; so many holes are known, the
newest; and so many points have a mean distance."""
EVICTED_MIN, EVICTED_PART = 256, 16
"""Old points leave together, a sixteenth of the series at a time: what viewers hold of them is then resent rarely."""


class SeriesColumns:
    """Points in ascending x; equal x keep their order of arrival.

    Snapshots and their points stay true after later changes: appends write behind them, every other change makes
    new chunks or a new tail, of the part that it concerns. No change costs what the history is long.
    """

    def __init__(self) -> None:
        self._history = NO_HISTORY
        self._xs = self._ys = _EMPTY
        self._seen = Points(_EMPTY, _EMPTY)
        """The same for reading."""
        self._start = self._end = 0
        """Of the tail: ``_xs[_start:_end]``, all after the history."""
        self._snapshot: SeriesSnapshot | None = None
        self.spacings = Spacings()
        self.changes = ChangeLog()
        self.changed_s = 0
        self.cause = ""
        """Why it last changed, where a store says that."""
        self.evicted_s = 0
        """The S at which old points last left."""
        self._left = ChangeLog()
        """Of the points that left, by -x: the greatest x is the least there."""
        self.kept_x = -math.inf
        """No points leave before this one is too old."""
        self._began_x = -math.inf
        """Where the first points began: those before came late."""
        self._holes: tuple[tuple[float, float], ...] = ()
        """The x before and behind each, the newest last. Points that came late may lie in them."""
        self.num_points = 0
        self.first_x: float | None = None
        """The least x that is kept."""
        self.last_x: float | None = None
        """The greatest x."""
        self.x_track: Track | None = None
        """Series on one track have the same x beyond the greater ``x_since`` and first x of both: see ``shared_x``."""
        self.x_since = math.inf

    def __len__(self) -> int:
        return self.num_points

    @property
    def points(self) -> Points:
        """The present points, read-only; of a long series they are put together for it, see ``snapshot``."""
        return self.snapshot().points

    @property
    def num_in_tail(self) -> int:
        """So many of the newest points are in no chunk yet."""
        return self._end - self._start

    @property
    def num_bytes(self) -> int:
        """What the points, the room behind the tail, and the levels made so far take."""
        return self._history.num_bytes + self._xs.nbytes + self._ys.nbytes

    def view(self, k: int, low_id: float, high_id: float = math.inf) -> Buckets:
        """Return the buckets of level k with ``low_id <= id <= high_id``: all that a viewer ever gets of a series."""
        return self.snapshot().view(k, low_id, high_id)

    def cost(self, k: int, low_id: float, high_id: float = math.inf) -> int:
        """Return about how many points and rows this view would pass over now, levels to be made included."""
        return self.snapshot().cost(k, low_id, high_id)

    def snapshot(self) -> SeriesSnapshot:
        """The series as it is now, for other threads and later moments."""
        if self._snapshot is None:
            part = slice(self._start, self._end)
            tail = Points(self._seen.xs[part], self._seen.ys[part])
            kept = (self._began_x, self._holes, self.spacings)
            self._snapshot = SeriesSnapshot(self._history, tail, self.changed_s, *kept)
        return self._snapshot

    def changed_from(self, s: float, k: int, low_id: float) -> float:
        """Return the least x that changed after ``s``, of a view at k from ``low_id`` on; ``NEVER`` where none did."""
        return self.changes.since(s)

    def left_x(self, s: float) -> float:
        """Return the greatest x among the old points that left after ``s``; ``-inf`` where none did."""
        return -self._left.since(s)

    def tail_points(self, low_x: float) -> Points | None:
        """Return the points from ``low_x`` on, if there are any and all lie in the tail; good until the next change."""
        xs, end = self._xs, self._end
        history_x = self._history.last_x
        if self._start == end or xs[end - 1] < low_x or (history_x is not None and history_x >= low_x):
            return None
        start = self._start + int(xs[self._start : end].searchsorted(low_x, "left"))
        return Points(xs[start:end], self._ys[start:end])

    def tail_values(self, num_points: int) -> Floats | None:
        """Return the values of so many of the newest points, as ``tail_newest`` does."""
        start = self._end - num_points
        return self._ys[start : self._end] if start >= self._start else None

    def tail_newest(self, num_points: int) -> Points | None:
        """Return so many of the newest points, if they all lie in the tail; good until the next change."""
        start = self._end - num_points
        return Points(self._xs[start : self._end], self._ys[start : self._end]) if start >= self._start else None

    def extend(self, xs: Floats, ys: Floats, s: int, *, is_sorted: bool = False) -> float | None:
        """Add points in any order; return the least x that changed, or None where nothing did.

        ``is_sorted``: the caller knows that ``xs`` ascend. Nobody may write to the arrays afterwards: large ones are
        taken over, small ones copied.
        """
        return self.extend_blocks([(xs, ys) if is_sorted else in_order(Points(xs, ys))], s) if xs.size else None

    def extend_blocks(self, blocks: Sequence[tuple[Floats, Floats]], s: int) -> float | None:
        """Add points in ascending x, as ``extend`` does with each block of them; none is empty."""
        if not blocks:
            return None
        x0: float = blocks[0][0].item(0)
        last_x, far = self.last_x, math.inf
        if last_x is None or self.first_x is None:
            last_x, self._began_x, self._holes = -math.inf, x0, ()
        elif len(blocks) == 1 and self.add_behind(*blocks[0], s):
            return x0
        elif self.num_points >= SPACED_MIN:
            far = HOLE_SPACINGS * (last_x - self.first_x) / self.num_points
        for xs, ys in blocks:
            first_x = xs.item(0)
            if first_x - last_x > far:
                self._holes = (*self._holes[1 - HOLES_MAX :], (last_x, first_x))
            if first_x < last_x:
                self._merge(xs, ys)
            elif CHUNK_POINTS <= xs.size < 2 * CHUNK_POINTS:
                self._append_block(xs, ys)
            else:
                self._append(xs, ys)
            last_x = max(last_x, xs.item(-1))
        self._changed(s, x0)
        return x0

    def add_behind(self, xs: Floats, ys: Floats, s: int) -> bool:
        """Add what most batches are: points in ascending x behind all others, without a hole, for which the tail has
        room and stays one. False, and nothing is done, where it is otherwise."""
        first_x, last_x, num_points = self.first_x, self.last_x, self.num_points
        if last_x is None or first_x is None or num_points < SPACED_MIN:
            return False
        x0, start, end = xs.item(0), self._end, self._end + xs.size
        is_far = not 0.0 <= x0 - last_x <= HOLE_SPACINGS * (last_x - first_x) / num_points
        if is_far or end > self._xs.size or end - self._start >= CHUNK_POINTS:
            return False
        self._xs[start:end], self._ys[start:end] = xs, ys
        self._end, self.num_points, self.last_x = end, num_points + end - start, xs.item(-1)
        self.changed_s, self.x_track, self._snapshot = s, None, None
        self.changes.add(s, x0)
        return True

    def replace(
        self, points: Points, s: int, *, is_sorted: bool = False, num_same: int | None = None, num_old: int = 0
    ) -> float | None:
        """Make these the points; return the least x that changed (``-inf``: all), None where none did.

        Nobody may write to the arrays afterwards: they are taken over, or in part copied. What has not changed stays.
        ``is_sorted``: the caller knows that ``xs`` ascend. ``num_old``: so many of the first need not be kept; they
        stay away if they left before. ``num_same``: how many are the same behind those, see ``num_same_of``.
        """
        xs, ys = (np.asarray(column, dtype=np.float64) for column in points)
        if not is_sorted:
            xs, ys = in_order(Points(xs, ys))
        old, began_x = self.snapshot(), float(xs[0]) if xs.size else -math.inf
        num_left = num_left_of(old, xs)
        if num_left > num_old:
            num_left = num_same = 0
        behind = Points(xs[num_left:], ys[num_left:])
        index = deque(num_same_of(old, *behind), maxlen=1)[0] if num_same is None else num_same
        if index:
            xs, ys = behind
        if index == len(old) == xs.size:
            return None
        x0 = ALWAYS
        if index:
            x0 = min(([old.x_at(index)] if index < len(old) else []) + ([float(xs[index])] if index < xs.size else []))
        self._keep_first(index)
        if index:
            self._append(xs[index:], ys[index:])
        else:
            self._take_over(xs, ys)
        self._began_x, self._holes = began_x, ()
        self._changed(s, x0)
        return x0

    def follow(self, other: SeriesSnapshot, s: int) -> float | None:
        """Make the points of a snapshot the points, sharing its memory; return the least x that changed, as
        ``replace`` does. From then on nothing else changes this series."""
        old = self.snapshot()
        num_gone, num_same = num_shared_of(old, other)
        if num_gone:
            self.evicted_s = s
            self._left.add(s, -old.x_at(num_gone - 1))
        if num_gone + num_same < len(old) or num_same < len(other):
            ends = [one.x_at(at) for one, at in ((old, num_gone + num_same), (other, num_same)) if at < len(one)]
            x0 = min(ends) if num_same else ALWAYS
        elif not num_gone:
            return None
        else:
            x0 = NEVER
        self._history = other.history
        self._xs, self._ys = other.tail
        self._seen, self._start, self._end = other.tail, 0, other.tail.xs.size
        if x0 == NEVER:
            self.changed_s, self._snapshot = s, None
            self._measure()
            return None
        self._changed(s, x0)
        return x0

    def evict(self, oldest_x: float, s: int) -> None:
        """Drop the points with ``x < oldest_x``, oldest first, once they are worth the work."""
        if oldest_x <= self.kept_x:
            return
        snapshot, num_worth = self.snapshot(), max(EVICTED_MIN, len(self) // EVICTED_PART)
        num_old = snapshot.count(oldest_x, "left")
        if num_old >= num_worth:
            self._drop(num_old, s)
        elif num_worth <= len(self):
            self.kept_x = snapshot.x_at(num_worth - 1)  # until then too few are old: with more points no fewer do

    def keep_newest(self, num_points: int, s: int) -> None:
        """Drop the oldest of more points than these, once they are worth the work."""
        num_old = len(self) - num_points
        if num_old >= max(EVICTED_MIN, num_points // EVICTED_PART):
            self._drop(num_old, s)

    def drop_oldest(self, num_points: int, s: int) -> None:
        """Drop so many points, or all where there are fewer."""
        self._drop(min(num_points, len(self)), s)

    def _drop(self, num_points: int, s: int) -> None:
        num_sealed = self._history.num_points
        if num_points:
            self._left.add(s, -self.snapshot().x_at(num_points - 1))
        if num_sealed:
            self._history = self._history.part(min(num_points, num_sealed), num_sealed)
        self._start += max(0, num_points - num_sealed)
        self.evicted_s = self.changed_s = s
        self.kept_x = -math.inf
        self._snapshot = None
        self._measure()

    def _changed(self, s: int, x0: float) -> None:
        self.changed_s = s
        self.changes.add(s, x0)
        self.spacings = self.spacings.until(x0)
        if x0 <= self.kept_x:
            self.kept_x = -math.inf
        self.x_track = None
        self._snapshot = None
        self._measure()

    def _measure(self) -> None:
        """Say how many points there are, and where they end: what is asked many times after each change."""
        history, start, end = self._history, self._start, self._end
        self.num_points = history.num_points + end - start
        if start == end:
            self.first_x, self.last_x = history.first_x, history.last_x
        else:
            self.first_x = self._xs.item(start) if history.first_x is None else history.first_x
            self.last_x = self._xs.item(end - 1)

    # --- the tail ---

    def _append(self, xs: Floats, ys: Floats) -> None:
        """Add points in order, none before the last one. A tail of ``CHUNK_POINTS`` becomes a chunk."""
        held = self._end - self._start
        if held + xs.size < CHUNK_POINTS:
            self._write(xs, ys)
            return
        chunks: list[Chunk] = []
        done = 0
        if held:
            done = CHUNK_POINTS - held
            self._write(xs[:done], ys[:done])
            chunks.append(self._sealed())
        is_large = xs.size >= TAKEN_OVER_CHUNKS * CHUNK_POINTS
        for start in range(done, xs.size - CHUNK_POINTS + 1, CHUNK_POINTS):
            done = start + CHUNK_POINTS
            part = slice(start, done)
            chunks.append(Chunk(xs[part], ys[part]) if is_large else Chunk(xs[part].copy(), ys[part].copy()))
        self._history = self._history.with_chunks(chunks)
        self._set_tail(_EMPTY, _EMPTY)
        self._write(xs[done:], ys[done:])

    def _append_block(self, xs: Floats, ys: Floats) -> None:
        """Add points that make a chunk as they are. What the tail held becomes one, or the beginning of this one."""
        held = slice(self._start, self._end)
        num_held = self._end - self._start
        if num_held >= CHUNK_POINTS // 2:
            self._history = self._history.with_chunks([self._sealed()])
        elif num_held:
            xs, ys = np.concatenate((self._xs[held], xs)), np.concatenate((self._ys[held], ys))
        self._history = self._history.with_chunks([Chunk(xs, ys)])
        self._set_tail(_EMPTY, _EMPTY)

    def _write(self, xs: Floats, ys: Floats) -> None:
        if not xs.size:
            return
        end = self._end + xs.size
        if end > self._xs.size:
            self._grow(self._end - self._start + xs.size)
            end = self._end + xs.size
        self._xs[self._end : end], self._ys[self._end : end] = xs, ys
        self._end = end

    def _grow(self, num_points: int) -> None:
        """Make room for so many points, at most ``CHUNK_POINTS``."""
        # Of a tail that will be full one day nothing is copied on the way; what it has not reached takes no memory yet.
        wanted = CHUNK_POINTS if self._history.num_points else num_points + num_points // 2
        capacity = min(CHUNK_POINTS, max(_CAPACITY_MIN, wanted))
        xs, ys, held = self._xs, self._ys, slice(self._start, self._end)
        num_held = self._end - self._start
        self._set_tail(np.empty(capacity), np.empty(capacity), num_held)
        self._xs[:num_held], self._ys[:num_held] = xs[held], ys[held]

    def _sealed(self) -> Chunk:
        """The tail as a chunk: its own arrays, where they are full."""
        held = slice(self._start, self._end)
        if self._end - self._start == self._xs.size:
            return Chunk(self._xs.view(), self._ys.view())
        return Chunk(self._xs[held].copy(), self._ys[held].copy())

    def _set_tail(self, xs: Floats, ys: Floats, num_points: int = 0) -> None:
        """Keep the tail in these arrays: it is their first points."""
        self._xs, self._ys, self._start, self._end = xs, ys, 0, num_points
        self._seen = Points(xs.view(), ys.view())
        self._seen.xs.flags.writeable = self._seen.ys.flags.writeable = False

    # --- late points, and other ones ---

    def _merge(self, xs: Floats, ys: Floats) -> None:
        """Insert points in order, some of them before the last one."""
        held = slice(self._start, self._end)
        num_late = xs.size
        if self._start < self._end:
            # Before the tail's first point is history, where there is any.
            num_late = int(xs.searchsorted(self._xs[self._start], "left")) if self._history.num_points else 0
        if num_late:
            self._history = self._history.with_points(xs[:num_late], ys[:num_late])
        if num_late == xs.size:
            return
        xs, ys = xs[num_late:], ys[num_late:]
        at = self._xs[held].searchsorted(xs, "right")
        xs, ys = np.insert(self._xs[held], at, xs), np.insert(self._ys[held], at, ys)
        self._set_tail(_EMPTY, _EMPTY)
        self._append(xs, ys)

    def _keep_first(self, num_points: int) -> None:
        """Forget all but the first points."""
        num_sealed = self._history.num_points
        if num_points < num_sealed:
            self._history = self._history.part(0, num_points)
            self._set_tail(_EMPTY, _EMPTY)
        elif num_points < len(self):
            held = slice(self._start, self._start + num_points - num_sealed)
            xs, ys = self._xs[held], self._ys[held]
            self._set_tail(_EMPTY, _EMPTY)
            self._write(xs, ys)  # elsewhere: snapshots hold what is forgotten

    def _take_over(self, xs: Floats, ys: Floats) -> None:
        """Make these all the points, without a copy."""
        num_sealed = xs.size - xs.size % CHUNK_POINTS
        parts = [slice(start, start + CHUNK_POINTS) for start in range(0, num_sealed, CHUNK_POINTS)]
        self._history = NO_HISTORY.with_chunks(Chunk(xs[part], ys[part]) for part in parts)
        xs, ys = xs[num_sealed:], ys[num_sealed:]
        self._set_tail(xs, ys, xs.size)
