"""Channels: any number of senders on one side, the engine on the other.

A send appends to a list, which needs no lock, and rings once per drain. Every 1,024 items the sender
folds that inbox into the backlog, where KPIs are merged and points grouped: so memory stays
bounded without an engine, and a send never waits for one.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from typing import Any

from cadran.channel.backlog import Backlog, Ready
from cadran.channel.feed import Feed, FeedFunction
from cadran.channel.handful import Handful, handful_of
from cadran.channel.intake import INBOX_POINTS, Intake
from cadran.channel.landed import ChannelStatistics, Drained
from cadran.channel.taken import Taken
from cadran.durations import Duration, parse_secs
from cadran.errors import ClosedError, UsageError
from cadran.readable import KpiOf, SeriesOf, Source, TableOf
from cadran.updates.numbers import describe
from cadran.updates.prepare import X_KINDS, PreparedPoints, check_name
from cadran.updates.times import MAX_TIME_SECS
from cadran.updates.update import ChartDataUpdated, KpiUpdated, Update, XKind

MAX_ITEMS = 100_000
MAX_BYTES = 64 * 1024 * 1024
INBOX_ITEMS = 1_024
SENDER_SLACK = 1 / 16
"""How far senders may pass a bound before one of them trims: each send pays a little, none pays much."""
FEW_ITEMS = 32
"""So many waiting sends are put in order at once."""
ITEMS_IN_TURN, POINTS_IN_TURN = 1_024, 131_072
"""Of more, so many at a time, or of batches as many as have so many points together: half a millisecond each."""
BATCH_POINTS = 256
"""A shorter batch counts as one of so many points: it may begin a series."""
_NOTHING: Any = object()
"""What ``send()`` without updates is given: a parameter of its own costs less than a tuple of one."""
_NAME = re.compile(r"[^\s/\x00-\x1f\x7f](?:[^/\x00-\x1f\x7f]{0,254}[^\s/\x00-\x1f\x7f])?")

log = logging.getLogger("cadran")


class Channel(Source):
    """Bounded and thread-safe. ``send`` from anywhere; one engine is attached and drains.

    At a bound KPIs are merged to their last value, and the oldest points are dropped
    (``drop_oldest_points``); ``statistics()`` counts both.
    """

    policy = "drop_oldest_points"

    def __init__(
        self,
        name: str,
        *,
        expect_secs: float | None,
        keep_secs: float | None,
        keep_points: int | None,
        max_items: int,
        max_bytes: int,
    ) -> None:
        self.name = name
        self.id = f"channel:{name}"
        self.label = name
        self.expect_secs = expect_secs
        """Stale when silent for this long; None: never stale."""
        self.keep_secs = keep_secs
        """Points over time older than this are dropped; None keeps all."""
        self.keep_points = keep_points
        """Of each series about so many points are kept, the newest; None keeps all."""
        self.max_items = max_items
        self.max_bytes = max_bytes
        self._inbox: list[Ready] = []  # bounded: folded at INBOX_ITEMS
        self._num_folded = 0  # of all that ever were in the inbox
        self._take_until: int | None = None  # so many are to be folded before what is being taken is given
        self._lock = threading.Lock()  # guards the backlog and the counts
        self._backlog = Backlog(max_items, max_bytes)
        self._totals = dict.fromkeys(_COUNTS, 0)
        self._peaks = (0, 0)
        self._intake = Intake(name, max_bytes)
        self._kpi_keys = self._intake.kpi_keys
        self._kinds = self._intake.appended
        self._wake: Callable[[], None] | None = None
        self._bell: list[bool] = []  # holds one entry while a wake-up is due: whoever pops it rings
        self._is_closed = False
        self._feeds: list[Feed] = []

    def __repr__(self) -> str:
        return f"<Channel {self.name!r}>"

    # --- descriptions ---------------------------------------------------------------------------

    def kpi(self, key: str, *, label: str | None = None) -> KpiOf:
        """The last value of a KPI; ``label`` is what messages call it."""
        return KpiOf(self, check_name(key, f"{self.label}.kpi()"), label)

    def series(self, name: str, *, x: XKind = "time", label: str | None = None) -> SeriesOf:
        """A series of points; ``x`` as in the updates that feed it, ``label`` what a legend calls it."""
        where = f"{self.label}.series()"
        check_name(name, where)
        if x not in X_KINDS:
            raise UsageError(f"{where}: x: expected one of {', '.join(X_KINDS)}, got {x!r}")
        self._intake.claim({name: x}, where)
        return SeriesOf(self, name, x, label)

    def table(self, name: str, *, time: str | None = None, key: str | None = None) -> TableOf:
        """A table; ``time`` and ``key`` name its columns."""
        return TableOf(self, check_name(name, f"{self.label}.table()"), time, key)

    # --- senders --------------------------------------------------------------------------------

    def send(self, update: Update = _NOTHING, /, *others: Update) -> None:
        """Queue ``updates``, all or none, and return at once. From any thread or task.

        Raises ``UsageError`` for a wrong type or shape, ``ClosedError`` after ``close()``; nothing else.
        """
        if self._is_closed:
            raise ClosedError(f"channel {self.name!r} is closed: nothing can be sent to it any more")
        inbox = self._inbox
        is_big = False
        is_ready = False
        try:  # the two commonest forms land as they are; to ask the intake would cost as much as the whole rest
            if type(update) is KpiUpdated:
                is_ready = type(update.value) is float and update.at is None and update.key in self._kpi_keys
            elif type(update) is ChartDataUpdated and self._kinds[update.series] == update.x:
                points: Any = update.points
                pair = points[0] if type(points) is list and len(points) == 1 else points
                if type(pair) is tuple and update.replace is False:
                    x, y = pair
                    is_ready = type(x) is float and -MAX_TIME_SECS <= x <= MAX_TIME_SECS and type(y) is float
                    if is_ready and pair is not points:
                        update = ChartDataUpdated(update.series, pair, False, update.x)
        except Exception:  # something new, or odd, such as a name that can't be hashed: the full check says so
            is_ready = False
        if is_ready and not others:
            inbox.append(update)  # type: ignore[arg-type]  # no table is ready
        elif others or (ready := self._intake.ready(update)) is None:
            prepared, num_points = self._intake.checked(() if update is _NOTHING else (update, *others))
            inbox.extend(prepared)  # atomic: a drain takes all of them or none
            is_big = bool(prepared) and num_points * len(inbox) >= INBOX_POINTS * len(prepared)
        else:
            inbox.append(ready)
            is_big = type(ready) is PreparedPoints and ready.xs.size * len(inbox) >= INBOX_POINTS
        if self._bell:
            self._ring()
        if is_big or len(inbox) >= INBOX_ITEMS:
            self._fold_inbox()

    def _ring(self) -> None:
        try:
            self._bell.pop()
        except IndexError:
            return  # another sender was first
        wake = self._wake
        if wake is not None:
            try:
                wake()
            except Exception:  # a producer must not fail for what the engine does
                log.exception("channel %r: waking its engine failed", self.name)

    def _fold_inbox(self) -> None:
        is_urgent = len(self._inbox) >= 4 * INBOX_ITEMS
        if self._lock.acquire(blocking=is_urgent):
            try:
                self._backlog.fold(self._take_inbox(), slack=SENDER_SLACK)
            finally:
                self._lock.release()

    def _take_inbox(self, num_at_most: int | None = None) -> list[Ready]:
        """Take what is in the inbox at this moment; what comes meanwhile stays for the next time."""
        inbox = self._inbox
        num_taken = len(inbox) if num_at_most is None else num_at_most
        self._num_folded += num_taken
        taken = inbox[:num_taken]
        del inbox[:num_taken]  # atomic too: senders only ever append, and whoever takes holds the lock
        return taken

    # --- the engine -----------------------------------------------------------------------------

    def attach(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` when something is pending, at most once per drain, from any thread.

        Returns what undoes this.
        """
        with self._lock:
            if self._wake is not None:
                advice = "a channel feeds one engine: detach the other, or give this program its own channel"
                raise UsageError(f"channel {self.name!r}: expected no engine attached, got a second; {advice}")
            self._wake = wake
            self._bell[:] = [True]
            self._take_until = None  # who left in the midst of taking does not end it
            is_pending = bool(self._inbox) or self._backlog.num_updates > 0
        if is_pending and self._bell:
            self._ring()

        def detach() -> None:
            with self._lock:
                if self._wake is wake:
                    self._wake = None
                    self._bell.clear()

        return detach

    def drain(self) -> Drained:
        """Take all that is pending, without waiting."""
        return self.take().whole()

    def take(self) -> Taken:
        """Take all that is pending, without waiting, and without looking at each of it."""
        with self._lock:
            self._expect_more()
            return self._taken(self._settle())

    def take_handful(self) -> Handful | None:
        """Take all that is pending if it is little and usual; None, and nothing is taken, if it is not."""
        with self._lock:
            backlog = self._backlog
            is_begun = self._take_until is not None or backlog.num_updates or backlog.rooms
            if is_begun or len(self._inbox) > FEW_ITEMS:
                return None
            self._expect_more()
            items = self._inbox[: FEW_ITEMS + 1]
            handful = handful_of(items) if len(items) <= FEW_ITEMS else None
            if handful is None or handful.num_items > self.max_items or handful.bytes_at_most > self.max_bytes:
                return None
            del self._inbox[: len(items)]
            self._num_folded += len(items)
            self._totals["num_updates"] += len(items)
            self._totals["num_merged_kpis"] += len(items) - len(handful.batches) - len(handful.values)
            num_items, num_bytes = self._peaks
            if handful.num_items > num_items or handful.num_bytes > num_bytes:
                self._peaks = max(num_items, handful.num_items), max(num_bytes, handful.num_bytes)
            return handful

    def take_in_turns(self) -> Taken | None:
        """As ``take``, but where much waits only a part of it is put in order: None, until a later call has done the
        rest. What is sent between calls may come along, and each send is still taken whole."""
        with self._lock:
            if self._take_until is None:
                self._expect_more()
                num_waiting = len(self._inbox)
                if num_waiting <= FEW_ITEMS:
                    return self._taken(self._settle())
                self._take_until = self._num_folded + num_waiting
            num_left = self._take_until - self._num_folded  # senders may have folded, too
            if num_left > 0:
                num_in_turn = _num_in_turn(self._inbox, num_left)
                self._backlog.fold(self._take_inbox(num_in_turn), slack=SENDER_SLACK)
                if num_in_turn < num_left:
                    return None
            self._backlog.fold(())  # now it holds its bounds
            return self._taken(self._peaked(self._backlog))

    def _expect_more(self) -> None:
        """From now on the next send rings; called before the inbox is looked at, so that none is missed."""
        if self._wake is not None:
            self._bell[:] = [True]

    def _taken(self, backlog: Backlog) -> Taken:
        self._take_until = None
        self._backlog = Backlog(self.max_items, self.max_bytes, rooms=backlog.rooms_used())
        totals = self._totals
        for name in _COUNTS:
            totals[name] += getattr(backlog, name)
        num_dropped = totals["num_dropped_points"] + totals["num_dropped_states"]
        return Taken(backlog, num_dropped, totals["num_rejected_points"])

    def _settle(self) -> Backlog:
        self._backlog.fold(self._take_inbox())
        return self._peaked(self._backlog)

    def _peaked(self, backlog: Backlog) -> Backlog:
        if backlog.items_at_most > self._peaks[0] or backlog.bytes_at_most > self._peaks[1]:
            self._peaks = max(self._peaks[0], backlog.num_items), max(self._peaks[1], backlog.num_bytes)
        return backlog

    @property
    def num_pending(self) -> int:
        """KPIs, tables and points that wait to be drained."""
        with self._lock:
            return self._settle().num_items

    def statistics(self) -> ChannelStatistics:
        """Count what came, what went and what waits."""
        with self._lock:
            backlog = self._settle()
            totals = {name: count + getattr(backlog, name) for name, count in self._totals.items()}
            num_sent = totals.pop("num_updates")
            return ChannelStatistics(
                num_sent=num_sent,
                num_drained=num_sent - backlog.num_updates,
                **totals,
                num_pending=backlog.num_items,
                pending_bytes=backlog.num_bytes,
                peak_pending=self._peaks[0],
                peak_pending_bytes=self._peaks[1],
            )

    def close(self) -> None:
        """Refuse further sends; what is pending can still be drained. Idempotent."""
        self._is_closed = True

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    # --- feeds ----------------------------------------------------------------------------------

    def feed(self, function: FeedFunction) -> FeedFunction:
        """Register ``function(send, stop)``: it runs while an engine does, in a thread, or a task if async."""
        self._feeds.append(Feed(function))
        return function

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The registered feeders."""
        return tuple(self._feeds)


def _num_in_turn(inbox: list[Ready], num_left: int) -> int:
    """Return how many of the first items are put in order at a time."""
    num_most, num_points = min(num_left, ITEMS_IN_TURN), 0
    for number in range(num_most):
        item = inbox[number]
        if type(item) is PreparedPoints:
            num_points += max(item.xs.size, BATCH_POINTS)
            if num_points >= POINTS_IN_TURN:
                return number + 1
    return num_most


_COUNTS = (
    "num_updates",
    "num_merged_kpis",
    "num_dropped_points",
    "num_dropped_states",
    "num_rejected_points",
    "num_lossy_values",
)


def channel(
    name: str,
    *,
    expect: Duration | None = None,
    keep: Duration | None = "1h",
    keep_points: int | None = None,
    max_items: int = MAX_ITEMS,
    max_bytes: int = MAX_BYTES,
) -> Channel:
    """Make a channel. ``expect``: stale when silent for this long. ``keep``: how long points over time are kept.
    ``keep_points``: how many points of each series are kept, the newest, over a number too: at least so many, and
    up to a sixteenth (at least 256) more, as old ones leave together.

    At most ``max_items`` KPIs, tables and points and ``max_bytes`` wait to be drained.
    """
    given: object = name
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise UsageError(f'channel: expected a name such as "press", without "/", got {describe(name)}')
    bounds: dict[str, object] = {"max_items": max_items, "max_bytes": max_bytes}
    if keep_points is not None:
        bounds["keep_points"] = keep_points
    for argument, value in bounds.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise UsageError(f"channel {name!r}: {argument}: expected an int of at least 1, got {describe(value)}")
    return Channel(
        name,
        expect_secs=None if expect is None else parse_secs(expect, "expect"),
        keep_secs=None if keep is None else parse_secs(keep, "keep"),
        keep_points=keep_points,
        max_items=max_items,
        max_bytes=max_bytes,
    )
