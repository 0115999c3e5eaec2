"""When a viewer acknowledges: as the page does, at most five times a second, and at once after 16 KiB."""

from __future__ import annotations

ACK_SECS, ACK_BYTES = 0.2, 16_384


class AckPace:
    """Counts what a viewer received, and says when to acknowledge it."""

    def __init__(self) -> None:
        self.num_bytes = 0
        self.due_mono: float | None = None
        self._acked_bytes = 0
        self._acked_mono = 0.0

    def took(self, num_bytes: int, now_mono: float, *, is_urgent: bool) -> bool:
        """Count a message; return whether to acknowledge now. If not, ``due_mono`` says when."""
        self.num_bytes += num_bytes
        if is_urgent or self.num_bytes - self._acked_bytes >= ACK_BYTES or now_mono >= self._acked_mono + ACK_SECS:
            self.acknowledged(now_mono)
            return True
        self.due_mono = self._acked_mono + ACK_SECS
        return False

    def acknowledged(self, now_mono: float) -> None:
        """All that was received is acknowledged."""
        self._acked_bytes, self._acked_mono, self.due_mono = self.num_bytes, now_mono, None
