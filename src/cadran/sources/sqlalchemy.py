"""Databases by SQLAlchemy: MySQL and MariaDB, ClickHouse, SQL Server, Snowflake, BigQuery, Trino.

What differs between them is in ``sqlalchemy_kinds.py``. No probe of theirs never misses: results are compared.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from importlib import import_module
from typing import Any

from cadran.errors import OutsideError, SourceTimeout
from cadran.polars_when_used import pl
from cadran.sources.driver import Connection, ConnectionLostError, Ordered
from cadran.sources.plain import frame_from_rows
from cadran.sources.server_cancel import Cancelling, shut_socket
from cadran.sources.sql_text import bind, code_of, is_reading, without_end
from cadran.sources.sqlalchemy_kinds import Kind
from cadran.sources.sqlalchemy_order import least_of
from cadran.sources.urls import Address

CONNECT_MAX_SECS = 10.0
GRACE_SECS = 5.0
"""A server that has not ended a query so long after its time-out answers no more."""
_MARK = re.compile(r"%\((\w+)\)s|%%")


class SqlalchemyDriver:
    """One database that SQLAlchemy has a dialect for."""

    is_typed = True

    def __init__(self, address: Address, kind: Kind) -> None:
        self.name = address.name
        self.dialect = kind.dialect
        self.kind = kind
        self._address = address
        self._lock = threading.Lock()
        self._engine: Any = None
        self._secret: str | None = None

    def connect(self, timeout_secs: float) -> Connection:
        return SqlalchemyConnection(self, min(CONNECT_MAX_SECS, timeout_secs))

    def open(self, timeout_secs: float) -> Any:
        """Return a connection of SQLAlchemy, with nothing begun. Raises ``ConnectionLostError``."""
        engine = self._engine_of(timeout_secs)
        try:
            connection = engine.connect()
            for statement in self.kind.at_connect:
                connection.exec_driver_sql(statement)
            connection.rollback()
        except Exception as problem:  # whatever a driver raises where it can't connect
            # From None: the driver's own error may hold what it was given.
            raise ConnectionLostError(f"{self.name} can't be reached: {text_of(problem)}") from None
        return connection

    def run_aside(self, statement: str, timeout_secs: float) -> None:
        """Run a statement on a connection of its own, or raise whatever the driver does."""
        engine = self._engine_of(timeout_secs)
        arguments, known = engine.dialect.create_connect_args(engine.url)
        raw = engine.dialect.connect(*arguments, **{**known, **self.kind.connect_args(math.ceil(timeout_secs))})
        try:
            raw.cursor().execute(statement)
        finally:
            raw.close()

    def secrets(self) -> tuple[str, ...]:
        return self._address.secrets()

    def close(self) -> None:
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _engine_of(self, timeout_secs: float) -> Any:
        address, secret = self._address, self._address.secret()
        with self._lock:
            if self._engine is None or secret != self._secret:
                sqlalchemy = import_module("sqlalchemy")
                url = sqlalchemy.URL.create(
                    self.kind.drivername,
                    username=address.user,
                    password=secret,
                    host=address.host or None,
                    port=address.port,
                    database=address.path or None,
                    query=dict(address.options),
                )
                given = self.kind.connect_args(max(1, math.ceil(timeout_secs)))
                try:
                    self._engine = sqlalchemy.create_engine(
                        url, poolclass=sqlalchemy.pool.NullPool, connect_args=given, hide_parameters=True
                    )
                except (sqlalchemy.exc.SQLAlchemyError, ImportError, TypeError, ValueError) as problem:
                    raise OutsideError(f"{self.name} can't be used: {text_of(problem)}") from None
                self._secret = secret
            return self._engine


class SqlalchemyConnection:
    """One connection; each read is a transaction that is read-only where there is such a thing, and rolled back."""

    def __init__(self, driver: SqlalchemyDriver, connect_secs: float) -> None:
        self._driver = driver
        self._kind = driver.kind
        self._connect_secs = connect_secs
        self._connection: Any = None
        self._lock = threading.Lock()
        self._cursor: Any = None
        self._cancelling = Cancelling(self._cancel_once, self._shut)

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        return self._fetch(sql, parameters, max_rows, timeout_secs, None).rows

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        return self._fetch(sql, parameters, max_rows, timeout_secs, column)

    def _fetch(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str | None
    ) -> Ordered:
        body = without_end(sql)
        if code_of(sql[len(body) + 1 :]).strip():
            raise OutsideError("expected one statement, got several")
        if not is_reading(body) or self._kind.refused.search(body):
            raise OutsideError("expected a query that only reads, got one that does more")
        written, values = bind(body, parameters, "pyformat")
        with self._running() as connection:
            self._kind.wait_for(connection.connection.dbapi_connection, timeout_secs + GRACE_SECS)
            for statement in self._kind.begin(timeout_secs, max_rows):
                connection.exec_driver_sql(statement)
            given: Any = values
            if connection.dialect.paramstyle == "qmark":
                written, given = _by_position(written, values)
            # The driver's own cursor: what SQLAlchemy makes of each row costs as much as the rows.
            self._cursor = cursor = self._kind.cursor(connection.connection.dbapi_connection)
            cursor.execute(written, given)
            rows = list(cursor.fetchmany(max_rows))
            description = list(cursor.description or ())
            names = [one[0] for one in description]
            index = names.index(column) if column in names else None
            order = None if index is None else self._kind.order_of(cursor, index)
            if len(rows) == max_rows and cursor.fetchone() is not None:
                self._leave()  # rather than to read what nobody wants
            else:
                cursor.close()
                connection.rollback()
        frame = _frame(description, rows, self._kind)
        if index is None or order is None:
            return Ordered(frame, (), ())
        return Ordered(frame, [order.exact(row[index]) for row in rows], order.least or least_of(frame.dtypes[index]))

    def version(self) -> None:
        return None

    def is_steady(self, sql: str) -> bool:
        return False

    def cancel(self) -> None:
        self._cancelling.cancel()

    def rest(self) -> None:
        """Between reads there is no transaction."""

    def close(self) -> None:
        with self._lock:
            connection, self._connection, self._cursor = self._connection, None, None
        if connection is not None:
            with suppress(Exception):  # it may be broken: that is why it is closed
                connection.invalidate()
                connection.close()

    # --- inside ---------------------------------------------------------------------------------

    @contextmanager
    def _running(self) -> Iterator[Any]:
        with self._cancelling.running():
            if self._connection is None:
                connection = self._driver.open(self._connect_secs)
                with self._lock:
                    self._connection = connection
            if self._cancelling.is_cancelled:
                raise SourceTimeout(f"the query in {self._driver.name} was cancelled")
            try:
                yield self._connection
            except OutsideError:
                raise
            except Exception as problem:  # each driver has errors of its own
                raise self._outside(problem) from None
            finally:
                self._cursor = None

    def _outside(self, problem: Exception) -> OutsideError:
        name, text = self._driver.name, text_of(problem)
        code = _code_of(problem)
        if self._cancelling.is_cancelled or code in self._kind.interrupted:
            return SourceTimeout(f"the query in {name} was interrupted")
        if self._is_lost(problem) or code in self._kind.lost:
            return ConnectionLostError(f"the connection to {name} was lost: {text}")
        return OutsideError(f"the query failed in {name}: {text}")

    def _is_lost(self, problem: Exception) -> bool:
        connection = self._connection
        if connection is None or connection.invalidated:
            return True
        original = getattr(problem, "orig", None) or problem
        return bool(connection.dialect.is_disconnect(original, connection.connection, self._cursor))

    def _leave(self) -> None:
        """Give up a connection with rows that were not read; the next call opens another."""
        with self._lock:
            connection, self._connection = self._connection, None
        self._kind.drop(connection.connection.dbapi_connection, self._cursor)
        connection.invalidate()
        connection.close()

    def _cancel_once(self, timeout_secs: float) -> None:
        connection, cursor = self._connection, self._cursor
        if connection is None:
            return
        with suppress(Exception):  # it ended just now, or the server does not answer: then its socket is shut
            statement = self._kind.kill(connection.connection.dbapi_connection)
            if statement is not None:
                self._driver.run_aside(statement, timeout_secs)
            elif cursor is not None and hasattr(cursor, "cancel"):
                cursor.cancel()

    def _shut(self) -> None:
        with self._lock, suppress(Exception):  # not each driver has a socket, or shows it
            if self._connection is not None:
                shut_socket(self._connection.connection.dbapi_connection._sock.fileno())


def text_of(problem: BaseException) -> str:
    """Return what a driver said, in one line, without the statement and its values."""
    original = getattr(problem, "orig", None) or problem
    arguments = getattr(original, "args", ())
    said = next((one for one in reversed(arguments) if isinstance(one, str) and one), None)
    return (said or str(original) or type(original).__name__).strip().partition("\n")[0]


def _code_of(problem: BaseException) -> object:
    original = getattr(problem, "orig", None) or problem
    return next(iter(getattr(original, "args", ())), None)


def _by_position(written: str, values: Mapping[str, object]) -> tuple[str, tuple[object, ...]]:
    """For drivers that know ``?`` alone."""
    names: list[str] = []

    def mark(found: re.Match[str]) -> str:
        if found[1] is None:
            return "%"
        names.append(found[1])
        return "?"

    return _MARK.sub(mark, written), tuple(values[name] for name in names)


def _frame(description: Sequence[Any], rows: Sequence[Sequence[Any]], kind: Kind) -> pl.DataFrame:
    """Return rows as a frame, with the types that the database says where no value tells."""
    whole = [i for i, column in enumerate(description) if _is_whole(column, rows, i)]
    if whole:
        rows = [[int(v) if i in whole and v is not None else v for i, v in enumerate(row)] for row in rows]
    if made := {i: make for i, column in enumerate(description) if (make := kind.value_of(column)) is not None}:
        rows = [[made[i](v) if i in made else v for i, v in enumerate(row)] for row in rows]
    frame = frame_from_rows([column[0] for column in description], rows)
    columns = [
        one.cast(kind.type_of(column)) if one.dtype == pl.Null() else one
        for one, column in zip(frame.get_columns(), description, strict=True)
    ]
    return pl.DataFrame(columns)


def _is_whole(column: Any, rows: Sequence[Sequence[Any]], index: int) -> bool:
    """Whether decimals without digits behind the point fit into 64 bits, such as sums of integers."""
    if len(column) < 6 or column[5] != 0:
        return False
    values = [row[index] for row in rows if row[index] is not None]
    return bool(values) and all(
        isinstance(v, Decimal) and v == v.to_integral_value() and abs(v) < 2**63 for v in values
    )
