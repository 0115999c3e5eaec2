"""SQLite files, read-only, by the standard library's driver alone.

A second SQLite copy in one process (other wheels bring their own) breaks WAL files for both.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from cadran.errors import OutsideError, SourceTimeout
from cadran.polars_when_used import pl
from cadran.sources.driver import Connection, Ordered
from cadran.sources.plain import frame_from_fetched, frame_from_rows
from cadran.sources.sqlite_walls import Walls

MAX_BUSY_SECS = 1.0
"""How long a read waits for a lock; this wait can't be interrupted, so it is short."""
PROBE_BUSY_SECS = 0.05
PROGRESS_STEPS = 10_000
FileId = tuple[int, int]
T = TypeVar("T")


class SqliteDriver:
    """A SQLite file, and one connection beside those that read, which tells whether the file changed."""

    dialect = "sqlite"
    is_typed = False

    def __init__(self, path: str) -> None:
        self.name = f"sqlite:{path}"
        self.path = Path(path).absolute()  # now: the program may change its folder
        self._watch: tuple[FileId, sqlite3.Connection] | None = None
        self._num_watches = 0
        self._lock = threading.Lock()

    def secrets(self) -> tuple[str, ...]:
        return ()

    def connect(self, timeout_secs: float) -> Connection:
        return SqliteConnection(self, min(MAX_BUSY_SECS, timeout_secs / 2))

    def version(self) -> object:
        """Return which file this is, and how often others committed to it since it is watched."""
        file_id = self.file_id()
        with self._lock:
            if self._watch is None or self._watch[0] != file_id:
                self._end_watch()
                self._watch = file_id, open_read_only(self.path, PROBE_BUSY_SECS, Walls())
                self._num_watches += 1
            try:
                # It never writes: all commits are those of others, and count.
                version = self._watch[1].execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error as problem:
                self._end_watch()
                if is_busy(problem):
                    return object()  # equal to nothing: the query waits longer than a look may
                raise outside(problem, self.path) from problem
            return file_id, self._num_watches, version

    def file_id(self) -> FileId:
        """Return what tells this file from another one of the same name. Raises ``OutsideError`` where none is."""
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            raise OutsideError(f"expected a database file at {self.path}, got none") from None
        except OSError as problem:
            raise OutsideError(f"{self.path} can't be reached: {problem.strerror}") from None
        if not stat.S_ISREG(status.st_mode):
            raise OutsideError(f"expected a database file at {self.path}, got another kind of entry")
        return status.st_dev, status.st_ino

    def close(self) -> None:
        with self._lock:
            self._end_watch()

    def _end_watch(self) -> None:
        if self._watch is not None:
            self._watch[1].close()
            self._watch = None


class SqliteConnection:
    """One connection to a SQLite file. It opens another one when the file was replaced."""

    def __init__(self, driver: SqliteDriver, busy_secs: float) -> None:
        self._driver = driver
        self._busy_secs = busy_secs
        self._file_id: FileId | None = None
        self._sqlite: sqlite3.Connection | None = None
        self._walls = Walls()
        self._deadline_mono = 0.0
        self._is_cancelled = False

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        return self._run(timeout_secs, lambda connection: _fetch(connection, sql, parameters, max_rows))

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        return self._run(timeout_secs, lambda connection: _fetch_ordered(connection, sql, parameters, max_rows, column))

    def _run(self, timeout_secs: float, work: Callable[[sqlite3.Connection], T]) -> T:
        self._deadline_mono = time.monotonic() + timeout_secs
        try:
            connection = self._opened()
            try:
                return work(connection)
            except sqlite3.OperationalError as problem:
                if "decode to UTF-8" not in str(problem):
                    raise
            connection.text_factory = _lenient_text  # slower, so only for files that need it
            return work(connection)
        except (sqlite3.Error, sqlite3.Warning) as problem:
            if self._is_over():
                raise SourceTimeout(f"the query in {self._driver.path} was interrupted") from problem
            raise outside(problem, self._driver.path) from problem

    def version(self) -> object:
        return self._driver.version()

    def is_steady(self, sql: str) -> bool:
        return self._walls.is_steady

    def cancel(self) -> None:
        self._is_cancelled = True
        connection = self._sqlite
        if connection is not None:
            with contextlib.suppress(sqlite3.ProgrammingError):  # it was closed just now
                connection.interrupt()

    def rest(self) -> None:
        """A connection without a statement holds no lock."""

    def close(self) -> None:
        connection, self._sqlite = self._sqlite, None
        if connection is not None:
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        file_id = self._driver.file_id()
        if self._sqlite is not None and file_id != self._file_id:
            self.close()  # another file has this name now: the old one would look unchanged for ever
        if self._sqlite is None:
            self._sqlite = open_read_only(self._driver.path, self._busy_secs, self._walls)
            self._sqlite.set_progress_handler(self._is_over, PROGRESS_STEPS)
            self._file_id = file_id
        self._walls.is_steady = True  # what is prepared next tells
        return self._sqlite

    def _is_over(self) -> bool:
        return self._is_cancelled or time.monotonic() >= self._deadline_mono


def open_read_only(path: Path, busy_secs: float, walls: Walls) -> sqlite3.Connection:
    """Open a file so that nothing can be done with it but read. Raises ``OutsideError``."""
    try:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro",
            uri=True,
            timeout=busy_secs,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=0,  # each run is prepared anew, so that the walls see all that it reads
        )
        with contextlib.suppress(AttributeError, sqlite3.NotSupportedError):  # some builds have no extensions at all
            connection.enable_load_extension(False)
        connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as problem:
        raise outside(problem, path) from problem
    connection.set_authorizer(walls)
    return connection


def is_busy(problem: Exception) -> bool:
    """Whether another program holds a lock on the file."""
    return (getattr(problem, "sqlite_errorname", "") or "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def outside(problem: Exception, path: Path) -> OutsideError:
    """Return what SQLite said, for people."""
    name = getattr(problem, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_NOTADB"):
        return OutsideError(f"expected a SQLite database, got another kind of file: {path}")
    if is_busy(problem):
        return OutsideError(f"{path} is locked by another program; it is tried again")
    if name.startswith("SQLITE_CANTOPEN"):
        return OutsideError(f"{path} can't be opened; may this user read it and its folder?")
    if name.startswith("SQLITE_CORRUPT"):
        return OutsideError(f"{path} is damaged: {problem}")
    if name.startswith("SQLITE_AUTH") or "prohibited" in str(problem) or "not authorized" in str(problem):
        return OutsideError(f"expected a query that only reads, got one that does more ({problem})")
    return OutsideError(f"the query failed in {path}: {problem}")


def _fetch(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, object], max_rows: int) -> pl.DataFrame:
    cursor = connection.execute(sql, parameters)
    try:
        return frame_from_fetched([column[0] for column in cursor.description or ()], cursor.fetchmany, max_rows)
    finally:
        cursor.close()  # else the read transaction stays open


def _fetch_ordered(
    connection: sqlite3.Connection, sql: str, parameters: Mapping[str, object], max_rows: int, column: str
) -> Ordered:
    """A column's values as SQLite gives them go back as they are: it has the types of Python."""
    cursor = connection.execute(sql, parameters)
    try:
        names = [one[0] for one in cursor.description or ()]
        rows = cursor.fetchmany(max_rows)
    finally:
        cursor.close()
    index = names.index(column) if column in names else None
    values = [] if index is None else [row[index] for row in rows]
    return Ordered(frame_from_rows(names, rows), values, ())


def _lenient_text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
