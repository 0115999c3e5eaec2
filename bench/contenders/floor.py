"""The floor: the least server and page that do the transport and draw every point. No laws, no states, no ages."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import uvicorn
from starlette.types import Receive, Scope, Send

from bench.acks import AckPace
from bench.contender import HistoryHooks, PageHooks
from bench.floor.pyramid import Pyramid
from bench.load import Floats, Generator, Load, Pace, Update, history
from bench.results import FLOOR
from cadran.server.run import RootPath, config_for

PAGES = Path(__file__).parents[1] / "floor"
HEAD = struct.Struct("<II")
"""Number of KPIs, number of points of each line; then float64 KPIs and xs, then float32 ys line by line."""
STAMP = struct.Struct("<d")
"""A ready message begins with the wall second of its tick."""
ACK = '{"t":"ack","s":123456.0,"bytes":12345678.0}'


def packed(xs: Floats, ys: Floats, kpis: list[float]) -> bytes:
    """Return one message of the floor."""
    head = HEAD.pack(len(kpis), xs.size)
    return b"".join((head, np.array(kpis).tobytes(), xs.tobytes(), ys.astype("<f4").tobytes()))


class FloorApp:
    """An ASGI app: one page, one socket, one task that sends to everybody in turn."""

    def __init__(self, load: Load, *, strokes_all: bool = False) -> None:
        self._load = load
        self._strokes_all = strokes_all
        self._sends: set[Send] = set()
        self._updates: list[Update] = []
        self._task: asyncio.Task[None] | None = None
        self._pyramid = Pyramid(*history(load.history_points)) if load.history_points else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            if not (self._load.is_idle or self._pyramid):
                self._task = asyncio.create_task(self._feed())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "http":
            headers = [(b"content-type", b"text/html; charset=utf-8")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._page()})
        elif self._pyramid is not None:
            await self._answer(self._pyramid, receive, send)
        else:
            await self._serve(receive, send)

    def _page(self) -> bytes:
        text = (PAGES / ("history.html" if self._pyramid else "index.html")).read_text("utf-8")
        text = text.replace("STROKES_ALL", "true" if self._strokes_all else "false")
        return text.replace("LOAD", self._load.to_json()).encode()

    async def _serve(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if self._updates and not self._load.ready_bytes:
            xs = np.concatenate([update.xs for update in self._updates])
            ys = np.concatenate([update.ys for update in self._updates], axis=1)
            await send({"type": "websocket.send", "bytes": packed(xs, ys, self._updates[-1].kpis)})
        elif self._load.first_bytes:
            await send({"type": "websocket.send", "bytes": STAMP.pack(time.time()) + bytes(self._load.first_bytes)})
        elif self._load.is_idle:
            await send({"type": "websocket.send", "bytes": HEAD.pack(0, 0)})
        self._sends.add(send)
        while (await receive())["type"] == "websocket.receive":
            pass
        self._sends.discard(send)

    async def _answer(self, pyramid: Pyramid, receive: Receive, send: Send) -> None:
        """Each message asks for a range: x0, x1 and a width in pixels; NaN for all."""
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            x0, x1, px = json.loads(message["text"])
            await send({"type": "websocket.send", "bytes": pyramid.view(x0, x1, px)})

    async def _feed(self) -> None:
        load = self._load
        generator, pace, padding = Generator(load), Pace(load.updates_per_sec), bytes(max(0, load.ready_bytes - 8))
        num_kept = int(load.window_secs * load.updates_per_sec)
        while True:
            await asyncio.sleep(pace.secs_to_next())
            if load.ready_bytes:
                message = STAMP.pack(time.time()) + padding
            else:
                update = generator.update()
                self._updates = [*self._updates[-num_kept:], update]
                message = packed(*update[1:])
            for send in tuple(self._sends):
                await send({"type": "websocket.send", "bytes": message})


class FloorViewer:
    """One viewer: acknowledges as often as Cadran's page does."""

    def __init__(self) -> None:
        self._pace = AckPace()
        self.is_open = False
        self.late_millis: float | None = None

    @property
    def due_mono(self) -> float | None:
        """When the next acknowledgement is due."""
        return self._pace.due_mono

    def greeting(self) -> list[str]:
        return []

    def take(self, message: bytes, now_wall: float, now_mono: float) -> list[str]:
        self.is_open = True
        self.late_millis = 1000 * (now_wall - STAMP.unpack_from(message)[0])
        return [ACK] if self._pace.took(len(message), now_mono, is_urgent=False) else []

    def due(self, now_mono: float) -> list[str]:
        self._pace.acknowledged(now_mono)
        return [ACK]


class Floor:
    """The contender."""

    name = FLOOR
    strokes_all = False
    """Its page draws a line through every point, also where they are more than its pixels."""
    about = f"the least that does it: uvicorn {version('uvicorn')}, bytes as they come, a plain canvas a line"
    page = PageHooks(
        stamp_js="document.querySelector('#kpi0')",
        bytes_js="floor.bytes",
        draws_js="floor.draws",
        drawn_js="floor.draws > 0 ? floor.lines.length : 0",
        history=HistoryHooks(
            full_js="floor.draws > 0",
            area_js="document.querySelector('canvas').getBoundingClientRect()",
            pan_js="(x0, x1) => floor.zoom(x0, x1)",
            detail_js="""(x0, x1) => {
              const slack = (x1 - x0) / 10;
              return Math.abs(floor.shown[0] - x0) < slack && Math.abs(floor.shown[1] - x1) < slack;
            }""",
        ),
    )

    def __init__(self) -> None:
        self.conversation = FloorViewer

    def serve(self, load: Load, sock: socket.socket, on_ready: Callable[[str], None]) -> None:
        server = uvicorn.Server(config_for(RootPath(FloorApp(load, strokes_all=self.strokes_all), "")))
        on_ready(f"http://127.0.0.1:{sock.getsockname()[1]}/")
        server.run(sockets=[sock])
        os._exit(0)

    def answer(self, question: str) -> object:
        raise ValueError(f"unknown question {question!r}")

    def socket_of(self, url: str) -> tuple[str, str | None]:
        return f"{url.replace('http', 'ws', 1)}ws", None


CONTENDER = Floor()
