"""The door of a server's loop: those who come at once are let in a few at a time, and frames of others come between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter

from cadran.timings import Stopwatch

TURN_SECS = 0.0003
"""So long the loop is held by letting in at a time; the next steps of each who came in take it about as long again,
and have a turn of their own."""


class Doorway:
    """Lets in, in the order in which they came. Only for one event loop."""

    def __init__(self, stopwatch: Stopwatch = perf_counter) -> None:
        self._stopwatch = stopwatch
        # bounded by the connections of the server
        self._waiting: deque[Callable[[], None]] = deque()

    def enter(self, let_in: Callable[[], None]) -> None:
        """Call this when its turn comes, which is not now."""
        if not self._waiting:
            self._go_on_soon()
        self._waiting.append(let_in)

    def _go_on(self) -> None:
        ends_secs = self._stopwatch() + TURN_SECS
        try:
            while self._waiting:
                self._waiting.popleft()()
                if self._stopwatch() >= ends_secs:
                    break
        finally:  # one that fails does not keep the others out
            if self._waiting:
                self._go_on_soon()

    def _go_on_soon(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._go_on)
