"""SQLite files, read-only, by the standard library's driver alone.

A second SQLite copy in one process (other wheels bring their own) breaks WAL files for both.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
import stat
import threading
from collections.abc import Mapping
from pathlib import Path

from cadran.durations import format_secs
from cadran.errors import ClosedError, OutsideError, SourceTimeout
from cadran.polars_when_used import pl
from cadran.sources.digest import digest_rows
from cadran.sources.driver import QuerySpec
from cadran.sources.polled import Appended, Reader, Reading, Unchanged, Whole
from cadran.sources.sql_text import parameters_of
from cadran.sources.sqlite_walls import Walls
from cadran.updates.tables import frame_from_columns

FIRST_CURSOR = -(2**63)
MAX_BUSY_SECS = 1.0
"""How long a read waits for a lock; this wait can't be interrupted, so it is short."""
PROGRESS_STEPS = 10_000
Row = tuple[object, ...]


class SqliteDriver:
    """A SQLite file."""

    def __init__(self, path: str) -> None:
        self.name = f"sqlite:{path}"
        self.path = Path(path).absolute()  # now: the program may change its folder

    def open(self, query: QuerySpec) -> Reader:
        return SqliteReader(self.path, query)


class SqliteReader:
    """One query on one connection, kept open between reads so that ``PRAGMA data_version`` can be compared."""

    def __init__(self, path: Path, query: QuerySpec) -> None:
        self._path = path
        self._file_id: tuple[int, int] | None = None
        self._query = query
        self._connection: sqlite3.Connection | None = None
        self._walls = Walls()
        self._seen: tuple[int, object] | None = None  # data_version and the mark that was right then
        self._lock = threading.Lock()  # one read at a time; close waits for it
        self._state_lock = threading.Lock()
        self._is_reading = False
        self._is_cancelled = False
        self._is_closed = False

    # --- the Reader protocol --------------------------------------------------------------------

    def read(self, mark: object | None, now: float) -> Reading:
        """Read what changed since ``mark``. Raises ``OutsideError``, ``SourceTimeout`` after ``cancel``."""
        with self._lock:
            if self._is_closed:
                raise ClosedError(f"{self._query.id} is closed")
            with self._state_lock:
                self._is_reading, self._is_cancelled = True, False
            try:
                return self._read(mark)
            except (sqlite3.Error, sqlite3.Warning) as problem:
                self._disconnect()
                raise self._outside(problem) from problem
            except OutsideError:
                self._disconnect()
                raise
            finally:
                with self._state_lock:
                    self._is_reading = False

    def cancel(self) -> None:
        """Interrupt a running ``read`` in SQLite; without one, do nothing."""
        with self._state_lock:
            if self._is_reading:
                self._is_cancelled = True
                if self._connection is not None:
                    self._connection.interrupt()

    def close(self) -> None:
        self._is_closed = True
        self.cancel()
        with self._lock:
            self._disconnect()

    # --- reading --------------------------------------------------------------------------------

    def _read(self, mark: object | None) -> Reading:
        connection = self._connected()
        version = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if mark is not None and self._seen == (version, mark):
            return Unchanged(mark)
        reading = self._read_whole(connection, mark) if self._query.cursor is None else self._page(connection, mark)
        is_done = not isinstance(reading, Appended) or (not reading.more and self._is_paged)
        # The version is from before the query: a commit in between is seen next time.
        self._seen = (version, reading.mark) if is_done and self._walls.is_steady else None
        return reading

    @property
    def _is_paged(self) -> bool:
        """Whether fewer rows than ``:limit`` mean that there are no more; a LIMIT of its own would hide some."""
        return "limit" in parameters_of(self._query.sql)

    def _read_whole(self, connection: sqlite3.Connection, mark: object | None) -> Reading:
        limit = self._query.max_rows
        columns, rows = self._fetch(connection, {}, limit + 1)
        if len(rows) > limit:
            advice = "add a LIMIT or a WHERE, aggregate in SQL, read by cursor=, or raise max_rows"
            raise OutsideError(f"{self._query.id}: expected at most {limit:,} rows, got more; {advice}")
        digest = digest_rows(columns, rows)
        if digest == mark:
            return Unchanged(mark)
        return Whole(self._frame(columns, rows), digest)

    def _page(self, connection: sqlite3.Connection, mark: object | None) -> Reading:
        """Read up to ``limit`` rows behind the mark; one more is fetched to know whether there are more."""
        limit = self._query.limit
        parameters = {"cursor": FIRST_CURSOR if mark is None else mark, "limit": limit + 1}
        columns, rows = self._fetch(connection, parameters, limit + 1)
        cursors = self._cursors_of(columns, rows)
        more = len(rows) > limit
        if more:
            num_rows = limit
            if cursors[limit] == cursors[limit - 1]:  # equal cursors must not be cut by a page's edge
                num_rows = cursors.index(cursors[limit])
            if num_rows == 0:
                advice = "raise limit=, or use a column that is unique"
                got = f"more than {limit:,} rows with {self._query.cursor}={cursors[0]!r}"
                raise OutsideError(f"{self._query.id}: expected a cursor that grows, got {got}; {advice}")
            rows, cursors = rows[:num_rows], cursors[:num_rows]
        if not rows:
            return Unchanged(mark) if mark is not None else Appended(self._frame(columns, rows), FIRST_CURSOR)
        return Appended(self._frame(columns, rows), cursors[-1], more)

    def _cursors_of(self, columns: list[str], rows: list[Row]) -> list[object]:
        name = self._query.cursor
        if name not in columns:
            raise OutsideError(f"{self._query.id}: expected the cursor column {name!r} in the result, got {columns}")
        position = columns.index(name)
        cursors = [row[position] for row in rows]
        if any(cursor is None for cursor in cursors):
            got = "NULL in one"
            raise OutsideError(
                f"{self._query.id}: expected a value in the cursor column {name!r} of each row, got {got}"
            )
        for before, after in itertools.pairwise(cursors):
            # The order of texts depends on the column's collation: only numbers are checked.
            if isinstance(before, int | float) and isinstance(after, int | float) and before > after:
                advice = f"add ORDER BY {name}"
                raise OutsideError(f"{self._query.id}: expected rows in the order of {name!r}, got others; {advice}")
        return cursors

    def _fetch(
        self, connection: sqlite3.Connection, parameters: Mapping[str, object], num_rows: int
    ) -> tuple[list[str], list[Row]]:
        try:
            return _fetch(connection, self._query.sql, parameters, num_rows)
        except sqlite3.OperationalError as problem:
            if "decode to UTF-8" not in str(problem):
                raise
        connection.text_factory = _lenient_text  # slower, so only for files that need it
        return _fetch(connection, self._query.sql, parameters, num_rows)

    def _frame(self, columns: list[str], rows: list[Row]) -> pl.DataFrame:
        values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
        return frame_from_columns(dict(zip(columns, values, strict=True)), self._query.id)

    # --- the connection -------------------------------------------------------------------------

    def _connected(self) -> sqlite3.Connection:
        file_id = self._file_id_now()
        if self._connection is not None and file_id != self._file_id:
            self._disconnect()  # another file has this name now: the old one would look unchanged for ever
        if self._connection is None:
            connection = self._connect()
            self._file_id = file_id
            with self._state_lock:
                self._connection = connection
        return self._connection

    def _file_id_now(self) -> tuple[int, int]:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            raise OutsideError(f"{self._query.id}: expected a database file at {self._path}, got none") from None
        except OSError as problem:
            raise OutsideError(f"{self._query.id}: {self._path} can't be reached: {problem.strerror}") from None
        if not stat.S_ISREG(status.st_mode):
            raise OutsideError(f"{self._query.id}: expected a database file at {self._path}, got another kind of entry")
        return status.st_dev, status.st_ino

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self._path.as_uri()}?mode=ro"
        busy_secs = min(MAX_BUSY_SECS, self._query.timeout_secs / 2)
        connection = sqlite3.connect(
            uri, uri=True, timeout=busy_secs, isolation_level=None, check_same_thread=False, cached_statements=8
        )
        with contextlib.suppress(AttributeError, sqlite3.NotSupportedError):  # some builds have no extensions at all
            connection.enable_load_extension(False)
        connection.execute("PRAGMA query_only = ON")
        self._walls = Walls()
        connection.set_authorizer(self._walls)
        connection.set_progress_handler(lambda: self._is_cancelled, PROGRESS_STEPS)
        return connection

    def _disconnect(self) -> None:
        with self._state_lock:
            connection, self._connection = self._connection, None
        self._seen = None
        if connection is not None:
            connection.close()

    # --- messages -------------------------------------------------------------------------------

    def _outside(self, problem: Exception) -> OutsideError:
        name = getattr(problem, "sqlite_errorname", "") or ""
        query, path = self._query, self._path
        if self._is_cancelled:
            advice = "make the query faster (an index, fewer rows) or raise timeout="
            return SourceTimeout(f"{query.id}: no result within {format_secs(query.timeout_secs)}; {advice}")
        if name.startswith("SQLITE_NOTADB"):
            return OutsideError(f"{query.id}: expected a SQLite database, got another kind of file: {path}")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return OutsideError(f"{query.id}: {path} is locked by another program; it is tried again")
        if name.startswith("SQLITE_CANTOPEN"):
            return OutsideError(f"{query.id}: {path} can't be opened; may this user read it and its folder?")
        if name.startswith("SQLITE_CORRUPT"):
            return OutsideError(f"{query.id}: {path} is damaged: {problem}")
        if name.startswith("SQLITE_AUTH") or "prohibited" in str(problem) or "not authorized" in str(problem):
            return OutsideError(f"{query.id}: expected a query that only reads, got one that does more ({problem})")
        return OutsideError(f"{query.id}: the query failed in {path}: {problem}")


def _fetch(
    connection: sqlite3.Connection, sql: str, parameters: Mapping[str, object], num_rows: int
) -> tuple[list[str], list[Row]]:
    cursor = connection.execute(sql, parameters)
    try:
        rows: list[Row] = cursor.fetchmany(num_rows)
        return _unique([column[0] for column in cursor.description or ()]), rows
    finally:
        cursor.close()  # else the read transaction stays open


def _unique(names: list[str]) -> list[str]:
    """Joined tables may give a name twice; the second becomes ``name_2``."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique


def _lenient_text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
