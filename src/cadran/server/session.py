"""One viewer's WebSocket, from its accept to its end, whoever ends it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from cadran.engine import Close
from cadran.frames.credit import CREDIT_BYTES_MAX
from cadran.frames.wire import MESSAGE_BYTES_MAX
from cadran.server.link import LINK, Link
from cadran.server.outlet import LoopOutlet
from cadran.server.ports import EnginePort


class SessionLimits(NamedTuple):
    """What one viewer may cost."""

    hello_secs: float = 10.0
    """A viewer that says nothing for so long after it connected is closed."""
    message_bytes: int = 65_536
    messages_per_sec: int = 200
    """A page that zooms sends about 60 a second."""
    outbox_bytes: int = CREDIT_BYTES_MAX + MESSAGE_BYTES_MAX
    """One step may emit all of a fast viewer's credit, and an acknowledged message may not be counted off yet.
    More than this is a fault of ours."""
    close_secs: float = 5.0
    """How long a viewer that reads nothing may delay its own end."""


DEFAULT_LIMITS = SessionLimits()
REASON_BYTES_MAX = 123
"""Of a close frame, by the protocol; a reason may tell what the viewer sent."""


class Session:
    """A viewer's outbox, and the task that empties it. Lives on one event loop and is only touched there.

    By a ``link`` messages are sent at once, without the task; it takes over when one has to wait.
    """

    def __init__(self, send: Send, limits: SessionLimits, *, link: Link | None = None) -> None:
        self._send = send
        self._limits = limits
        self._link = link
        self._loop = asyncio.get_running_loop()
        # bounded in bytes: limits.outbox_bytes
        self._outbox: deque[bytes | Close] = deque()
        self._is_sending = False
        self._filled = asyncio.Event()
        self._close_timer: asyncio.TimerHandle | None = None
        self._sender: asyncio.Task[None] | None = None
        self.pending_bytes = 0
        self.peak_pending_bytes = 0
        self.num_overflows = 0

    @property
    def is_ending(self) -> bool:
        """Whether a Close was put."""
        return self._close_timer is not None

    def start(self) -> asyncio.Task[None]:
        """Start the task that sends; it ends with the first Close, or if the viewer is gone."""
        self._sender = self._loop.create_task(self._send_all())
        return self._sender

    def put(self, item: bytes | Close) -> None:
        """Queue a message or the end. Returns at once."""
        if self._close_timer is not None:
            return
        if isinstance(item, bytes):
            is_idle = not self._outbox and not self._is_sending
            if is_idle and self._link is not None and self._link.write(item):
                return
            self.pending_bytes += len(item)
            self.peak_pending_bytes = max(self.peak_pending_bytes, self.pending_bytes)
            if self.pending_bytes <= self._limits.outbox_bytes:
                self._outbox.append(item)
                self._filled.set()
                return
            self.num_overflows += 1
            self._outbox.clear()
            item = Close(1011, "too much was queued for this viewer")
        self._outbox.append(item)
        self._filled.set()
        self._close_timer = self._loop.call_later(self._limits.close_secs, self.abandon)

    def put_all(self, items: Sequence[bytes | Close]) -> None:
        """Queue several; messages that are all the same for many viewers are made ready for a socket only once."""
        messages = [item for item in items if isinstance(item, bytes)]
        is_idle = not self._outbox and not self._is_sending and self._close_timer is None
        if is_idle and self._link is not None and len(messages) == len(items):
            items = self._link.write_all(messages)
        for item in items:
            self.put(item)

    def put_now(self, item: bytes | Close) -> bool:
        """Send a message at once, from any thread; False, and nothing is sent, where it must be ``put``."""
        link = self._link
        if link is None or self._outbox or self._is_sending or self._close_timer is not None or isinstance(item, Close):
            return False
        return link.write_now(item)

    def abandon(self) -> None:
        """End now, whatever is still unsent."""
        if self._sender is not None:
            self._sender.cancel()

    def release(self) -> None:
        """Leave nothing behind: no task, no timer, no message."""
        if self._close_timer is not None:
            self._close_timer.cancel()
        self.abandon()
        self._sender = None
        self._outbox.clear()

    async def _send_all(self) -> None:
        while True:
            await self._filled.wait()
            self._is_sending = True
            while self._outbox:
                item = self._outbox.popleft()
                if isinstance(item, Close):
                    reason = item.reason.encode(errors="replace")[:REASON_BYTES_MAX].decode(errors="ignore")
                    await self._send({"type": "websocket.close", "code": item.code, "reason": reason})
                    return
                await self._send({"type": "websocket.send", "bytes": item})
                self.pending_bytes -= len(item)
            self._filled.clear()
            self._is_sending = False


async def run_session(
    slug: str, engine: EnginePort, outlet: LoopOutlet, limits: SessionLimits, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve a WebSocket that all walls let pass. Returns when it has ended; the engine has then forgotten it."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    link: Link | None = scope.get(LINK)
    session = Session(send, limits, link=link)
    viewer = engine.connect(slug, outlet)
    outlet.add(viewer, session)
    hearing = Hearing(viewer, session, engine, limits)
    if link is not None:
        link.listen(hearing.take)
    sender = session.start()
    receiver = asyncio.get_running_loop().create_task(_receive_all(hearing, session, receive))
    try:
        done, _ = await asyncio.wait({sender, receiver}, return_when=asyncio.FIRST_COMPLETED)
        if receiver in done and not sender.done() and not receiver.exception() and receiver.result():
            await asyncio.wait({sender})  # the viewer broke a rule: let it read why
    finally:
        hearing.end()
        engine.disconnect(viewer)
        outlet.remove(viewer)
        outlet.num_overflows += session.num_overflows
        receiver.cancel()
        session.release()
        ended = await asyncio.gather(sender, receiver, return_exceptions=True)
    for error in ended:
        # OSError: the viewer was gone when we sent, which is how most connections end
        if isinstance(error, Exception) and not isinstance(error, OSError):
            raise error


class Hearing:
    """What one viewer says: handed to the engine as long as it keeps the rules, else its session is told to end."""

    def __init__(self, viewer: int, session: Session, engine: EnginePort, limits: SessionLimits) -> None:
        self._viewer = viewer
        self._session = session
        self._engine = engine
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._second = 0.0
        self._num_messages = 0
        self._deadline: asyncio.TimerHandle | None = self._loop.call_later(
            limits.hello_secs, session.put, Close(1008, "no hello")
        )

    def take(self, data: bytes | None) -> None:
        """Take a message in UTF-8; None for one that is not text."""
        if self._session.is_ending:
            return
        now = self._loop.time()
        if now - self._second >= 1.0:
            self._second, self._num_messages = now, 0
        self._num_messages += 1
        if self._num_messages > self._limits.messages_per_sec:
            self._session.put(Close(1008, "too many messages"))
        elif data is None:
            self._session.put(Close(1003, "viewers send text"))
        elif len(data) > self._limits.message_bytes:
            self._session.put(Close(1009, f"messages are at most {self._limits.message_bytes} bytes"))
        else:
            if self._deadline is not None:
                self.end()
            self._engine.receive(self._viewer, data)

    def end(self) -> None:
        """Wait no longer for its first message."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


async def _receive_all(hearing: Hearing, session: Session, receive: Receive) -> bool:
    """Hear what comes by ASGI. True if the session was told to end, False if the viewer is gone."""
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return False
        text = message.get("text")
        hearing.take(None if text is None else text.encode(errors="replace"))
        if session.is_ending:
            return True
