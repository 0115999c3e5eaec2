"""Serving a program by itself: one process, one port, until it is told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterable
from functools import partial
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from cadran.screen.program import Program
from cadran.server.app import WebApp, asgi_app
from cadran.server.bind import bind_socket, check_bind, url_of
from cadran.server.descriptors import raise_limit
from cadran.server.doorway import Doorway
from cadran.server.host import parse_host
from cadran.server.link import LinkedProtocol, Linking
from cadran.server.own_loop import own_loop
from cadran.server.own_process import own_process
from cadran.server.paths import route_path
from cadran.server.patience import PatientProtocol, patient_with

ACCEPTED_MAX = 8
"""Connections that are accepted in a turn of the loop."""
_DATE_SECS = 1.0
_WAITING_MAX = 2_048
"""Connections that the system holds until they are accepted."""
_GRACE_SECS = 1.0
_FLUSH_SECS = 0.2


def serve(
    program: Program,
    *,
    host: str = "127.0.0.1",
    port: int | None = None,
    token: str | None = None,
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
    frame_ancestors: Iterable[str] = (),
    root_path: str = "",
    open_page: bool = False,
    on_ready: Callable[[str], None] | None = None,
    sock: socket.socket | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code.

    ``port`` None takes 8400 or the next free one. ``root_path`` is the prefix at which a proxy shows us, whether or
    not it strips it. ``sock`` is a listening socket of the caller's, used instead of host and port. ``on_ready`` is
    told the address once. Raises UsageError for an open bind without a token, a weak token, a port that is taken or a
    screen that cannot be described.
    """
    if sock is None and parse_host(host) is not None and not _is_address(host):
        hosts = [*hosts, host]  # who listens by a name answers to it
    check_bind(host if sock is None else str(sock.getsockname()[0]), token)
    raise_limit()
    app = asgi_app(program, token=token, hosts=hosts, origins=origins, frame_ancestors=frame_ancestors)
    listener = bind_socket(host, port) if sock is None else sock

    def ready() -> None:
        url = url_of(listener, root_path)
        if on_ready is not None:
            on_ready(url)
        if open_page and _has_browser():
            threading.Thread(target=webbrowser.open, args=(url,), name="cadran-open-page", daemon=True).start()

    server = Server(app, root_path, ready)
    try:
        app.life.start()  # a screen that cannot be described is said here, not in a log
        with own_process() as garbage:
            server.each_second = garbage.look_if_due
            server.run(sockets=[listener])
    finally:
        app.life.stop()
        listener.close()
    return 0 if server.started else 1


class Server(uvicorn.Server):
    """uvicorn, which closes viewers properly, leaves those that do not listen, and exits with 0 on a signal."""

    def __init__(self, app: WebApp, root_path: str = "", on_ready: Callable[[], None] | None = None) -> None:
        self.each_second: Callable[[], None] | None = None
        """Is called about so often while it serves."""
        self._tell: Callable[[], object] | None = None
        config = config_for(Linking(RootPath(app, root_path)))
        config.http = patient_with(Doorway())
        config.loop = f"{own_loop.__module__}:{own_loop.__name__}"
        config.backlog = ACCEPTED_MAX
        super().__init__(config)
        self._web_app = app
        self._on_ready = on_ready

    @property
    def should_exit(self) -> bool:
        """Whether it is to stop. Set it from any thread or signal handler."""
        return self._should_exit

    @should_exit.setter
    def should_exit(self, value: bool) -> None:
        self._should_exit = value
        if value and self._tell is not None:
            self._tell()

    async def main_loop(self) -> None:
        """Wait until we should exit. uvicorn looks ten times a second, which is most of what an idle server costs;
        we are told, and look once a second for the date in its headers."""
        loop, told = asyncio.get_running_loop(), asyncio.Event()
        self._tell = partial(loop.call_soon_threadsafe, told.set)
        try:
            while not await self.on_tick(0):
                alarm = loop.call_later(_DATE_SECS, told.set)
                await told.wait()
                told.clear()
                alarm.cancel()
                if self.each_second is not None:
                    self.each_second()
        finally:
            self._tell = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal asks us to stop, a second one at once; uvicorn would also raise it again afterwards."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for sock in sockets or ():
            sock.listen(_WAITING_MAX)  # asyncio takes one number for this and for how many it accepts in a turn
        if self.started and self._on_ready is not None:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._web_app.life.close_viewers(_GRACE_SECS)
        if self._unflushed():
            await asyncio.sleep(_FLUSH_SECS)  # the last bytes of those who read
        for transport in self._unflushed():
            transport.abort()  # reads nothing: would never be flushed
        await super().shutdown(sockets)
        if self.force_exit:
            await self.lifespan.shutdown()  # uvicorn leaves it to be cancelled, and logs that as a fault

    def _unflushed(self) -> list[asyncio.WriteTransport]:
        transports = [getattr(connection, "transport", None) for connection in self.server_state.connections]
        return [
            each for each in transports if isinstance(each, asyncio.WriteTransport) and each.get_write_buffer_size()
        ]


def config_for(app: ASGIApp) -> uvicorn.Config:
    """Return uvicorn's settings: no pings, no compression, no access log, no header believed."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws=LinkedProtocol,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        ws_max_size=65_536,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=1,
    )


class RootPath:
    """Serve below a prefix, whether the proxy strips it from the path or not."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = "/" + root_path.strip("/") if root_path.strip("/") else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._root_path and scope["type"] != "lifespan":
            scope = {**scope, "root_path": self._root_path}
            if route_path(scope) == scope["path"]:  # stripped
                scope["path"] = self._root_path + scope["path"]
        await self._app(scope, receive, send)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _has_browser() -> bool:
    """Whether a browser with a window can be opened; one in this terminal would be in the way."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
