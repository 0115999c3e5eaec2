"""PostgreSQL, by psycopg: rows come in binary, and become columns without a Python object for each time."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from cadran.errors import OutsideError, SourceTimeout
from cadran.polars_when_used import pl
from cadran.sources.driver import Connection, ConnectionLostError, Ordered
from cadran.sources.postgres_notices import NoticeBoard
from cadran.sources.postgres_order import EXACT, needs_exact_text, ordered
from cadran.sources.postgres_steady import is_steady_plan
from cadran.sources.postgres_types import LOADERS, asked_as, columns_of, is_known
from cadran.sources.server_cancel import Cancelling, shut_socket
from cadran.sources.sql_text import bind, code_of, without_end
from cadran.sources.urls import Address

CONNECT_MAX_SECS = 10.0
_ALIVE: dict[str, object] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_VERSION = """
    SELECT pg_postmaster_start_time()::text,
           CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text ELSE pg_current_snapshot()::text END
"""
# The whole snapshot: its end alone misses a transaction that began before another and commits after it. A standby's
# snapshot does not list what runs, but all that it shows comes from the log.
_IS_NULL = re.compile(
    r"(?<!%)%\((\w+)\)s(?=\s+is\s+(?:not\s+)?null\b)|(?<!\w)\(\s*%\((\w+)\)s\s*\)(?=\s*is\s+(?:not\s+)?null\b)",
    re.IGNORECASE,
)
_LOST = ("08", "57P01", "57P02", "57P03")
NUM_CASTS_MAX = 1_000
_Columns = tuple[str, str]
_ALL: _Columns = ("", "*")


class PostgresDriver:
    """One database of a PostgreSQL server."""

    dialect = "postgresql"
    is_typed = True

    def __init__(self, address: Address) -> None:
        self.name = address.name
        self._address = address
        self.cast_sql: set[str] = set()
        """Queries with columns of other types than are known: these are asked for as text."""
        self._board = NoticeBoard(self.name, lambda: self.open(CONNECT_MAX_SECS))

    def connect(self, timeout_secs: float) -> Connection:
        return PostgresConnection(self, min(CONNECT_MAX_SECS, timeout_secs))

    def listen(self, channel: str, on_notice: Callable[[], None]) -> Callable[[], None]:
        """Call ``on_notice`` (from a thread) at each NOTIFY of a channel, and whenever one may have been missed.
        Returns what ends this."""
        return self._board.listen(channel, on_notice)

    def open(self, timeout_secs: float) -> Any:
        """Return a connection of psycopg that can't write. Raises ``ConnectionLostError``."""
        psycopg = import_module("psycopg")
        address, secret = self._address, self._address.secret()
        known: dict[str, object] = {
            "host": address.host or None,
            "port": address.port,
            "dbname": address.path or None,
            "user": address.user,
            "password": secret,
            "application_name": "cadran",
            "options": "-c default_transaction_read_only=on",
            "connect_timeout": max(1, round(timeout_secs)),
            "client_encoding": "UTF8",
        }
        known |= {**_ALIVE, **address.options}
        try:
            connection = psycopg.connect(
                "", autocommit=True, **{name: value for name, value in known.items() if value is not None}
            )
        except (psycopg.Error, OSError, UnicodeError) as problem:
            # From None: the driver's own error may hold what it was given.
            raise ConnectionLostError(f"{self.name} can't be reached: {_text_of(problem)}") from None
        connection.prepare_threshold = None  # a prepared statement outlives a table that changed, and breaks poolers
        for oid, loader in LOADERS.items():
            connection.adapters.register_loader(oid, loader())
        return connection

    def secrets(self) -> tuple[str, ...]:
        return self._address.secrets()

    def close(self) -> None:
        self._board.close()


class PostgresConnection:
    """One connection; each read is a transaction that can't write, and is rolled back."""

    def __init__(self, driver: PostgresDriver, connect_secs: float) -> None:
        self._driver = driver
        self._connect_secs = connect_secs
        self._psycopg: Any = None
        self._lock = threading.Lock()
        self._cancelling = Cancelling(self._cancel_once, self._shut)
        self._last: tuple[str, str, Mapping[str, object]] | None = None

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        return self._fetch(sql, parameters, max_rows, timeout_secs, None)[0]

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        return ordered(*self._fetch(sql, parameters, max_rows, timeout_secs, column), column)

    def _fetch(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str | None
    ) -> tuple[pl.DataFrame, Mapping[str, int]]:
        """Return rows, and the types of the query's columns; ``column`` has its values as texts behind the others,
        where its own would not come back exactly."""
        written, values = _told_apart(*bind(sql, parameters, "pyformat"))
        body = without_end(written)
        if code_of(written[len(body) + 1 :]).strip():
            raise OutsideError("expected one statement, got several")
        with self._transaction(timeout_secs) as connection:
            known, columns = None, _ALL
            if sql in self._driver.cast_sql:
                known = self._run(connection, f"SELECT * FROM ({body}\n) AS result LIMIT 0", values).description
                columns = _as_text(known, column)
            cursor = self._select(connection, columns, body, values, max_rows)
            if known is None:
                known = cursor.description
                if (columns := _as_text(known, column)) is not _ALL:
                    if len(self._driver.cast_sql) < NUM_CASTS_MAX:
                        self._driver.cast_sql.add(sql)
                    cursor.close()
                    cursor = self._select(connection, columns, body, values, max_rows)
            frame = columns_of(cursor.description, cursor.fetchall())
        self._last = sql, body, values
        return frame, {one.name: one.type_code for one in reversed(known)}

    def version(self) -> object:
        with self._running() as connection:
            return tuple(connection.execute(_VERSION).fetchone())

    def is_steady(self, sql: str) -> bool:
        if self._last is None or self._last[0] != sql:
            return False
        _, body, values = self._last
        with self._transaction(self._connect_secs) as connection:
            plan = self._run(
                connection, f"EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT * FROM ({body}\n) AS result", values
            ).fetchone()[0]
            return is_steady_plan(plan, sql, lambda query, given: connection.execute(query, given).fetchone())

    def cancel(self) -> None:
        self._cancelling.cancel()

    def rest(self) -> None:
        """Between reads there is no transaction, which would hold no lock but the memory of the past."""

    def close(self) -> None:
        with self._lock:
            connection, self._psycopg = self._psycopg, None
        if connection is not None:
            connection.close()

    # --- inside ---------------------------------------------------------------------------------

    def _select(
        self, connection: Any, columns: _Columns, body: str, values: Mapping[str, object], max_rows: int
    ) -> Any:
        named, selected = columns
        return self._run(connection, f"SELECT {selected} FROM ({body}\n) AS result{named} LIMIT {max_rows:d}", values)

    def _run(self, connection: Any, sql: str, values: Mapping[str, object]) -> Any:
        """In the extended protocol, which takes one statement only; values are bound at the server."""
        return connection.cursor(binary=True).execute(sql, values)

    @contextmanager
    def _transaction(self, timeout_secs: float) -> Iterator[Any]:
        with self._running() as connection:
            milliseconds = max(1, round(timeout_secs * 1_000))
            connection.execute(f"BEGIN READ ONLY; SET LOCAL statement_timeout = {milliseconds:d}")
            yield connection
            connection.execute("ROLLBACK")  # what a query may have set for its session goes with it

    @contextmanager
    def _running(self) -> Iterator[Any]:
        psycopg = import_module("psycopg")
        with self._cancelling.running():
            try:
                yield self._opened()
            except (psycopg.Error, OSError) as problem:
                raise self._outside(psycopg, problem) from None

    def _opened(self) -> Any:
        if self._psycopg is None:
            connection = self._driver.open(self._connect_secs)
            with self._lock:
                self._psycopg = connection
        if self._cancelling.is_cancelled:
            raise SourceTimeout(f"the query in {self._driver.name} was cancelled")
        return self._psycopg

    def _outside(self, psycopg: Any, problem: BaseException) -> OutsideError:
        state, text, name = getattr(problem, "sqlstate", None) or "", _text_of(problem), self._driver.name
        if self._cancelling.is_cancelled or state == "57014":
            return SourceTimeout(f"the query in {name} was interrupted")
        connection = self._psycopg
        if state.startswith(_LOST) or (connection is not None and connection.closed):
            return ConnectionLostError(f"the connection to {name} was lost: {text}")
        if state == "25006":
            return OutsideError(f"expected a query that only reads, got one that does more ({text})")
        return OutsideError(f"the query failed in {name}: {text}")

    def _cancel_once(self, timeout_secs: float) -> None:
        connection = self._psycopg
        if connection is not None:
            with suppress(Exception):  # it ended just now, or the server does not answer: then its socket is shut
                connection.cancel_safe(timeout=timeout_secs)

    def _shut(self) -> None:
        with self._lock:
            if self._psycopg is not None and not self._psycopg.closed:
                shut_socket(self._psycopg.fileno())


def _told_apart(written: str, values: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """``:name IS NULL`` alone gives a parameter no type, which the server does not take: there it is a text."""
    named = _IS_NULL.sub(lambda found: f"(%({found[1] or found[2]}?)s::text)", written)
    texts = {f"{name}?": None if value is None else str(value) for name, value in values.items()}
    return named, {**values, **texts} if named != written else dict(values)


def _text_of(problem: BaseException) -> str:
    """Return what the server said, in one line."""
    diagnosis = getattr(problem, "diag", None)
    text = getattr(diagnosis, "message_primary", None) or str(problem).strip().partition("\n")[0]
    return text or type(problem).__name__


def _as_text(columns: Sequence[Any], ordered_by: str | None) -> _Columns:
    """Return new names for the columns of a result, and what to select so that all types are known, and that the
    column that orders the rows comes exactly."""
    index = next((i for i, one in enumerate(columns) if one.name == ordered_by), None)
    needs_text = index is not None and needs_exact_text(columns[index].type_code)
    if not needs_text and all(is_known(column.type_code) for column in columns):
        return _ALL
    names = ", ".join(f"c{i}" for i in range(len(columns)))
    selected = [
        f"{asked_as(column.type_code).format(f'c{i}')} AS {_quoted(column.name)}" for i, column in enumerate(columns)
    ]
    if needs_text:
        selected.append(f"CAST(c{index} AS text) AS {_quoted(EXACT)}")
    return f"({names})", ", ".join(selected)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
