"""The server with the real engine: a program's updates reach a viewer, mounted without a lifespan."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.server.fakes import HOST, Wire, ask_on_loop, http_scope, websocket_scope

import cadran as cd
from cadran.frames.wire import COMMIT, HEADER, PIECE, SCALAR, SCALAR_HEAD, SERIES, VERSION, WELCOME
from cadran.screen.program import Program
from cadran.server import asgi_app

HELLO = json.dumps({"t": "hello", "version": VERSION, "view": {"n": 1, "panels": [{"i": 0, "px": 100}]}})
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
            async with asyncio.timeout(60):
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


NUM_CHARTS, NUM_POINTS = 12, 20_000


def make_full_charts() -> Program:
    press = cd.channel("press", keep="10h")

    @cd.screen("Full")
    def full(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for chart in range(NUM_CHARTS):
            ui.line(f"{chart}", press.series(f"{chart}"), window="5h")

    xs = time.time() - np.arange(NUM_POINTS)[::-1] * 0.9
    for chart in range(NUM_CHARTS):
        press.send(cd.ChartDataUpdated.xy(f"{chart}", xs, np.random.default_rng(chart).random(NUM_POINTS)))
    return Program([full])


@pytest.mark.slow
def test_full_charts_open_for_a_viewer_that_acknowledges_at_once() -> None:
    """Such a viewer earns the whole credit, and zooms then let it all out in one step."""

    async def scene() -> None:
        app = asgi_app(make_full_charts())
        num_bytes = num_read = 0
        sent = asyncio.Event()
        wire = Wire(app, websocket_scope(), on_sent=sent.set)

        def view(number: int, px: int) -> dict[str, object]:
            return {"t": "view", "n": number, "panels": [{"i": i, "px": px} for i in range(NUM_CHARTS)]}

        async def read_view(number: int) -> int:
            """Read until a frame of that view is whole, acknowledging each message; return its charts."""
            nonlocal num_bytes, num_read
            num_charts = 0
            while wire.close_code is None:
                sent.clear()
                for message in wire.sent[1:][num_read:]:
                    data = message["bytes"]
                    num_read, num_bytes = num_read + 1, num_bytes + len(data)
                    wire.say(json.dumps({"t": "ack", "s": HEADER.unpack_from(data)[4], "bytes": num_bytes}))
                    _, flags, _, current, *_ = HEADER.unpack_from(data)
                    num_charts += int(current == number and SERIES in pieces_of(data))
                    if flags & COMMIT and current == number and num_charts:
                        return num_charts
                await sent.wait()
            raise AssertionError(f"closed with {wire.close_code} at view {number}")

        try:
            async with asyncio.timeout(120):
                wire.say(json.dumps({"t": "hello", "version": VERSION, "view": view(1, 1_200)}))
                for number in range(2, 7):
                    assert await read_view(number - 1)
                    wire.say(json.dumps(view(number, 1_200 if number % 2 else 3_000)))
                assert await read_view(6)
                wire.hang_up()
                await wire.task
                assert app.life.statistics().num_overflows == 0
        finally:
            app.life.stop()

    asyncio.run(scene())
