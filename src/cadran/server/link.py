"""A viewer's socket past ASGI, where the server is our own: ready bytes out and messages in, without a task for each.

What ASGI asks of a server for a message, a coroutine and a frame out, a queue, a task that wakes and reading that
stops meanwhile in, costs several times as much as the message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import OPEN

from cadran.server.shared_socket import SharedTransport

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

LINK = "cadran.link"
"""In a scope: the connection's ``Link``."""
Take = Callable[[bytes | None], None]
"""Is given each message in UTF-8; None for one that is not text."""
FRAMES_MAX = 4
"""Messages whose framed bytes are kept for the next viewer who gets the same."""
PICTURES_MAX = 4
"""The same for what viewers get at once who join."""
PIECE_BYTES = 32 * 1024
"""About so many bytes go to a socket at once: more would only wait for it."""
END_SECS = 15.0
"""How long a connection whose session has ended may stay, for a viewer that reads nothing: longer than uvicorn waits
for the answer to a close."""


class Link(Protocol):
    """The short way to a viewer and back. Only for its own event loop."""

    def write(self, data: bytes) -> bool:
        """Send a binary message now. False, and nothing is sent, if it would have to wait or the end has begun."""
        ...

    def write_all(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Send binary messages, until one would have to wait; return those that are left."""
        ...

    def write_now(self, data: bytes) -> bool:
        """Do what ``write`` does, from any thread."""
        ...

    def listen(self, take: Take) -> None:
        """Call this with each message that comes from now on, instead of giving it to ASGI's ``receive``."""
        ...


class LinkedProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which is also a link. What nobody listens to goes ASGI's way, as does every end."""

    _take: Take | None = None
    _end_timer: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> bool:
        """Send the message in one piece, made once for all who get the same."""
        if self.close_sent or self.disconnected or not self.writable.is_set() or self.conn.state is not OPEN:
            return False
        self.transport.write(framed(data))
        return True

    def write_all(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """Send messages together, in pieces that are made once for all who get the same."""
        num_sent = 0
        for piece, num_messages in pieces_of(tuple(messages)):
            if self.close_sent or self.disconnected or not self.writable.is_set() or self.conn.state is not OPEN:
                break
            self.transport.write(piece)
            num_sent += num_messages
        return messages[num_sent:]

    def write_now(self, data: bytes) -> bool:
        """Send a message from any thread, past the loop, if that can be done at once."""
        shared = self.transport
        # In two pieces: to join them costs more than the system takes for the second.
        return isinstance(shared, SharedTransport) and shared.write_now((head_of(len(data)), data))

    def listen(self, take: Take) -> None:
        self._take = take

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        super().connection_made(SharedTransport(transport, self.loop, self._is_open))

    def _is_open(self) -> bool:
        """Whether messages may follow. The library knows of a close frame before that is written."""
        return self.conn.state is OPEN

    def send_receive_event_to_app(self) -> None:
        """A whole message is there."""
        if self._take is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        self._take(data if self.curr_msg_data_type == "text" else None)

    # --- what ends before it began: neither is a fault, and neither fills a log ---

    def data_received(self, data: bytes) -> None:
        """By the protocol a viewer says nothing before it was answered: one that does is left."""
        if self.handshake_initiated and not self.handshake_complete:
            self.transport.abort()
        else:
            super().data_received(data)

    async def send(self, message: ASGISendEvent) -> None:
        """Send by ASGI; nobody is answered who left meanwhile, or whom a server that stops sent away."""
        if not self.handshake_complete and self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)
        if self.close_sent:
            self.handshake_complete = True  # a refusal is an answer too; uvicorn takes it for one that is missing

    # --- what a hostile viewer could pile up ---

    def handle_cont(self, event: Frame) -> None:
        """Keep a part of a message, but not an empty one: the limit of a message's bytes does not bound those."""
        if event.data or event.fin:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answer, but not a viewer that does not read what it was sent."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    async def run_asgi(self) -> None:
        """Serve, and then leave a viewer that does not read: a transport that is closed waits for it without end."""
        await super().run_asgi()
        if not self.disconnected:
            self._end_timer = self.loop.call_later(END_SECS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._end_timer is not None:
            self._end_timer.cancel()
        if isinstance(self.transport, SharedTransport):
            self.transport.lose()
        super().connection_lost(exc)
        self.conn.parser.close()  # it waits for more, and holds what holds it
        self._take = None  # it holds the session, which holds this


@lru_cache(maxsize=PICTURES_MAX)
def pieces_of(messages: tuple[bytes, ...]) -> tuple[tuple[bytes, int], ...]:
    """Return messages as a server sends them, put together, and how many are in each piece."""
    pieces: list[tuple[bytes, int]] = []
    parts: list[bytes] = []
    num_bytes = 0
    for number, data in enumerate(messages, 1):
        parts += head_of(len(data)), data
        num_bytes += len(data)
        if num_bytes >= PIECE_BYTES or number == len(messages):
            pieces.append((b"".join(parts), len(parts) // 2))
            parts, num_bytes = [], 0
    return tuple(pieces)


def head_of(num_bytes: int) -> bytes:
    """Return what a server sends ahead of a binary message of so many bytes, without compression."""
    if num_bytes < 126:
        return bytes((0x82, num_bytes))
    return b"\x82\x7e" + num_bytes.to_bytes(2) if num_bytes < 65_536 else b"\x82\x7f" + num_bytes.to_bytes(8)


@lru_cache(maxsize=FRAMES_MAX)
def framed(data: bytes) -> bytes:
    """Return a binary message with its head."""
    return head_of(len(data)) + data


class Linking:
    """Around all walls of an app: they concern a connection's beginning, messages may go past them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        link = getattr(send, "__self__", None)
        if isinstance(link, LinkedProtocol):
            scope = {**scope, LINK: link}
        await self._app(scope, receive, send)
