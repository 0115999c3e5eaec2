"""What each type of each database is in a metric, and in a table of the page."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.sources.backends import BACKENDS, Backend, mariadb_backend, open_database

import cadran as cd
import cadran.testing
from cadran.errors import OutsideError
from cadran.sources import Whole

_WHOLE, _REAL, _TEXT, _BOOL = pl.Int64(), pl.Float64(), pl.String(), pl.Boolean()
_NAIVE, _AWARE, _TOOK = pl.Datetime("us"), pl.Datetime("us", "UTC"), pl.Duration("us")
_UUID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
_TEN = datetime(2026, 11, 22, 10)
_TEN_UTC = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("UTC"))
_TEN_SECS = 1_795_341_600.0
_DAY = date(2026, 11, 22)
_LONG = timedelta(days=32, hours=3)
"""A month has 30 days."""
_SIZE = "CREATE TYPE size AS ENUM ('small', 'large')"
_PAIR = "CREATE TYPE pair AS (a int, b text)"
_SMALL = "CREATE DOMAIN small AS int"

Case = tuple[str, pl.DataType, object, object]
"""A literal; the type of the column, the value in it, and the cell in the page."""
_POSTGRES: dict[str, Case] = {
    "smallint": ("1", _WHOLE, 1, 1),
    "integer": ("1", _WHOLE, 1, 1),
    "small": ("7", _WHOLE, 7, 7),
    "bigint": ("9223372036854775807", _WHOLE, 2**63 - 1, "9223372036854775807"),
    "oid": ("1", _WHOLE, 1, 1),
    "numeric": ("1.5", _REAL, 1.5, 1.5),
    "numeric(20)": ("12345678901234567890", _REAL, 12345678901234567890.0, 12345678901234567890.0),
    "numeric(10)": ("12345", _WHOLE, 12345, 12345),
    "numeric(10, 2)": ("2.00", _REAL, 2.0, 2.0),
    "real": ("0.5", _REAL, 0.5, 0.5),
    "double precision": ("'NaN'", _REAL, float("nan"), None),
    "money": ("'12.50'", _REAL, 12.5, 12.5),
    "boolean": ("true", _BOOL, True, True),
    "text": ("'a'", _TEXT, "a", "a"),
    "char(5)": ("'a'", _TEXT, "a", "a"),
    "varchar(5)": ("'a '", _TEXT, "a ", "a "),
    "size": ("'large'", _TEXT, "large", "large"),
    "uuid": (f"'{_UUID}'", _TEXT, _UUID, _UUID),
    "json": ("'{\"a\": 1}'", _TEXT, '{"a": 1}', '{"a": 1}'),
    "jsonb": ("'{\"a\":1}'", _TEXT, '{"a": 1}', '{"a": 1}'),
    "int[]": ("'{1,NULL}'", _TEXT, "{1,NULL}", "{1,NULL}"),
    "text[]": ("'{a,b c}'", _TEXT, '{a,"b c"}', '{a,"b c"}'),
    "pair": ("'(1,x)'", _TEXT, "(1,x)", "(1,x)"),
    "bytea": (r"'\x0102'", _TEXT, "blob, 2 bytes", "blob, 2 bytes"),
    "bit(3)": ("'101'", _TEXT, "101", "101"),
    "inet": ("'10.0.0.1'", _TEXT, "10.0.0.1", "10.0.0.1"),
    "cidr": ("'10.0.0.0/8'", _TEXT, "10.0.0.0/8", "10.0.0.0/8"),
    "int4range": ("'[1,3)'", _TEXT, "[1,3)", "[1,3)"),
    "point": ("'(1,2)'", _TEXT, "(1,2)", "(1,2)"),
    "timestamp": ("'2026-11-22 10:00'", _NAIVE, _TEN, _TEN_SECS),
    "timestamptz": ("'2026-11-22 15:00+05'", _AWARE, _TEN_UTC, _TEN_SECS),
    "timestamp(0)": ("'infinity'", _NAIVE, None, None),
    "date": ("'2026-11-22'", pl.Date(), _DAY, _TEN_SECS - 36_000),
    "time": ("'10:00'", pl.Time(), time(10), "10:00:00"),
    "timetz": ("'10:00+02'", _TEXT, "10:00:00+02", "10:00:00+02"),
    "interval": ("'1 mon 2 days 3:00'", _TOOK, _LONG, "32 days, 3:00:00"),
}
_MARIADB: dict[str, Case] = {
    "tinyint": ("1", _WHOLE, 1, 1),
    "boolean": ("true", _WHOLE, 1, 1),
    "bigint": ("9007199254740993", _WHOLE, 9007199254740993, "9007199254740993"),
    "bigint unsigned": ("18446744073709551615", _REAL, 18446744073709551615.0, 18446744073709551615.0),
    "decimal(10)": ("12345", _WHOLE, 12345, 12345),
    "decimal(10, 2)": ("2.00", _REAL, 2.0, 2.0),
    "float": ("0.1", _REAL, 0.1, 0.1),
    "double": ("0.1", _REAL, 0.1, 0.1),
    "bit(1)": ("b'1'", _WHOLE, 1, 1),
    "bit(9)": ("b'100000001'", _WHOLE, 257, 257),
    "year": ("2026", _WHOLE, 2026, 2026),
    "char(5)": ("'a'", _TEXT, "a", "a"),
    "text": ("'a'", _TEXT, "a", "a"),
    "enum('a', 'b')": ("'b'", _TEXT, "b", "b"),
    "set('a', 'b')": ("'a,b'", _TEXT, "a,b", "a,b"),
    "json": ("'{\"a\": 1}'", _TEXT, '{"a": 1}', '{"a": 1}'),
    "uuid": (f"'{_UUID}'", _TEXT, _UUID, _UUID),
    "inet6": ("'::1'", _TEXT, "::1", "::1"),
    "binary(2)": ("x'0102'", _TEXT, "blob, 2 bytes", "blob, 2 bytes"),
    "blob": ("x'0102'", _TEXT, "blob, 2 bytes", "blob, 2 bytes"),
    "point": ("point(1, 2)", _TEXT, "blob, 25 bytes", "blob, 25 bytes"),
    "date": ("'2026-11-22'", pl.Date(), _DAY, _TEN_SECS - 36_000),
    "datetime(6)": ("'2026-11-22 10:00:00.5'", _NAIVE, _TEN.replace(microsecond=500_000), _TEN_SECS + 0.5),
    "timestamp": ("'2026-11-22 10:00'", _NAIVE, _TEN, _TEN_SECS),
    "time": ("'771:00:00'", _TOOK, _LONG, "32 days, 3:00:00"),
}
_DUCKDB: dict[str, Case] = {
    "tinyint": ("1", _WHOLE, 1, 1),
    "bigint": ("9007199254740993", _WHOLE, 9007199254740993, "9007199254740993"),
    "hugeint": ("12345", _WHOLE, 12345, 12345),
    "ubigint": ("18446744073709551615", _REAL, 18446744073709551615.0, 18446744073709551615.0),
    "decimal(38)": ("12345", _WHOLE, 12345, 12345),
    "decimal(10, 2)": ("2.00", _REAL, 2.0, 2.0),
    "float": ("0.5", _REAL, 0.5, 0.5),
    "double": ("'nan'", _REAL, float("nan"), None),
    "boolean": ("true", _BOOL, True, True),
    "varchar": ("'a'", _TEXT, "a", "a"),
    "size": ("'large'", _TEXT, "large", "large"),
    "uuid": (f"'{_UUID}'", _TEXT, _UUID, _UUID),
    "json": ("'{\"a\": 1}'", _TEXT, '{"a": 1}', '{"a": 1}'),
    "int[]": ("[1, NULL]", _TEXT, "[1, NULL]", "[1, NULL]"),
    "struct(a int, b varchar)": ("{'a': 1, 'b': 'x'}", _TEXT, "{'a': 1, 'b': x}", "{'a': 1, 'b': x}"),
    "map(varchar, int)": ("map{'a': 1}", _TEXT, "{a=1}", "{a=1}"),
    "union(n int, s varchar)": ("1", _TEXT, "1", "1"),
    "blob": (r"'\x01\x02'", _TEXT, "blob, 2 bytes", "blob, 2 bytes"),
    "bit": ("'101'", _TEXT, "101", "101"),
    "date": ("'2026-11-22'", pl.Date(), _DAY, _TEN_SECS - 36_000),
    "time": ("'10:00'", pl.Time(), time(10), "10:00:00"),
    "timetz": ("'10:00:00+02'", _TEXT, "10:00:00+02", "10:00:00+02"),
    "timestamp": ("'2026-11-22 10:00'", _NAIVE, _TEN, _TEN_SECS),
    "timestamp_s": ("'2026-11-22 10:00'", _NAIVE, _TEN, _TEN_SECS),
    "timestamp_ns": ("'2026-11-22 10:00:00.000000789'", _NAIVE, _TEN, _TEN_SECS),
    "timestamptz": ("'2026-11-22 15:00+05'", _AWARE, _TEN_UTC, _TEN_SECS),
    "interval": ("'1 month 2 days 3:00'", _TOOK, _LONG, "32 days, 3:00:00"),
}
_SQLITE: dict[str, Case] = {
    "INTEGER": ("9007199254740993", _WHOLE, 9007199254740993, "9007199254740993"),
    "REAL": ("0.5", _REAL, 0.5, 0.5),
    "TEXT": ("'a'", _TEXT, "a", "a"),
    "BLOB": ("x'0102'", _TEXT, "blob, 2 bytes", "blob, 2 bytes"),
    "BOOLEAN": ("true", _WHOLE, 1, 1),
    "DECIMAL(10, 2)": ("2.50", _REAL, 2.5, 2.5),
    "DATETIME": ("'2026-11-22 10:00:00'", _TEXT, "2026-11-22 10:00:00", "2026-11-22 10:00:00"),
}
TYPES = {
    "postgres": (_POSTGRES, [_SIZE, _PAIR, _SMALL]),
    "mariadb": (_MARIADB, []),
    "duckdb": (_DUCKDB, [_SIZE]),
    "sqlite": (_SQLITE, []),
}


@pytest.mark.parametrize("name", TYPES)
def test_u20_each_type_in_a_metric_and_in_a_table(name: str, tmp_path: Path) -> None:
    cases, before = TYPES[name]
    with cast(AbstractContextManager[Backend], BACKENDS[name](tmp_path)) as backend:
        columns = [f"c{i} {sql_type}" for i, sql_type in enumerate(cases)]
        literals = [literal for literal, *_ in cases.values()]
        backend.execute(
            *before,
            f"CREATE TABLE t (n INT, {', '.join(columns)})",
            f"INSERT INTO t VALUES (1, {', '.join(literals)})",
            "INSERT INTO t (n) VALUES (2)",
        )
        seen: list[pl.DataFrame] = []
        query = open_database(backend).query("SELECT * FROM t ORDER BY n", every="1s")

        @cd.metric(query)
        def rows(frame: pl.DataFrame) -> int:
            seen.append(frame)
            return frame.height

        @cd.screen("All")
        def everything(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("Rows", rows)
            ui.table("Types", query)

        with cadran.testing.open(everything) as live:
            viewer = live.viewer()
            live.advance("2s")
            frame = seen[-1]
            metrics = dict(zip(cases, zip(frame.dtypes[1:], frame.row(0)[1:], strict=True), strict=True))
            first, second = viewer.rows("types")
    got = {sql_type: (*metrics[sql_type], cell) for sql_type, cell in zip(cases, first[1:], strict=True)}
    expected = {sql_type: case[1:] for sql_type, case in cases.items()}
    assert {one: (str(got[one]), str(expected[one])) for one in cases if str(got[one]) != str(expected[one])} == {}
    assert set(second[1:]) == {None}


def test_a_timestamp_of_mariadb_is_utc_whatever_the_zone_of_its_server(tmp_path: Path) -> None:
    with mariadb_backend(tmp_path) as backend:
        backend.execute("SET GLOBAL time_zone = '+05:00'")
        try:
            with mariadb_backend(tmp_path) as other:  # a connection takes the zone at its beginning
                other.execute("CREATE TABLE t (seen TIMESTAMP)", "INSERT INTO t VALUES ('2026-11-22 15:00')")
            reader = open_database(backend).query("SELECT seen FROM t", every="1s").open()
            reading = reader.read(None, 0.0)
            reader.close()
        finally:
            backend.execute("SET GLOBAL time_zone = 'SYSTEM'")
    assert isinstance(reading, Whole)
    assert cast(pl.DataFrame, reading.value).item() == _TEN


def test_keys_that_do_not_come_exactly_are_not_merged(tmp_path: Path) -> None:
    with mariadb_backend(tmp_path) as backend:
        backend.execute("CREATE TABLE t (id BIGINT UNSIGNED, ts DATETIME)")
        backend.execute(*(f"INSERT INTO t VALUES ({2**64 - i}, '2026-11-22 10:00')" for i in (1, 2)))
        sql = "SELECT id, ts FROM t WHERE ts >= :since ORDER BY ts LIMIT :limit"
        reader = open_database(backend).query(sql, time="ts", late="1m", key="id", every="1s").open()
        with pytest.raises(OutsideError, match="keys that come exactly"):
            reader.read(None, _TEN_SECS)
        reader.close()
