"""One channel's way to its server: batches, repeats, splits, and what to do after a restart.

A state machine without clock, thread or socket: whoever drives it passes the time and what came of each batch.
One batch is under way at a time, so that order is kept; it is sent again, under the same key, until the server says
what became of it.
"""

from __future__ import annotations

import math
from collections import deque

from cadran.backoff import Backoff, Rng
from cadran.client.batch import Batch
from cadran.client.held import Held, name_of
from cadran.client.items import Item
from cadran.client.outbox import Outbox
from cadran.client.transport import Answer, LinkError

BATCH_BYTES_MAX = 512 * 1024
"""A bound of the server is 8 MiB; a slow link gets smaller ones, see ``_shrink``."""
BATCH_BYTES_MIN = 16 * 1024
LINGER_SECS = 0.05
"""How long the first of a batch waits for others."""
SLOW_TRIES_MAX = 5
"""What can't be divided, and was too long for the link so often, is given up: it would hold up all behind it."""
BEAT_SECS = 10.0
"""With nothing to send, the server is asked so often whether it is still the one that has our KPIs."""
BACKOFF_BASE_SECS, BACKOFF_CAP_SECS = 0.2, 10.0


class Delivery:
    """Decides what is posted when. ``sender`` is part of each batch's key, and unlike any other sender's."""

    def __init__(self, outbox: Outbox, sender: str, rng: Rng) -> None:
        self._outbox = outbox
        self._sender = sender
        self._backoff = Backoff(rng, base_secs=BACKOFF_BASE_SECS, cap_secs=BACKOFF_CAP_SECS)
        self._waiting: deque[Batch] = deque()  # bounded: one batch, or the parts of one
        self._held = Held()
        self._epoch: str | None = None
        self._number = 0
        self._not_before_mono = -math.inf
        self._heard_mono = -math.inf
        self._batch_bytes = BATCH_BYTES_MAX
        self.is_hurried = False
        """Do not wait for more to come."""
        self.num_accepted = self.num_refused = self.num_batches = 0
        self.num_retries = self.num_restarts = self.num_resent = 0
        self.last_error: str | None = None
        self.last_refusal: str | None = None

    @property
    def is_idle(self) -> bool:
        """Nothing waits and nothing is under way."""
        return not self._waiting and self._outbox.is_empty

    @property
    def num_under_way(self) -> int:
        return sum(batch.num_fresh for batch in self._waiting)

    @property
    def bytes_under_way(self) -> int:
        return sum(item.num_bytes for batch in self._waiting for item in batch.items)

    @property
    def oldest_mono(self) -> float:
        """When the oldest that is not settled was given, at the latest."""
        under_way = min((batch.oldest_mono for batch in self._waiting), default=math.inf)
        return min(under_way, self._outbox.oldest_mono)

    def due_mono(self) -> float:
        """When ``next`` has something to post; infinite if only something new can change that."""
        if self._waiting:
            return self._not_before_mono
        if not self._outbox.is_empty:
            is_ready = self.is_hurried or self._outbox.bytes_at_most >= self._batch_bytes
            return max(self._not_before_mono, self._outbox.began_mono + (0.0 if is_ready else LINGER_SECS))
        return max(self._not_before_mono, self._heard_mono + BEAT_SECS) if self._held else math.inf

    def next(self, now_mono: float) -> Batch | None:
        """Return what is to be posted now. Its fate is told with ``answered`` or ``failed`` before the next call."""
        if now_mono < self.due_mono():
            return None
        if not self._waiting and not self._outbox.is_empty:
            self._waiting.append(self._batch(self._outbox.take(self._batch_bytes), now_mono))
        return self._waiting[0] if self._waiting else Batch(None, [], now_mono)

    def _batch(self, items: list[Item], now_mono: float) -> Batch:
        self._number += 1
        return Batch(f"{self._sender}:{self._number}", items, now_mono)

    # --- what came of it ------------------------------------------------------------------------

    def answered(self, batch: Batch, answer: Answer, now_mono: float) -> str | None:
        """The server said something. Returns what people should know."""
        self._heard_mono = now_mono
        if answer.is_taken:
            return self._taken(batch, answer.epoch)
        said = f"{answer.status}: {answer.message}" if answer.message else f"{answer.status}"
        self.last_error = f"the server answered {said}"
        is_wrong = (answer.status == 400 and answer.code == "bad_updates") or answer.status in (413, 422)
        if answer.status == 408:
            return self._was_slow(batch, now_mono, answer.wait_secs)
        if answer.status == 413:
            self._shrink()
        if batch.items and is_wrong:
            self._backoff.reset()
            return None if self._split(batch) else self._give_up(batch, answer.message or f"status {answer.status}")
        message = self._again(batch, now_mono, answer.wait_secs)
        return None if answer.code == "behind" else message  # that is how a server that is busy slows us down

    def failed(self, batch: Batch, error: LinkError, now_mono: float) -> str | None:
        """No answer came. Returns what people should know."""
        batch.is_maybe_applied = batch.is_maybe_applied or not error.is_unsent
        if error.is_stale:
            self._not_before_mono = now_mono
            return None
        self.last_error = f"the server cannot be reached: {error}"
        return self._was_slow(batch, now_mono, 0.0) if error.is_slow else self._again(batch, now_mono, 0.0)

    def _was_slow(self, batch: Batch, now_mono: float, wait_secs: float) -> str | None:
        """It took too long until the server had all of it: shorter ones may get through."""
        batch.num_slow += 1
        if len(batch.body) > BATCH_BYTES_MIN:
            self._shrink()
            is_divided = not batch.is_maybe_applied and self._split(batch)
            is_one_thing = len(batch.items) == 1 and batch.items[0].split() is None
            if not is_divided and is_one_thing and batch.num_slow >= SLOW_TRIES_MAX:
                return self._give_up(batch, f"{len(batch.body):,} bytes are too long for the link")
        return self._again(batch, now_mono, wait_secs)

    def _give_up(self, batch: Batch, why: str) -> str:
        self._waiting.popleft()
        self.num_refused += batch.num_fresh
        self.last_refusal = why
        return f"refused: {why}"

    def _taken(self, batch: Batch, epoch: str | None) -> str | None:
        self._backoff.reset()
        self._not_before_mono = -math.inf
        self.last_error = None
        if batch.items:
            self._waiting.popleft()
            self.num_batches += 1
            self.num_accepted += batch.num_fresh
        is_anew = epoch is not None and self._epoch is not None and epoch != self._epoch
        self._epoch = epoch or self._epoch
        if is_anew:
            self.num_restarts += 1
            self._send_again(batch)
        for item in batch.items:
            self._held.keep(item)
        return "the server began anew: it is given the newest KPIs, tables and curves again" if is_anew else None

    def _send_again(self, batch: Batch) -> None:
        """Put back the states that the old server took with it, but for those that go to the new one anyway."""
        newer = {name_of(item) for one in (batch, *self._waiting) for item in one.items}
        for name, item in self._held.items().items():
            if name not in newer:
                self.num_resent += self._outbox.add_again(item)

    def _again(self, batch: Batch, now_mono: float, wait_secs: float) -> str | None:
        self._not_before_mono = now_mono + max(wait_secs, self._backoff.next_secs())
        if not batch.items:
            return None  # nobody waits for it
        self.num_retries += 1
        return f"{self.last_error}; it is tried again"

    def _split(self, batch: Batch) -> bool:
        """Put two halves in the place of a batch that was not applied; False if it is one thing."""
        items = batch.items
        if len(items) > 1:
            halves = [items[: len(items) // 2], items[len(items) // 2 :]]
        else:
            parts = items[0].split()
            if parts is None:
                return False
            halves = [[part] for part in parts]
        self._waiting.popleft()
        self._waiting.extendleft([self._batch(half, batch.made_mono) for half in halves][::-1])
        return True

    def _shrink(self) -> None:
        """The link, or whoever stands between, does not take batches of this length."""
        self._batch_bytes = max(BATCH_BYTES_MIN, self._batch_bytes // 2)
