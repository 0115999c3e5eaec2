"""Reads one query of any database: looks whether anything changed, and if so asks in the query's own way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from cadran.errors import ClosedError, OutsideError
from cadran.sources.asked import Asked
from cadran.sources.asking import Asking
from cadran.sources.cursor import CursorStrategy
from cadran.sources.driver import Connection, Driver, NoticingDriver, Ordered
from cadran.sources.late_cursor import LateCursorStrategy
from cadran.sources.polled import Appended, Merged, Reading, Unchanged
from cadran.sources.pool import ConnectionPool
from cadran.sources.probe import look_of
from cadran.sources.query_spec import QuerySpec
from cadran.sources.sql_text import parameters_of
from cadran.sources.strategy import Strategy
from cadran.sources.whole import WholeStrategy


class QueryReader:
    """One query, on whichever connection of its database is free. Satisfies ``Reader``."""

    def __init__(
        self, pool: ConnectionPool, spec: QuerySpec, asked: Asked, on_notice: Callable[[], None] | None = None
    ) -> None:
        self._pool = pool
        self._spec = spec
        self._asked = asked
        self._strategy = strategy_of(spec, pool.driver)
        self._look = look_of(spec)
        self._seen: tuple[object, object] | None = None  # a version, and the mark that was right then
        self._is_trusted = True  # until the first query tells
        self._asking = Asking(pool, spec)
        self._lock = threading.Lock()  # one read at a time; close waits for it
        self._is_closed = False
        self._on_notice = on_notice
        self._end_notices: Callable[[], None] | None = None
        self._name_way()
        pool.join()

    # --- the Reader protocol --------------------------------------------------------------------

    def read(self, mark: object | None, now: float) -> Reading:
        """Read what changed since ``mark``. Raises ``OutsideError``, ``SourceTimeout`` after ``cancel``."""
        with self._lock:
            if self._is_closed:
                raise ClosedError(f"{self._spec.id} is closed")
            self._listen()
            try:
                return self._asking.run(lambda connection: self._read(connection, mark, now))
            except OutsideError:
                self._seen = None
                raise

    def cancel(self) -> None:
        """End a running ``read`` at the database; without one, do nothing."""
        self._asking.cancel()

    def close(self) -> None:
        """Cancel what runs, and leave the connections to others."""
        was_closed, self._is_closed = self._is_closed, True
        self.cancel()
        if not was_closed:
            with self._lock:
                if self._end_notices is not None:
                    self._end_notices()
                self._pool.leave()

    def _listen(self) -> None:
        """From the first read on hear of changes, where the query names a channel."""
        channel, driver = self._spec.notify, self._pool.driver
        if channel is not None and self._on_notice is not None and self._end_notices is None:
            assert isinstance(driver, NoticingDriver)
            self._end_notices = driver.listen(channel, self._on_notice)

    # --- reading --------------------------------------------------------------------------------

    def _read(self, connection: Connection, mark: object | None, now: float) -> Reading:
        version = None
        if self._is_trusted:
            version = self._look.version(connection)
            self._asked.num_probes += version is not None
            if mark is not None and version is not None and self._seen == (version, mark):
                return Unchanged(mark)

        def fetch(parameters: Mapping[str, object], max_rows: int) -> Ordered:
            self._asked.num_queries += 1
            parameters = {**dict(self._spec.bound), **parameters}
            found = fetched(connection, self._spec, parameters, max_rows)
            self._asked.num_rows += found.rows.height
            return found

        reading = self._strategy.read(fetch, mark, now)
        is_done = not isinstance(reading, Appended | Merged) or (not reading.more and self._is_paged)
        self._is_trusted = self._look.is_trusted(connection)
        # The version is from before the query: what changes in between is seen next time.
        is_known = is_done and self._is_trusted and version is not None
        self._seen = (version, reading.mark) if is_known else None
        self._name_way(has_version=version is not None)
        return reading

    @property
    def _is_paged(self) -> bool:
        """Whether fewer rows than ``:limit`` mean that there are no more; a LIMIT of its own would hide some."""
        return "limit" in parameters_of(self._spec.sql)

    def _name_way(self, *, has_version: bool = True) -> None:
        is_probed = self._strategy.how == "digest" and self._is_trusted and has_version
        self._asked.how = "probe + digest" if is_probed else self._strategy.how


def fetched(connection: Connection, spec: QuerySpec, parameters: Mapping[str, object], max_rows: int) -> Ordered:
    """Run a query, with the values of the column by which it is read on, where there is one."""
    column = spec.cursor or (None if spec.late_secs is None else spec.time)
    if column is None:
        return Ordered(connection.fetch(spec.sql, parameters, max_rows, spec.timeout_secs), (), ())
    return connection.fetch_ordered(spec.sql, parameters, max_rows, spec.timeout_secs, column)


def strategy_of(spec: QuerySpec, driver: Driver) -> Strategy:
    """Return the way in which a query finds out what is new."""
    if spec.late_secs is not None and spec.time is not None and spec.key is not None:
        return LateCursorStrategy(spec, spec.time, spec.key, spec.late_secs, is_typed=driver.is_typed)
    if spec.cursor is not None:
        return CursorStrategy(spec, spec.cursor, is_typed=driver.is_typed)
    return WholeStrategy(spec)
