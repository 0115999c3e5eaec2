"""Ending what runs at a server, from another thread, also where the server no longer answers."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from cadran.errors import SourceTimeout

AGAIN_SECS = 0.1
"""A cancel that comes between two statements ends none: it is sent again until the call is over."""
GIVE_UP_SECS = 2.0
"""After this the connection's socket is shut, whatever the server does."""


class Cancelling:
    """Whether a connection is cancelled, and the thread that ends what runs on it."""

    def __init__(self, cancel_once: Callable[[float], None], shut: Callable[[], None]) -> None:
        self._cancel_once = cancel_once
        self._shut = shut
        self._lock = threading.Lock()
        self._done: threading.Event | None = None
        self.is_cancelled = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """A call runs that ``cancel`` may end. Raises ``SourceTimeout`` where that came before."""
        done = threading.Event()
        with self._lock:
            if self.is_cancelled:
                raise SourceTimeout("it was cancelled")
            self._done = done
        try:
            yield
        finally:
            with self._lock:
                self._done = None
            done.set()

    def cancel(self) -> None:
        """End the call that runs, and let no other begin. Returns at once."""
        with self._lock:
            was_cancelled, self.is_cancelled = self.is_cancelled, True
            done = self._done
        if not was_cancelled and done is not None:
            threading.Thread(target=self._end, args=(done,), name="cadran-cancel", daemon=True).start()

    def _end(self, done: threading.Event) -> None:
        deadline = time.monotonic() + GIVE_UP_SECS
        while time.monotonic() < deadline:
            self._cancel_once(GIVE_UP_SECS / 2)
            if done.wait(AGAIN_SECS):
                return
        while not done.wait(AGAIN_SECS):  # again: it may only now have connected
            self._shut()


def shut_socket(descriptor: int) -> None:
    """Shut a driver's socket, so that whoever waits for it sees its end. The descriptor stays the driver's."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as copy:
        copy.shutdown(socket.SHUT_RDWR)
