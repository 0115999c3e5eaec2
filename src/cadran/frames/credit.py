"""How much a viewer may have under way: what it has not acknowledged is bounded in bytes and in time.

In time, not in frames: two frames starve a link of 200 ms. Bytes grow with what the viewer proves to
take in half a second, so that a fast one is not held back and a silent one costs a constant.
"""

from __future__ import annotations

from collections import deque

CREDIT_BYTES_MIN = 48 * 1024
CREDIT_BYTES_MAX = 1024 * 1024
CREDIT_SECS = 0.5
_GRAIN_SECS = 0.05


class Credit:
    """One viewer's account of bytes sent and acknowledged."""

    def __init__(self) -> None:
        self.sent_bytes = 0
        self.acked_bytes = 0
        self._marks: deque[tuple[int, float]] = deque(maxlen=MARKS_MAX)
        """(sent bytes after it, when), a mark at most every ``_GRAIN_SECS``."""
        self._rtt_min_secs = 60.0
        self._rate = 0.0
        self._acked_at = 0.0

    @property
    def unacked_bytes(self) -> int:
        """Bytes under way."""
        return self.sent_bytes - self.acked_bytes

    @property
    def budget_bytes(self) -> int:
        """How many bytes may be under way."""
        return int(min(CREDIT_BYTES_MAX, max(CREDIT_BYTES_MIN, CREDIT_SECS * self._rate)))

    def can_send(self, num_bytes: int, now_mono: float) -> bool:
        """Whether a message of this size may go now; with nothing under way any may."""
        if not self.unacked_bytes:
            return True
        if self.unacked_bytes + num_bytes > self.budget_bytes:
            return False
        oldest = self._marks[0][1] if self._marks else now_mono
        return now_mono - oldest <= CREDIT_SECS + 2 * min(self._rtt_min_secs, 2.0)

    def sent(self, num_bytes: int, now_mono: float) -> None:
        """A message went."""
        self.sent_bytes += num_bytes
        if self._marks and now_mono - self._marks[-1][1] < _GRAIN_SECS and len(self._marks) > 1:
            self._marks[-1] = (self.sent_bytes, self._marks[-1][1])
        else:
            self._marks.append((self.sent_bytes, now_mono))

    def acked(self, total_bytes: int, now_mono: float) -> None:
        """The viewer handled ``total_bytes`` since it connected; nonsense is ignored."""
        if not self.acked_bytes < total_bytes <= self.sent_bytes:
            return
        elapsed = now_mono - self._acked_at
        if self._acked_at and elapsed > 0:
            rate = (total_bytes - self.acked_bytes) / elapsed
            self._rate = rate if rate > self._rate else 0.8 * self._rate + 0.2 * rate
        self._acked_at = now_mono
        self.acked_bytes = total_bytes
        while self._marks and self._marks[0][0] <= total_bytes:
            _, sent_at = self._marks.popleft()
            self._rtt_min_secs = min(self._rtt_min_secs, now_mono - sent_at)


MARKS_MAX = 256
