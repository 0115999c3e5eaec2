"""What asks a database: a connection of the pool for each piece of work, cancelled from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from cadran.durations import format_secs
from cadran.errors import OutsideError, SourceTimeout
from cadran.sources.driver import Connection, ConnectionLostError
from cadran.sources.pool import AllInUseError, ConnectionPool
from cadran.sources.query_spec import QuerySpec
from cadran.sources.urls import scrub

T = TypeVar("T")


class Asking:
    """Asks on behalf of one query, one piece of work at a time, on whichever connection is free."""

    def __init__(self, pool: ConnectionPool, spec: QuerySpec) -> None:
        self._pool = pool
        self._spec = spec
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._is_working = self._is_cancelled = False

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do something on a connection; once more where one that was kept turns out to be lost.

        Raises ``OutsideError`` for people, with the query's name and without secrets; ``SourceTimeout`` after
        ``cancel``.
        """
        with self._lock:
            self._is_working, self._is_cancelled = True, False
        try:
            try:
                return self._on_one(work)
            except _KeptOneLostError:
                return self._on_one(work)
        except OutsideError as problem:
            raise self._told(problem) from None  # a driver's own error may hold what only it should know
        finally:
            with self._lock:
                self._is_working = False

    def cancel(self) -> None:
        """End running work at the database; without any, do nothing."""
        with self._lock:
            if self._is_working:
                self._is_cancelled = True
                if self._connection is not None:
                    self._connection.cancel()
        self._pool.wake()

    def _told(self, problem: OutsideError) -> OutsideError:
        is_late = self._is_cancelled or isinstance(problem, SourceTimeout)
        if is_late and not isinstance(problem, AllInUseError):  # who never had a connection is not slow
            advice = "make the query faster (an index, fewer rows) or raise timeout="
            within = f"no result within {format_secs(self._spec.timeout_secs)}"
            return SourceTimeout(f"{self._spec.id}: {within}; {advice}")
        return OutsideError(f"{self._spec.id}: {scrub(str(problem), *self._pool.driver.secrets())}")

    def _on_one(self, work: Callable[[Connection], T]) -> T:
        connection, was_used = self._pool.take(self._spec.timeout_secs, lambda: self._is_cancelled)
        is_usable = False
        try:
            with self._lock:
                self._connection = connection
                if self._is_cancelled:
                    raise OutsideError("cancelled")
            result = work(connection)
            is_usable = True
            return result
        except ConnectionLostError as problem:
            if was_used and not self._is_cancelled:
                raise _KeptOneLostError(str(problem)) from problem
            raise
        finally:
            with self._lock:
                self._connection = None
                is_usable = is_usable and not self._is_cancelled
            (self._pool.give_back if is_usable else self._pool.throw_away)(connection)


class _KeptOneLostError(ConnectionLostError):
    """A connection that was used before is gone: a new one may do."""
