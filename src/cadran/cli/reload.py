"""``cadran run --reload``: the parent keeps the socket, children serve on it.

A change starts a new child, which imports and describes while the old one serves. If that fails the old one goes on
and the message is printed; else the old one is asked to stop, and the new one starts once it has. Connections made
in between wait in the socket's backlog, so that no page finds the door shut.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from watchfiles import PythonFilter, watch

from cadran.cli.child import Order
from cadran.cli.loading import Target
from cadran.cli.serving import check_page
from cadran.cli.worker import Worker
from cadran.errors import UsageError
from cadran.server.bind import bind_socket, check_bind
from cadran.settings import Settings

_DEBOUNCE_MILLIS = 200
_IDLE_MILLIS = 200


def run_with_reload(target: Target, settings: Settings) -> int:
    """Serve and follow changes until SIGINT or SIGTERM; return the exit code."""
    if sys.platform == "win32":
        raise UsageError("--reload needs Linux or macOS: on Windows, run without it")
    server = settings.server
    check_bind(server.host, server.token)
    check_page()
    sock = bind_socket(server.host, server.port)
    supervisor = Supervisor(Order.of(target, settings), sock.fileno())
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        for names in _changes(target.file.parent):
            if names or not supervisor.has_started:
                supervisor.replace(names)
            else:
                supervisor.notice_end()
    except KeyboardInterrupt:
        pass
    finally:
        supervisor.stop()
        sock.close()
        signal.signal(signal.SIGTERM, before)
    return 0


class Supervisor:
    """At most one child that serves, and one that gets ready to take its place."""

    def __init__(self, order: Order, socket_fd: int) -> None:
        self._order = order
        self._socket_fd = socket_fd
        self._serving: Worker | None = None
        self._coming: Worker | None = None
        self.has_started = False

    def replace(self, why: str) -> None:
        """Start a new child; it takes over once it has imported the file, else the old one goes on."""
        is_first, self.has_started = not self.has_started, True
        self._coming = Worker(self._order, self._socket_fd)
        problem = self._coming.wait_ready()
        if problem is not None:
            self._coming.stop()
            self._coming = None
            is_serving = self._serving is not None and self._serving.is_alive
            follow = "the screens from before go on" if is_serving else "waiting for a change"
            print(f"cadran: {problem}\ncadran: {follow}", file=sys.stderr, flush=True)
            return
        if self._serving is not None:
            self._serving.stop()
        self._serving, self._coming = self._coming, None
        self._serving.serve()
        if not is_first:
            print(f"Reloaded: {why}", flush=True)
        self._order = self._order.again()

    def notice_end(self) -> None:
        """Say so, once, if the child that served has ended by itself."""
        if self._serving is not None and not self._serving.is_alive:
            code = self._serving.stop()
            self._serving = None
            print(f"cadran: the program ended with code {code}; waiting for a change", file=sys.stderr, flush=True)

    def stop(self) -> None:
        """Stop every child."""
        for worker in (self._coming, self._serving):
            if worker is not None:
                worker.stop()


def _changes(folder: Path) -> Iterator[str]:
    """Yield the names of the Python files that changed, once per burst; "" when watching begins and while idle."""
    for changes in watch(
        folder,
        watch_filter=PythonFilter(),
        debounce=_DEBOUNCE_MILLIS,
        rust_timeout=_IDLE_MILLIS,
        yield_on_timeout=True,
    ):
        yield ", ".join(sorted({Path(path).name for _, path in changes}))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
