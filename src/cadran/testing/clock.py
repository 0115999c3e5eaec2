"""Time that jumps."""

from __future__ import annotations

from cadran.clock import Instant

START_WALL = 1_800_000_000.0
"""2027-01-15 08:00:00 UTC."""


class VirtualClock:
    """Both clocks, moved by the test alone. The wall may also jump by itself, as real ones do."""

    def __init__(self, wall: float = START_WALL) -> None:
        self._mono = 1_000.0
        self._wall_less_mono = wall - self._mono

    def now(self) -> Instant:
        """The present."""
        return Instant(self._mono, self._mono + self._wall_less_mono)

    def move_to(self, mono: float) -> None:
        """Go forward to ``mono``; never back."""
        self._mono = max(self._mono, mono)

    def jump_wall(self, secs: float) -> None:
        """Set the wall clock forward, or back, without time passing."""
        self._wall_less_mono += secs
