"""Blocks: the history of a line as bytes, made once for all who join. A viewer gets a block and the tail since."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from cadran.frames.cache import ENTRY_BYTES
from cadran.frames.encode import series_pieces
from cadran.frames.guarded import GuardedPieces
from cadran.frames.series_frames import shows_what_left
from cadran.frames.shown import ShownSeries
from cadran.frames.span import Range
from cadran.jobs import Job, JobDone
from cadran.store import ALWAYS, Buckets, SeriesColumns, SeriesSnapshot, id_of
from cadran.words import describe_error

BLOCK_BYTES_MAX = 16 * 1024 * 1024
"""The least recently used go first."""
BLOCKS_PER_LINE = 4
"""At one level: views of different widths."""
BLOCK_BYTES_MIN = 1024
"""Shorter ones are made anew as fast as a tail is."""
BLOCK_SLACK = 8
"""A block may begin an eighth of its length earlier than what is looked at."""
PIECE_BUCKETS = 480
"""So many take some 8 KB at most: a slow viewer gets a long line in several messages."""
JOBS_MAX = 2
"""How many are made at a time: the machine has other work."""
WAITING_MAX = 256
"""How many wait for that. Who finds no place asks again at the next S."""
JOB_SECS_MAX = 30.0
RETRY_SECS = 30.0
"""After one that failed."""

LineKey = tuple[str, int, int, int, float]
"""Screen, revision, slot, level and the range's upper end."""


@dataclass(slots=True, eq=False)
class Block:
    """All buckets with ``low <= id <= high`` at S ``s``, as pieces that replace what is held."""

    low: float
    last_id: float
    """The newest bucket's."""
    s: int
    columns: SeriesColumns
    pieces: list[bytes]
    num_late: int = 0
    """So many that were made before it came too late."""
    is_used: bool = False
    """Somebody got it."""

    @property
    def num_bytes(self) -> int:
        """What it takes, with what holds it."""
        return ENTRY_BYTES + sum(map(len, self.pieces))


class _Asked(NamedTuple):
    """A block that is being made, or is going to be."""

    key: LineKey
    shown: ShownSeries
    columns: SeriesColumns
    low: float
    last_id: float
    s: int
    job: Job
    num_late: int


class Blocks:
    """The blocks of one engine, bounded in bytes, and those that are made by jobs elsewhere."""

    def __init__(self, guarded: GuardedPieces, max_bytes: int = BLOCK_BYTES_MAX) -> None:
        self._guarded = guarded
        self._max_bytes = max_bytes
        self._blocks: OrderedDict[LineKey, list[Block]] = OrderedDict()
        self._waiting: deque[_Asked] = deque()  # bounded in number: WAITING_MAX
        self._running: dict[Job, _Asked] = {}
        self._since_mono: dict[Job, float] = {}
        self._retry_mono: dict[LineKey, float] = {}
        """Of those that failed."""
        self._now_mono = 0.0
        self.num_bytes = 0
        self.num_made = 0
        """By jobs."""

    def find(self, key: LineKey, shown: ShownSeries, wanted: Range) -> tuple[Block | None, int]:
        """Return a block from which a viewer gets this range with a tail; and how many came too late in a row.

        One came too late where all of a line changed while it was made, or its beginning went, as it may again.
        """
        num_late, columns = 0, shown.columns
        for block in self._blocks.get(key, ()):
            if block.columns is not columns or not _covers(block.low, block.last_id, wanted):
                continue
            is_gone = columns.evicted_s > block.s and (
                not wanted.is_windowed or shows_what_left(columns, wanted, block.s, is_deep=shown.past is not None)
            )
            if not is_gone and columns.changed_from(block.s, wanted.k, wanted.low) != ALWAYS:
                self._blocks.move_to_end(key)
                return block, block.num_late
            if not block.is_used:
                num_late = max(num_late, block.num_late + 1)
        return None, num_late

    def keep(self, key: LineKey, columns: SeriesColumns, wanted: Range, s: int, pieces: list[bytes]) -> None:
        """Keep what was made for one viewer for those who join later, if it is worth it."""
        if columns.last_x is not None and sum(map(len, pieces)) >= BLOCK_BYTES_MIN:
            last_id = min(wanted.high, id_of(columns.last_x, wanted.k))
            self._add(key, Block(wanted.low, last_id, s, columns, pieces, is_used=True))

    def clear(self) -> None:
        """Forget all that is kept: a layout is another. What is being made may still come, and is of no use."""
        self._blocks.clear()
        self.num_bytes = 0

    def _add(self, key: LineKey, block: Block) -> None:
        blocks = self._blocks.setdefault(key, [])
        blocks.insert(0, block)
        self._blocks.move_to_end(key)
        self.num_bytes += block.num_bytes - sum(old.num_bytes for old in blocks[BLOCKS_PER_LINE:])
        del blocks[BLOCKS_PER_LINE:]
        while self.num_bytes > self._max_bytes and len(self._blocks) > 1:
            self.num_bytes -= sum(old.num_bytes for old in self._blocks.popitem(last=False)[1])

    # --- made elsewhere ---

    def ask(self, key: LineKey, shown: ShownSeries, wanted: Range, s: int, num_late: int = 0) -> None:
        """Let a block of the present, settled S be made, unless one that will do is under way, or just failed.

        ``num_late``: so many came too late before.
        """
        columns = shown.columns
        if self._now_mono < self._retry_mono.get(key, -math.inf):
            return
        for asked in (*self._running.values(), *self._waiting):
            if asked.key == key and asked.columns is columns and _covers(asked.low, asked.last_id, wanted):
                return
        if columns.last_x is not None and len(self._waiting) < WAITING_MAX:
            encode = partial(range_pieces, key[2], columns.snapshot(), wanted, wanted.low, replace=True)
            job = Job(f"history of {shown.nodes[0].label}", encode, False, JOB_SECS_MAX, is_ours=True)
            last_id = min(wanted.high, id_of(columns.last_x, wanted.k))
            self._waiting.append(_Asked(key, shown, columns, wanted.low, last_id, s, job, num_late))

    def start(self, now_mono: float) -> list[Job]:
        """Return the jobs to start now."""
        self._now_mono = now_mono
        if not (self._waiting or self._since_mono or self._retry_mono):
            return []
        if self._retry_mono:
            self._retry_mono = {key: at for key, at in self._retry_mono.items() if now_mono < at}
        for job, since_mono in list(self._since_mono.items()):
            if now_mono - since_mono >= JOB_SECS_MAX:
                error = TimeoutError(f"its history was not ready within {JOB_SECS_MAX:g} s")
                self.finish(JobDone(job, error=error))
        jobs: list[Job] = []
        while self._waiting and len(self._running) < JOBS_MAX:
            asked = self._waiting.popleft()
            self._running[asked.job] = asked
            self._since_mono[asked.job] = now_mono
            jobs.append(asked.job)
        return jobs

    def next_end_mono(self) -> float:
        """When the next job is past its time-out; ``inf`` for never."""
        return min(self._since_mono.values(), default=math.inf) + JOB_SECS_MAX

    @property
    def num_jobs(self) -> int:
        """Under way elsewhere."""
        return len(self._running)

    def finish(self, done: JobDone) -> bool:
        """Take a job's block. Returns whether there is one more; a job that is not ours, or was given up, is none."""
        asked = self._running.pop(done.job, None)
        if asked is None:
            return False
        del self._since_mono[done.job]
        self.num_made += 1
        unmade = None if done.error is None else describe_error(asked.shown.nodes[0].label, done.error)
        if unmade != asked.shown.unmade:
            asked.shown.unmade, self._guarded.is_fault_new = unmade, True
        if done.error is not None:
            self._retry_mono[asked.key] = self._now_mono + RETRY_SECS
            return False
        pieces: list[bytes] = done.value  # type: ignore[assignment]
        self._add(asked.key, Block(asked.low, asked.last_id, asked.s, asked.columns, pieces, asked.num_late))
        return True


def range_pieces(slot: int, snapshot: SeriesSnapshot, wanted: Range, from_id: float, *, replace: bool) -> list[bytes]:
    """Return the buckets of a range from ``from_id`` on; the newest one where a window lies behind it, as its value is
    the last there is. Safe in any thread."""
    if replace and wanted.is_windowed and wanted.high == math.inf and snapshot.last_x is not None:
        from_id = min(from_id, id_of(snapshot.last_x, wanted.k))
    buckets = snapshot.view(wanted.k, from_id, wanted.high)
    newest_x = math.nan if snapshot.last_x is None else snapshot.last_x
    cadence = snapshot.cadence_from(wanted.k, wanted.low, wanted.high)
    pieces: list[bytes] = []
    for start in range(0, max(1, buckets.ids.size), PIECE_BUCKETS):
        part = buckets
        if buckets.ids.size > PIECE_BUCKETS:
            part = Buckets(buckets.k, *(column[start : start + PIECE_BUCKETS] for column in buckets[1:]))
        first_id = float(part.ids[0]) if start else from_id
        is_new = replace and not start
        pieces += series_pieces(slot, part, first_id, replace=is_new, cadence=cadence, newest_x=newest_x)
    return pieces


def _covers(low: float, last_id: float, wanted: Range) -> bool:
    """Whether a block holds the range, and not much that lies before it."""
    return low <= wanted.low <= low + max(0.0, last_id - low) / BLOCK_SLACK
