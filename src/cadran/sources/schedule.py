"""When a polled source is read: a state machine without I/O.

At most one run is in flight; ticks that fall into a run are merged into one; a time-out cancels at
the driver and the run still counts until it ends; failures back off with jitter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cadran.backoff import Backoff
from cadran.clock import Instant
from cadran.jobs import WAIT_SECS_MAX
from cadran.timings import Durations


@dataclass(frozen=True, slots=True)
class PollFault:
    """Why the last read failed."""

    message: str
    since: float
    """Wall seconds of the first failure in a row."""
    next_try: float | None
    """Wall seconds."""


class PollSchedule:
    """One source's reads. ``every_secs`` is its floor; a viewer may want it slower, never faster."""

    def __init__(self, every_secs: float, timeout_secs: float, backoff: Backoff) -> None:
        self.every_secs = every_secs
        self.wanted_secs = every_secs
        """The interval that viewers chose, at least ``every_secs``."""
        self.timeout_secs = timeout_secs
        self._backoff = backoff
        self._is_wanted = False
        self._wanted_since_mono = -math.inf
        self._due_mono = -math.inf
        self._is_asked = self._is_hinted = False
        self._part = 1.0
        self._started: Instant | None = None
        self._started_mono = -math.inf
        self._began_mono = -math.inf
        """When the run in flight began, or began to wait for a thread."""
        self.is_waiting = False
        """Whether the run in flight waits for a thread."""
        self._is_cancelled = False
        self._ok_mono: float | None = None
        self.read_mono = -math.inf
        """When the last run that ended had begun."""
        self.fault: PollFault | None = None
        self.num_runs = 0
        self.num_failures = 0
        self.num_skipped_ticks = 0
        self.times = Durations()
        """How long reads took, from when they had a thread until their end came back."""
        self._read_secs = 0.0
        """How long the last read took that ended well: a failure may be quick and says nothing of the others."""
        self._usual_secs = 0.0

    # --- what is wanted ---

    @property
    def effective_secs(self) -> float:
        """The interval at which it is read: the wanted one, stretched so that reading takes at most half of it."""
        return max(self.wanted_secs, LOAD_MAX_INVERSE * self._usual_secs)

    @property
    def is_stretched(self) -> bool:
        """Whether it is read less often than wanted, as reading takes too long."""
        return self.effective_secs > self.wanted_secs

    def want(self, is_wanted: bool, interval_secs: float | None, now: Instant) -> None:
        """Somebody watches, or nobody; ``interval_secs`` is the least that a viewer chose."""
        wanted = max(self.every_secs, interval_secs or 0.0)
        if wanted != self.wanted_secs:
            self.wanted_secs = wanted
            if self._started is None and self._ok_mono is not None and self.fault is None:
                self._due_mono = self._ok_mono + self._part * self.effective_secs
        if is_wanted and not self._is_wanted:
            self._wanted_since_mono = now.mono
        self._is_wanted = is_wanted

    def ask(self) -> None:
        """Read as soon as possible, even in a back-off. During a run: once more after it."""
        self._is_asked = True

    def hint(self, now: Instant) -> None:
        """The source says that something changed: if wanted, read it soon, else at once when it is wanted again.

        Not in a back-off, and however many come: a source is still read at most half of the time.
        """
        if self._started is not None:
            self._is_hinted = True
        elif self.fault is None:
            self._due_mono = min(self._due_mono, self._soon_mono(now))

    # --- runs ---

    def is_due(self, now: Instant) -> bool:
        """Whether a run is to start now."""
        if self._started is not None:
            return False
        if self._is_asked:
            return now.mono >= self._started_mono + ASK_FLOOR_SECS
        return self._is_wanted and now.mono >= self._due_mono

    @property
    def is_awaited(self) -> bool:
        """Whether a run is in flight that was not given up, or was asked for and comes in a moment."""
        return self._is_asked if self._started is None else not self._is_cancelled

    def start(self, now: Instant, part: float = 1.0) -> None:
        """A run starts. After this ``part`` of the interval the next is due, and then after whole ones: this is how
        sources that began together are spread."""
        self._part = part
        self._started = now
        self._started_mono = self._began_mono = now.mono
        self._is_asked = self._is_hinted = self._is_cancelled = self.is_waiting = False
        self.num_runs += 1

    def wait(self) -> None:
        """The run that started waits for a thread; that is not the source's fault, and no time of its reading."""
        self.is_waiting = True

    def begin(self, now: Instant) -> None:
        """The run that waited has a thread."""
        self._began_mono = now.mono
        self.is_waiting = self._is_cancelled = False

    def is_overdue(self, now: Instant) -> bool:
        """Whether the run in flight is past its time-out, or has waited too long, and was not given up yet."""
        return self._started is not None and not self._is_cancelled and now.mono >= self._timeout_mono()

    def cancel(self, message: str, now: Instant) -> None:
        """The run was given up, and cancelled at the driver unless it waits; no other starts until it really ends."""
        self._is_cancelled = True
        self._set_fault(message, now, None)

    def succeed(self, now: Instant, *, read_on: bool = False) -> None:
        """The run ended well. ``read_on``: there is more to read at once."""
        before_secs, interval_secs = self._read_secs, self.effective_secs
        started = self._end(now)
        self._read_secs = now.mono - max(started.mono, self._began_mono)
        # The quicker of the last two: one slow read is an accident.
        self._usual_secs = min(before_secs, self._read_secs)
        self._ok_mono = now.mono
        self.fault = None
        self._backoff.reset()
        passed = math.floor(max(0.0, now.mono - started.mono) / interval_secs)
        self.num_skipped_ticks += max(0, passed - 1)
        due = started.mono + self._part * self.effective_secs
        self._due_mono = now.mono if read_on else max(due, now.mono)
        if self._is_hinted:
            self._is_hinted = False
            self._due_mono = min(self._due_mono, self._soon_mono(now))

    def fail(self, message: str, now: Instant) -> None:
        """The run ended badly."""
        self._end(now)
        self.num_failures += 1
        delay = max(self._backoff.next_secs(), min(self.effective_secs, RETRY_FLOOR_SECS))
        self._due_mono = now.mono + delay
        self._set_fault(message, now, now.wall + delay)

    # --- what people see ---

    @property
    def has_succeeded(self) -> bool:
        """Whether any read ever succeeded."""
        return self._ok_mono is not None

    def is_stale(self, now: Instant) -> bool:
        """Whether a wanted source has not been read for two intervals."""
        return self._is_wanted and self._ok_mono is not None and now.mono >= self._stale_mono()

    def next_wake_mono(self, now: Instant) -> float:
        """When this schedule next needs a look; ``inf`` for never."""
        times = []
        if self._started is not None:
            if not self._is_cancelled:
                times.append(self._timeout_mono())
        else:
            if self._is_asked:
                times.append(self._started_mono + ASK_FLOOR_SECS)
            if self._is_wanted:
                times.append(self._due_mono)
        if self._is_wanted and self._ok_mono is not None and now.mono < self._stale_mono():
            times.append(self._stale_mono())
        return min(times, default=math.inf)

    def _stale_mono(self) -> float:
        # Nobody asked before it was wanted: what is old then is not stale until it had its chance.
        since = max(self._ok_mono or -math.inf, self._wanted_since_mono)
        return since + 2 * self.effective_secs

    def _soon_mono(self, now: Instant) -> float:
        return max(now.mono, self._started_mono + max(ASK_FLOOR_SECS, LOAD_MAX_INVERSE * self._usual_secs))

    def _timeout_mono(self) -> float:
        assert self._started is not None
        return self._began_mono + (WAIT_SECS_MAX if self.is_waiting else self.timeout_secs)

    def _end(self, now: Instant) -> Instant:
        started, self._started = self._started or now, None
        self.times.add(now.mono - max(started.mono, self._began_mono))
        self.read_mono = started.mono
        return started

    def _set_fault(self, message: str, now: Instant, next_try: float | None) -> None:
        since = self.fault.since if self.fault is not None else now.wall
        self.fault = PollFault(message, since, next_try)


LOAD_MAX_INVERSE = 2.0
"""A source is read at most half of the time: an interval is at least so many times as long as its reading."""
ASK_FLOOR_SECS = 0.25
"""However often somebody presses Refresh, a source is read at most this often."""
RETRY_FLOOR_SECS = 0.25
"""A failing source is never asked more often than this."""
