"""How long it takes to look back past what is held, by database: the blocks of a view, beside one bare statement."""

from __future__ import annotations

import math
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import psycopg

from bench.results import CADRAN, Recorder
from cadran.frames.pasts import range_to_read
from cadran.sources import database
from cadran.store import level_for
from cadran.store.past import BLOCK_BUCKETS, Place
from cadran.testing.servers import TemporaryPostgres

NUM_ROWS = 2_000_000
SPANS = {"ten years": 3_650 * 86_400.0, "a year": 365 * 86_400.0, "a week": 7 * 86_400.0}
NUM_PX = 1_500
END = 1_795_000_000.0
STEP_SECS = SPANS["ten years"] / NUM_ROWS
PATHS = ("sqlite", "duckdb", "postgres")
RATIO = "of one bare statement's time"
ROWS = "rows read"
COLUMNS = "(id BIGINT PRIMARY KEY, ts DOUBLE PRECISION, amount DOUBLE PRECISION)"
INDEX = "CREATE INDEX by_time ON orders (ts)"
PAGED = "SELECT id, ts, amount FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit"
Bare = Callable[[str], object]


def measure_past(recorder: Recorder, num_repeats: int) -> None:
    """Record, for each path and span, how long a view takes, how many rows come, and the time over that of one
    statement of the bare driver."""
    opened = {"sqlite": _sqlite, "duckdb": _duckdb, "postgres": _postgres}
    for path in PATHS:
        with opened[path]() as (url, bare):
            query = database(url).query(PAGED, cursor="id", time="ts", every="5s", timeout="60s")
            watched = query.open()  # as while somebody looks: connections stay
            reader = query.past("ts", "amount")
            for span, span_secs in SPANS.items():
                k = level_for(span_secs, NUM_PX, END)
                low, high = (math.floor(math.ldexp(x, -k)) for x in (END - span_secs, END))
                numbers = range(math.floor(high / BLOCK_BUCKETS), math.floor(low / BLOCK_BUCKETS) - 1, -1)
                places = [Place(k, float(number)) for number in numbers]
                ours, theirs = [], []
                for repeat in range(num_repeats + 1):
                    num_rows, began = query.asked.num_rows, time.perf_counter()
                    for place in places:
                        reader.read(*range_to_read(place, high))
                    ours_secs = time.perf_counter() - began
                    num_rows = query.asked.num_rows - num_rows
                    began = time.perf_counter()
                    bare(_whole(END - span_secs, 2.0**k))
                    theirs_secs = time.perf_counter() - began
                    if repeat:
                        ours.append(ours_secs)
                        theirs.append(theirs_secs)
                millis = 1e3 * statistics.median(ours)
                recorder.add(case(path, span), CADRAN, 0, "a view", "ms", millis)
                recorder.add(case(path, span), CADRAN, 0, ROWS, "", float(num_rows))
                recorder.add(
                    case(path, span), CADRAN, 0, RATIO, "×", statistics.median(ours) / statistics.median(theirs)
                )
            watched.close()


def case(path: str, span: str) -> str:
    """Return the name of a case."""
    return f"{span} of {NUM_ROWS:,} rows in {path}"


def _whole(low_x: float, width: float) -> str:
    bucket = f"floor((ts - {low_x!r}) / {width!r})"
    return f"SELECT {bucket}, min(amount), max(amount) FROM orders WHERE ts >= {low_x!r} GROUP BY 1 ORDER BY 1"


def _values(series: str) -> str:
    return f"SELECT i, {END!r} - ({NUM_ROWS} - i) * {STEP_SECS!r}, i % 1009 FROM {series}"


@contextmanager
def _sqlite() -> Iterator[tuple[str, Bare]]:
    with tempfile.TemporaryDirectory() as folder:
        file = sqlite3.connect(Path(folder) / "shop.db", isolation_level=None)
        file.execute(f"CREATE TABLE orders {COLUMNS}")
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {NUM_ROWS})"
        file.execute(f"INSERT INTO orders {numbers} {_values('n')}")
        file.execute(INDEX)
        yield f"sqlite:///{folder}/shop.db", lambda sql: file.execute(sql).fetchall()
        file.close()


@contextmanager
def _duckdb() -> Iterator[tuple[str, Bare]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.duckdb"
        with duckdb.connect(path) as file:
            file.execute(f"CREATE TABLE orders {COLUMNS}")
            file.execute(f"INSERT INTO orders {_values(f'range(1, {NUM_ROWS + 1}) AS r(i)')}")

        def bare(sql: str) -> object:
            with duckdb.connect(path, read_only=True) as file:
                return file.execute(sql).fetchall()

        yield f"duckdb:///{path}", bare


@contextmanager
def _postgres() -> Iterator[tuple[str, Bare]]:
    with ExitStack() as stack:
        url = stack.enter_context(TemporaryPostgres()).url()
        shop = stack.enter_context(psycopg.connect(url, autocommit=True))
        shop.execute(f"CREATE TABLE orders {COLUMNS}".encode())
        shop.execute(f"INSERT INTO orders {_values(f'generate_series(1, {NUM_ROWS}) AS i')}".encode())
        shop.execute(INDEX.encode())
        shop.execute(b"VACUUM ANALYZE orders")
        yield url, lambda sql: shop.execute(sql.encode()).fetchall()
