"""All that is read elsewhere: polled sources, and what lies before the points that are held."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from cadran.clock import Instant
from cadran.engine.polling import Polling
from cadran.frames.pasts import Past, Pasts
from cadran.jobs import Job, JobBegan, JobDone, JobWaits
from cadran.readable import Source
from cadran.store import Store


class Reads:
    """Starts reads, ends those that take too long, and lands what they give."""

    def __init__(self, polling: Polling, pasts: Pasts, store: Store) -> None:
        self._polling = polling
        self._pasts = pasts
        self._store = store
        self.num_waits = 0
        """Reads that had to wait for a thread."""

    @property
    def _has_any(self) -> bool:
        """Whether there is anything that is read: a program of channels alone has nothing."""
        return self._polling.has_any or self._pasts.has_any

    def start_due(self, now: Instant) -> list[Job]:
        """Return the reads to start now."""
        if not self._has_any:
            return []
        return self._polling.start_due(now) + self._pasts.start(now.mono)

    def ask(self, sources: Iterable[Source], pasts: Iterable[Past], now: Instant) -> None:
        """Read these sources, and what is looked at of these pasts, as soon as possible."""
        for source in sources:
            self._polling.ask(source.id)
        for past in pasts:
            past.ask_again(now)

    def take_due(self, now: Instant) -> list[Past]:
        """Return the pasts at which whoever looks is to look again now."""
        return self._pasts.take_due(now.mono) if self._pasts.has_any else []

    def take_is_fault_over(self) -> bool:
        """Whether since the last call a fault was forgotten, so that panels say something else."""
        return self._pasts.take_is_fault_over()

    def cancel_overdue(self, now: Instant) -> list[Callable[[], None]]:
        """Return the calls that end reads past their time-out, at the driver."""
        if not self._has_any:
            return []
        return self._polling.cancel_overdue(now) + self._pasts.cancel_overdue(now.mono)

    def next_wake_mono(self, now: Instant) -> float:
        """When a read next needs a step."""
        if not self._has_any:
            return math.inf
        return min(self._polling.next_wake_mono(now), self._pasts.next_wake_mono())

    def owns(self, job: Job) -> bool:
        """Whether a job is a read."""
        return self._polling.owns(job) or self._pasts.owns(job)

    def follow(self, one: JobWaits | JobBegan, now: Instant) -> None:
        """A read waits for a thread, or has one at last: its time-out counts from then."""
        self.num_waits += isinstance(one, JobWaits)
        if self._pasts.owns(one.job):
            self._pasts.begin(one.job, math.inf if isinstance(one, JobWaits) else now.mono)
        else:
            self._polling.follow(one, now)

    def finish(self, done: JobDone, now: Instant) -> None:
        """Land a read's result."""
        if self._pasts.owns(done.job):
            self._pasts.finish(done, self._store.next_s, now)
        else:
            self._polling.finish(done, now)

    @property
    def num_jobs(self) -> int:
        """Reads under way."""
        return self._polling.num_jobs + self._pasts.num_jobs

    @property
    def num_past_blocks_dropped(self) -> int:
        """Blocks of what is not held that made room for others, since the start."""
        return self._pasts.num_dropped
