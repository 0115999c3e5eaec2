"""The floor: the least server and page that do the transport and draw every point. No laws, no states, no ages."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from bench.contender import Tally, until_stopped
from bench.load import Generator, Load, Pace, Update
from cadran.server.run import RootPath, config_for

PAGE = Path(__file__).parents[1] / "floor" / "index.html"
HEAD = struct.Struct("<II")
"""Number of KPIs, number of points of each line; then float64 KPIs and xs, then float32 ys line by line."""
ACK_SECS = 0.2
ACK = '{"t":"ack","s":123456.0,"bytes":12345678.0}'


def packed(xs: np.ndarray, ys: np.ndarray, kpis: list[float]) -> bytes:
    """Return one message of the floor."""
    head = HEAD.pack(len(kpis), xs.size)
    return b"".join((head, np.array(kpis).tobytes(), xs.tobytes(), ys.astype("<f4").tobytes()))


class FloorApp:
    """An ASGI app: one page, one socket, one task that sends to everybody in turn."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._sends: set[Send] = set()
        self._history: list[Update] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            if self._load.updates_per_sec:
                self._task = asyncio.create_task(self._feed())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "http":
            headers = [(b"content-type", b"text/html; charset=utf-8")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": PAGE.read_bytes()})
        else:
            await self._serve(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if self._history and not self._load.ready_bytes:
            xs = np.concatenate([update.xs for update in self._history])
            ys = np.concatenate([update.ys for update in self._history], axis=1)
            await send({"type": "websocket.send", "bytes": packed(xs, ys, self._history[-1].kpis)})
        self._sends.add(send)
        while (await receive())["type"] == "websocket.receive":
            pass
        self._sends.discard(send)

    async def _feed(self) -> None:
        load = self._load
        generator, pace, ready = Generator(load), Pace(load.updates_per_sec), bytes(load.ready_bytes)
        num_kept = int(load.window_secs * load.updates_per_sec)
        while True:
            await asyncio.sleep(pace.secs_to_next())
            message = ready
            if not ready:
                update = generator.update()
                self._history = [*self._history[-num_kept:], update]
                message = packed(*update[1:])
            for send in tuple(self._sends):
                await send({"type": "websocket.send", "bytes": message})


class Floor:
    """The contender."""

    name = "floor"
    about = f"the least that does it: uvicorn {version('uvicorn')}, bytes as they come, a plain canvas a line"
    stamp_selector = "#kpi0"
    bytes_js = "floor.bytes"
    draws_js = "floor.draws"
    drawn_js = "floor.draws > 0 ? floor.lines.length : 0"

    def serve(self, load: Load, sock: socket.socket, on_ready: Callable[[str], None]) -> None:
        server = uvicorn.Server(config_for(RootPath(FloorApp(load), "")))
        on_ready(f"http://127.0.0.1:{sock.getsockname()[1]}/")
        server.run(sockets=[sock])

    async def watch(self, url: str, tally: Tally, stop: asyncio.Event) -> None:
        address = f"{url.replace('http', 'ws', 1)}ws"
        async with connect(address, compression=None, ping_interval=None, max_size=None) as socket:
            tally.num_open += 1

            async def read() -> None:
                async for data in socket:
                    tally.num_bytes += len(data)
                    tally.num_messages += 1

            async def acknowledge() -> None:
                num_bytes = 0
                while True:
                    await asyncio.sleep(ACK_SECS)
                    if tally.num_bytes != num_bytes:
                        num_bytes = tally.num_bytes
                        await socket.send(ACK)

            acks = asyncio.create_task(acknowledge())
            await until_stopped(asyncio.create_task(read()), stop)
            acks.cancel()


CONTENDER = Floor()
