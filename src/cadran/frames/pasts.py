"""What lies before the points that are held, for the lines that reach back: asked for where somebody looks.

Who looks at what is not there gets what is, and the rest as it is read. One read runs for each series at a time; what
was asked for last, by whomever, is read first, and what nobody asks for any more is not read at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from weakref import WeakSet, WeakValueDictionary

import numpy as np

from cadran.jobs import Job, JobDone
from cadran.readable import Floats
from cadran.screen.past import PastOf
from cadran.sources.past_reader import PastReader
from cadran.store import SeriesColumns, id_of
from cadran.store.past import BLOCK_BUCKETS, DeepSnapshot, PastBlock, PastBlocks, Place, past_edges
from cadran.store.snapshot import SeriesSnapshot
from cadran.words import describe_error

ASKED_MAX = 64
"""So many blocks of a series wait to be read; of more those that were asked for first are forgotten."""
ASKED_SECS = 2.0
"""Who still looks asks again at each frame; what was not asked for so long is not read."""
PATIENCE_SECS = 1.0
"""So long whoever has an older picture keeps it whole, before it is shown a part of what it asked for."""
JOBS_MAX = 4
"""Reads at a time, of all series together."""
RETRY_SECS = 30.0
"""After a read that failed."""
FRESH_SECS_MIN = 60.0
"""Of rows that may be changed in place, what was read so long ago is read again where somebody looks."""


class Past:
    """What is read of one series' past, for all lines of it."""

    def __init__(self, of: PastOf) -> None:
        self.label = of.query.label
        self.reader: PastReader = of.query.past(of.x, of.y)
        self.blocks = PastBlocks()
        self.lines: WeakSet[DeepColumns] = WeakSet()
        self.fault: str | None = None
        """Why the last read failed."""
        self.retry_mono = -math.inf
        self.job: Job | None = None
        self._asked: dict[Place, tuple[float, float]] = {}
        """What is missing, what was asked for last at the end: the greatest id to read, and when it was asked for."""
        query = of.query
        self._waited: dict[int, tuple[float, float]] = {}
        """Since when something of a level is missing that is looked at, and when it was last."""
        self._fresh_secs = math.inf if query.is_append_only else max(FRESH_SECS_MIN, 2 * query.every_secs)

    def reach(self, k: int, low: float, high: float, held_x: float, now_mono: float) -> float:
        """Return the least id from which on a range can be shown; ask for what is missing."""
        reach = self.blocks.reach(k, low, high, held_x, now_mono, self._fresh_secs)
        if reach.low <= low:
            self._waited.pop(k, None)
        else:
            since, last = self._waited.get(k, (now_mono, now_mono))
            self._waited[k] = (since if now_mono - last < ASKED_SECS else now_mono, now_mono)
        edge = id_of(held_x, k)
        for place in reversed(reach.missing):
            self._asked.pop(place, None)
            self._asked[place] = (min(place.last_id, edge), now_mono)
        while len(self._asked) > ASKED_MAX:
            del self._asked[next(iter(self._asked))]
        return reach.low

    def take(self, now_mono: float) -> tuple[Place, float] | None:
        """Return the next place to read and the greatest id of it; None where nobody asks."""
        while self._asked:
            place, (read_to, asked_mono) = self._asked.popitem()
            if now_mono - asked_mono < ASKED_SECS:
                return place, read_to
        return None

    def is_young(self, k: int, now_mono: float) -> bool:
        """Whether what is missing of a level has been waited for so shortly that it may yet come all at once."""
        return now_mono - self._waited.get(k, (-math.inf, 0.0))[0] < PATIENCE_SECS


class DeepColumns(SeriesColumns):
    """The points of a line of past and present, and what was read of its past, where that can be read."""

    def __init__(self, past: Past | None) -> None:
        super().__init__()
        self.past = past
        if past is not None:
            past.lines.add(self)

    def snapshot(self) -> SeriesSnapshot:
        """The series as it is now, with its past."""
        if self._snapshot is None:
            self._snapshot = DeepSnapshot(super().snapshot(), {} if self.past is None else self.past.blocks.blocks)
        return self._snapshot

    def note(self, s: int, x0: float) -> None:
        """More of the past is there, from ``x0`` on."""
        self._changed(s, x0)


class Pasts:
    """The pasts of one engine, each shared by all lines that show it."""

    def __init__(self) -> None:
        self._pasts: WeakValueDictionary[PastOf, Past] = WeakValueDictionary()
        self._running: dict[Job, tuple[Past, Place, float, float]] = {}

    def of(self, of: PastOf) -> Past:
        """Return the past of a series, the same one for all."""
        past = self._pasts.get(of)
        if past is None:
            past = self._pasts[of] = Past(of)
        return past

    def start(self, now_mono: float) -> list[Job]:
        """Return the reads to start now."""
        jobs: list[Job] = []
        for past in list(self._pasts.values()):
            if len(self._running) >= JOBS_MAX:
                break
            if past.job is not None or now_mono < past.retry_mono:
                continue
            found = past.take(now_mono)
            if found is None:
                past.fault = None  # of what nobody looks at any more
                continue
            place, read_to = found
            read = partial(_read, past.reader, place, read_to)
            past.job = Job(f"past of {past.label}", read, False, past.reader.timeout_secs)
            self._running[past.job] = (past, place, read_to, now_mono)
            jobs.append(past.job)
        return jobs

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
        """When a read is past its time-out, or one that failed may be tried again; ``inf`` for never."""
        ends = [began + job.timeout_secs for job, (_, _, _, began) in self._running.items()]
        return min(ends, default=math.inf)

    @property
    def num_jobs(self) -> int:
        """Reads under way."""
        return len(self._running)

    def owns(self, job: Job) -> bool:
        """Whether a job is a read of ours."""
        return job in self._running

    def finish(self, done: JobDone, next_s: Callable[[], int], now_mono: float) -> bool:
        """Take a read's result; return whether any line is another, or says something else now."""
        past, place, read_to, _ = self._running.pop(done.job)
        past.job = None
        before, past.fault = past.fault, None
        if done.error is not None:
            past.fault = describe_error(past.label, done.error)
            past.retry_mono = now_mono + RETRY_SECS
            return past.fault != before
        rows: Floats = done.value  # type: ignore[assignment]  # what ``_read`` returns
        if not past.blocks.add(place, PastBlock(rows, read_to, now_mono)) and before is None:
            return False
        s, x0 = next_s(), past_edges(place)[0]
        for line in past.lines:
            line.note(s, x0)
        return True


def _read(reader: PastReader, place: Place, read_to: float) -> Floats:
    return rows_of(reader.read(*range_to_read(place, read_to)), place)


def range_to_read(place: Place, read_to: float) -> tuple[float, float, float, int]:
    """Return what to read of a place up to an id: from which x, to which, in buckets how wide, at most how many."""
    low_x, high_x = past_edges(place)
    if read_to < place.last_id:
        high_x = math.ldexp(read_to + 1, place.k)
    return low_x, high_x, math.ldexp(1.0, place.k), BLOCK_BUCKETS


def rows_of(found: Floats, place: Place) -> Floats:
    """Return what was read as the store has it: id, first, min, max, last."""
    ids, lows, highs = found
    # Which value came first within a bucket can't be seen: it is at most a pixel wide. Both were there.
    rows: Floats = np.array((ids + place.first_id, lows, lows, highs, highs))
    rows.flags.writeable = False
    return rows
