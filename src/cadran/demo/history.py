"""The demonstration's database: one SQLite file, written by one connection, which also does its checkpoints.

SQLite before 3.51.3 can damage a WAL file that two connections write or checkpoint; here there is only ever one.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cadran.demo.processes import Running
from cadran.errors import OutsideError

log = logging.getLogger("cadran")

SAMPLE_COLUMNS = (
    "cpu", "cpu_peak", "cpu_user", "cpu_system", "cpu_iowait", "memory", "swap", "net_in", "net_out", "disk_read",
    "disk_write", "load_1", "temperature",
)  # fmt: skip
KEEP_SECS = 24 * 3600
KEEP_TIME_SECS = 1800
KEEP_EVENTS = 500
_ASIDE = ("", "-wal", "-shm")
_APPLICATION_ID = 0x43616472  # "Cadr"
_VERSION = 1
SCHEMA = f"""
CREATE TABLE samples (
    id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, {", ".join(f"{name} REAL" for name in SAMPLE_COLUMNS)});
CREATE INDEX samples_by_time ON samples (ts);
CREATE TABLE processes (
    id TEXT PRIMARY KEY, pid INTEGER, name TEXT, cpu REAL, memory REAL, cpu_secs REAL, started REAL) WITHOUT ROWID;
CREATE TABLE process_time (ts INTEGER NOT NULL, name TEXT NOT NULL, secs REAL NOT NULL);
CREATE INDEX process_time_by_time ON process_time (ts);
CREATE TABLE events (id INTEGER PRIMARY KEY, ts REAL NOT NULL, level TEXT NOT NULL, what TEXT NOT NULL);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
"""


class Event(NamedTuple):
    """Something that happened, for people to read."""

    ts: float
    level: str
    what: str


class History:
    """The writer. Not thread-safe: it belongs to the thread that opens it. Raises ``sqlite3.Error`` and ``OSError``."""

    def __init__(self, path: Path, now: float) -> None:
        self._path = path
        self._now = now
        self._connection = self._opened()

    def write(
        self,
        now: float,
        samples: Iterable[tuple[float, Sequence[float | None]]] = (),
        processes: Iterable[Running] | None = None,
        secs_by_name: dict[str, float] | None = None,
        events: Iterable[Event] = (),
    ) -> None:
        """Write everything in one transaction. ``processes`` takes the place of those that were there."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            marks = ", ".join("?" * (len(SAMPLE_COLUMNS) + 1))
            sql = f"INSERT INTO samples (ts, {', '.join(SAMPLE_COLUMNS)}) VALUES ({marks})"
            connection.executemany(sql, [(ts, *values) for ts, values in samples])
            if processes is not None:
                connection.execute("DELETE FROM processes")
                rows = [
                    (f"{one.pid}@{one.started:.2f}", one.pid, one.name, one.cpu, one.memory, one.cpu_secs, one.started)
                    for one in processes
                ]
                connection.executemany("INSERT OR REPLACE INTO processes VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            times = [(now, name, round(secs, 2)) for name, secs in (secs_by_name or {}).items() if secs >= 0.005]
            connection.executemany("INSERT INTO process_time VALUES (?, ?, ?)", times)
            connection.executemany("INSERT INTO events (ts, level, what) VALUES (?, ?, ?)", list(events))
            connection.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def prune(self, now: float) -> None:
        """Let go of what is old, or newer than now by as much: a clock that was wrong."""
        for table, keep_secs in (("samples", KEEP_SECS), ("process_time", KEEP_TIME_SECS)):
            sql = f"DELETE FROM {table} WHERE ts < ? OR ts > ?"
            self._connection.execute(sql, (now - keep_secs, now + keep_secs))
        self._connection.execute("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", (KEEP_EVENTS,))

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint")
        self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.DatabaseError as problem:
            if not is_damage(problem):
                raise
            move_aside(self._path, f"is damaged ({problem})")
        return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=2.0)
        try:
            kind = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            is_new = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not is_new and kind != _APPLICATION_ID:
                raise OutsideError(f"{self._path} is a database of something else: it is left alone")
            damage = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise sqlite3.DatabaseError(f"malformed: {damage}")
            if not is_new and version != _VERSION:
                connection.close()
                move_aside(self._path, f"is of another version ({version})")
                return self._open()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if is_new:
                _create(connection, int(self._now))
            return connection
        except BaseException:
            connection.close()
            raise


def _create(connection: sqlite3.Connection, now: int) -> None:
    connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    # Ids go on from the clock: to one who read an older file to its end, a new file's rows are new.
    connection.execute("INSERT INTO samples (id, ts) VALUES (?, ?)", (now, now))
    connection.execute("INSERT INTO events (id, ts, level, what) VALUES (?, ?, 'info', 'Recording began')", (now, now))


def is_damage(problem: sqlite3.Error) -> bool:
    """Whether the file itself is broken, rather than busy, full or not allowed."""
    text = str(problem)
    return "malformed" in text or "not a database" in text or "disk image" in text


def move_aside(path: Path, why: str) -> None:
    """Rename a database that can't be used, with what belongs to it. Nothing is deleted."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    log.warning("%s %s; it is kept as %s.old-%s", path, why, path.name, stamp)
    for suffix in _ASIDE:
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(path.with_name(f"{path.name}.old-{stamp}{suffix}"))
