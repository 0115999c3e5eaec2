"""From the engine's thread to the sessions of one event loop: few messages at once, else one wake-up for all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from cadran.engine import Close
from cadran.frames.costs import HOLD_BOUNDS_SECS
from cadran.timings import Histogram

AT_ONCE_MAX = 8
"""More messages than this wake the loop once: to send them would hold the engine for longer than a wake-up costs."""
TURN_SECS = 0.002
"""So long the loop is held by giving viewers what they get beside one message; then others' frames come between."""


class Inbox(Protocol):
    """What a session offers to the outlet."""

    def put(self, item: bytes | Close) -> None: ...
    def put_all(self, items: Sequence[bytes | Close]) -> None: ...
    def put_now(self, item: bytes | Close) -> bool: ...
    def abandon(self) -> None: ...


class LoopOutlet:
    """All sessions of one event loop. Everything but ``deliver`` is called on that loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, waits: Histogram | None = None) -> None:
        """``waits``: where it is counted how long messages waited for the loop, which something else held."""
        self._loop = loop
        self._waits = waits or Histogram(HOLD_BOUNDS_SECS)
        self._sessions: dict[int, Inbox] = {}
        self._closing: Close | None = None
        self._num_given = 0  # only the engine's thread writes this one,
        self._num_taken = 0  # and only the loop's these
        self._num_begun = 0
        self._owed: dict[int, list[bytes | Close]] = {}
        """What viewers are still to be given of what was handed out; their credit bounds it."""
        self.num_overflows = 0
        """Sessions that were given more than their outbox holds: a fault of ours."""
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, viewer: int, session: Inbox) -> None:
        self._sessions[viewer] = session
        self._empty.clear()
        if self._closing is not None:
            session.put(self._closing)

    def remove(self, viewer: int) -> None:
        self._sessions.pop(viewer, None)
        if not self._sessions:
            self._empty.set()

    def deliver(self, batch: list[tuple[int, bytes | Close]]) -> None:
        """Called from the engine's thread; never waits. What comes after the loop's end is dropped."""
        if len(batch) <= AT_ONCE_MAX and self._num_taken == self._num_given:
            batch = self._sent_at_once(batch)
            if not batch:
                return
        self._num_given += 1
        try:
            self._loop.call_soon_threadsafe(self._hand_out, batch, perf_counter())
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _sent_at_once(self, batch: list[tuple[int, bytes | Close]]) -> list[tuple[int, bytes | Close]]:
        """Send what can be sent past the loop; return what is left from the first on for which that can't be done."""
        for number, (viewer, item) in enumerate(batch):
            session = self._sessions.get(viewer)
            if session is None or not session.put_now(item):
                return batch[number:]
        return []

    def _hand_out(self, batch: list[tuple[int, bytes | Close]], since_secs: float) -> None:
        """Give each viewer one message; what some get more, as those do who join, waits until its turn comes."""
        self._waits.add(perf_counter() - since_secs)
        self._num_begun += 1
        owed, last = self._owed, -1
        is_pouring = bool(owed)
        try:
            for viewer, item in batch:
                if viewer == last or (owed and viewer in owed):
                    owed.setdefault(viewer, []).append(item)
                    continue
                last = viewer
                session = self._sessions.get(viewer)
                if session is not None:  # else it left while this was on its way
                    session.put(item)
        finally:
            if not is_pouring:
                self._pour()

    def _pour(self) -> None:
        """Give viewers what they are owed, each all of it, and as many of them as a turn allows."""
        ends_secs = perf_counter() + TURN_SECS
        try:
            while self._owed:
                viewer = next(iter(self._owed))
                items = self._owed.pop(viewer)
                session = self._sessions.get(viewer)
                if session is not None:
                    session.put_all(items)
                if perf_counter() >= ends_secs:
                    break
        finally:
            if self._owed:
                self._loop.call_soon(self._pour)
            else:
                self._num_taken = self._num_begun  # not before: what is sent at once would overtake the rest of this

    async def close_all(self, close: Close, grace_secs: float) -> None:
        """Tell everybody that we stop; after the grace, leave those who do not listen."""
        self._closing = close
        for session in list(self._sessions.values()):
            session.put(close)
        try:
            await asyncio.wait_for(self._empty.wait(), grace_secs)
        except TimeoutError:
            for session in list(self._sessions.values()):
                session.abandon()
            await self._empty.wait()
        finally:
            self._closing = None
