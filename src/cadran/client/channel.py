"""A channel of a server elsewhere: the same ``send`` as of a channel here, and it never waits either.

A send appends to a list, which needs no lock. The client's thread takes it from there; past a number of items the
sender itself folds them into the outbox, so that memory stays bounded whatever the thread is waiting for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NoReturn

from cadran.backoff import Rng
from cadran.client.batch import Batch
from cadran.client.delivery import BATCH_BYTES_MAX, Delivery
from cadran.client.items import KpiItem, TableItem
from cadran.client.outbox import Given, Outbox
from cadran.client.statistics import ClientStatistics
from cadran.client.transport import Answer, LinkError
from cadran.durations import Duration, parse_secs
from cadran.errors import ClosedError, UsageError
from cadran.telling import Telling
from cadran.updates.arrow import frame_to_stream
from cadran.updates.prepare import MAX_NAME_CHARS, PreparedKpi, PreparedPoints, prepare
from cadran.updates.times import MAX_TIME_SECS
from cadran.updates.update import ChartDataUpdated, KpiUpdated, Update, XKind

MAX_NAMES = 100_000
"""Series that one may send; of KPIs and tables no more wait than the bound allows."""
TABLE_BYTES_MAX = 8 * 1024 * 1024 - 4_096
"""A request of the server's less what is around it."""
INBOX_ITEMS = 1_024
NOT_PASSED = "a connection can't be passed to another process: call cadran.connect(url) there"
BIG_POINTS = 64
_TABLE_COST = BIG_POINTS


class RemoteChannel:
    """Bounded and thread-safe. ``send`` from anywhere; a thread of its client's posts in batches.

    At a bound KPIs and tables are merged to their last value and the oldest points are dropped; ``statistics()``
    counts both, and a warning in the log says so.
    """

    def __init__(
        self,
        name: str,
        sender: str,
        *,
        max_items: int,
        max_bytes: int,
        ring: Callable[[], None],
        monotonic: Callable[[], float],
        rng: Rng,
    ) -> None:
        self.name = name
        self.max_items = max_items
        self.max_bytes = max_bytes
        self._ring_client = ring
        self._monotonic = monotonic
        self._rng = rng
        self.reset(sender)

    def reset(self, sender: str) -> None:
        """Begin with nothing, as another sender: in a process that was forked, the other one sends what there was."""
        self._inbox: list[tuple[float, Given]] = []  # bounded: folded at INBOX_ITEMS
        self._progress = threading.Condition(threading.Lock())  # guards the outbox and the delivery
        self._outbox = Outbox(self.max_items, self.max_bytes)
        self._delivery = Delivery(self._outbox, sender, self._rng)
        self._kinds: dict[str, XKind] = {}
        self._bell = [True]  # holds one entry while the thread is to be woken: whoever pops it rings
        self._telling = Telling(f"channel {self.name!r}")
        self._is_closed = False
        self._num_dropped_told = 0
        self._num_lost_flushed = 0

    def __repr__(self) -> str:
        return f"<RemoteChannel {self.name!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(NOT_PASSED)

    # --- senders --------------------------------------------------------------------------------

    def send(self, *updates: Update) -> None:
        """Queue ``updates``, all or none, and return at once. From any thread or task.

        Raises ``UsageError`` for a wrong type or shape, ``ClosedError`` after ``close()``; nothing else.
        """
        if self._is_closed:
            raise ClosedError(f"channel {self.name!r} is closed: nothing can be sent to it any more")
        mono = self._monotonic()
        inbox = self._inbox
        quick = self._quick(updates[0]) if len(updates) == 1 else None
        is_big = False
        if quick is not None:
            inbox.append((mono, quick))
        else:
            given, is_big = self._checked(updates, mono)
            inbox.extend(given)  # atomic: the thread takes all of them or none
        if self._bell:
            self._ring()
        if is_big or len(inbox) >= INBOX_ITEMS:
            self._fold_if_free()

    def _quick(self, update: Any) -> Given | None:
        """The two commonest forms as they are queued, without a full check; None for the others."""
        try:
            if type(update) is KpiUpdated:
                key, value = update.key, update.value
                if type(value) is float and value == value and update.at is None and type(key) is str:
                    return update if 0 < len(key) <= MAX_NAME_CHARS and key.isascii() else None
            elif type(update) is ChartDataUpdated and self._kinds.get(update.series) == update.x != "free":
                if type(update.series) is not str:
                    return None  # an enumeration's, which is one as well
                points: Any = update.points
                pair = points[0] if type(points) is list and len(points) == 1 else points
                if type(pair) is tuple and update.replace is False:
                    x, y = pair
                    if type(x) is float and -MAX_TIME_SECS <= x <= MAX_TIME_SECS and type(y) is float:
                        return update if pair is points else ChartDataUpdated(update.series, pair, False, update.x)
        except Exception:
            return None  # something odd, such as a name that is no text: the full check says so
        return None

    def _checked(self, updates: tuple[Update, ...], mono: float) -> tuple[list[tuple[float, Given]], bool]:
        """Return ``updates`` as they are queued, and whether they are big; nothing is kept if one is wrong."""
        given: list[tuple[float, Given]] = []
        kinds: dict[str, XKind] = {}
        cost = 0
        for update in updates:
            prepared = prepare(update)
            if isinstance(prepared, PreparedKpi):
                given.append((mono, KpiItem(prepared.key, prepared.value, prepared.at, mono)))
                cost += len(prepared.value) // 16 if isinstance(prepared.value, str) else 0
            elif isinstance(prepared, PreparedPoints):
                known = kinds.setdefault(prepared.series, self._kinds.get(prepared.series, prepared.x))
                if known != prepared.x:
                    got = f"expected x={known!r} as before, got x={prepared.x!r}; keep one kind"
                    raise UsageError(f"channel {self.name!r}: send: series {prepared.series!r}: {got}")
                given.append((mono, prepared))
                cost += int(prepared.xs.size)
            else:
                frame = frame_to_stream(prepared.frame)
                if len(frame) > TABLE_BYTES_MAX:
                    got = f"{prepared.frame.height:,} rows of {len(frame):,} bytes"
                    limit = f"at most {TABLE_BYTES_MAX:,} bytes"
                    raise UsageError(f"TableUpdated({prepared.table!r}): expected {limit}, got {got}; send fewer rows")
                given.append((mono, TableItem(prepared.table, frame, prepared.key, mono)))
                cost += _TABLE_COST
        self._claim(kinds)
        return given, cost >= BIG_POINTS

    def _claim(self, kinds: dict[str, XKind]) -> None:
        if len(self._kinds) + len(kinds) > MAX_NAMES and any(name not in self._kinds for name in kinds):
            advice = "put what varies into the values, not into the name"
            raise UsageError(f"channel {self.name!r}: series: expected at most {MAX_NAMES:,} names, got more; {advice}")
        self._kinds.update(kinds)

    def _ring(self) -> None:
        try:
            self._bell.pop()
        except IndexError:
            return  # another sender was first
        self._ring_client()

    def _fold_if_free(self) -> None:
        is_urgent = len(self._inbox) >= 4 * INBOX_ITEMS
        if self._progress.acquire(blocking=is_urgent):
            try:
                self._fold()
                is_full = self._outbox.bytes_at_most >= BATCH_BYTES_MAX
            finally:
                self._progress.release()
            if is_full:
                self._ring_client()  # there is no reason to wait for more

    def _fold(self) -> None:
        """Take what is in the inbox at this moment into the outbox."""
        inbox = self._inbox
        num_taken = len(inbox)
        taken = inbox[:num_taken]
        del inbox[:num_taken]  # atomic too: senders only ever append, and whoever takes holds the lock
        self._outbox.fold(taken)

    # --- who waits ------------------------------------------------------------------------------

    def flush(self, timeout: Duration = "5s") -> bool:
        """Wait until all that was sent before has been settled, at most ``timeout``.

        Returns whether the server took all of it, and all else since the last flush; False also if some of it was
        dropped or refused.
        """
        until_mono = self._monotonic() + parse_secs(timeout, "timeout")
        with self._progress:
            asked_mono = self._monotonic()
            self._delivery.is_hurried = True
            is_settled = self._wait(lambda: self._oldest_mono() > asked_mono, until_mono)
            self._delivery.is_hurried = False
            num_lost, before = self._num_lost, self._num_lost_flushed
            self._num_lost_flushed = num_lost
            return is_settled and num_lost == before

    def wait_for_room(self, timeout: Duration = "5s") -> bool:
        """Wait until less than half of the room is taken, at most ``timeout``; return whether it is so.

        For a program that would rather be late than lose the oldest points; ``send`` itself never waits.
        """
        until_mono = self._monotonic() + parse_secs(timeout, "timeout")
        with self._progress:
            return self._wait(self._has_room, until_mono)

    def _has_room(self) -> bool:
        self._fold()
        outbox = self._outbox
        if outbox.items_at_most * 2 > self.max_items or outbox.bytes_at_most * 2 > self.max_bytes:
            outbox.count_anew()
        return outbox.items_at_most * 2 <= self.max_items and outbox.bytes_at_most * 2 <= self.max_bytes

    def _wait(self, is_so: Callable[[], bool], until_mono: float) -> bool:
        """Wait with the lock held in between."""
        while not is_so():
            left_secs = until_mono - self._monotonic()
            if left_secs <= 0:
                return False
            self._ring_client()
            self._progress.wait(left_secs)
        return True

    def _oldest_mono(self) -> float:
        self._fold()
        return self._delivery.oldest_mono

    @property
    def _num_lost(self) -> int:
        return self._outbox.num_dropped + self._delivery.num_refused

    def close(self, timeout: Duration = "5s") -> bool:
        """Refuse further sends and flush. Returns as ``flush``; what is not sent by then is given up."""
        self._is_closed = True
        return self.flush(timeout)

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def statistics(self) -> ClientStatistics:
        """Count what was sent and what became of it."""
        with self._progress:
            self._fold()
            outbox, delivery = self._outbox, self._delivery
            return ClientStatistics(
                num_sent=outbox.num_sent,
                num_accepted=delivery.num_accepted,
                num_merged=outbox.num_merged,
                num_dropped=outbox.num_dropped,
                num_refused=delivery.num_refused,
                num_rejected=outbox.num_rejected,
                num_pending=outbox.num_pending + delivery.num_under_way,
                pending_bytes=outbox.num_bytes + delivery.bytes_under_way,
                num_batches=delivery.num_batches,
                num_retries=delivery.num_retries,
                num_restarts=delivery.num_restarts,
                num_resent=delivery.num_resent,
                last_error=delivery.last_error,
                last_refusal=delivery.last_refusal,
            )

    # --- the client's thread --------------------------------------------------------------------

    def next_batch(self) -> tuple[Batch | None, float]:
        """Return what is to be posted now, or None and when to ask again, by the monotonic clock."""
        with self._progress:
            if self._delivery.is_idle:
                self._bell[:] = [True]  # before the inbox is taken: what comes later rings
            self._fold()
            now_mono = self._monotonic()
            batch, due_mono = self._delivery.next(now_mono), self._delivery.due_mono()
            num_dropped = self._outbox.num_dropped
        if num_dropped > self._num_dropped_told:
            self._num_dropped_told = num_dropped
            self._telling.warn(f"{num_dropped:,} points and states dropped at the bound so far", now_mono)
        return batch, due_mono

    def settle(self, batch: Batch, outcome: Answer | LinkError) -> None:
        """Tell what came of a batch."""
        with self._progress:
            now_mono = self._monotonic()
            if isinstance(outcome, LinkError):
                message = self._delivery.failed(batch, outcome, now_mono)
            else:
                message = self._delivery.answered(batch, outcome, now_mono)
            self._progress.notify_all()
        if message is not None:  # without the lock: whoever handles logs may send
            self._telling.warn(message, now_mono)
