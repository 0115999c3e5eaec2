"""A cursor may be of any type that a database orders: its values go back as the database gave them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

import pytest
from tests.sources.backends import BACKENDS, Backend, open_database

from cadran.errors import OutsideError
from cadran.sources import Appended, Reading, Unchanged

_UUIDS = [
    f"'{head}-1111-4111-8111-111111111111'" for head in ("00000000", "0a000000", "7fffffff", "a0000000", "ff000000")
]
_MICROS = [f"'2026-11-22 10:00:00.{micros}'" for micros in ("000001", "000002", "250000", "250001", "999999")]
_BEYOND_DOUBLES = [
    "-9007199254740993",
    "9007199254740992",
    "9007199254740993",
    "9007199254740994",
    "9223372036854775806",
]
_BEYOND_63_BITS = ["1", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551615"]
_HUGE = [str(2**64), str(2**64 + 1), str(2**64 + 2), str(2**126), str(2**126 + 1)]
_PRECISE = ["-1.50", "0.10", "0.11", "9007199254740993.01", "9007199254740993.02"]
_DAYS = ["'1970-01-01'", "'2026-11-21'", "'2026-11-22'", "'2026-11-23'", "'2999-12-31'"]
_CASES: dict[str, dict[str, tuple[str, list[str]]]] = {
    "postgres": {
        "uuid": ("uuid", _UUIDS),
        "numeric": ("numeric", ["'-1e30'", "9007199254740992.1", "9007199254740992.11", "9007199254740993", "'1e30'"]),
        "numeric with a scale": ("numeric(30, 2)", _PRECISE),
        "bigint": ("bigint", _BEYOND_DOUBLES),
        "smallint": ("smallint", ["-32767", "-1", "0", "1", "32767"]),
        "real": ("real", ["-1e30", "0.1", "0.2", "0.3", "1e30"]),
        "text of a language": ('text COLLATE "en-x-icu"', ["'a'", "'A'", "'b'", "'Straße'", "'z'"]),
        "text of C": ('text COLLATE "C"', ["'A'", "'Z'", "'a'", "'b'", "'é'"]),
        "timestamp": ("timestamp", _MICROS),
        "timestamptz": ("timestamptz", [f"{micros[:-1]}+01'" for micros in _MICROS]),
        "date": ("date", _DAYS),
        "interval": ("interval", ["'1 second'", "'1 day'", "'1 mon'", "'1 year'", "'100 years'"]),
        "bytea": ("bytea", [r"'\x00'", r"'\x01'", r"'\x0100'", r"'\x02'", r"'\xff'"]),
    },
    "mariadb": {
        "unsigned": ("bigint unsigned", _BEYOND_63_BITS),
        "bigint": ("bigint", _BEYOND_DOUBLES),
        "decimal": ("decimal(40, 2)", _PRECISE),
        "decimal without digits": ("decimal(40)", ["-1e30", "0", "9007199254740993", "9007199254740994", "1e30"]),
        "datetime": ("datetime(6)", _MICROS),
        "timestamp": ("timestamp(6)", _MICROS),
        "date": ("date", _DAYS),
        "time": ("time(6)", ["'-100:00:00'", "'-00:00:01'", "'10:00:00'", "'10:00:00.000001'", "'800:00:00'"]),
        "text without case": ("varchar(20) COLLATE utf8mb4_general_ci", ["'a'", "'A'", "'B'", "'b'", "'c'"]),
        "text with case": ("varchar(20) COLLATE utf8mb4_bin", ["'A'", "'B'", "'a'", "'b'", "'é'"]),
        "binary": ("binary(4)", ["x'00000001'", "x'00000002'", "x'0a000000'", "x'80000000'", "x'ff000000'"]),
        "uuid": ("uuid", _UUIDS),
        "bit": ("bit(40)", ["1", "2", "255", "256", "1000000000000"]),
    },
    "duckdb": {
        "hugeint": ("hugeint", [str(-(2**127) + 1), "0", "9007199254740993", *_HUGE[:2]]),
        "unsigned": ("ubigint", _BEYOND_63_BITS),
        "bigint": ("bigint", _BEYOND_DOUBLES),
        "uuid": ("uuid", _UUIDS),
        "unsigned hugeint": ("uhugeint", _HUGE),
        "interval": ("interval", ["'1 second'", "'1 day'", "'1 month'", "'1 year'", "'100 years'"]),
        "decimal": ("decimal(38, 4)", _PRECISE),
        "nanoseconds": ("timestamp_ns", [f"'2026-11-22 10:00:00.000001{i}00'" for i in range(1, 6)]),
        "milliseconds": ("timestamp_ms", [f"'2026-11-22 10:00:00.00{i}'" for i in range(1, 6)]),
        "timestamp": ("timestamp", _MICROS),
        "timestamptz": ("timestamptz", [f"{micros[:-1]}+01'" for micros in _MICROS]),
        "date": ("date", _DAYS),
        "text without case": ("varchar COLLATE NOCASE", ["'a'", "'B'", "'c'", "'D'", "'e'"]),
        "text of C": ("varchar", ["'A'", "'Z'", "'a'", "'b'", "'é'"]),
        "blob": ("blob", [r"'\x00'", r"'\x01'", r"'\x01\x00'", r"'\x02'", r"'\xff'"]),
        "float": ("float", ["-1e30", "0.1", "0.2", "0.3", "1e30"]),
    },
    "sqlite": {
        "integer": ("INTEGER PRIMARY KEY", _BEYOND_DOUBLES),
        "text without case": ("TEXT COLLATE NOCASE", ["'#1'", "'a'", "'A'", "'b'", "'c'"]),
        "text": ("TEXT", ["' '", "'#1'", "'+1'", "'A'", "'a'"]),
        "real": ("REAL", ["-1e300", "-1.5", "0.1", "0.2", "1e300"]),
        "anything": ("", ["-5", "2.5", "9007199254740993", "'a'", "x'00'"]),
        "blob": ("BLOB", ["x'00'", "x'0001'", "x'01'", "x'02'", "x'ff'"]),
        "numeric": ("NUMERIC", ["-5", "0.1", "2", "9007199254740992", "9007199254740993"]),
    },
}  # fmt: skip
CASES = [(backend, case) for backend, cases in _CASES.items() for case in cases]
_BEFORE = {
    "size": ["CREATE TYPE size AS ENUM ('small', 'large')"],
    "citext": ["CREATE EXTENSION citext"],
    "text COLLATE folded": [
        "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    ],
}


@pytest.mark.parametrize(("name", "case"), CASES)
def test_pages_by_any_type_lose_no_row(name: str, case: str, tmp_path: Path) -> None:
    sql_type, literals = _CASES[name][case]
    with cast(AbstractContextManager[Backend], BACKENDS[name](tmp_path)) as backend:
        backend.execute(*_BEFORE.get(sql_type, ()))
        backend.execute(f"CREATE TABLE t (seen {sql_type}, n INT)")
        *first, last = literals
        for n, literal in enumerate(first):
            backend.execute(f"INSERT INTO t VALUES ({literal}, {n})")
        query = open_database(backend).query(
            "SELECT seen, n FROM t WHERE seen > :cursor ORDER BY seen, n LIMIT :limit",
            cursor="seen",
            limit=2,
            every="1s",
        )
        reader = query.open()
        got: list[int] = []

        def catch_up(mark: object | None) -> object:
            for _ in range(9):
                reading = cast(Reading, reader.read(mark, 0.0))
                mark = reading.mark
                if isinstance(reading, Appended):
                    got.extend(reading.rows["n"].to_list())
                if not getattr(reading, "more", False):
                    return mark
            raise AssertionError(got)

        mark = catch_up(None)
        assert got == [0, 1, 2, 3]
        assert isinstance(reader.read(mark, 0.0), Unchanged)
        backend.execute(f"INSERT INTO t VALUES ({last}, 4)")
        catch_up(mark)
        assert got == [0, 1, 2, 3, 4]
        reader.close()


_REFUSED = [
    ("postgres", "time", "'10:00'", "no time can"),
    ("postgres", "boolean", "true", "no bool can"),
    ("postgres", "inet", "'10.0.0.1'", "order by a CAST of it"),
    ("postgres", "size", "'large'", "order by a CAST of it"),
    ("mariadb", "float", "0.1", "AS DOUBLE"),
    ("mariadb", "enum('small', 'large')", "'large'", "compares in another order"),
    ("duckdb", "time", "'10:00'", "does not grow"),
    ("duckdb", "boolean", "true", "does not grow"),
    ("duckdb", "size", "'large'", "it compares in another order"),
]


@pytest.mark.parametrize(("name", "sql_type", "literal", "said"), _REFUSED)
def test_what_can_not_be_right_is_an_error_that_says_what_to_do(
    name: str, sql_type: str, literal: str, said: str, tmp_path: Path
) -> None:
    with cast(AbstractContextManager[Backend], BACKENDS[name](tmp_path)) as backend:
        backend.execute(*_BEFORE.get(sql_type, ()))
        backend.execute(f"CREATE TABLE t (seen {sql_type})", f"INSERT INTO t VALUES ({literal})")
        sql = "SELECT seen FROM t WHERE seen > :cursor ORDER BY seen LIMIT :limit"
        reader = open_database(backend).query(sql, cursor="seen", every="1s").open()
        with pytest.raises(OutsideError, match=said):
            reader.read(None, 0.0)
        reader.close()
