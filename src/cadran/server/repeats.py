"""Batches that came before: one that comes again, or twice at once, is answered and not applied again.

A sender names each batch by ``Idempotency-Key``; what stands before the last ``:`` names the sender, so that a busy
one does not make the server forget another's. Bounded by senders, by keys of each, and by time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field

from cadran.clock import Clock
from cadran.server.problems import Problem, RefusedError

KEY_CHARS_MAX = 128
KEPT_SECS = 24 * 3_600.0
SENDERS_MAX = 4_096
KEYS_PER_SENDER_MAX = 64
"""A sender that waits for each answer needs one."""
LONE_KEYS_MAX = 8_192
"""Of all keys without a ``:`` together."""


@dataclass(slots=True)
class Claim:
    """A batch under its key. Whoever claimed it first applies it and settles it; the others wait for that."""

    digest: int
    at_mono: float
    num_updates: Future[int | None] = field(default_factory=Future)
    """None: it was refused, or never applied; the next one may try."""

    def settle(self, num_updates: int | None) -> None:
        """Idempotent: what was said first holds."""
        if not self.num_updates.done():
            self.num_updates.set_result(num_updates)


class Repeats:
    """The batches of one channel since the engine's memory began. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._epoch = ""
        self._senders: OrderedDict[str, OrderedDict[str, Claim]] = OrderedDict()
        self.num_repeated = 0
        """Batches that came again, of this and of earlier memories."""

    def claim(self, epoch: str, key: str, digest: int) -> tuple[Claim, bool]:
        """Return the batch under ``key``, and whether it is new: then the caller applies and settles it.

        Raises RefusedError if the key came with other content.
        """
        now = self._clock.now().mono
        with self._lock:
            if epoch != self._epoch:  # what was applied before is gone with the memory that it was applied to
                self._epoch = epoch
                self._senders.clear()
            sender = key.rpartition(":")[0]
            claims = self._senders.setdefault(sender, OrderedDict())
            self._senders.move_to_end(sender)
            known = claims.get(key)
            if known is not None and not _is_over(known, now):
                if known.digest != digest:
                    message = "this key came before, with other updates: each batch needs a key of its own"
                    raise RefusedError(Problem(422, "key_used", message, "Idempotency-Key"))
                self.num_repeated += 1
                return known, False
            claims[key] = claim = Claim(digest, now)
            claims.move_to_end(key)
            _forget_oldest(claims, KEYS_PER_SENDER_MAX if sender else LONE_KEYS_MAX, now)
            while len(self._senders) > SENDERS_MAX:
                self._senders.popitem(last=False)
            return claim, True

    def __len__(self) -> int:
        with self._lock:
            return sum(len(claims) for claims in self._senders.values())


def _is_over(claim: Claim, now: float) -> bool:
    """Whether it may be applied anew: it was refused, or is too old to be known."""
    is_settled = claim.num_updates.done()
    return is_settled and (claim.num_updates.result() is None or now - claim.at_mono > KEPT_SECS)


def _forget_oldest(claims: OrderedDict[str, Claim], num_max: int, now: float) -> None:
    while claims:
        key, oldest = next(iter(claims.items()))
        if len(claims) <= num_max and not _is_over(oldest, now):
            return
        del claims[key]


def check_key(key: str) -> str:
    """Return a key that may be kept. Raises RefusedError for one that is empty, long or not plain."""
    if not 0 < len(key) <= KEY_CHARS_MAX or not (key.isascii() and key.isprintable()):
        message = f"expected 1 to {KEY_CHARS_MAX} printable ASCII characters"
        raise RefusedError(Problem(400, "bad_key", message, "Idempotency-Key"))
    return key
