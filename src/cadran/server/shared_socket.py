"""A connection's transport into which a second thread may write: what is short and need not wait goes at once.

To wake an event loop for each message takes several times as much processor time as the message.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class SharedTransport(asyncio.Transport):
    """Everything but ``write_now`` is for the loop's own thread, and goes to the loop's own transport.

    The lock keeps both threads' messages whole and in order, and the socket open while it is written to.
    """

    def __init__(
        self, inner: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_open: Callable[[], bool] = lambda: True
    ) -> None:
        """``is_open``: whether a message may still follow; False from before the loop writes the end of all."""
        super().__init__()
        self._inner = inner
        self._loop = loop
        self._is_open = is_open
        self._lock = threading.Lock()
        self._descriptor = _descriptor_of(inner, loop)
        """Of the socket; -1 where nothing but its transport may write to it, and once the connection is lost."""
        self._rest = b""
        """What of a message the socket had no room for, until the loop takes it over."""

    # --- any thread ---

    def write_now(self, parts: tuple[bytes, ...]) -> bool:
        """Write a whole message past the loop; False, and nothing is written, where that can't be done at once."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._descriptor < 0 or self._rest or self._inner.get_write_buffer_size() or self._inner.is_closing():
                return False
            if not self._is_open():  # asked while the loop can't write: so nothing follows a close frame
                return False
            try:
                num_written = os.writev(self._descriptor, parts)
            except OSError:  # no room, or nobody there: the transport finds out, and does what there is to do
                return False
            if num_written < sum(map(len, parts)):
                self._rest = b"".join(parts)[num_written:]
                with suppress(RuntimeError):  # the loop has ended, and the connection with it
                    self._loop.call_soon_threadsafe(self.write, b"")
            return True
        finally:
            self._lock.release()

    # --- the loop ---

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with self._lock:
            if self._rest:
                self._inner.write(self._rest)
                self._rest = b""
            if data:
                self._inner.write(data)

    def lose(self) -> None:
        """The connection is lost: from now on its socket may be another's."""
        with self._lock:
            self._descriptor = -1
            self._is_open = _is_lost

    def close(self) -> None:
        self.write(b"")
        self._inner.close()

    def abort(self) -> None:
        self._inner.abort()

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def get_write_buffer_size(self) -> int:
        return len(self._rest) + self._inner.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        self._inner.resume_reading()


def _is_lost() -> bool:
    """What is asked of a lost connection, instead of a protocol that would be held by its own transport."""
    return False


def _descriptor_of(transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> int:
    """Return the descriptor of a plain socket of asyncio's own loop, -1 for all else: whether and when others close
    theirs, or encrypt what goes through it, is not for us to know."""
    sock = transport.get_extra_info("socket")
    if not isinstance(loop, asyncio.SelectorEventLoop) or sock is None or not hasattr(os, "writev"):
        return -1
    return -1 if transport.get_extra_info("sslcontext") else int(sock.fileno())
