"""Two clocks, always passed in: ``monotonic`` schedules, ``wall`` stamps."""

from __future__ import annotations

import time
from typing import NamedTuple, Protocol


class Instant(NamedTuple):
    """One moment on both clocks.

    ``mono``: seconds, never goes back, meaningless outside the process; for deadlines.
    ``wall``: seconds since 1970 UTC; for stamps and windows. May jump.
    """

    mono: float
    wall: float


class Clock(Protocol):
    """What the engine asks for the time. Tests pass one that jumps."""

    def now(self) -> Instant:
        """Return the present on both clocks."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> Instant:
        return Instant(time.monotonic(), time.time())
