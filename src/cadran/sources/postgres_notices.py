"""LISTEN and NOTIFY: one connection per database that hears of changes, and tells those who read."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable
from typing import Any

from cadran.backoff import Backoff
from cadran.errors import OutsideError

LOOK_SECS = 60.0
"""A connection that heard nothing for so long is asked whether it is still there."""


class NoticeBoard:
    """Who wants to know of which channel. A thread listens while anybody does; it reconnects by itself, and then
    tells everybody, as something may have been missed."""

    def __init__(self, name: str, connect: Callable[[], Any]) -> None:
        self._name = name
        self._connect = connect
        self._wanted: dict[str, list[Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._bell: socket.socket | None = None

    def listen(self, channel: str, on_notice: Callable[[], None]) -> Callable[[], None]:
        """Begin to tell ``on_notice`` of a channel; returns what ends that. Both return at once."""
        with self._lock:
            self._wanted.setdefault(channel, []).append(on_notice)
            if self._thread is None:
                bell, self._bell = socket.socketpair()
                name = f"cadran-listen-{self._name}"
                self._thread = threading.Thread(target=self._run, args=(bell,), name=name, daemon=True)
                self._thread.start()
        self._ring()

        def end() -> None:
            with self._lock:
                told = self._wanted.get(channel, [])
                if on_notice in told:
                    told.remove(on_notice)
                if not told:
                    self._wanted.pop(channel, None)
                is_last = not self._wanted
            if is_last:
                self.close()
            else:
                self._ring()

        return end

    def close(self) -> None:
        """Stop listening; ``listen`` may begin again."""
        with self._lock:
            self._wanted.clear()
            bell, self._bell = self._bell, None
            self._thread = None
        if bell is not None:
            bell.close()  # its other end sees this

    def _ring(self) -> None:
        with self._lock:
            if self._bell is not None:
                self._bell.send(b"\0")

    # --- the thread -----------------------------------------------------------------------------

    def _run(self, bell: socket.socket) -> None:
        backoff = Backoff()
        with bell:
            bell.setblocking(False)
            is_open = True
            while is_open:
                connection = None
                try:
                    connection = self._connect()
                    is_open = self._hear(connection, bell, backoff)
                except Exception as problem:
                    if not isinstance(problem, OutsideError | OSError) and not _is_of_driver(problem):
                        raise
                    is_open = _wait(bell, [], backoff.next_secs() + 0.1)
                finally:
                    if connection is not None:
                        connection.close()

    def _hear(self, connection: Any, bell: socket.socket, backoff: Backoff) -> bool:
        """Tell of notices until the bell is closed (False). Raises when the connection is lost."""
        heard, noticed = set[str](), set[str]()
        connection.add_notify_handler(lambda notice: noticed.add(notice.channel))
        while True:
            with self._lock:
                wanted = set(self._wanted)
            for channel in heard - wanted:
                connection.execute(f"UNLISTEN {_quoted(channel)}")
            for channel in wanted - heard:
                connection.execute(f"LISTEN {_quoted(channel)}")
            fresh, heard = wanted - heard, wanted
            if fresh:
                self._tell(fresh)  # of what came before the connection listened
                backoff.reset()
            if not _wait(bell, [connection], LOOK_SECS):
                return False
            connection.execute("SELECT 1")  # what waits comes with the answer; an end that nobody saw shows
            told = set(noticed)
            noticed -= told
            self._tell(told)

    def _tell(self, channels: set[str]) -> None:
        with self._lock:
            told = [one for channel in channels for one in self._wanted.get(channel, ())]
        for one in told:
            one()


def _wait(bell: socket.socket, others: list[Any], secs: float) -> bool:
    """Wait until something comes; returns whether the bell is still open."""
    with selectors.DefaultSelector() as selector:
        for one in (bell, *others):
            selector.register(one, selectors.EVENT_READ)
        if all(key.fileobj is not bell for key, _ in selector.select(secs)):
            return True
    try:
        return bell.recv(4_096) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _is_of_driver(problem: Exception) -> bool:
    return type(problem).__module__.startswith("psycopg")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
