"""Connections past ASGI: of viewers over real sockets, and of one whose other side is in our hands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from starlette.types import ASGIApp, Receive, Scope, Send
from tests.server.fakes import FakeEngine
from tests.server.wires import RawSocket, served
from uvicorn.server import ServerState

from cadran.frames.wire import VERSION
from cadran.server.link import LinkedProtocol
from cadran.server.run import config_for

HELLO = f'{{"t":"hello","version":{VERSION},"view":{{"n":1}}}}'.encode()


class HeardEngine(FakeEngine):
    """Tells when so many messages were received."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()

    def receive(self, viewer: int, text: bytes) -> None:
        with self._changed:
            super().receive(viewer, text)
            self._changed.notify_all()

    def wait_for(self, num_messages: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= num_messages, timeout=60)


@contextmanager
def viewers(engine: HeardEngine, num: int) -> Iterator[dict[int, RawSocket]]:
    """That many viewers of one server, each of which has said hello."""
    with served(engine) as address:
        found: dict[int, RawSocket] = {}
        for _ in range(num):
            sock = RawSocket(address)
            sock.send(HELLO)
            engine.wait_for(len(found) + 1)
            found[engine.received[-1][0]] = sock
        try:
            yield found
        finally:
            for sock in found.values():
                sock.close()


class FakeTransport(asyncio.Transport):
    """Takes what is written, and counts it; nobody reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_aborted = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def abort(self) -> None:
        self.is_aborted.set()


def opened(app: ASGIApp, transport: asyncio.Transport) -> LinkedProtocol:
    """A connection right after its handshake came."""
    protocol = LinkedProtocol(config_for(app), ServerState(), {})
    protocol.connection_made(transport)
    protocol.data_received(
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    return protocol


@asynccontextmanager
async def accepted(transport: asyncio.Transport) -> AsyncIterator[LinkedProtocol]:
    """A connection that was accepted, and of which nothing else becomes until it is over."""
    is_accepted, is_over = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        is_accepted.set()
        await is_over.wait()

    protocol = opened(app, transport)
    await is_accepted.wait()
    yield protocol
    is_over.set()
    await asyncio.gather(*protocol.tasks)
    protocol.connection_lost(None)
