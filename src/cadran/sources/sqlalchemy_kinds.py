"""What is different between the databases that are read by SQLAlchemy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cadran.polars_when_used import pl
from cadran.sources.sqlalchemy_order import Order, order_by_type, order_of_mysql, whole_of_bits

_NOTHING = re.compile(r"(?!)")


def _no_arguments(timeout_secs: int) -> dict[str, Any]:
    return {}


def _no_statements(timeout_secs: float, max_rows: int) -> list[str]:
    return []


def _no_kill(raw: Any) -> str | None:
    return None


def _wait_for(raw: Any, secs: float) -> None:
    pass


def _cursor(raw: Any) -> Any:
    return raw.cursor()


def _drop(raw: Any, cursor: Any) -> None:
    raw.close()


def _no_value(column: Any) -> None:
    return None


def _untyped(column: Any) -> Any:
    return pl.Null()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of database."""

    dialect: str
    drivername: str
    """Of SQLAlchemy."""
    module: str
    """What must be installed beside SQLAlchemy."""
    extra: str
    options: frozenset[str] = frozenset()
    """What may follow ``?``."""
    connect_args: Callable[[int], dict[str, Any]] = _no_arguments
    """By the seconds that connecting may take."""
    at_connect: tuple[str, ...] = ()
    begin: Callable[[float, int], list[str]] = _no_statements
    """Statements before each query, by its time-out in seconds and the most rows that are wanted."""
    wait_for: Callable[[Any, float], None] = _wait_for
    """Let the driver's connection wait for so many seconds for each answer."""
    cursor: Callable[[Any], Any] = _cursor
    """By the driver's connection: a cursor that fetches no more rows than are asked for, where there is one."""
    drop: Callable[[Any, Any], None] = _drop
    """End a connection of the driver without reading what its cursor still holds."""
    kill: Callable[[Any], str | None] = _no_kill
    """By the driver's connection: what ends its query when another connection says it."""
    refused: re.Pattern[str] = _NOTHING
    """What a query must not hold, where a read-only transaction does not prevent it."""
    interrupted: frozenset[object] = frozenset()
    """Codes of errors that say so."""
    lost: frozenset[object] = frozenset()
    order_of: Callable[[Any, int], Order] = order_by_type
    """By a cursor with a result and a column's index: how that column orders its rows."""
    value_of: Callable[[Any], Callable[[Any], object] | None] = _no_value
    """By a column's description: what makes a value of what the driver gives, where that must be done."""
    type_of: Callable[[Any], Any] = _untyped
    """The column's type by its description, where it holds no value."""


# --- MySQL and MariaDB --------------------------------------------------------------------------

_BIT = 16
_MYSQL_TYPES: Mapping[int, str] = {
    **dict.fromkeys((1, 2, 3, 8, 9, 13), "Int64"),
    **dict.fromkeys((0, 4, 5, 246), "Float64"),
    **dict.fromkeys((7, 12), "Datetime"),
    **dict.fromkeys((10, 14), "Date"),
    11: "Duration",
    _BIT: "Int64",
    **dict.fromkeys((15, 245, 247, 248, 249, 250, 251, 252, 253, 254, 255), "String"),
}


def _mysql_type(column: Any) -> Any:
    name = _MYSQL_TYPES.get(column[1], "Null")
    if column[1] in (0, 246) and column[5] == 0:
        name = "Int64"
    return getattr(pl, name)("us") if name in ("Datetime", "Duration") else getattr(pl, name)()


def _mysql_value(column: Any) -> Callable[[Any], object] | None:
    return whole_of_bits if column[1] == _BIT else None


def _mysql_arguments(timeout_secs: int) -> dict[str, Any]:
    return {
        "connect_timeout": timeout_secs,
        "read_timeout": timeout_secs,
        "write_timeout": timeout_secs,
        "charset": "utf8mb4",
        "local_infile": False,
    }


def _mysql_begin(timeout_secs: float, max_rows: int) -> list[str]:
    # Each runs the comment that is meant for it: MariaDB counts seconds, MySQL milliseconds.
    mariadb = f"/*M! , max_statement_time = {timeout_secs:.3f} */"
    mysql = f"/*!50704 , max_execution_time = {max(1, round(timeout_secs * 1_000)):d} */"
    return [f"SET SESSION sql_select_limit = {max_rows + 1:d} {mariadb} {mysql}", "START TRANSACTION READ ONLY"]


def _mysql_wait_for(raw: Any, secs: float) -> None:
    raw._read_timeout = secs  # connecting has another, and there is no other way to tell


def _mysql_drop(raw: Any, cursor: Any) -> None:
    # Whatever is closed in order reads all rows first.
    result, cursor._result = cursor._result, None
    if result is not None:
        result.unbuffered_active = False
    raw._force_close()


MYSQL = Kind(
    dialect="mysql",
    drivername="mysql+pymysql",
    module="pymysql",
    extra="mysql",
    options=frozenset({"ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"}),
    connect_args=_mysql_arguments,
    # A TIMESTAMP is a moment, and comes in the session's zone, where an hour of each autumn is there twice.
    at_connect=("SET SESSION TRANSACTION READ ONLY", "SET SESSION time_zone = '+00:00'"),
    begin=_mysql_begin,
    cursor=lambda raw: raw.cursor(import_module("pymysql.cursors").SSCursor),
    wait_for=_mysql_wait_for,
    drop=_mysql_drop,
    kill=lambda raw: f"KILL QUERY {raw.thread_id():d}",
    # Files are written by SELECT too; and what servers run of comments is not what we read.
    refused=re.compile(r"\binto\s+(outfile|dumpfile|@)|/\*M?!", re.IGNORECASE),
    interrupted=frozenset({1317, 1969, 3024, 1205}),
    lost=frozenset({2006, 2013, 1053, 4031, 0}),
    order_of=order_of_mysql,
    value_of=_mysql_value,
    type_of=_mysql_type,
)


# --- those that are not tested here against a server --------------------------------------------

CLICKHOUSE = Kind(
    dialect="clickhouse",
    drivername="clickhousedb",
    module="clickhouse_connect",
    extra="clickhouse",
    options=frozenset({"secure", "verify", "ca_cert"}),
    connect_args=lambda timeout_secs: {"connect_timeout": timeout_secs, "settings": {"readonly": 2}},
    begin=lambda timeout_secs, max_rows: [f"SET max_execution_time = {math.ceil(timeout_secs):d}"],
)


def _mssql_wait_for(raw: Any, secs: float) -> None:
    # The server has no time-out for a statement, only for locks: its driver stops waiting.
    with suppress(AttributeError):
        raw._conn.query_timeout = math.ceil(secs)


MSSQL = Kind(
    dialect="mssql",
    drivername="mssql+pymssql",
    module="pymssql",
    extra="mssql",
    options=frozenset({"tds_version", "encryption"}),
    connect_args=lambda timeout_secs: {"login_timeout": timeout_secs, "read_only": True, "appname": "cadran"},
    begin=lambda timeout_secs, max_rows: [f"SET LOCK_TIMEOUT {round(timeout_secs * 1_000):d}"],
    wait_for=_mssql_wait_for,
    refused=re.compile(r"\binto\b|\bopenrowset\b|\bopenquery\b|\bopendatasource\b", re.IGNORECASE),
)
SNOWFLAKE = Kind(
    dialect="snowflake",
    drivername="snowflake",
    module="snowflake.sqlalchemy",
    extra="snowflake",
    options=frozenset({"warehouse", "role"}),
    connect_args=lambda timeout_secs: {"login_timeout": timeout_secs, "application": "cadran"},
    begin=lambda timeout_secs, max_rows: [
        f"ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {math.ceil(timeout_secs):d}"
        f", ROWS_PER_RESULTSET = {max_rows:d}"
    ],
)
BIGQUERY = Kind(
    dialect="bigquery",
    drivername="bigquery",
    module="sqlalchemy_bigquery",
    extra="bigquery",
    options=frozenset({"location", "credentials_path", "maximum_bytes_billed"}),
)
TRINO = Kind(
    dialect="trino",
    drivername="trino",
    module="trino",
    extra="trino",
    options=frozenset({"http_scheme"}),
    begin=lambda timeout_secs, max_rows: [f"SET SESSION query_max_execution_time = '{math.ceil(timeout_secs):d}s'"],
)

KINDS: Mapping[str, Kind] = {
    "mysql": MYSQL,
    "mariadb": MYSQL,
    "clickhouse": CLICKHOUSE,
    "mssql": MSSQL,
    "snowflake": SNOWFLAKE,
    "bigquery": BIGQUERY,
    "trino": TRINO,
}
"""By the scheme of the URL."""
