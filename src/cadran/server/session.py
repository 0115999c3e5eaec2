"""One viewer's WebSocket, from its accept to its end, whoever ends it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any, NamedTuple, cast

from starlette.types import Message, Receive, Scope, Send

from cadran.engine import Close
from cadran.frames.credit import CREDIT_BYTES_MAX
from cadran.frames.wire import MESSAGE_BYTES_MAX
from cadran.server.direct import DIRECT, begun
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


class Session:
    """A viewer's outbox, and the task that empties it. Lives on one event loop and is only touched there.

    ``direct``: by this, messages are sent at once, without the task; it takes over when a send has to wait.
    """

    def __init__(self, send: Send, limits: SessionLimits, *, direct: Send | None = None) -> None:
        self._send = send
        self._limits = limits
        self._direct = direct
        self._loop = asyncio.get_running_loop()
        # bounded in bytes: limits.outbox_bytes
        self._outbox: deque[bytes | Close | _Begun] = deque()
        self._is_sending = False
        self._filled = asyncio.Event()
        self._close_timer: asyncio.TimerHandle | None = None
        self._sender: asyncio.Task[None] | None = None
        self.pending_bytes = 0
        self.peak_pending_bytes = 0
        self.num_overflows = 0

    def start(self) -> asyncio.Task[None]:
        """Start the task that sends; it ends with the first Close, or if the viewer is gone."""
        self._sender = self._loop.create_task(self._send_all())
        return self._sender

    def put(self, item: bytes | Close) -> None:
        """Queue a message or the end. Returns at once."""
        if self._close_timer is not None:
            return
        if isinstance(item, bytes):
            if self._direct is not None and not self._outbox and not self._is_sending:
                self._send_now(item, self._direct)
                return
            self.pending_bytes += len(item)
            self.peak_pending_bytes = max(self.peak_pending_bytes, self.pending_bytes)
            if self.pending_bytes <= self._limits.outbox_bytes:
                self._outbox.append(item)
                self._filled.set()
                return
            self.num_overflows += 1
            self._empty_outbox()
            item = Close(1011, "too much was queued for this viewer")
        self._outbox.append(item)
        self._filled.set()
        self._close_timer = self._loop.call_later(self._limits.close_secs, self.abandon)

    def abandon(self) -> None:
        """End now, whatever is still unsent."""
        if self._sender is not None:
            self._sender.cancel()

    def release(self) -> None:
        """Leave nothing behind: no task, no timer, no message."""
        if self._close_timer is not None:
            self._close_timer.cancel()
        self.abandon()
        self._empty_outbox()

    def _empty_outbox(self) -> None:
        for item in self._outbox:
            if isinstance(item, _Begun):
                item.rest.close()
        self._outbox.clear()

    def _send_now(self, data: bytes, send: Send) -> None:
        sending = cast(Coroutine[Any, None, None], send({"type": "websocket.send", "bytes": data}))
        try:
            rest = begun(sending)
        except Exception as error:
            rest = _failed(error)  # the task says it, as it would if it had sent
        if rest is not None:
            self.pending_bytes += len(data)
            self.peak_pending_bytes = max(self.peak_pending_bytes, self.pending_bytes)
            self._outbox.append(_Begun(rest, len(data)))
            self._filled.set()

    async def _send_all(self) -> None:
        while True:
            await self._filled.wait()
            self._is_sending = True
            while self._outbox:
                item = self._outbox.popleft()
                if isinstance(item, Close):
                    await self._send({"type": "websocket.close", "code": item.code, "reason": item.reason})
                    return
                if isinstance(item, _Begun):
                    await item.rest
                    self.pending_bytes -= item.num_bytes
                else:
                    await self._send({"type": "websocket.send", "bytes": item})
                    self.pending_bytes -= len(item)
            self._filled.clear()
            self._is_sending = False


class _Begun(NamedTuple):
    """A send that came to wait."""

    rest: Coroutine[Any, None, None]
    num_bytes: int


async def _failed(error: Exception) -> None:
    raise error


async def run_session(
    slug: str, engine: EnginePort, outlet: LoopOutlet, limits: SessionLimits, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve a WebSocket that all walls let pass. Returns when it has ended; the engine has then forgotten it."""
    if (await receive())["type"] != "websocket.connect":
        return
    await send({"type": "websocket.accept"})
    session = Session(send, limits, direct=scope.get(DIRECT))
    viewer = engine.connect(slug, outlet)
    outlet.add(viewer, session)
    sender = session.start()
    receiver = asyncio.get_running_loop().create_task(_receive_all(viewer, session, engine, limits, receive))
    try:
        done, _ = await asyncio.wait({sender, receiver}, return_when=asyncio.FIRST_COMPLETED)
        if receiver in done and not sender.done() and not receiver.exception() and receiver.result():
            await asyncio.wait({sender})  # the viewer broke a rule: let it read why
    finally:
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


async def _receive_all(
    viewer: int, session: Session, engine: EnginePort, limits: SessionLimits, receive: Receive
) -> bool:
    """Hand each message to the engine. True if the session was told to close, False if the viewer is gone."""
    loop = asyncio.get_running_loop()
    deadline = loop.call_later(limits.hello_secs, session.put, Close(1008, "no hello"))
    second, num_messages = 0.0, 0
    try:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return False
            now = loop.time()
            if now - second >= 1.0:
                second, num_messages = now, 0
            num_messages += 1
            close = _fault(message, limits)
            if num_messages > limits.messages_per_sec:
                close = Close(1008, "too many messages")
            if close is not None:
                session.put(close)
                return True
            deadline.cancel()
            engine.receive(viewer, message["text"].encode(errors="replace"))
    finally:
        deadline.cancel()


def _fault(message: Message, limits: SessionLimits) -> Close | None:
    text = message.get("text")
    if text is None:
        return Close(1003, "viewers send text")
    if len(text) > limits.message_bytes or len(text.encode(errors="replace")) > limits.message_bytes:
        return Close(1009, f"messages are at most {limits.message_bytes} bytes")
    return None
