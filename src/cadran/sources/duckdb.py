"""DuckDB files, read-only and locked, columnar from the database to the frame.

A file is open only while it is read: whoever holds it, even for reading, keeps its writer from opening it.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from cadran.errors import OutsideError, SourceTimeout
from cadran.polars_when_used import pl
from cadran.sources.driver import Connection, Ordered
from cadran.sources.duckdb_columns import frame_of
from cadran.sources.duckdb_order import exact_column, needs_exact_text, ordered
from cadran.sources.duckdb_walls import Names, config, is_unsteady, statement_that_reads
from cadran.sources.sql_text import bind

SETTLED_SECS = 0.1
"""A file that changed so shortly ago may change again within the resolution of its times."""


class DuckdbDriver:
    """A DuckDB file."""

    dialect = "duckdb"
    is_typed = True

    def __init__(self, path: str, num_threads: int = 2, memory: str = "1GB") -> None:
        self.name = f"duckdb:{path}"
        self.path = Path(path).absolute()  # now: the program may change its folder
        self.config = config(num_threads, memory)
        self._names: tuple[object, Names] | None = None

    def secrets(self) -> tuple[str, ...]:
        return ()

    def connect(self, timeout_secs: float) -> Connection:
        return DuckdbConnection(self)

    def version(self) -> object:
        """Return what tells whether the file, or the log of what was written to it, is as it was. Opens neither."""
        file, log = self._state_of(self.path), self._state_of(Path(f"{self.path}.wal"))
        if file is None:
            raise OutsideError(f"expected a database file at {self.path}, got none")
        newest_secs = max(one[2] / 1e9 for one in (file, log) if one is not None)
        return (file, log) if abs(time.time() - newest_secs) > SETTLED_SECS else object()

    def names(self, connection: Any) -> Names:
        """Return what the file defines, looked up once for all queries as long as it stays as it is."""
        version = self.version()
        if self._names is None or self._names[0] != version:
            self._names = version, Names(connection)
        return self._names[1]

    def close(self) -> None:
        """Nothing is held."""

    def _state_of(self, path: Path) -> tuple[int, int, int, int] | None:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise OutsideError(f"{path} can't be reached: {problem.strerror}") from None
        if not stat.S_ISREG(status.st_mode):
            raise OutsideError(f"expected a database file at {path}, got another kind of entry")
        return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


class DuckdbConnection:
    """One connection to a DuckDB file; between reads it is closed."""

    def __init__(self, driver: DuckdbDriver) -> None:
        self._driver = driver
        self._duckdb: Any = None
        self._lock = threading.Lock()
        self._is_cancelled = False

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        return self._fetch(sql, parameters, max_rows, timeout_secs, None)[0]

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        return ordered(*self._fetch(sql, parameters, max_rows, timeout_secs, column), column)

    def _fetch(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str | None
    ) -> tuple[pl.DataFrame, Mapping[str, str]]:
        """Return rows, and the types of the query's columns; ``column`` has its values as texts behind the others,
        where its own would not come back exactly."""
        duckdb = import_module("duckdb")
        timer = threading.Timer(timeout_secs, self.cancel)
        timer.daemon = True
        timer.start()
        try:
            connection = self._opened(duckdb)
            written, values = bind(sql, parameters, "dollar")
            body = statement_that_reads(connection, written)
            relation = connection.sql(f"SELECT * FROM ({body}\n) AS result LIMIT {max_rows:d}", params=values)
            types = {name: str(one) for name, one in zip(relation.columns, relation.types, strict=True)}
            is_exact = column is None or not needs_exact_text(types.get(column))
            frame = frame_of(relation, () if column is None or is_exact else (exact_column(column),))
        except duckdb.Error as problem:
            if self._is_cancelled:
                raise SourceTimeout(f"the query in {self._driver.path} was interrupted") from problem
            raise self._outside(duckdb, problem) from problem
        finally:
            timer.cancel()
        if self._is_cancelled:  # at the last moment, perhaps by the timer: this connection is over
            raise SourceTimeout(f"the query in {self._driver.path} was interrupted")
        return frame, types

    def version(self) -> object:
        return self._driver.version()

    def is_steady(self, sql: str) -> bool:
        if self._duckdb is None:
            return False
        try:
            return not is_unsteady(sql, self._driver.names(self._duckdb))
        except import_module("duckdb").Error:  # interrupted, say
            return False

    def cancel(self) -> None:
        with self._lock:
            self._is_cancelled = True
            if self._duckdb is not None:
                self._duckdb.interrupt()

    def rest(self) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            connection, self._duckdb = self._duckdb, None
        if connection is not None:
            connection.close()

    def _opened(self, duckdb: Any) -> Any:
        self._driver.version()  # says clearly what is wrong with the file itself; DuckDB would create none
        if self._duckdb is None:
            connection = duckdb.connect(str(self._driver.path), read_only=True, config=self._driver.config)
            with self._lock:
                self._duckdb = connection
        if self._is_cancelled:
            raise SourceTimeout(f"the query in {self._driver.path} was interrupted")
        return self._duckdb

    def _outside(self, duckdb: Any, problem: Exception) -> OutsideError:
        path, text = self._driver.path, str(problem).partition("\n")[0]
        if isinstance(problem, duckdb.IOException) and "lock" in text.lower():
            return OutsideError(f"{path} is held by a program that writes it, which DuckDB allows only one at a time")
        if isinstance(problem, duckdb.ConnectionException) or "different configuration" in text:
            advice = "read it there with @cadran.source, or close it"
            return OutsideError(f"{path} is open in this program with other settings: {advice}")
        if isinstance(problem, duckdb.IOException | duckdb.FatalException):
            return OutsideError(f"expected a DuckDB database that can be read at {path}: {text}")
        return OutsideError(f"the query failed in {path}: {text}")
