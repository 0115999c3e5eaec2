"""A second thread writes to a connection past its loop: at once, whole, in order, and never to a socket of another."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from tests.server.linked import FakeTransport, HeardEngine, accepted, viewers
from tests.server.wires import BINARY, RawSocket
from websockets.frames import Frame, Opcode

from cadran.engine import Close
from cadran.server import link
from cadran.server.link import framed, head_of
from cadran.server.outlet import AT_ONCE_MAX, LoopOutlet
from cadran.server.shared_socket import SharedTransport

MUCH = bytes(range(256)) * 16_384
"""More than a socket has room for."""


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[SharedTransport, asyncio.Transport, socket.socket]]:
    """A connection of the running loop, the loop's own transport of it, and the other side."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(60)
    loop = asyncio.get_running_loop()
    inner, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
    try:
        yield SharedTransport(inner, loop), inner, theirs
    finally:
        if not inner.is_closing():
            inner.abort()
        await asyncio.sleep(0)  # then its socket is closed
        theirs.close()


async def read(sock: socket.socket, num_bytes: int) -> bytes:
    """Read so much while the loop goes on."""
    got = b""
    while len(got) < num_bytes:
        part = await asyncio.to_thread(sock.recv, num_bytes - len(got))
        assert part, "it ended"
        got += part
    return got


def test_a_message_goes_without_the_loop() -> None:
    async def scene() -> None:
        async with connection() as (shared, _, theirs):
            assert shared.write_now((b"head", b"body"))
            assert theirs.recv(100) == b"headbody", "the loop had no turn"

    asyncio.run(scene())


def test_what_the_socket_has_no_room_for_follows_before_all_else() -> None:
    async def scene() -> None:
        async with connection() as (shared, _, theirs):
            assert shared.write_now((b"head", MUCH))
            begun = theirs.recv(len(MUCH))  # now there is room again
            assert not shared.write_now((b"", b"late")), "it would come into the middle of the other"
            shared.write(b"pong")
            begun += theirs.recv(len(MUCH))
            assert not shared.write_now((b"", b"late")), "the loop has it, and not sent it yet"
            assert begun + await read(theirs, 4 + len(MUCH) + 4 - len(begun)) == b"head" + MUCH + b"pong"
            assert shared.write_now((b"", b"again"))
            assert await read(theirs, 5) == b"again"

    asyncio.run(scene())


def test_a_message_that_was_begun_is_whole_before_the_end() -> None:
    async def scene() -> None:
        async with connection() as (shared, _, theirs):
            assert shared.write_now((b"head", MUCH))
            shared.close()
            assert await read(theirs, 4 + len(MUCH)) == b"head" + MUCH
            assert await asyncio.to_thread(theirs.recv, 1) == b""

    asyncio.run(scene())


def test_nothing_is_written_to_a_socket_that_may_be_another_s_by_now() -> None:
    async def scene() -> None:
        async with connection() as (shared, inner, theirs):
            shared.lose()
            assert not shared.write_now((b"", b"late"))
            theirs.setblocking(False)
            with pytest.raises(BlockingIOError):
                theirs.recv(1)
            inner.close()
            assert not SharedTransport(inner, asyncio.get_running_loop()).write_now((b"", b"late"))
        assert not SharedTransport(FakeTransport(), asyncio.get_running_loop()).write_now((b"", b"no socket"))

    asyncio.run(scene())


def test_heads_are_those_of_the_library() -> None:
    for num_bytes in (0, 1, 125, 126, 127, 65_535, 65_536, 70_000):
        data = bytes(num_bytes)
        whole = Frame(Opcode.BINARY, data).serialize(mask=False)
        assert head_of(num_bytes) + data == framed(data) == whole


def test_no_message_follows_a_close_frame_that_the_loop_wrote_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:

    async def scene() -> None:
        async with connection() as (_, inner, theirs), accepted(inner) as protocol:
            while not theirs.recv(4096).endswith(b"\r\n\r\n"):
                pass
            head = link.head_of

            def head_after_the_end(num_bytes: int) -> bytes:
                """Between the beginning of a direct message and its writing the loop has its turn."""
                with suppress(StopIteration):
                    protocol.send({"type": "websocket.close", "code": 1000}).send(None)
                return head(num_bytes)

            assert protocol.write_now(b"before")
            monkeypatch.setattr(link, "head_of", head_after_the_end)
            assert not protocol.write_now(b"late")
            assert theirs.recv(100) == b"\x82\x06before\x88\x02\x03\xe8"

    asyncio.run(scene())


class Picky:
    """Takes so many messages at once, and then leaves them to the loop."""

    def __init__(self, num_at_once: int) -> None:
        self.num_left = num_at_once
        self.items: list[object] = []

    def put_now(self, item: bytes | Close) -> bool:
        self.num_left -= 1
        if self.num_left >= 0:
            self.items.append(item)
        return self.num_left >= 0

    def put(self, item: bytes | Close) -> None:
        self.items.append(item)

    def put_all(self, items: Sequence[bytes | Close]) -> None:
        self.items += items

    def abandon(self) -> None:
        raise AssertionError


def test_no_message_overtakes_one_that_waits_for_the_loop() -> None:
    async def scene() -> None:
        outlet, session = LoopOutlet(asyncio.get_running_loop()), Picky(1)
        outlet.add(1, session)
        outlet.deliver([(1, b"a"), (1, b"b"), (1, b"c")])
        assert session.items == [b"a"]
        session.num_left = 100
        outlet.deliver([(1, b"d")])
        assert session.items == [b"a"], "others wait for the loop"
        await asyncio.sleep(0)
        outlet.deliver([(1, b"e")])
        assert session.items == [b"a", b"b", b"c", b"d", b"e"]
        outlet.deliver([(1, b"%d" % number) for number in range(AT_ONCE_MAX + 1)])
        assert len(session.items) == 5, "many would hold the engine: the loop is woken once for all"

    asyncio.run(scene())


def test_frames_and_answers_to_pings_arrive_whole_and_in_order() -> None:
    engine, frames = HeardEngine(), [b"%6d" % number * 300 for number in range(400)]
    with viewers(engine, 1) as socks:
        ((viewer, sock),) = socks.items()
        for number, frame in enumerate(frames):
            sock.send(b"%d" % number, opcode=9)
            engine.deliver(viewer, frame)
        assert received(sock, len(frames)) == frames


def received(sock: RawSocket, num: int) -> list[bytes]:
    """So many binary messages; others are left out."""
    found: list[bytes] = []
    while len(found) < num:
        opcode, payload = sock.receive()
        if opcode == BINARY:
            found.append(payload)
    return found
