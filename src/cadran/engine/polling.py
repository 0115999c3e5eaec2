"""The polled sources of one engine: who is read when, and what came of it."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial

from cadran.backoff import Backoff
from cadran.clock import Instant
from cadran.engine.totals import ReadTotals, reads_of
from cadran.frames.health import Health, SourceState
from cadran.frames.wire import BEAT_SECS
from cadran.jobs import Job, JobBegan, JobDone, JobWaits, words_of_wait
from cadran.readable import Source
from cadran.sources.polled import Appended, Merged, PolledSource, Reader, Unchanged, Whole
from cadran.sources.schedule import PollSchedule
from cadran.store import Store
from cadran.store.merging import merge_rows
from cadran.words import describe_error

TOGETHER_MAX = 4
"""More sources than this do not go on beginning in one step: half of the threads that read are left to others."""
PHASE_MIN = 0.1
"""Of an interval; what was just read is not read again at once."""


class _Polled:
    """One source, its schedule, and its reader once somebody watched."""

    def __init__(self, source: PolledSource, rng: Callable[[], float]) -> None:
        self.source = source
        self.schedule = PollSchedule(source.every_secs, source.timeout_secs, Backoff(rng))
        self.reader: Reader | None = None
        self.mark: object | None = None
        self.capped_rows: int | None = None
        self.phase = _phase_of(source.id)
        self.is_gone = False
        """Nobody needs it any more: what a read under way finds is thrown away."""


class Polling:
    """Starts reads, lands their results in the store, and knows every polled source's health."""

    def __init__(self, sources: Iterable[PolledSource], store: Store, rng: Callable[[], float]) -> None:
        self._store = store
        self._rng = rng
        self._polled: dict[str, _Polled] = {}
        self._jobs: dict[Job, _Polled] = {}
        self._gone: defaultdict[str, ReadTotals] = defaultdict(ReadTotals)
        self.has_any = False
        """Whether there ever was one: else there is nothing to look after."""
        self.add(sources)

    def add(self, sources: Iterable[PolledSource]) -> None:
        """Take further sources in; known ones stay as they are."""
        for source in sources:
            self._polled.setdefault(source.id, _Polled(source, self._rng))
            self.has_any = True

    def remove(self, sources: Iterable[Source]) -> list[Callable[[], None]]:
        """Give back sources that nobody needs any more. Returns the reads to cancel, at the driver."""
        cancels: list[Callable[[], None]] = []
        for source in sources:
            polled = self._polled.pop(source.id, None)
            if polled is None:
                continue
            base = polled.source.base_id
            self._gone[base] = self._gone[base].plus(reads_of(polled.source, polled.schedule))
            polled.source.asked.start_again()  # the same query may come back
            polled.is_gone = True
            if polled.reader is not None and polled in self._jobs.values():
                cancels.append(polled.reader.cancel)
            elif polled.reader is not None:
                polled.reader.close()
        return cancels

    def totals(self) -> dict[str, ReadTotals]:
        """What was asked of each source; what viewers chose of a query counts as the query."""
        totals = defaultdict(ReadTotals, self._gone)
        for polled in self._polled.values():
            base = polled.source.base_id
            totals[base] = totals[base].plus(reads_of(polled.source, polled.schedule))
        return dict(totals)

    def ask_all(self, source: str) -> None:
        """Read a source as soon as possible, whatever viewers chose of it."""
        for name, polled in self._polled.items():
            if polled.source.base_id == source:
                self.ask(name)

    def schedule(self, source: str) -> PollSchedule:
        """The schedule of a source."""
        return self._polled[source].schedule

    def want(self, intervals: Mapping[str, float | None], lingering: Set[str], now: Instant) -> None:
        """Read these sources at the interval their viewers chose, and those ``always`` read; nothing else.

        ``lingering``: those that nobody watches any more go on for a while as they were.
        """
        for name, polled in self._polled.items():
            schedule = polled.schedule
            if name in lingering and not polled.source.is_always:
                schedule.want(True, schedule.wanted_secs, now)
            else:
                schedule.want(name in intervals or polled.source.is_always, intervals.get(name), now)

    def ask(self, source: str) -> bool:
        """Read a source as soon as possible. Returns whether there is one of that name."""
        polled = self._polled.get(source)
        if polled is not None:
            polled.schedule.ask()
        return polled is not None

    def hint(self, source: str, now: Instant) -> None:
        """A source says that it changed: all that viewers chose of it."""
        for polled in self._polled.values():
            if polled.source.base_id == source:
                polled.schedule.hint(now)

    def is_busy(self, source: str, now: Instant) -> bool:
        """Whether a read is due, or under way and not given up."""
        polled = self._polled.get(source)
        return polled is not None and (polled.schedule.is_awaited or polled.schedule.is_due(now))

    def is_awaited(self, source: str, since_mono: float, now: Instant) -> bool:
        """Whether it is busy, and no read that began at ``since_mono`` or later has ended."""
        return self.is_busy(source, now) and self._polled[source].schedule.read_mono < since_mono

    def start_due(self, now: Instant) -> list[Job]:
        """Start what is due. Of many that begin together the next reads are spread over their interval."""
        jobs = []
        due = [polled for polled in self._polled.values() if polled.schedule.is_due(now)]
        for polled in due:
            polled.schedule.start(now, polled.phase if len(due) > TOGETHER_MAX else 1.0)
            try:
                polled.reader = polled.reader or polled.source.open()
            except Exception as error:  # what can't be opened is its panels' fault alone
                polled.schedule.fail(describe_error(polled.source.label, error), now)
                continue
            call = partial(polled.reader.read, polled.mark, now.wall)
            job = Job(polled.source.label, call, polled.source.is_async, polled.source.timeout_secs)
            self._jobs[job] = polled
            jobs.append(job)
        return jobs

    def cancel_overdue(self, now: Instant) -> list[Callable[[], None]]:
        """Give up the runs that are past their time-out, or have waited too long for a thread. Returns the calls to
        make, which end the former at the driver."""
        cancels: list[Callable[[], None]] = []
        for polled in self._jobs.values():
            source, schedule = polled.source, polled.schedule
            if not schedule.is_overdue(now) or polled.reader is None:
                continue
            if schedule.is_waiting:
                schedule.cancel(words_of_wait(source.label), now)
            else:
                schedule.cancel(f"{source.label} did not answer within {source.timeout_secs:g} s", now)
                cancels.append(polled.reader.cancel)
        return cancels

    def follow(self, one: JobWaits | JobBegan, now: Instant) -> None:
        """A read waits for a thread, or has one at last."""
        schedule = self._jobs[one.job].schedule
        if isinstance(one, JobWaits):
            schedule.wait()
        else:
            schedule.begin(now)

    @property
    def num_jobs(self) -> int:
        """Reads under way."""
        return len(self._jobs)

    def owns(self, job: Job) -> bool:
        """Whether a job is a read of ours."""
        return job in self._jobs

    def finish(self, done: JobDone, now: Instant) -> None:
        """Land a read's result."""
        polled = self._jobs.pop(done.job)
        if polled.is_gone:
            if polled.reader is not None:
                polled.reader.close()
            return
        if done.error is not None:
            polled.schedule.fail(describe_error(polled.source.label, done.error), now)
            return
        source, reading = polled.source, done.value
        read_on = False
        try:
            match reading:
                case Unchanged():
                    self._store.checked(source.id, now.wall)
                case Whole():
                    self._store.land_whole(source.id, reading.value, now_wall=now.wall, time=source.time)
                case Appended():
                    read_on = reading.more
                    self._store.land_rows(
                        source.id, reading.rows, now_wall=now.wall, time=source.time, keep_secs=source.keep_secs
                    )
                case Merged():
                    read_on = reading.more
                    merge_rows(self._store, source, reading.rows, now.wall)
                case _:
                    polled.schedule.fail(f"{source.label} gave {type(reading).__name__}, not a reading", now)
                    return
        except Exception as error:  # data that doesn't fit is this source's fault alone
            polled.schedule.fail(describe_error(source.label, error), now)
            return
        polled.mark = reading.mark
        if not isinstance(reading, Unchanged):
            polled.capped_rows = reading.capped_rows if isinstance(reading, Whole) else None
        polled.schedule.succeed(now, read_on=read_on)

    def health(self, now: Instant) -> dict[str, Health]:
        """The state of every polled source."""
        return {name: self._health(polled, now) for name, polled in self._polled.items()}

    def next_wake_mono(self, now: Instant) -> float:
        """When a schedule next needs a step."""
        return min((polled.schedule.next_wake_mono(now) for polled in self._polled.values()), default=math.inf)

    def close(self) -> None:
        """Give back all readers."""
        for polled in self._polled.values():
            if polled.reader is not None:
                polled.reader.close()
                polled.reader = None

    def _health(self, polled: _Polled, now: Instant) -> Health:
        schedule, times = polled.schedule, self._store.times(polled.source.id)
        fault = schedule.fault
        state: SourceState
        if fault is not None:
            state, message, since, next_try = "error", fault.message, fault.since, fault.next_try
        elif not schedule.has_succeeded:
            state, message, since, next_try = "loading", None, None, None
        elif schedule.is_stale(now):
            state, message, since, next_try = "stale", None, times.checked_at, None
        else:
            state, message, since, next_try = "live", None, None, None
        return Health(
            state=state,
            message=message,
            since=since,
            next_try=next_try,
            event_at=times.event_at,
            changed_at=times.changed_at,
            checked_at=times.checked_at,
            promise_secs=2 * BEAT_SECS if state == "live" else 0.0,
            slow_secs=_shown_secs(schedule.effective_secs) if schedule.is_stretched else None,
            capped_rows=polled.capped_rows,
        )


def _phase_of(source: str) -> float:
    """Return which part of an interval is a source's own, the same in each run: from ``PHASE_MIN`` to 1."""
    number = int.from_bytes(hashlib.blake2b(source.encode(), digest_size=4).digest())
    return PHASE_MIN + (1.0 - PHASE_MIN) * number / 2**32


def _shown_secs(secs: float) -> float:
    """Two digits: an interval that trembles with each read is no news."""
    return float(f"{secs:.2g}")
