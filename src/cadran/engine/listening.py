"""The channels of one engine: drained always, stale only if they declared what to expect."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from cadran.channel import REJECTED_SERIES_MAX, Channel, Handful, Taken
from cadran.clock import Instant
from cadran.engine.landing import WORK_PER_PORTION, WORK_PER_STEP, Portion, portions_of, work_of_handful
from cadran.engine.shown_series import ShownSeries
from cadran.frames.health import Health, SourceState
from cadran.frames.wire import BEAT_SECS, Notice
from cadran.store import Store
from cadran.turn import Turn

LANDING_SECS = 0.05
"""How long each tick waits for what takes several steps to land. Then it shows what has, marked as behind, and the
rest comes later."""


class _Heard:
    """What is known of one channel."""

    def __init__(self, channel: Channel, now: Instant) -> None:
        self.channel = channel
        self.heard = now
        self.fault: str | None = None
        self.fault_since = 0.0
        self.is_fault_new = False
        """What is pending came before it."""
        self.num_dropped = 0
        self.rejected: Mapping[str, int] = {}
        """By series, since the start."""
        self.landing: Iterator[Portion] = iter(())
        """What is left of the last drain."""
        self.handful: Handful | None = None
        """All of the last drain, where that is usual and has not landed."""


class Listening:
    """Drains channels into the store and knows every channel's health."""

    def __init__(self, store: Store, shown: ShownSeries, turn: Turn) -> None:
        self._store = store
        self._shown = shown
        self._turn = turn
        self._heard: dict[str, _Heard] = {}
        # bounded by the channels of the program
        self._expecting: list[_Heard] = []
        """Those that are stale when they are silent for long."""
        self._landing: list[_Heard] = []
        """Those of whose last drain something is left."""
        self._filling: list[_Heard] = []
        """Those of whose next drain a part is in order already."""
        self._landing_mono = math.inf
        """Since when the next tick waits."""
        self.work_max = 0
        """The most that one step landed, in about so many microseconds."""

    def add(self, channels: Iterable[Channel], now: Instant) -> None:
        """Take further channels in."""
        for channel in channels:
            if channel.id not in self._heard:
                heard = self._heard[channel.id] = _Heard(channel, now)
                if channel.expect_secs is not None:
                    self._expecting.append(heard)

    @property
    def is_landing(self) -> bool:
        """Whether something that was drained, or is being drained, is not in the store yet."""
        return bool(self._landing or self._filling)

    def drain(self, now: Instant) -> list[Notice]:
        """Take all that is pending, without waiting, for ``land``. Returns what people should know.

        A channel of whose last drain something is left holds what comes meanwhile, within its bounds.
        """
        notices: list[Notice] = []
        for heard in self._heard.values():
            if heard not in self._landing:
                notices += self._take(heard, now)
        return notices

    def _take(self, heard: _Heard, now: Instant) -> Iterable[Notice]:
        """Take what is pending in a channel, or get on with that."""
        channel = heard.channel
        taken = channel.take_handful() or channel.take_in_turns()
        if taken is None:
            if heard not in self._filling:
                self._filling.append(heard)
            return ()
        if heard in self._filling:
            self._filling.remove(heard)
        is_before_fault, heard.is_fault_new = heard.is_fault_new, False
        if not taken.num_updates:
            return ()
        heard.heard = now
        if not is_before_fault:
            heard.fault = None
        self._landing.append(heard)
        if isinstance(taken, Handful):
            heard.handful = taken
            return ()  # nothing of it was lost
        heard.landing = portions_of(channel.id, taken, self._store)
        return _notices(heard, taken, self._shown)

    def land(self, now: Instant) -> bool:
        """Apply what was drained: as much as one step may, from each channel in turn, and little if its turn is over.

        Returns whether a tick may go on with what has landed: it waits for the rest, for a moment.
        """
        work = 0
        while self._landing and work < WORK_PER_STEP and not (work >= WORK_PER_PORTION and self._turn.is_over()):
            heard = self._landing.pop(0)
            if heard.handful is not None:
                work += self._land_handful(heard, heard.handful, now)
                self._landing.append(heard)
                continue
            portion = next(heard.landing, None)
            if portion is None:
                heard.heard = now  # what came meanwhile waits in the channel: this is no silence
            else:
                channel = heard.channel
                self._store.apply(
                    channel.id,
                    portion.drained,
                    now_wall=now.wall,
                    keep_secs=channel.keep_secs,
                    keep_points=channel.keep_points,
                )
                work += portion.work
                self._landing.append(heard)
        self.work_max = max(self.work_max, work)
        if not self.is_landing:
            self._landing_mono = math.inf
            return True
        self._landing_mono = min(self._landing_mono, now.mono)
        if now.mono < self._landing_mono + LANDING_SECS:
            return False
        self._landing_mono = math.inf  # the next tick waits as long: what lands has its share of the time
        return True

    def _land_handful(self, heard: _Heard, handful: Handful, now: Instant) -> int:
        """Apply a whole drain at once, and return how much work that was; none, where it must land as any other."""
        channel, work, heard.handful = heard.channel, work_of_handful(handful), None
        if work:
            keeps = channel.keep_secs, channel.keep_points
            if self._store.apply_handful(channel.id, handful, now.wall, *keeps):
                return work
        heard.landing = portions_of(channel.id, handful.in_order(), self._store)
        return 0

    def fail(self, source: str, message: str, now: Instant) -> None:
        """A feeder raised: its channel's panels say so until data comes again."""
        heard = self._heard.get(source)
        if heard is not None:
            if heard.fault is None:
                heard.fault_since = now.wall
            heard.fault, heard.is_fault_new = message, True

    def health(self, now: Instant) -> dict[str, Health]:
        """The state of every channel."""
        return {name: self._health(heard, now) for name, heard in self._heard.items()}

    def next_wake_mono(self, now: Instant) -> float:
        """When silence next makes a channel stale."""
        if not self._expecting:
            return math.inf
        ends = (heard.heard.mono + (heard.channel.expect_secs or 0.0) for heard in self._expecting)
        return min((end for end in ends if end > now.mono), default=math.inf)

    def _health(self, heard: _Heard, now: Instant) -> Health:
        times = self._store.times(heard.channel.id)
        expect_secs = heard.channel.expect_secs
        state: SourceState = "live"
        message, since = None, None
        is_behind = heard in self._landing or heard in self._filling
        if heard.fault is not None:
            state, message, since = "error", heard.fault, heard.fault_since
        elif expect_secs is not None and now.mono >= heard.heard.mono + expect_secs and not is_behind:
            state, since = "stale", times.checked_at
        return Health(
            state=state,
            message=message,
            since=since,
            event_at=times.event_at,
            changed_at=times.changed_at,
            checked_at=times.checked_at,
            promise_secs=2 * BEAT_SECS if state == "live" else 0.0,
            is_behind=is_behind,
            rejected=heard.rejected,
        )


def _notices(heard: _Heard, taken: Taken, shown: ShownSeries) -> Iterator[Notice]:
    """What was lost since the last look, if anything was. What was left out of a series its panels tell themselves."""
    channel = heard.channel
    if (num_dropped := taken.num_dropped_ever) != heard.num_dropped:
        heard.num_dropped = num_dropped
        message = f"was full: {num_dropped:,} points or states were dropped so far ({channel.policy})."
        yield _warning("dropped", channel, message)
    if taken.rejected:
        total = Counter(heard.rejected)
        total.update(taken.rejected)
        heard.rejected = dict(total.most_common(REJECTED_SERIES_MAX))
        unseen = {name for name in heard.rejected if not shown.has(channel.id, name)}
        if not unseen.isdisjoint(taken.rejected):
            num = sum(heard.rejected[name] for name in unseen)
            yield _warning("rejected", channel, f"was sent {num:,} points without a finite x, which no panel shows.")


def _warning(what: str, channel: Channel, message: str) -> Notice:
    return Notice(key=f"{what}:{channel.id}", level="warning", message=f"Channel {channel.label} {message}")
