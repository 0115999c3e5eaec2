"""The databases that the contract is shown on: each is written by another program, and read by its driver."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb
import psycopg
import pymysql
from tests.sources import servers

from cadran.sources import Database, database
from cadran.testing.servers import USER


class Backend(Protocol):
    """A database of its own for one test, empty at first."""

    url: str
    endless: str
    """A query that never ends by itself."""
    unsteady: str
    """A query whose result changes by itself."""
    has_version: bool
    """Whether its driver has a cheap probe."""

    def execute(self, *statements: str) -> None:
        """Run these and commit each, as another program would."""
        ...

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read, without the driver that is tested."""
        ...


def open_database(backend: Backend, connections: int = 4) -> Database:
    """The database as the driver sees it."""
    return database(backend.url, connections=connections)


class SqliteBackend:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    unsteady = "SELECT random() AS chance"
    has_version = True

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/shop.db"
        self._writer = sqlite3.connect(folder / "shop.db", isolation_level=None)
        self._writer.execute("PRAGMA journal_mode = WAL")

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self._writer.execute(statement)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self._writer.execute(sql).fetchall()

    def close(self) -> None:
        self._writer.close()


@contextmanager
def sqlite_backend(folder: Path) -> Iterator[Backend]:
    backend = SqliteBackend(folder)
    yield backend
    backend.close()


class DuckdbBackend:
    endless = "SELECT count(*) AS n FROM range(1000000000000) AS r(i) WHERE i % 7 = 3"
    unsteady = "SELECT random() AS chance"
    has_version = True

    def __init__(self, folder: Path) -> None:
        self.url = f"duckdb:///{folder}/shop.duckdb"
        self._path = folder / "shop.duckdb"

    def execute(self, *statements: str) -> None:
        with duckdb.connect(self._path) as writer:
            for statement in statements:
                writer.execute(statement)
        _make_older(self._path)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(self._path) as reader:
            found: list[tuple[object, ...]] = reader.execute(sql).fetchall()
            return found


def _make_older(path: Path) -> None:
    """As if it were some time ago, and each time another moment: what has just changed is never taken as unchanged."""
    global _num_writes
    _num_writes += 1
    at_secs = time.time() - 1_000 + _num_writes
    os.utime(path, (at_secs, at_secs))


_num_writes = 0


@contextmanager
def duckdb_backend(folder: Path) -> Iterator[Backend]:
    yield DuckdbBackend(folder)


class PostgresBackend:
    endless = "SELECT count(*) AS n FROM generate_series(1, 1000000000000) AS i WHERE i % 7 = 3"
    unsteady = "SELECT random() AS chance"
    has_version = True

    def __init__(self, name: str) -> None:
        self.url = servers.postgres().url(name)
        self._writer = psycopg.connect(self.url, autocommit=True)

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self._writer.execute(statement.encode())

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self._writer.execute(sql.encode()).fetchall()

    def close(self) -> None:
        self._writer.close()


@contextmanager
def postgres_backend(folder: Path) -> Iterator[PostgresBackend]:
    backend = PostgresBackend("postgres")
    backend.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")  # quicker than a database for each test
    yield backend
    backend.close()


class MariadbBackend:
    endless = (
        "SELECT count(*) AS n FROM seq_1_to_1000000000 AS a JOIN seq_1_to_1000000000 AS b ON a.seq % 7 = b.seq % 3"
    )
    unsteady = "SELECT rand() AS chance"
    has_version = False

    def __init__(self) -> None:
        server = servers.mariadb()
        self.url = server.url("shop")
        self.writer = pymysql.connect(
            host="127.0.0.1", port=server.port, user=USER, password=server.password, autocommit=True
        )

    def execute(self, *statements: str) -> None:
        with self.writer.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.writer.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def close(self) -> None:
        self.writer.close()


@contextmanager
def mariadb_backend(folder: Path) -> Iterator[MariadbBackend]:
    backend = MariadbBackend()
    backend.execute("CREATE OR REPLACE DATABASE shop", "USE shop")
    yield backend
    backend.close()


BACKENDS: dict[str, Callable[[Path], object]] = {
    "sqlite": sqlite_backend,
    "duckdb": duckdb_backend,
    "postgres": postgres_backend,
    "mariadb": mariadb_backend,
}
"""By the driver's name: what opens a backend in a folder, for a ``with``. One that can't run here skips its tests."""
