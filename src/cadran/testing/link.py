"""A link between a viewer and the engine: it takes time, and it breaks."""

from __future__ import annotations

import math
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Link(Generic[T]):
    """One direction. Messages arrive in order, ``delay_secs`` after they were sent, unless it is cut.

    ``bytes_per_sec``: how fast it is; a message begins to travel once the one before it has left. ``is_stalled``:
    nothing arrives, and nothing is lost, as with a viewer that stopped reading.
    """

    def __init__(self, delay_secs: float = 0.0, *, bytes_per_sec: float = math.inf) -> None:
        self.delay_secs = delay_secs
        self.bytes_per_sec = bytes_per_sec
        self._free_mono = 0.0
        self.is_stalled = False
        self.is_cut = False
        self.num_dropped = 0
        self._under_way: deque[tuple[float, T]] = deque()  # bounded by the credit of what it carries

    def send(self, message: T, now_mono: float) -> None:
        """Put a message on the way; a cut link drops it."""
        if self.is_cut:
            self.num_dropped += 1
        else:
            num_bytes = len(message) if isinstance(message, bytes) else 0
            self._free_mono = max(self._free_mono, now_mono) + num_bytes / self.bytes_per_sec
            self._under_way.append((self._free_mono + self.delay_secs, message))

    def arrived(self, now_mono: float) -> list[T]:
        """Take what has arrived by now."""
        messages: list[T] = []
        while not self.is_stalled and self._under_way and self._under_way[0][0] <= now_mono:
            messages.append(self._under_way.popleft()[1])
        return messages

    def cut(self) -> None:
        """Break the link: what was under way is lost."""
        self.is_cut = True
        self.num_dropped += len(self._under_way)
        self._under_way.clear()

    @property
    def next_mono(self) -> float | None:
        """When the next message arrives."""
        return self._under_way[0][0] if self._under_way and not self.is_stalled else None

    def __len__(self) -> int:
        return len(self._under_way)
