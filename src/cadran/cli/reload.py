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
from cadran.cli.worker import Worker
from cadran.errors import UsageError
from cadran.server.bind import bind_socket, check_bind
from cadran.settings import Settings

_DEBOUNCE_MILLIS = 200


def run_with_reload(target: Target, settings: Settings) -> int:
    """Serve and follow changes until SIGINT or SIGTERM; return the exit code."""
    if sys.platform == "win32":
        raise UsageError("--reload needs Linux or macOS: on Windows, run without it")
    server = settings.server
    check_bind(server.host, server.token)
    sock = bind_socket(server.host, server.port)
    supervisor = Supervisor(Order.of(target, settings), sock.fileno())
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        supervisor.replace("")
        for names in _changes(target.file.parent):
            supervisor.replace(names)
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

    def replace(self, why: str) -> None:
        """Start a new child; it takes over once it has imported the file, else the old one goes on."""
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
        if why:
            print(f"Reloaded: {why}", flush=True)
        self._order = self._order.again()

    def stop(self) -> None:
        """Stop every child."""
        for worker in (self._coming, self._serving):
            if worker is not None:
                worker.stop()


def _changes(folder: Path) -> Iterator[str]:
    """Yield the names of the Python files that changed, once per burst."""
    for changes in watch(folder, watch_filter=PythonFilter(), debounce=_DEBOUNCE_MILLIS, recursive=True):
        yield ", ".join(sorted({Path(path).name for _, path in changes}))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
