"""The server with the real engine: a program's updates reach a viewer, mounted without a lifespan."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.server.fakes import HOST, Wire, ask_on_loop, http_scope, websocket_scope

import cadran as cd
from cadran.frames.wire import HEADER, PIECE, SCALAR, SCALAR_HEAD, WELCOME
from cadran.screen.program import Program
from cadran.server import asgi_app

HELLO = json.dumps({"t": "hello", "version": 1, "view": {"n": 1, "panels": [{"i": 0, "px": 100}]}})
UPDATES = b'{"type": "KpiUpdated", "key": "temperature", "value": 81.5}'


def make_program() -> Program:
    press = cd.channel("press")

    @cd.screen("Oven")
    def oven(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))

    return Program([oven])


def pieces_of(message: bytes) -> dict[int, bytes]:
    pieces, at = {}, HEADER.size
    for _ in range(HEADER.unpack_from(message)[2]):
        kind, _, _, num_bytes = PIECE.unpack_from(message, at)
        at += PIECE.size
        pieces[kind] = message[at : at + num_bytes]
        at += -(-num_bytes // 8) * 8
    return pieces


@pytest.mark.slow
def test_a_post_reaches_a_viewer() -> None:
    async def scene() -> None:
        app = asgi_app(make_program())
        mounted = Starlette(routes=[Mount("/live", app)])
        ready = asyncio.Event()
        wire = Wire(mounted, websocket_scope("/live/s/oven/ws", {"Origin": f"http://{HOST}"}), on_sent=ready.set)
        wire.say(HELLO)
        kinds: dict[int, bytes] = {}
        num_read = 1

        async def until(kind: int) -> bytes:
            nonlocal num_read
            while kind not in kinds:
                ready.clear()
                for message in wire.sent[num_read:]:
                    kinds.update(pieces_of(message["bytes"]))
                    num_read += 1
                if kind not in kinds:
                    await ready.wait()
            return kinds.pop(kind)

        try:
            async with asyncio.timeout(10):
                assert json.loads(await until(WELCOME))["layout"]["title"] == "Oven"
                scope = http_scope("/live/api/channels/press", "POST", {"Content-Type": "application/json"})
                assert (await ask_on_loop(mounted, scope, UPDATES)).status == 202
                while SCALAR_HEAD.unpack_from(await until(SCALAR))[0] != 81.5:
                    pass  # a gap, from before
                report = (await ask_on_loop(mounted, http_scope("/live/api/screens/oven"))).json()
                assert report["panels"][0]["value"] == 81.5
                unknown = await ask_on_loop(
                    mounted,
                    http_scope("/live/api/channels/other", "POST", {"Content-Type": "application/json"}),
                    UPDATES,
                )
                assert unknown.status == 404
                wire.say("{")
                await wire.task
                assert wire.close_code == 1002
        finally:
            app.life.stop()

    asyncio.run(scene())
