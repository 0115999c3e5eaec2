"""Feeders: functions that live with the engine and send to a channel.

One that raises is reported and started again after a back-off; one that returns has done its work.
"""

from __future__ import annotations

import asyncio
import inspect
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from cadran.backoff import CAP_SECS, Backoff, Rng
from cadran.channel.stop import Stop
from cadran.clock import Clock, SystemClock
from cadran.errors import ClosedError
from cadran.updates.update import Update

GRACE_SECS = 1.0
"""How long an async feeder may go on after ``stop`` before its task is cancelled."""


class Sender(Protocol):
    """A channel's ``send``."""

    def __call__(self, *updates: Update) -> None: ...


class Sends(Protocol):
    """What a feeder needs of its channel."""

    @property
    def send(self) -> Sender: ...


FeedFunction = TypeVar("FeedFunction", bound=Callable[[Sender, Stop], Awaitable[None] | None])
OnFault = Callable[[BaseException], None]


@dataclass(frozen=True, slots=True)
class Feed:
    """A registered feeder, not running."""

    function: Callable[[Sender, Stop], Awaitable[None] | None]

    @property
    def name(self) -> str:
        return getattr(self.function, "__name__", type(self.function).__name__)

    @property
    def is_async(self) -> bool:
        """A task on the user loop; else a thread of its own."""
        function = self.function
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004

    def start(
        self,
        channel: Sends,
        loop: asyncio.AbstractEventLoop,
        on_fault: OnFault,
        *,
        rng: Rng = random.random,
        clock: Clock | None = None,
        grace_secs: float = GRACE_SECS,
    ) -> RunningFeed:
        """Start it: a daemon thread, or a task on ``loop`` if async. ``on_fault`` is called from there."""
        run = _Run(self, channel.send, on_fault, rng, clock or SystemClock(), Stop())
        if self.is_async:
            return _RunningTask(run, loop, grace_secs)
        return _RunningThread(run)


class RunningFeed(Protocol):
    """A feeder at work."""

    def stop(self) -> None:
        """Tell it to end and return at once. From any thread; idempotent."""
        ...

    def join(self, timeout_secs: float) -> bool:
        """Wait until it has ended; return whether it has. Not from its own thread or loop."""
        ...


class _Run:
    """What a thread and a task have in common: faults and the waits after them."""

    def __init__(self, feed: Feed, send: Sender, on_fault: OnFault, rng: Rng, clock: Clock, stop: Stop) -> None:
        self.feed, self.send, self.stop = feed, send, stop
        self._on_fault, self._backoff, self._clock = on_fault, Backoff(rng), clock
        self._started_at = 0.0
        self.ended = threading.Event()

    def begin(self) -> Any:
        self._started_at = self._clock.now().mono
        return self.feed.function(self.send, self.stop)

    def secs_after(self, fault: BaseException) -> float | None:
        """Report ``fault`` and return the wait before the next start; None: no further start."""
        if isinstance(fault, ClosedError) or self.stop.is_set():
            return None
        if self._clock.now().mono - self._started_at > CAP_SECS:
            self._backoff.reset()  # it ran well for a while: this fault is a new one
        self._on_fault(fault)
        return self._backoff.next_secs()


class _RunningThread:
    def __init__(self, run: _Run) -> None:
        self._feed_run = run
        threading.Thread(target=self._work, name=f"cadran feed {run.feed.name}", daemon=True).start()

    def _work(self) -> None:
        run = self._feed_run
        try:
            while not run.stop.is_set():
                try:
                    run.begin()
                    return
                except BaseException as fault:  # in a thread, sys.exit() ends nothing but the thread
                    secs = run.secs_after(fault)
                if secs is None or run.stop.wait(secs):
                    return
        finally:
            run.ended.set()

    def stop(self) -> None:
        self._feed_run.stop.set()

    def join(self, timeout_secs: float) -> bool:
        return self._feed_run.ended.wait(timeout_secs)


class _RunningTask:
    def __init__(self, run: _Run, loop: asyncio.AbstractEventLoop, grace_secs: float) -> None:
        self._feed_run, self._loop, self._grace_secs = run, loop, grace_secs
        self._task: asyncio.Task[None] | None = None
        loop.call_soon_threadsafe(self._create)

    def _create(self) -> None:
        self._task = self._loop.create_task(self._work(), name=f"cadran feed {self._feed_run.feed.name}")

    async def _work(self) -> None:
        run = self._feed_run
        secs: float | None = None
        try:
            while not run.stop.is_set():
                try:
                    if secs is not None and await run.stop.sleep(secs):
                        return
                    await run.begin()
                    return
                except BaseException as fault:  # a cancellation too: it is ours only after the stop
                    secs = run.secs_after(fault)
                if secs is None:
                    return
        finally:
            run.ended.set()

    def stop(self) -> None:
        self._feed_run.stop.set()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel_after_grace)

    def _cancel_after_grace(self) -> None:
        if self._task is not None and not self._task.done():
            self._loop.call_later(self._grace_secs, self._task.cancel)

    def join(self, timeout_secs: float) -> bool:
        return self._feed_run.ended.wait(timeout_secs)
