"""How long a whole result takes by each way to a database, beside its bare driver, in one process and interleaved."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import duckdb
import psycopg
import pymysql

from bench.results import CADRAN, Recorder
from cadran.sources.urls import driver_from_url
from cadran.testing.servers import USER, TemporaryMariadb, TemporaryPostgres

NUM_ROWS = 100_000
SQL = "SELECT * FROM orders"
COLUMNS = "(id BIGINT, ts TIMESTAMP, region VARCHAR(20), amount DOUBLE PRECISION, quantity INTEGER)"
PATHS = ("sqlite", "duckdb", "postgres", "mariadb")
RATIO = "of the bare driver's time"
Bare = Callable[[], object]


def measure_rows(recorder: Recorder, num_repeats: int) -> None:
    """Record, for each path, rows per second and the time it takes over that of the bare driver."""
    opened = {"sqlite": _sqlite, "duckdb": _duckdb, "postgres": _postgres, "mariadb": _mariadb}
    for name in PATHS:
        with opened[name]() as (url, bare):
            driver = driver_from_url(url)
            connection = driver.connect(60.0)
            fetch = partial(connection.fetch, SQL, {}, NUM_ROWS, 60.0)
            times: tuple[list[float], list[float]] = [], []
            calls: tuple[Bare, Bare] = fetch, bare
            for repeat in range(num_repeats + 1):
                for kept, call in zip(times, calls, strict=True):
                    began = time.perf_counter()
                    call()
                    took_secs = time.perf_counter() - began
                    connection.rest()  # DuckDB's file is closed in between, so that the other may open it
                    if repeat:
                        kept.append(took_secs)
            connection.close()
            driver.close()
        ours, theirs = map(statistics.median, times)
        recorder.add(case(name), CADRAN, 0, "rows read", "1/s", NUM_ROWS / ours)
        recorder.add(case(name), CADRAN, 0, RATIO, "×", ours / theirs)


def case(path: str) -> str:
    """Return the name of a case."""
    return f"{NUM_ROWS:,} rows from {path}"


def _values(series: str) -> str:
    return f"SELECT i, TIMESTAMP '2026-01-01 00:00:00', 'region 7', i * 1.37, i % 100 FROM {series}"


@contextmanager
def _sqlite() -> Iterator[tuple[str, Bare]]:
    with tempfile.TemporaryDirectory() as folder:
        file = sqlite3.connect(Path(folder) / "shop.db")
        file.execute(f"CREATE TABLE orders {COLUMNS}")
        rows = ((i, "2026-01-01 00:00:00", "region 7", i * 1.37, i % 100) for i in range(NUM_ROWS))
        file.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", rows)
        file.commit()
        yield f"sqlite:///{folder}/shop.db", lambda: file.execute(SQL).fetchall()
        file.close()


@contextmanager
def _duckdb() -> Iterator[tuple[str, Bare]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.duckdb"
        with duckdb.connect(path) as file:
            file.execute(f"CREATE TABLE orders {COLUMNS}")
            file.execute("INSERT INTO orders " + _values(f"range({NUM_ROWS}) AS r(i)"))

        def bare() -> object:
            with duckdb.connect(path, read_only=True) as file:
                return file.execute(SQL).fetchall()

        yield f"duckdb:///{path}", bare


@contextmanager
def _postgres() -> Iterator[tuple[str, Bare]]:
    with ExitStack() as stack:
        url = stack.enter_context(TemporaryPostgres()).url()
        shop = stack.enter_context(psycopg.connect(url, autocommit=True))
        shop.execute(f"CREATE TABLE orders {COLUMNS}".encode())
        shop.execute(f"INSERT INTO orders {_values(f'generate_series(1, {NUM_ROWS}) AS i')}".encode())
        yield url, lambda: shop.execute(SQL).fetchall()


@contextmanager
def _mariadb() -> Iterator[tuple[str, Bare]]:
    with ExitStack() as stack:
        server = stack.enter_context(TemporaryMariadb())
        shop = stack.enter_context(
            pymysql.connect(
                host="127.0.0.1",
                port=server.port,
                user=USER,
                password=server.password,
                database="shop",
                autocommit=True,
            )
        )
        cursor = shop.cursor()
        cursor.execute(f"CREATE TABLE orders {COLUMNS}")
        cursor.execute(f"INSERT INTO orders {_values(f'(SELECT seq AS i FROM seq_1_to_{NUM_ROWS}) AS r')}")

        def bare() -> object:
            cursor.execute(SQL)
            return cursor.fetchall()

        yield server.url(), bare
