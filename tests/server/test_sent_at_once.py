"""Short frames are not held back until those before them are acknowledged."""

from __future__ import annotations

import asyncio
import socket
from asyncio.transports import Transport

import uvicorn
from starlette.types import Receive, Scope, Send

from cadran.server.patience import PatientProtocol
from cadran.server.run import RootPath, config_for


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that nobody asks for anything."""


def test_a_connection_sends_short_frames_at_once_although_its_listener_named_no_protocol() -> None:
    async def scene() -> int:
        config = config_for(RootPath(empty, ""))
        config.load()
        server = uvicorn.Server(config)
        listener = socket.socket()  # protocol 0: asyncio leaves what it accepts as it is
        listener.bind(("127.0.0.1", 0))
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        class Noted(PatientProtocol):
            def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                sock = transport.get_extra_info("socket")
                found.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        def made() -> Noted:
            return Noted(config=config, server_state=server.server_state, app_state={})

        async with await asyncio.get_running_loop().create_server(made, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            try:
                async with asyncio.timeout(60.0):
                    return await found
            finally:
                writer.close()
                await writer.wait_closed()

    assert asyncio.run(scene()) != 0
