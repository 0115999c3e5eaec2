"""``cd.sql``: a query over live tables and series, inside the process.

It runs in DuckDB, in memory and locked as a DuckDB file is, in one thread: the same rows give the same result, to the
last bit and in the same order, which is what makes an equal result no change. (Polars' own SQL adds floats up in an
order that differs from call to call, and its queries may open files.)
"""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

import numpy as np

from cadran.durations import Duration, parse_secs
from cadran.errors import OutsideError, SourceTimeout, UsageError
from cadran.metrics.metric import Metric
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Points, Readable, TableReadable
from cadran.readable.tables import Frame
from cadran.sources.duckdb_columns import ArrowStream, frame_of
from cadran.sources.duckdb_walls import Names, config, is_unsteady, statement_that_reads
from cadran.sources.sql_text import first_table, is_reading

ROWS_MAX = 1_000_000
"""A result with more rows is an error."""
MEMORY = "1GB"
"""All queries together take no more than this, their inputs aside."""


class SqlTable(Metric[Frame], TableReadable):
    """The rows of a query over what it reads. Equal queries over equal reads are one value."""

    def __init__(
        self,
        sql: str,
        reads: dict[str, Readable[object]],
        *,
        key: str | None,
        time: str | None,
        name: str,
        timeout_secs: float,
    ) -> None:
        self.sql = sql
        self.names = tuple(reads)
        self._key = key
        self._time = time
        super().__init__(self._run, tuple(reads.values()), name=name, timeout_secs=timeout_secs)

    @property
    def time_column(self) -> str | None:
        return self._time

    @property
    def key_column(self) -> str | None:
        return self._key

    def _run(self, *values: object) -> pl.DataFrame:
        tables = {name: table_of(value) for name, value in zip(self.names, values, strict=True)}
        return run_sql(self.sql, tables, self.timeout_secs)

    def _made(self, reads: tuple[Readable[object], ...]) -> SqlTable:
        named = dict(zip(self.names, reads, strict=True))
        return SqlTable(self.sql, named, key=self._key, time=self._time, name=self.name, timeout_secs=self.timeout_secs)

    def _identity(self) -> tuple[object, ...]:
        return self.sql, self.names, self.inputs, self._key, self._time, self.timeout_secs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SqlTable) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


def sql(
    query: object,
    /,
    *,
    key: str | None = None,
    time: str | None = None,
    name: str | None = None,
    timeout: Duration = "5s",
    **reads: Readable[Any],
) -> SqlTable:
    """Rows of a ``SELECT`` over what is given by name: ``cd.sql("SELECT … FROM orders", orders=orders.last("1d"))``.

    Tables are tables, a series one of ``x`` and ``y``, a single value one row of ``value``. ``key`` and ``time`` name
    columns of the result, as a source does. Needs DuckDB. Raises ``UsageError`` for anything but one query that reads,
    reads nothing else than what it is given, and gives the same rows for the same data.
    """
    if not isinstance(query, str) or not is_reading(query):
        raise UsageError(f"sql() needs a SELECT over what it is given, got {query!r}")
    if not reads:
        raise UsageError('sql() needs what the query reads, such as sql("SELECT … FROM orders", orders=orders)')
    for read_name, read in reads.items():
        if not isinstance(read, Readable):
            raise UsageError(f"sql() reads sources, their parts and metrics; {read_name}= is {read!r}")
    walls = _walls()
    try:
        statement = statement_that_reads(walls.database, query)
    except (OutsideError, walls.duckdb.Error) as problem:
        raise UsageError(f"sql(): {_first_line(problem)}") from problem
    if is_unsteady(query, walls.names):
        raise UsageError(
            "sql() takes what gives the same rows for the same data: no clock, no chance, no function that reads "
            'elsewhere; for the newest rows give it a window, such as orders.last("1d")'
        )
    label, timeout_secs = name or first_table(query) or "sql", parse_secs(timeout, "timeout")
    return SqlTable(statement.strip(), reads, key=key, time=time, name=label, timeout_secs=timeout_secs)


def table_of(value: object) -> pl.DataFrame:
    """Return what a query reads as a table: a series as ``x`` and ``y``, a single value as one row of ``value``."""
    if is_frame(value):
        # DuckDB does not take a column without a type.
        return value.with_columns(pl.col(pl.Null).cast(pl.Int64)) if pl.Null in value.dtypes else value
    if isinstance(value, Points):
        return pl.DataFrame({"x": np.ascontiguousarray(value.xs), "y": pl.Series(value.ys, nan_to_null=True)})
    return table_of(pl.DataFrame({"value": [value]}))


def run_sql(sql: str, tables: dict[str, pl.DataFrame], timeout_secs: float) -> pl.DataFrame:
    """Run one checked query; a table without columns has nothing to give yet, so neither has the result.

    Raises ``OutsideError`` with DuckDB's words, ``SourceTimeout`` past the time-out, at which the query is interrupted.
    """
    if any(not frame.columns for frame in tables.values()):
        return pl.DataFrame()
    walls = _walls()
    with _lock:
        cursor = walls.database.cursor()  # what it is given is seen by no other
    interrupted = threading.Event()

    def interrupt() -> None:
        interrupted.set()
        cursor.interrupt()

    timer = threading.Timer(timeout_secs, interrupt)
    timer.daemon = True
    timer.start()
    try:
        for name, frame in tables.items():
            cursor.register(name, ArrowStream(frame))
        result = cursor.sql(f"SELECT * FROM ({sql}\n) AS result LIMIT {ROWS_MAX + 1:d}")
        found = frame_of(result)
    except walls.duckdb.Error as problem:
        if interrupted.is_set():
            raise SourceTimeout(f"the query took longer than {timeout_secs:g} s and was interrupted") from problem
        raise OutsideError(_first_line(problem)) from problem
    finally:
        timer.cancel()
        cursor.close()
    if found.height > ROWS_MAX:
        raise OutsideError(f"the query gives more than {ROWS_MAX:,} rows: aggregate them, or add LIMIT")
    return found


class _Walls:
    """The one database in memory: empty, locked, and the same for all queries."""

    def __init__(self) -> None:
        try:
            self.duckdb: Any = import_module("duckdb")
        except ImportError as problem:
            raise UsageError('cd.sql needs DuckDB: pip install "cadran[duckdb]"') from problem
        self.database: Any = self.duckdb.connect(":memory:", config=config(1, MEMORY))
        self.names = Names(self.database)


_lock = threading.Lock()
_made: list[_Walls] = []


def _walls() -> _Walls:
    with _lock:
        if not _made:
            _made.append(_Walls())
        return _made[0]


def _first_line(problem: BaseException) -> str:
    return str(problem).partition("\n")[0]
