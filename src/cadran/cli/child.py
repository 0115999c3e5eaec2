"""The process that serves under ``cadran run --reload``: ``python -m cadran.cli.child SOCKET_FD READY_FD``.

Its standard input brings one line with the order and one line "serve"; then its end means: stop.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import msgspec

from cadran.cli.loading import Target, load_program
from cadran.cli.serving import serve_program
from cadran.errors import CadranError
from cadran.settings import Settings


class Order(msgspec.Struct, frozen=True):
    """What a child is to serve, and how."""

    file: str
    name: str | None
    settings: Settings
    is_first: bool = True

    @classmethod
    def of(cls, target: Target, settings: Settings) -> Order:
        return cls(str(target.file), target.name, settings)

    def again(self) -> Order:
        """Return the order for a later child: the page is open already, the address known."""
        page = dataclasses.replace(self.settings.page, open=False)
        return Order(self.file, self.name, dataclasses.replace(self.settings, page=page), is_first=False)


class Ready(msgspec.Struct, frozen=True):
    """A child's answer after the import: ``problem`` says why it cannot serve."""

    problem: str | None = None


def main() -> int:
    """Import, answer, wait for the word, serve; return the exit code."""
    socket_fd, ready_fd = int(sys.argv[1]), int(sys.argv[2])
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    with os.fdopen(ready_fd, "wb") as ready:
        try:
            program = load_program(Target(Path(order.file), order.name))
        except CadranError as error:
            ready.write(msgspec.json.encode(Ready(str(error))) + b"\n")
            return 2
        ready.write(msgspec.json.encode(Ready()) + b"\n")
    if not sys.stdin.buffer.readline():
        return 0  # the parent is gone, or found another
    threading.Thread(target=_stop_at_end_of_input, name="cadran-leash", daemon=True).start()
    with socket.socket(fileno=socket_fd) as sock:
        return serve_program(program, order.settings, sock=sock, is_announced=order.is_first)


def _stop_at_end_of_input() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock must be free at exit
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
