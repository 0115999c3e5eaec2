"""What lies before the points that are held, for the lines that reach back: asked for where somebody looks.

Who looks at what is not there gets what is, and the rest as it is read. One read runs for each series at a time, what
was asked for first, and what nobody asks for any more is not read at all.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from weakref import WeakSet, WeakValueDictionary

import numpy as np

from cadran.clock import Instant
from cadran.jobs import Job, JobDone
from cadran.readable import Floats, Points
from cadran.screen.past import PastOf
from cadran.sources.past_reader import PastReader
from cadran.store import ALWAYS, SeriesColumns, id_of
from cadran.store.buckets import bounds_of, bucketed
from cadran.store.deep_snapshot import DeepSnapshot
from cadran.store.past import BLOCK_BUCKETS, SPARSE_ROWS, PastBlock, PastBlocks, Place, Reach, past_edges
from cadran.store.snapshot import SeriesSnapshot
from cadran.words import describe_error

ASKED_MAX = 64
"""So many blocks of a series wait to be read; who finds no place asks again."""
ASKED_SECS = 2.0
"""Who still looks asks again at each frame; what was not asked for so long is not read."""
PATIENCE_SECS = 1.0
"""So long whoever has an older picture keeps it whole, before it is shown a part of what it asked for."""
NOTED_MAX = 64
"""So many of the blocks that came last are remembered for viewers who lack them."""
BYTES_MAX = 64 * 1024 * 1024
"""Of the pasts of all series. Those that were not looked at for longest go first."""
PASTS_MAX = 256
"""Of so many series something is kept: each choice of a viewer has series of its own."""
JOBS_MAX = 4
"""Reads at a time, of all series together."""
RETRY_SECS = 30.0
"""After a read that failed."""
RETRY_SECS_MIN = 0.25
"""However often somebody asks for it: between the end of a read that failed, and the next."""
FRESH_SECS_APPENDED = 600.0
"""Of rows that are only added: some may come late, with a time of long ago."""
FRESH_SECS_MIN = 60.0
"""Of rows that may be changed in place, what was read so long ago is read again where somebody looks."""


class PastFault(NamedTuple):
    """Why the last read of a past failed."""

    message: str
    since: float
    """Wall seconds of the first failure in a row."""
    next_try: float
    """Wall seconds."""


class Past:
    """What is read of one series' past, for all lines of it."""

    def __init__(self, of: PastOf, active: WeakSet[Past]) -> None:
        self._active = active
        """Those for which there is something to do, now or later: this one is put there by whoever looks at it."""
        self.label = of.query.label
        self.reader: PastReader = of.query.past(of.x, of.y)
        self.blocks = PastBlocks()
        self.lines: WeakSet[DeepColumns] = WeakSet()
        self.fault: PastFault | None = None
        self.retry_mono = -math.inf
        self.due_mono = math.inf
        """When whoever still looks at it is to look again: something is old then, or may be tried again."""
        self.job: Job | None = None
        self._reading: Place | None = None
        self._failed_mono = self._refreshed_mono = -math.inf
        self.served_mono = -math.inf
        """When a read of it last began."""
        self._asked: dict[Place, tuple[float, float]] = {}
        """What is missing, in the order in which it was first asked for: the greatest id to read, and when it was
        asked for last. So who stays is not kept waiting by who moves on."""
        query = of.query
        self._waited: dict[int, tuple[float, float]] = {}
        """Since when something of a level is missing that is looked at, and when it was last."""
        fresh_secs = FRESH_SECS_APPENDED if query.is_append_only else FRESH_SECS_MIN
        self._fresh_secs = max(fresh_secs, 2 * query.every_secs)

    def reach(
        self,
        k: int,
        low: float,
        high: float,
        held_x: float,
        now_mono: float,
        *,
        is_kept: bool = False,
        is_beside: bool = False,
    ) -> Reach:
        """Return how far back a range can be shown; ask for what is missing, or old. ``is_kept``: who looks has it;
        ``is_beside``: its neighbours are wanted."""
        # What was read at the very moment of a refresh is the answer to it.
        fresh_secs = min(self._fresh_secs, math.nextafter(now_mono - self._refreshed_mono, math.inf))
        reach = self.blocks.reach(k, low, high, held_x, now_mono, fresh_secs, is_kept=is_kept, is_beside=is_beside)
        self.due_mono = min(self.due_mono, reach.oldest_mono + self._fresh_secs)
        if reach.missing or reach.oldest_mono < math.inf:
            self._active.add(self)
        if reach.low <= low:
            self._waited.pop(k, None)
        elif not is_kept:
            since, last = self._waited.get(k, (now_mono, now_mono))
            self._waited[k] = (since if now_mono - last < ASKED_SECS else now_mono, now_mono)
        if len(self._asked) + len(reach.missing) > ASKED_MAX:
            self._asked = {place: one for place, one in self._asked.items() if now_mono - one[1] < ASKED_SECS}
        for place in reach.missing:
            asked = self._asked.get(place)
            if place != self._reading and (asked is not None or len(self._asked) < ASKED_MAX):
                read_to = min(place.last_id, id_of(held_x, place.k))
                # Of lines with seams of their own who needs more is served: what is too much is not shown.
                self._asked[place] = (read_to if asked is None else max(read_to, asked[0]), now_mono)
        return reach

    def take(self, now_mono: float) -> tuple[Place, float] | None:
        """Return the next place to read and the greatest id of it; None where nobody asks."""
        while self._asked:
            place = next(iter(self._asked))
            read_to, asked_mono = self._asked.pop(place)
            if now_mono - asked_mono < ASKED_SECS:
                self._reading = place
                return place, read_to
        return None

    def ask_again(self, now: Instant) -> None:
        """Somebody wants to know better: what failed is tried at once, and what is looked at is read anew."""
        self.retry_mono = min(self.retry_mono, max(now.mono, self._failed_mono + RETRY_SECS_MIN))
        self.due_mono, self._refreshed_mono = max(now.mono, self.retry_mono), now.mono
        self._active.add(self)
        self.reader.look_anew()
        if self.fault is not None and self.job is None:
            self.fault = self.fault._replace(next_try=now.wall + self.due_mono - now.mono)

    def fail(self, message: str, now: Instant) -> None:
        """A read failed."""
        self.job = self._reading = None
        self._failed_mono, self.retry_mono = now.mono, now.mono + RETRY_SECS
        self.due_mono = min(self.due_mono, self.retry_mono)
        since = now.wall if self.fault is None else self.fault.since
        self.fault = PastFault(message, since, now.wall + RETRY_SECS)

    def take_in(self, place: Place, block: PastBlock) -> bool:
        """Keep what was read; return whether it is another than what was there."""
        self.job = self._reading = None
        self.fault = None
        self.due_mono = min(self.due_mono, block.read_mono + self._fresh_secs)
        return self.blocks.add(place, block)

    def drop(self, s: int) -> None:
        """Make room: nothing that was read is kept. Who looks at it keeps the picture, and asks again."""
        self.blocks.clear()
        self._waited.clear()
        for line in self.lines:
            line.forget_past(s)

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be done for it."""
        return bool(self._asked) or self.fault is not None

    def is_young(self, k: int, now_mono: float) -> bool:
        """Whether what is missing of a level has been waited for so shortly that it may yet come all at once."""
        return now_mono - self._waited.get(k, (-math.inf, 0.0))[0] < PATIENCE_SECS


class DeepColumns(SeriesColumns):
    """The points of a line of past and present, and what was read of its past, where that can be read."""

    def __init__(self, past: Past | None) -> None:
        super().__init__()
        self.past = past
        self._noted: deque[tuple[int, Place, bool]] = deque(maxlen=NOTED_MAX)
        """Which blocks came at which S, and whether with their points."""
        self._forgotten_s = -1
        """Of those that came up to here nothing is known any more."""
        if past is not None:
            past.lines.add(self)

    def snapshot(self) -> SeriesSnapshot:
        """The series as it is now, with its past."""
        if self._snapshot is None:
            self._snapshot = DeepSnapshot(super().snapshot(), {} if self.past is None else self.past.blocks.blocks)
        return self._snapshot

    def note(self, s: int, place: Place, *, has_points: bool) -> None:
        """More of the past is there; with points, of all finer levels, too."""
        if len(self._noted) == NOTED_MAX:
            self._forgotten_s = self._noted[0][0]
        self._noted.append((s, place, has_points))
        self.changed_s = s
        self._snapshot = None

    def forget_past(self, s: int) -> None:
        """Nothing of the past is there any more; who looks at it asks again, and keeps its picture meanwhile."""
        self.changed_s = s
        self._snapshot = None

    def changed_from(self, s: float, k: int, low_id: float) -> float:
        """Return the least x changed after ``s`` of a view at k from ``low_id`` on; blocks that it does not show don't
        count."""
        found = super().changed_from(s, k, low_id)
        if s < self._forgotten_s:
            return min(found, bounds_of(k, low_id, low_id)[0]) if abs(low_id) < math.inf else ALWAYS
        low_x = bounds_of(k, low_id, low_id)[0] if abs(low_id) < math.inf else low_id
        for at, place, has_points in self._noted:
            if at > s and (place.k == k or (has_points and place.k > k)):
                begin, end = past_edges(place)
                found = min(found, max(begin, low_x)) if end > low_x else found
        return found


class Pasts:
    """The pasts of one engine, each shared by all lines that show it."""

    def __init__(self) -> None:
        self._pasts: WeakValueDictionary[PastOf, Past] = WeakValueDictionary()
        self._running: dict[Job, tuple[Past, Place, float, float]] = {}
        self._active: WeakSet[Past] = WeakSet()
        self._is_fault_over = False
        self.has_any = False
        """Whether there ever was one: else there is nothing to look after."""
        self.num_dropped = 0
        """Blocks that made room for others since the start."""

    def of(self, of: PastOf) -> Past:
        """Return the past of a series, the same one for all."""
        past = self._pasts.get(of)
        if past is None:
            past = self._pasts[of] = Past(of, self._active)
            self.has_any = True
        return past

    def take_due(self, now_mono: float) -> list[Past]:
        """Return those at which whoever looks is to look again now, once each."""
        due: list[Past] = []
        for past in list(self._active):
            if past.due_mono <= now_mono:
                past.due_mono = math.inf
                due.append(past)
            elif past.due_mono == math.inf and past.job is None and not past.is_wanted:
                self._active.discard(past)
        return due

    def start(self, now_mono: float) -> list[Job]:
        """Return the reads to start now."""
        jobs: list[Job] = []
        # Who was served longest ago comes first.
        for past in sorted((one for one in self._active if one.is_wanted), key=lambda one: one.served_mono):
            if len(self._running) >= JOBS_MAX:
                break
            # One connection is left to what is shown of the present.
            num_there = sum(one.reader.pool is past.reader.pool for one, *_ in self._running.values())
            if num_there >= max(1, past.reader.pool.num_max - 1):
                continue
            if past.job is not None or now_mono < past.retry_mono:
                continue
            found = past.take(now_mono)
            if found is None:
                if past.fault is not None and now_mono >= past.retry_mono + ASKED_SECS:
                    past.fault, self._is_fault_over = None, True  # of what nobody looks at any more
                continue
            place, read_to = found
            past.served_mono = now_mono
            read = partial(_read_rows if past.blocks.reads_rows(place) else _read, past.reader, place, read_to)
            past.job = Job(f"past of {past.label}", read, False, past.reader.timeout_secs)
            self._running[past.job] = (past, place, read_to, now_mono)
            jobs.append(past.job)
        return jobs

    def take_is_fault_over(self) -> bool:
        """Whether since the last call a fault was forgotten, so that panels say something else."""
        is_over, self._is_fault_over = self._is_fault_over, False
        return is_over

    def begin(self, job: Job, mono: float) -> None:
        """A read begins at this moment, not when it was asked for; ``inf``: it waits for a thread."""
        self._running[job] = (*self._running[job][:3], mono)

    def cancel_overdue(self, now_mono: float) -> list[Callable[[], None]]:
        """Return what ends the reads that take too long; each still counts until it has ended."""
        overdue = [job for job, (_, _, _, began) in self._running.items() if now_mono - began >= job.timeout_secs]
        cancels: list[Callable[[], None]] = []
        for job in overdue:
            past, place, read_to, _ = self._running[job]
            self._running[job] = (past, place, read_to, math.inf)
            cancels.append(past.reader.cancel)
        return cancels

    def next_wake_mono(self) -> float:
        """When a read is past its time-out; ``inf`` for never. For all else there is time: as long as there are
        viewers there is a step each second."""
        ends = [began + job.timeout_secs for job, (_, _, _, began) in self._running.items()]
        return min(ends, default=math.inf)

    @property
    def num_jobs(self) -> int:
        """Reads under way."""
        return len(self._running)

    def owns(self, job: Job) -> bool:
        """Whether a job is a read of ours."""
        return job in self._running

    def finish(self, done: JobDone, next_s: Callable[[], int], now: Instant) -> bool:
        """Take a read's result; return whether any line is another, or says something else now."""
        past, place, read_to, _ = self._running.pop(done.job)
        before = past.fault
        if done.error is not None:
            past.fail(describe_error(past.label, done.error), now)
            return past.fault != before
        read: PastRead = done.value  # type: ignore[assignment]  # what ``_read`` and ``_read_rows`` return
        num_dropped = past.blocks.num_dropped
        block = PastBlock(read.rows, read_to, now.mono, read.num_rows, read.points)
        if not past.take_in(place, block) and before is None:
            return False
        self.num_dropped += past.blocks.num_dropped - num_dropped
        s = next_s()
        for line in past.lines:
            line.note(s, place, has_points=read.points is not None)
        self._bound(past, s)
        return True

    def _bound(self, newest: Past, s: int) -> None:
        """Past the bounds of bytes and of their number forget what was not looked at for longest."""
        pasts = [past for past in self._pasts.values() if past.blocks.num_bytes]
        num_bytes, num_over = sum(past.blocks.num_bytes for past in pasts), len(pasts) - PASTS_MAX
        if num_bytes <= BYTES_MAX and num_over <= 0:
            return
        for past in sorted(pasts, key=lambda one: one.blocks.seen_mono):
            if (num_bytes <= BYTES_MAX and num_over <= 0) or past is newest:
                return
            num_bytes, num_over = num_bytes - past.blocks.num_bytes, num_over - 1
            self.num_dropped += len(past.blocks.blocks)
            past.drop(s)


class PastRead(NamedTuple):
    """What was read of a place."""

    rows: Floats
    """As the store has them: id, first, min, max, last."""
    num_rows: float
    points: Points | None = None


def _read(reader: PastReader, place: Place, read_to: float) -> PastRead:
    return rows_of(reader.read(*range_to_read(place, read_to)), place)


def _read_rows(reader: PastReader, place: Place, read_to: float) -> PastRead:
    """Read the rows themselves; where they have become too many after all, the buckets."""
    low_x, high_x, _, _ = range_to_read(place, read_to)
    points = reader.read_rows(low_x, high_x, 2 * SPARSE_ROWS)
    if points is None:
        return _read(reader, place, read_to)._replace(num_rows=math.inf)
    rows: Floats = np.array(bucketed(*points, place.k)[1:]) if points.xs.size else np.empty((5, 0))
    for column in (rows, *points):
        column.flags.writeable = False
    return PastRead(rows, points.xs.size, points)


def range_to_read(place: Place, read_to: float) -> tuple[float, float, float, int]:
    """Return what to read of a place up to an id: from which x, to which, in buckets how wide, at most how many."""
    low_x, high_x = past_edges(place)
    if read_to < place.last_id:
        high_x = math.ldexp(read_to + 1, place.k)
    return low_x, high_x, math.ldexp(1.0, place.k), BLOCK_BUCKETS


def rows_of(found: Floats, place: Place) -> PastRead:
    """Return what was read as the store has it."""
    ids, lows, highs, nums = found
    # Which value came first within a bucket can't be seen: it is at most a pixel wide. Both were there.
    rows: Floats = np.array((ids + place.first_id, lows, lows, highs, highs))
    rows.flags.writeable = False
    return PastRead(rows, float(nums.sum()))
