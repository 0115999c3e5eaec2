"""How a feeder is told to end."""

from __future__ import annotations

import asyncio
import threading

from cadran.durations import Duration, parse_secs


class Stop:
    """Set once, when the engine ends. Sync feeders ``wait``, async ones ``await sleep``."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()

    def is_set(self) -> bool:
        """Whether the feeder should end."""
        return self._event.is_set()

    def wait(self, secs: Duration | None = None) -> bool:
        """Wait ``secs`` (None: until set), less if set meanwhile; return whether it is set. Blocks the thread."""
        return self._event.wait(None if secs is None else _secs_from(secs))

    async def sleep(self, secs: Duration | None = None) -> bool:
        """As ``wait``, for an async feeder."""
        loop = asyncio.get_running_loop()
        sleeper = (loop, loop.create_future())
        with self._lock:
            if self._event.is_set():
                return True
            self._sleepers.add(sleeper)
        try:
            await asyncio.wait([sleeper[1]], timeout=None if secs is None else _secs_from(secs))
        finally:
            with self._lock:
                self._sleepers.discard(sleeper)
        return self._event.is_set()

    def set(self) -> None:
        """End the feeder. From any thread; idempotent."""
        with self._lock:
            self._event.set()
            sleepers, self._sleepers = self._sleepers, set()
        for loop, sleeper in sleepers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, sleeper)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def _secs_from(secs: Duration) -> float:

    return max(0.0, float(secs)) if isinstance(secs, int | float) else parse_secs(secs, "secs")
