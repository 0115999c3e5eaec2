"""Serving for real: a port, a signal, an exit code."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.server.fakes import FakeEngine, FakeProgram, TextScreen, ask
from tests.server.wires import RawSocket, served

from cadran.errors import UsageError
from cadran.screen.program import Program
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui
from cadran.server import app, patience, serve
from cadran.server.app import asgi_app
from cadran.server.bind import PORT_DEFAULT, bind_socket, url_of
from cadran.server.own_process import Garbage
from cadran.server.run import RootPath, Server, _has_browser

ROOT = Path(__file__).parents[2]
PROGRAM = """
import socket, sys
from cadran.server import app, bind, serve
from tests.server.fakes import FakeEngine, FakeProgram

class Talker(FakeEngine):
    def receive(self, viewer, text):
        self.deliver(viewer, *[b"x" * 65_000] * 3)

app._make_engine = lambda program: Talker()
listener = bind.bind_socket("127.0.0.1", 0)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
sys.exit(serve(FakeProgram(), sock=listener, on_ready=lambda url: print(url, flush=True)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("is_sent_again", [False, True])
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_f16_a_signal_ends_it_with_0_though_viewers_are_stalled(sent: signal.Signals, is_sent_again: bool) -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    begin = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        try:
            port = int(process.stdout.readline().decode().rpartition(":")[2].strip("/\n"))
            stalled = [RawSocket(("127.0.0.1", port), receive_buffer=4096) for _ in range(10)]
            for viewer in stalled:
                viewer.send(b"{}")
            lively = RawSocket(("127.0.0.1", port))
            lively.send(b"{}")
            for _ in range(3):
                lively.receive()
            began_secs, begin = time.monotonic() - begin, time.monotonic()
            process.send_signal(sent)
            assert lively.close_code() == 1001
            if is_sent_again:  # a terminal sends it to all processes, and one may pass it on to another
                process.send_signal(sent)
            assert process.wait(60) == 0
            assert time.monotonic() - begin < max(5.0, 2 * began_secs), "or twice what beginning took here"
            assert process.stdout.read() == b""
            assert process.stderr.read() == b""
            for viewer in [*stalled, lively]:
                viewer.close()
        finally:
            process.kill()


def asked_in_time(address: tuple[str, int]) -> RawSocket:
    """Return a viewer that was in time, however busy the machine is: those that were not are closed."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return RawSocket(address)
        except (EOFError, ConnectionError):
            assert time.monotonic() < deadline


@pytest.mark.slow
def test_a_connection_that_asks_for_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "REQUEST_SECS", 0.3)
    with served(FakeEngine()) as address:
        viewer = asked_in_time(address)  # and is left alone
        for half in (b"", b"GET / HTTP/1.1\r\nHost: local"):
            with socket.create_connection(address, 60) as silent:
                silent.sendall(half)
                with suppress(ConnectionResetError):
                    assert silent.recv(1) == b""
        viewer.send(b"\x03\xe8", 8)
        assert viewer.close_code() == 1000
        viewer.close()


def test_a_port_that_is_taken() -> None:
    with bind_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken on 127.0.0.1: choose another"):
            serve(FakeProgram(), port=port)


def test_a_screen_that_cannot_be_described_is_said_at_once() -> None:
    class Broken(TextScreen):
        def render(self, ui: Ui, tokens: DesignTokens) -> None:
            raise RuntimeError("no such thing")

    with pytest.raises(UsageError, match="no such thing"):
        serve(Program([Broken("Broken")]), port=0)


def test_without_a_port_the_next_free_one() -> None:
    with bind_socket("127.0.0.1", None) as first, bind_socket("127.0.0.1", None) as second:
        ports = [first.getsockname()[1], second.getsockname()[1]]
        assert PORT_DEFAULT <= ports[0] < ports[1]


@pytest.mark.parametrize(
    ("host", "port"), [("x" * 300, 0), ("203.0.113.77", 0), ("127.0.0.1", 99_999), ("127.0.0.1", -1)]
)
def test_an_address_that_is_not_ours(host: str, port: int) -> None:
    with pytest.raises(UsageError, match="cannot listen on|port must be"):
        bind_socket(host, port)


def test_the_address_to_open() -> None:
    with bind_socket("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        assert url_of(sock) == f"http://127.0.0.1:{port}/"
        assert url_of(sock, "/live") == f"http://127.0.0.1:{port}/live/"


@pytest.mark.parametrize("root_path", ["/live", "live", "/live/"])
@pytest.mark.parametrize("path", ["/live/s/shop", "/s/shop"])
def test_a_prefix_that_the_proxy_strips_or_not(root_path: str, path: str) -> None:
    seen: list[Any] = []
    app = asgi_app(FakeProgram(), engine=FakeEngine())

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["root_path"], scope["path"]))
        await app(scope, receive, send)

    answer = ask(RootPath(noting, root_path), path)
    assert seen == [("/live", "/live/s/shop")]
    assert answer.headers["location"] == "./shop/"


def test_no_browser_is_opened_where_there_is_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not _has_browser()


def test_what_was_there_before_is_not_looked_through_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    num_frozen: list[int] = []
    monkeypatch.setattr(Server, "run", lambda self, sockets: num_frozen.append(gc.get_freeze_count()))
    monkeypatch.setattr(app, "_make_engine", lambda program: FakeEngine())
    serve(FakeProgram(), port=0)
    assert num_frozen[0] > 10_000
    assert gc.get_freeze_count() == 0, "whoever called has its garbage collected as before"


def test_u01_while_it_serves_it_looks_for_garbage_that_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    servers: list[Server] = []
    looked: list[Garbage] = []

    def look(garbage: Garbage) -> None:
        looked.append(garbage)
        end()

    def run(server: Server, sockets: list[socket.socket]) -> None:
        servers.append(server)
        uvicorn.Server.run(server, sockets)

    def end() -> None:
        servers[0].should_exit = True

    monkeypatch.setattr(Garbage, "look_if_due", look)
    monkeypatch.setattr(Server, "run", run)
    monkeypatch.setattr(app, "_make_engine", lambda program: FakeEngine())
    giving_up = threading.Timer(60.0, end)
    giving_up.start()
    try:
        serve(FakeProgram(), port=0)
    finally:
        giving_up.cancel()
    assert looked
