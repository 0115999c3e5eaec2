"""Connections to one database: few, shared by its queries, each used by one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cadran.durations import format_secs
from cadran.errors import OutsideError
from cadran.sources.driver import Connection, Driver

CONNECTIONS = 4
"""The most connections that all queries of a database have together."""


class AllInUseError(OutsideError):
    """No connection got free in time."""


class ConnectionPool:
    """Lends connections out. The last one given back is lent first, so that few are open where few are needed."""

    def __init__(self, driver: Driver, num_max: int = CONNECTIONS, mono: Callable[[], float] = time.monotonic) -> None:
        self.driver = driver
        self.num_max = num_max
        """The most connections there are at a time."""
        self._mono = mono
        self._idle: list[Connection] = []
        self._num_lent = 0
        self._num_users = 0
        self._changed = threading.Condition()

    @property
    def num_open(self) -> int:
        """Connections that exist, lent or idle."""
        with self._changed:
            return self._num_lent + len(self._idle)

    def join(self) -> None:
        """A reader begins to use the pool."""
        with self._changed:
            self._num_users += 1

    def leave(self) -> None:
        """A reader has ended. After the last one everything is closed."""
        with self._changed:
            self._num_users -= 1
            is_last = self._num_users == 0
            idle, self._idle = (self._idle, []) if is_last else ([], self._idle)
        for connection in idle:
            connection.close()
        if is_last:
            self.driver.close()

    def take(self, timeout_secs: float, is_cancelled: Callable[[], bool]) -> tuple[Connection, bool]:
        """Return a connection, and whether it was used before. Raises ``AllInUseError`` where none gets free in
        time, or once ``is_cancelled`` (then ``wake`` must be called)."""
        deadline = self._mono() + timeout_secs
        with self._changed:
            while self._num_lent >= self.num_max and not is_cancelled():
                left_secs = deadline - self._mono()
                if left_secs <= 0 or not self._changed.wait(left_secs):
                    break
            if self._num_lent >= self.num_max or is_cancelled():
                busy = f"all {self.num_max} connections to {self.driver.name} are in use"
                raise AllInUseError(f"{busy}, and none got free within {format_secs(timeout_secs)}; it is tried again")
            self._num_lent += 1
            if self._idle:
                return self._idle.pop(), True
        try:
            return self.driver.connect(timeout_secs), False
        except BaseException:
            self._returned()
            raise

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next who needs one."""
        try:
            connection.rest()
        except OutsideError:
            self.throw_away(connection)
            return
        with self._changed:
            is_kept = self._num_users > 0
            if is_kept:
                self._idle.append(connection)
        if not is_kept:
            connection.close()
        self._returned()

    def throw_away(self, connection: Connection) -> None:
        """Close a connection that failed or was cancelled."""
        try:
            connection.close()
        finally:
            self._returned()

    def wake(self) -> None:
        """Let those who wait look whether they are cancelled."""
        with self._changed:
            self._changed.notify_all()

    def _returned(self) -> None:
        with self._changed:
            self._num_lent -= 1
            self._changed.notify()
