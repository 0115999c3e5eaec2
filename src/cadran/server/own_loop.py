"""An event loop whose turns are short: of many sockets at which something happened, a few get their turn at a time.

Whatever else waits for the loop, as messages from the engine do, waits for one turn and not for all sockets.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections import deque

EVENTS_MAX = 16
"""Sockets in a turn. What each of them sets off is done in the turns that follow."""


class ShortSelector(selectors.DefaultSelector):
    """Tells of at most ``EVENTS_MAX`` sockets at a time, and asks the system again when it has told of all."""

    def __init__(self) -> None:
        super().__init__()
        # bounded by the sockets that are registered
        self._untold: deque[tuple[selectors.SelectorKey, int]] = deque()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return sockets and what happened at them. None at all is no sign that the time has passed."""
        if not self._untold:
            found = super().select(timeout)
            if len(found) <= EVENTS_MAX:
                return found
            self._untold.extend(found)
        told: list[tuple[selectors.SelectorKey, int]] = []
        keys = self.get_map()
        while self._untold and len(told) < EVENTS_MAX:
            found_key, events = self._untold.popleft()
            key = keys.get(found_key.fd)  # by now it may wait for something else, or be closed
            if key is not None and events & key.events:
                told.append((key, events & key.events))
        return told


def own_loop() -> asyncio.AbstractEventLoop:
    """Return a loop for a process that serves alone."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()  # has no selector
    return asyncio.SelectorEventLoop(ShortSelector())
