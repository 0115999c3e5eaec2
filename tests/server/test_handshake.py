"""A handshake that does not end in a conversation: refused, left, or cut by the server's end. None fills the log."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.server.linked import FakeTransport, opened

from cadran.server.problems import Problem, problem_response, refuse


class EndingTransport(FakeTransport):
    """One that can end; its end is told to nobody."""

    is_ending = False

    def is_closing(self) -> bool:
        return self.is_ending

    def close(self) -> None:
        self.is_ending = True

    def abort(self) -> None:
        super().abort()
        self.is_ending = True


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    await refuse(problem_response(Problem(404, "no_such_screen", "there is no such screen")), scope, receive, send)


async def accepting(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})


def test_s23_a_refused_viewer_is_answered_and_the_log_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def conversation() -> bytes:
        transport = EndingTransport()
        protocol = opened(refusing, transport)
        await asyncio.gather(*protocol.tasks)
        return transport.written

    written = asyncio.run(conversation())
    assert written.startswith(b"HTTP/1.1 404 ")
    assert b"no_such_screen" in written
    assert not caplog.records


@pytest.mark.parametrize("app", [refusing, accepting])
def test_a_server_that_stops_before_it_has_answered_logs_nothing(
    app: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    async def conversation() -> bytes:
        transport = EndingTransport()
        protocol = opened(app, transport)
        protocol.shutdown()
        await asyncio.gather(*protocol.tasks)
        return transport.written

    assert asyncio.run(conversation()).count(b"HTTP/1.1 ") == 1
    assert not caplog.records


@pytest.mark.parametrize("said", [b"\x88\x80\0\0\0\0", b"\x81\x82\0\0\0\0\xff\xff", b"garbage"])
@pytest.mark.parametrize("app", [refusing, accepting])
def test_f23_who_speaks_or_hangs_up_before_it_was_answered_is_left_and_the_log_says_nothing(
    said: bytes, app: ASGIApp, caplog: pytest.LogCaptureFixture
) -> None:
    async def conversation() -> EndingTransport:
        transport = EndingTransport()
        protocol = opened(app, transport)
        protocol.data_received(said)
        await asyncio.gather(*protocol.tasks)
        return transport

    transport = asyncio.run(conversation())
    assert transport.is_aborted.is_set()
    assert transport.written == b""
    assert not caplog.records
