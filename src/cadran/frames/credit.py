"""How much a viewer may have under way: what it has not acknowledged is bounded in bytes and in time.

In time, not in frames: two frames starve a link of 200 ms. Bytes grow with what the viewer proves to
take in half a second and on its way, so that a fast one is not held back and a silent one costs a constant.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

CREDIT_BYTES_MIN = 16 * 1024
CREDIT_BYTES_MAX = 256 * 1024
CREDIT_SECS = 0.5
HISTORY_BYTES_MIN = 2 * 1024
"""Of history at a time, for the slowest; the present must get through beside it."""
ONE_HISTORY_SECS = 2.0
ANY_BYTES = 2**40
_GRAIN_SECS = 0.05
_MUCH_BYTES = 8 * 1024
_PROOF_SECS = CREDIT_SECS / 16
"""What came sooner proves no more than that it takes so long: credit grows sixteenfold at most, and few bytes,
which any link takes at once, prove little."""
_WAY_SECS_MAX = 2.0
_ALONE_BYTES = 4 * 1024
"""With less under way a message's time is that of the way, not of those before it."""


class Room(NamedTuple):
    """How many bytes may go now."""

    most: int
    """In all."""
    history: int
    """Of histories, so that they delay the present by no more than ``CREDIT_SECS``."""
    one: int
    """Of one history, if it is the only one: it may delay the present once, or it would never come."""


class Credit:
    """One viewer's account of bytes sent and acknowledged."""

    __slots__ = ("_acked_at", "_is_assumed", "_marks", "_rate", "_way_secs", "acked_bytes", "sent_bytes")

    def __init__(self) -> None:
        self.sent_bytes = 0
        self.acked_bytes = 0
        self._marks: deque[tuple[int, float, bool]] = deque(maxlen=MARKS_MAX)
        """(sent bytes after it, when, whether little else was under way), at most every ``_GRAIN_SECS``."""
        self._way_secs = _WAY_SECS_MAX
        """There and back, at the best; until it is known, the longest that is waited for."""
        self._rate = CREDIT_BYTES_MIN / CREDIT_SECS
        self._is_assumed = True
        """Nothing has shown the rate yet."""
        self._acked_at = 0.0

    @property
    def unacked_bytes(self) -> int:
        """Bytes under way."""
        return self.sent_bytes - self.acked_bytes

    @property
    def budget_bytes(self) -> int:
        """How many bytes may be under way."""
        way_secs = self._way_secs if self._way_secs < _WAY_SECS_MAX else 0.0
        return int(min(CREDIT_BYTES_MAX, max(CREDIT_BYTES_MIN, (CREDIT_SECS + way_secs) * self._rate)))

    def can_send(self, num_bytes: int, now_mono: float) -> bool:
        """Whether a message of this size may go now; with nothing under way any may."""
        unacked_bytes = self.sent_bytes - self.acked_bytes
        if not unacked_bytes:
            return True
        if unacked_bytes + num_bytes > CREDIT_BYTES_MIN and unacked_bytes + num_bytes > self.budget_bytes:
            return False
        return not self._marks or now_mono - self._marks[0][1] <= CREDIT_SECS + 2 * self._way_secs

    def room(self, *, is_quiet: bool) -> Room:
        """Return how much may go now, where anything may. ``is_quiet``: nothing is lacking but histories."""
        unacked_bytes = self.sent_bytes - self.acked_bytes
        most = max(0, self.budget_bytes - unacked_bytes)
        history = max(HISTORY_BYTES_MIN, int(CREDIT_SECS * self._rate)) - unacked_bytes
        one = int(ONE_HISTORY_SECS * self._rate) - unacked_bytes
        if is_quiet and not unacked_bytes:
            one = ANY_BYTES
        return Room(most, max(0, min(most, history)), max(most, one))

    def sent(self, num_bytes: int, now_mono: float) -> None:
        """A message went."""
        is_alone = self.sent_bytes - self.acked_bytes + num_bytes <= _ALONE_BYTES
        self.sent_bytes += num_bytes
        marks = self._marks
        if len(marks) > 1 and now_mono - marks[-1][1] < _GRAIN_SECS:
            marks[-1] = (self.sent_bytes, marks[-1][1], marks[-1][2] and is_alone)
        else:
            marks.append((self.sent_bytes, now_mono, is_alone))

    def acked(self, total_bytes: int, now_mono: float) -> None:
        """The viewer handled ``total_bytes`` since it connected; nonsense is ignored."""
        if not self.acked_bytes < total_bytes <= self.sent_bytes:
            return
        marks = self._marks
        sent_at = marks[0][1] if marks else now_mono
        # Since the last acknowledgement, or since there was anything to acknowledge.
        elapsed_secs = now_mono - max(self._acked_at, sent_at)
        num_bytes = total_bytes - self.acked_bytes
        if num_bytes > self._rate * max(elapsed_secs, _PROOF_SECS):
            self._rate = num_bytes / max(elapsed_secs, _PROOF_SECS)
            self._is_assumed = False
        elif num_bytes < self._rate * elapsed_secs and self._is_slow(num_bytes, elapsed_secs, now_mono - sent_at):
            share = 1.0 if self._is_assumed else 0.2
            self._rate += share * (num_bytes / elapsed_secs - self._rate)
            self._is_assumed = False
        self._acked_at = now_mono
        self.acked_bytes = total_bytes
        while marks and marks[0][0] <= total_bytes:
            _, sent_at, is_alone = marks.popleft()
            if is_alone:
                self._way_secs = min(self._way_secs, now_mono - sent_at)

    def _is_slow(self, num_bytes: int, elapsed_secs: float, under_way_secs: float) -> bool:
        """Whether bytes that came less fast than the rate lower it: few that come soon prove no slowness."""
        if self._is_assumed:
            return elapsed_secs > _PROOF_SECS
        return num_bytes >= _MUCH_BYTES or under_way_secs > CREDIT_SECS


MARKS_MAX = 256
