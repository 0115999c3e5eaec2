"""Times however they are written: told apart, and the same through SQL as by the look at a sample."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import polars as pl
import pytest

from cadran.open.dialects import in_seconds
from cadran.open.times import TimeKind, seconds_from, time_facts
from cadran.store.rows import seconds_of
from cadran.updates.tables import column_from_values

NOON, DAY = 1_767_268_800, 86_400  # 2026-01-01 12:00 UTC
TEXTS: list[tuple[TimeKind, list[object]]] = [
    ("text", ["2026-01-01", "2026-01-13"]),
    ("slashes", ["2026/01/01", "2026/01/13"]),
    ("mdy", ["1/1/2026", "1/13/2026"]),
    ("dmy", ["1/1/2026", "13/1/2026"]),
    ("dmy dots", ["1.1.2026", "13.1.2026"]),
    ("named", ["Jan 1 2026", "Jan 13 2026"]),
]
PER_SEC: dict[TimeKind, int] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DAYS: list[object] = [2026_01_01, 2026_01_13]
YEARS: list[object] = [1999, 2000, 2001, 2002, 2026]
NUMBERS: list[tuple[TimeKind, list[object]]] = [
    (kind, [NOON * per_sec, (NOON + DAY) * per_sec]) for kind, per_sec in PER_SEC.items()
]


@pytest.mark.parametrize(("kind", "values"), TEXTS)
def test_texts(kind: TimeKind, values: list[object]) -> None:
    facts = time_facts("when", pl.Series(values))
    assert facts is not None
    assert (facts.kind, facts.is_date) == (kind, True)
    assert (facts.oldest, facts.newest) == (NOON - DAY / 2, NOON - DAY / 2 + 12 * DAY)


@pytest.mark.parametrize(("kind", "values"), NUMBERS)
def test_counts_since_1970(kind: TimeKind, values: list[object]) -> None:
    facts = time_facts("created_at", pl.Series(values))
    assert facts is not None
    assert (facts.kind, facts.oldest, facts.newest) == (kind, NOON, NOON + DAY)


def test_days_as_numbers_are_told_by_their_name_too() -> None:
    facts = time_facts("date_key", pl.Series(DAYS))
    assert facts is not None
    assert (facts.kind, facts.is_date, facts.oldest) == ("ymd", True, NOON - DAY / 2)
    assert time_facts("number", pl.Series(DAYS)) is None
    years = time_facts("Year", pl.Series(YEARS))
    assert years is not None
    assert (years.kind, years.is_date, years.newest) == ("year", True, NOON - DAY / 2)
    assert time_facts("year_built", pl.Series(YEARS)) is None
    assert time_facts("year", pl.Series([2025, 2026])) is None, "few years are a category"
    assert time_facts("date_key", pl.Series([2026_01_01, 2026_13_01])) is None


@pytest.mark.parametrize("values", [["1/2/2026", "3/4/2026"], ["2026-01-01", "soon"], [1, 2, 3], [None, None], [1.5]])
def test_what_nobody_can_tell_is_no_time(values: list[object]) -> None:
    assert time_facts("amount", pl.Series(values)) is None


@pytest.mark.parametrize(("kind", "values"), [*TEXTS, *NUMBERS, ("ymd", DAYS), ("year", YEARS)])
def test_sql_gives_the_same(kind: TimeKind, values: list[object], tmp_path: Path) -> None:
    expected = seconds_from(pl.Series(values), kind).tolist()
    declared = "VARCHAR" if isinstance(values[0], str) else "BIGINT"
    with sqlite3.connect(":memory:") as lite, duckdb.connect(":memory:") as duck:
        for dialect, connection in (("sqlite", lite), ("duckdb", duck)):
            connection.execute(f"CREATE TABLE t (x {declared})")
            connection.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
            sql = in_seconds("x", kind, dialect) or "x"
            rows = connection.execute(f"SELECT {sql} FROM t ORDER BY 1").fetchall()
            assert seconds_of(column_from_values("x", [row[0] for row in rows], "t")).tolist() == expected, dialect
    lite.close()
