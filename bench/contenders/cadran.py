"""Cadran itself: a channel, twelve lines and eight KPIs, served as ``cadran run`` does."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

import cadran as cd
from bench.contender import Tally, until_stopped
from bench.load import Generator, Load, Pace
from cadran.frames.message import split_message
from cadran.frames.wire import BEAT, COMMIT, HEADER, VERSION, WELCOME, Ack, Hello, PanelView, View, Welcome
from cadran.screen.layout import KpiPanel, Layout
from cadran.screen.program import Program
from cadran.server.run import serve

ACK_SECS, ACK_BYTES = 0.2, 16_384
VIEWER_PX = 400


def make_screen(load: Load) -> cd.DashboardScreen:
    """Return the common screen, fed as a user would."""
    press = cd.channel("press", keep=load.window_secs * 2)

    @cd.screen("Bench", slug="bench")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(4):
            for kpi in range(load.num_kpis):
                ui.kpi(f"Value {kpi}", press.kpi(f"kpi{kpi}"), key=f"kpi{kpi}")
        with ui.columns(4):
            for line in range(load.num_lines):
                ui.line(f"Line {line}", press.series(f"line{line}"), window=load.window_secs)

    if load.updates_per_sec:

        @press.feed
        def sample(send: cd.Sender, stop: cd.Stop) -> None:
            generator, pace = Generator(load), Pace(load.updates_per_sec)
            while not stop.wait(pace.secs_to_next()):
                update = generator.update()
                lines = [cd.ChartDataUpdated.xy(f"line{i}", update.xs, ys) for i, ys in enumerate(update.ys)]
                send(*lines, *(cd.KpiUpdated(f"kpi{i}", value) for i, value in enumerate(update.kpis)))

    return screen


class _Viewer:
    """One connection: takes frames, and acknowledges like the page, at most five times a second."""

    def __init__(self, socket: ClientConnection, tally: Tally) -> None:
        self._socket = socket
        self._tally = tally
        self._num_bytes = self._acked_bytes = 0
        self._s = 0.0
        self._is_greeted = False
        self._acked_at = 0.0
        self._timer: asyncio.Task[None] | None = None

    async def run(self) -> None:
        await self._say(Hello(version=VERSION, view=View(n=1)))
        async for data in self._socket:
            assert isinstance(data, bytes)
            self._num_bytes += len(data)
            self._tally.num_bytes += len(data)
            self._tally.num_messages += 1
            _, flags, _, _, s, _, _ = HEADER.unpack_from(data)
            if not self._is_greeted:
                await self._greet(data)
            if flags & COMMIT and not flags & BEAT:
                self._s = s
            if flags & BEAT or self._num_bytes - self._acked_bytes >= ACK_BYTES:
                await self._acknowledge()
            elif self._timer is None:
                self._timer = asyncio.create_task(self._acknowledge_later())

    async def _greet(self, data: bytes) -> None:
        """All panels are visible from the welcome on; its layout must fit one message."""
        self._is_greeted = True
        parts = [piece.payload for piece in split_message(data)[1] if piece.kind == WELCOME]
        layout = msgspec.json.decode(b"".join(parts), type=Welcome).layout
        await self._say(View(n=2, panels=_panel_views(layout)))
        self._tally.num_open += 1

    async def _acknowledge_later(self) -> None:
        await asyncio.sleep(max(0.0, self._acked_at + ACK_SECS - time.monotonic()))
        self._timer = None
        await self._acknowledge()

    async def _acknowledge(self) -> None:
        self._acked_at, self._acked_bytes = time.monotonic(), self._num_bytes
        await self._say(Ack(s=self._s, bytes=float(self._num_bytes)))

    async def _say(self, message: Hello | View | Ack) -> None:
        await self._socket.send(msgspec.json.encode(message).decode())


def _panel_views(layout: Layout) -> tuple[PanelView, ...]:
    return tuple(PanelView(i=one.index, px=0 if isinstance(one, KpiPanel) else VIEWER_PX) for one in layout.panels)


class Cadran:
    """The contender."""

    name = "cadran"
    about = f"Cadran {cd.__version__}, its page and its server"
    stamp_selector = '[data-panel="kpi0"] [data-role="value"]'
    bytes_js = "cadran.statistics().bytes"
    draws_js = "Object.entries(cadran.statistics().draws).reduce((n, [key, m]) => key[0] == 'l' ? n + m : n, 0)"
    drawn_js = "Object.entries(cadran.statistics().draws).filter(([key, m]) => key[0] == 'l' && m > 0).length"

    def serve(self, load: Load, sock: socket.socket, on_ready: Callable[[str], None]) -> None:
        serve(Program([make_screen(load)]), sock=sock, on_ready=lambda url: on_ready(f"{url.rstrip('/')}/s/bench"))

    async def watch(self, url: str, tally: Tally, stop: asyncio.Event) -> None:
        origin = url.removesuffix("/s/bench")
        address = f"{url.replace('http', 'ws', 1)}/ws"
        async with connect(
            address,
            origin=Origin(origin),
            compression=None,
            ping_interval=None,
            max_size=None,
        ) as socket:
            viewer = asyncio.create_task(_Viewer(socket, tally).run())
            await until_stopped(viewer, stop)


CONTENDER = Cadran()
