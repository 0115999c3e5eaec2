"""A viewer's socket past ASGI, over real sockets: what it spares, and that nothing else is different."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from tests.server.linked import HELLO, FakeTransport, HeardEngine, accepted, opened, viewers
from tests.server.wires import BINARY, CONTINUED, TEXT, RawSocket, served
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from cadran.engine import Close
from cadran.server import link
from cadran.server.link import PIECE_BYTES, LinkedProtocol, framed, pieces_of
from cadran.server.shared_socket import SharedTransport

NUM_VIEWERS, NUM_FRAMES = 12, 4


@pytest.fixture
def by_asgi(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The types of messages that were sent by ASGI."""
    seen: list[str] = []
    send = WebSocketsSansIOProtocol.send

    async def noted(self: WebSocketsSansIOProtocol, message: Any) -> None:
        seen.append(message["type"])
        await send(self, message)

    monkeypatch.setattr(WebSocketsSansIOProtocol, "send", noted)
    return seen


def test_law03_a_message_for_all_is_framed_once_and_goes_past_asgi(by_asgi: list[str]) -> None:
    engine = HeardEngine()
    with viewers(engine, NUM_VIEWERS) as socks:
        framed.cache_clear()
        frames = [b"frame %d" % number for number in range(NUM_FRAMES)]
        for frame in frames:
            engine.viewers[next(iter(socks))][1].deliver([(viewer, frame) for viewer in socks])
        for sock in socks.values():
            assert [sock.receive() for _ in frames] == [(BINARY, frame) for frame in frames]
        assert framed.cache_info().misses == NUM_FRAMES
        assert by_asgi == ["websocket.accept"] * NUM_VIEWERS


def test_law03_the_first_picture_of_all_who_join_is_made_ready_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    write = SharedTransport.write

    def noted(self: SharedTransport, data: bytes | bytearray | memoryview) -> None:
        written.append(bytes(data))
        write(self, data)

    engine = HeardEngine()
    with viewers(engine, NUM_VIEWERS) as socks:
        monkeypatch.setattr(SharedTransport, "write", noted)
        pieces_of.cache_clear()
        picture = [b"%d" % number + bytes(8_000) for number in range(1 + 12)]
        outlet = engine.viewers[next(iter(socks))][1]
        outlet.deliver([(viewer, message) for viewer in socks for message in picture])
        for sock in socks.values():
            assert [sock.receive() for _ in picture] == [(BINARY, message) for message in picture]
        assert pieces_of.cache_info().misses == 1
        num_pieces = -(-12 * 8_000 // PIECE_BYTES)
        assert len(written) <= NUM_VIEWERS * (1 + num_pieces), "a message at once, the rest together"
        assert max(map(len, written)) < PIECE_BYTES + 8_100


def test_what_viewers_say_wakes_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    num_waits = 0
    receive = WebSocketsSansIOProtocol.receive

    async def counted(self: WebSocketsSansIOProtocol) -> Any:
        nonlocal num_waits
        num_waits += 1
        return await receive(self)

    monkeypatch.setattr(WebSocketsSansIOProtocol, "receive", counted)
    engine = HeardEngine()
    with viewers(engine, 1) as socks:
        ((viewer, sock),) = socks.items()
        acks = [b'{"t":"ack","s":%d,"bytes":1}' % number for number in range(50)]
        for ack in acks:
            sock.send(ack)
        engine.wait_for(1 + len(acks))
        assert engine.received[1:] == [(viewer, ack) for ack in acks]
    assert num_waits == 2  # for its connection, and for its end


def test_a_message_in_parts_is_heard_whole() -> None:
    engine = HeardEngine()
    with viewers(engine, 1) as socks:
        ((viewer, sock),) = socks.items()
        sock.send(b'{"t":"ack",', TEXT, is_last=False)
        sock.send(b'"s":1,"bytes":1}', CONTINUED)
        engine.wait_for(2)
        assert engine.received[1:] == [(viewer, b'{"t":"ack","s":1,"bytes":1}')]


def test_what_a_viewer_says_after_it_broke_a_rule_is_not_heard() -> None:
    engine = HeardEngine()
    with viewers(engine, 1) as socks:
        (sock,) = socks.values()
        sock.send(b"bytes", BINARY)
        sock.send(b'{"t":"ack","s":1,"bytes":1}')
        assert sock.close_code() == 1003
        assert len(engine.received) == 1


def test_frames_for_one_that_does_not_read_wait_for_it_in_order() -> None:
    engine = HeardEngine()
    with served(engine) as address:
        sock = RawSocket(address, receive_buffer=4096)
        sock.send(HELLO)
        engine.wait_for(1)
        viewer = engine.received[0][0]
        frames = [b"%d" % number + bytes(40_000) for number in range(8)]  # as much as an outbox holds
        engine.deliver(viewer, *frames)
        assert [sock.receive() for _ in frames] == [(BINARY, frame) for frame in frames]
        sock.close()


def test_f23_a_reason_that_tells_what_a_viewer_sent_fits_a_close_frame() -> None:
    engine = HeardEngine()
    with viewers(engine, 1) as socks:
        ((viewer, sock),) = socks.items()
        engine.deliver(viewer, Close(1002, "é" * 100))
        assert sock.close_code() == 1002


def test_s21_parts_without_bytes_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    num_kept = 0
    take = LinkedProtocol.send_receive_event_to_app

    def counted(self: LinkedProtocol) -> None:
        nonlocal num_kept
        num_kept = len(self.frames)
        take(self)

    engine = HeardEngine()
    with viewers(engine, 1) as socks:
        ((viewer, sock),) = socks.items()
        monkeypatch.setattr(LinkedProtocol, "send_receive_event_to_app", counted)
        sock.send(b'{"t":"ack",', TEXT, is_last=False)
        for _ in range(1_000):
            sock.send(b"", CONTINUED, is_last=False)
        sock.send(b'"s":1,"bytes":1}', CONTINUED, is_last=False)
        sock.send(b"", CONTINUED)
        engine.wait_for(2)
        assert engine.received[1:] == [(viewer, b'{"t":"ack","s":1,"bytes":1}')]
        assert num_kept == 3


def test_u10_a_viewer_that_reads_nothing_is_sent_no_answers_to_its_pings() -> None:
    ping = bytes([0x89, 0x80 | 100]) + bytes(104)

    async def scene() -> None:
        transport = FakeTransport()
        async with accepted(transport) as protocol:
            num_before = len(transport.written)
            protocol.data_received(ping)
            assert len(transport.written) == num_before + 102
            protocol.pause_writing()
            protocol.data_received(ping * 100)
            assert len(transport.written) == num_before + 102
            protocol.resume_writing()
            protocol.data_received(ping)
            assert len(transport.written) == num_before + 2 * 102

    asyncio.run(scene())


def test_u10_a_connection_whose_session_ended_does_not_wait_for_a_viewer_that_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link, "END_SECS", 0.0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    async def scene() -> None:
        transport = FakeTransport()
        opened(app, transport)
        await asyncio.wait_for(transport.is_aborted.wait(), 60)

    asyncio.run(scene())
