"""How long things live: the engine from its first use to the end of the app, an outlet as long as its loop."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple

from cadran.engine import Close
from cadran.errors import ClosedError, UsageError
from cadran.frames.costs import HOLD_BOUNDS_SECS
from cadran.server.outlet import LoopOutlet
from cadran.server.ports import EnginePort
from cadran.timings import Histogram

STOPPING = Close(1001, "the server stops")
_STOP_SECS = 3.0
"""Longer than the engine waits for its feeders and its jobs."""

log = logging.getLogger("cadran")


class NotStartedError(UsageError):
    """The engine could not be started, for what the program does; nothing but another program mends that."""


class ServerStatistics(NamedTuple):
    """What the server holds now, and what went wrong since it started."""

    num_viewers: int
    """Viewers that the engine knows."""
    num_sockets: int
    """WebSockets, those that are being opened or closed included."""
    num_overflows: int
    """Viewers for whom more was queued than the engine's credit allows: a fault of ours."""
    waits: Histogram
    """How long messages from the engine waited for an event loop of sessions."""


class Life:
    """Starts the engine when it is first needed, and ends it with the app or the process.

    An app that mounts ours may run no lifespan of ours: then the first request starts, and the exit stops.
    An engine that was passed in is started here and stopped by whoever passed it.
    """

    def __init__(
        self, make_engine: Callable[[], EnginePort], engine: EnginePort | None = None, *, num_sockets_max: int = 5_000
    ) -> None:
        self._make_engine = make_engine
        self._lent = engine
        self._owned: EnginePort | None = None
        self._failure: str | None = None
        self.epoch = os.urandom(8).hex()
        """Another one with each engine: what the one before held in memory is gone."""
        self._lock = threading.Lock()
        self._outlets: dict[asyncio.AbstractEventLoop, LoopOutlet] = {}
        self._waits = Histogram(HOLD_BOUNDS_SECS)
        self._num_sockets_max = num_sockets_max
        self.num_sockets = 0

    def engine(self) -> EnginePort:
        """As ``start``, for requests: nobody else would see why it failed, so that is logged, once."""
        is_known = self._failure is not None
        try:
            return self.start()
        except NotStartedError as error:
            if not is_known:
                log.error("the engine could not be started: %s", error)
            raise

    def start(self) -> EnginePort:
        """Return the engine, started. Raises ClosedError if it was lent to us and stopped since.

        Raises NotStartedError if it cannot be started: it is tried once, not by every request.
        """
        with self._lock:
            if self._lent is not None:
                self._lent.start()
                return self._lent
            if self._owned is not None:
                try:
                    self._owned.start()
                except ClosedError:  # a fault ended it, and was logged; viewers come back to a new one
                    self._owned = None
                else:
                    return self._owned
            if self._failure is not None:
                raise NotStartedError(self._failure)
            engine = self._make_engine()
            try:
                engine.start()
            except UsageError as error:
                self._failure = str(error)
                raise NotStartedError(self._failure) from error
            self._owned = engine
            self.epoch = os.urandom(8).hex()
            atexit.unregister(self.stop)
            atexit.register(self.stop)
            return engine

    def stop(self) -> None:
        """Stop the engine if it is ours. A later use starts a new one."""
        with self._lock:
            engine, self._owned = self._owned, None
        if engine is not None:
            atexit.unregister(self.stop)
            engine.stop(_STOP_SECS)
        self._failure = None

    def outlet(self) -> LoopOutlet:
        """Return the outlet of the running event loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if loop not in self._outlets:
                self._outlets = {old: outlet for old, outlet in self._outlets.items() if not old.is_closed()}
                self._outlets[loop] = LoopOutlet(loop, self._waits)
            return self._outlets[loop]

    @contextmanager
    def socket_place(self) -> Iterator[bool]:
        """Hold one of the places for WebSockets; False if all are taken."""
        with self._lock:
            is_free = self.num_sockets < self._num_sockets_max
            self.num_sockets += is_free
        try:
            yield is_free
        finally:
            with self._lock:
                self.num_sockets -= is_free

    def statistics(self) -> ServerStatistics:
        """Count what is live, on all event loops."""
        with self._lock:
            outlets = list(self._outlets.values())
        return ServerStatistics(
            num_viewers=sum(len(outlet) for outlet in outlets),
            num_sockets=self.num_sockets,
            num_overflows=sum(outlet.num_overflows for outlet in outlets),
            waits=self._waits,
        )

    async def close_viewers(self, grace_secs: float = 1.0) -> None:
        """Close this loop's viewers with 1001; none is left when it returns."""
        await self.outlet().close_all(STOPPING, grace_secs)

    @asynccontextmanager
    async def span(self, _app: object) -> AsyncIterator[None]:
        """The lifespan of the app."""
        self.start()
        try:
            yield
        finally:
            await self.close_viewers()
            await asyncio.to_thread(self.stop)
