"""Those who come at once are let in a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.server.linked import FakeTransport
from uvicorn.server import ServerState

from cadran.server.doorway import TURN_SECS, Doorway
from cadran.server.patience import PatientProtocol, patient_with
from cadran.server.run import config_for

UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Strides:
    """A stopwatch that moves on with each look by the same."""

    def __init__(self, secs: float) -> None:
        self._secs = secs
        self._now = 0.0

    def __call__(self) -> float:
        self._now += self._secs
        return self._now


def test_others_come_between_and_the_order_is_kept() -> None:
    seen: list[int] = []
    num_of_turn: list[int] = []

    async def scene() -> None:
        door = Doorway(Strides(TURN_SECS / 4.5))
        for number in range(50):
            door.enter(lambda number=number: seen.append(number))  # type: ignore[misc]
        assert not seen
        while len(seen) < 50:
            before = len(seen)
            await asyncio.sleep(0)
            num_of_turn.append(len(seen) - before)

    asyncio.run(scene())
    assert seen == list(range(50))
    assert set(num_of_turn[1::2]) == {5}
    assert set(num_of_turn[::2]) == {0}, "a turn for what those who came in do next"


def test_one_that_fails_does_not_keep_the_others_out() -> None:
    seen: list[int] = []

    def fail() -> None:
        raise ValueError("on purpose")

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        door = Doorway(Strides(0.0))
        steps: list[Callable[[], None]] = [fail, lambda: seen.append(1), fail, lambda: seen.append(2)]
        for step in steps:
            door.enter(step)
        for _ in range(8):
            await asyncio.sleep(0)
        door.enter(lambda: seen.append(3))
        for _ in range(2):
            await asyncio.sleep(0)

    asyncio.run(scene())
    assert seen == [1, 2, 3]


class AtTheDoor(FakeTransport):
    """Tells whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = False

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        pass


def at_the_door(app: ASGIApp) -> tuple[PatientProtocol, AtTheDoor]:
    """Return a connection that asked for a WebSocket, and waits."""
    config, transport = config_for(app), AtTheDoor()
    config.load()
    protocol = patient_with(Doorway())(config=config, server_state=ServerState(), app_state={})
    protocol.connection_made(transport)
    protocol.data_received(UPGRADE)
    return protocol, transport


@pytest.mark.parametrize("leaves", ["stays", "is gone", "speaks before it was answered"])
def test_who_is_gone_or_does_not_wait_at_the_door_does_not_come_in(leaves: str) -> None:
    slugs: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        slugs.append(scope["path"])

    async def scene() -> None:
        protocol, transport = at_the_door(app)
        if leaves == "is gone":
            transport.close()
        elif leaves != "stays":
            protocol.data_received(b"\x81\x80")
            assert transport.is_closed
        for _ in range(3):
            await asyncio.sleep(0)
        protocol.connection_lost(None)

    asyncio.run(scene())
    assert slugs == (["/ws"] if leaves == "stays" else [])


def test_a_server_that_stops_sends_away_who_waits_at_the_door() -> None:
    slugs: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        slugs.append(scope["path"])

    async def scene() -> None:
        protocol, transport = at_the_door(app)
        protocol.shutdown()  # as the server calls it for each of its connections; an error would end it at once
        assert transport.is_closed
        for _ in range(3):
            await asyncio.sleep(0)
        protocol.connection_lost(None)

    asyncio.run(scene())
    assert not slugs
