"""A look at a database costs the same however large it is, and writes and scans nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.open.databases import NOW, hostile_names, large, shop, write
from tests.open.test_open import opened, shown

from cadran.open.screens import program_of
from cadran.open.sql_names import quoted
from cadran.sources import sqlite
from cadran.sources.duckdb import DuckdbConnection
from cadran.sources.sql_text import bind
from cadran.sources.sqlite import SqliteConnection


class Steps:
    """Counts SQLite's own steps, a hundred at a time, and remembers the statements."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.num = 0
        self.statements: list[str] = []
        is_over, fetch = SqliteConnection._is_over, SqliteConnection.fetch
        monkeypatch.setattr(sqlite, "PROGRESS_STEPS", 100)

        def counted(connection: SqliteConnection) -> bool:
            self.num += 1
            return is_over(connection)

        def told(
            connection: SqliteConnection, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float
        ) -> object:
            self.statements.append(sql)
            return fetch(connection, sql, parameters, max_rows, timeout_secs)

        monkeypatch.setattr(SqliteConnection, "_is_over", counted)
        monkeypatch.setattr(SqliteConnection, "fetch", told)


def steps_for(monkeypatch: pytest.MonkeyPatch, path: Path) -> Steps:
    """Look at a database and read its screen once."""
    with monkeypatch.context() as patch:
        steps = Steps(patch)
        shown(program_of(opened(path).plan), "2s")
    return steps


@pytest.mark.parametrize("with_key", [False, True])
def test_twenty_times_the_rows_cost_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_key: bool) -> None:
    small = steps_for(monkeypatch, large(tmp_path / "small.db", 30_000, with_key=with_key))
    many = steps_for(monkeypatch, large(tmp_path / "many.db", 600_000, with_key=with_key))
    assert small.num > 1_000
    assert many.num <= 1.05 * small.num + 10
    assert all("LIMIT" in sql for sql in many.statements), many.statements


def test_duckdb_reads_the_end_of_a_table_without_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.duckdb"
    with duckdb.connect(str(path)) as connection:
        times = f"CAST({NOW} - 1000000 + i AS BIGINT) AS ts, ['a', 'b'][i % 2 + 1] AS kind, i / 2 AS amount"
        connection.execute(f"CREATE TABLE plain AS SELECT {times} FROM range(1000000) t(i)")
        connection.execute("CREATE TABLE keyed (id BIGINT PRIMARY KEY, ts BIGINT, kind VARCHAR, amount DOUBLE)")
        connection.execute(f"INSERT INTO keyed SELECT i, {times} FROM range(1000000) t(i)")
        connection.execute("CREATE TABLE mixed (id BIGINT PRIMARY KEY, ts BIGINT, kind VARCHAR, amount DOUBLE)")
        connection.execute(f"INSERT INTO mixed SELECT i * 7919 % 1000003, {times} FROM range(1000000) t(i)")
    statements: list[str] = []
    fetch = DuckdbConnection.fetch

    def told(connection: DuckdbConnection, sql: str, *more: Any) -> object:
        statements.append(bind(sql, {}, "dollar")[0].replace(":cursor", "0").replace(":limit", "5001"))
        return fetch(connection, sql, *more)

    monkeypatch.setattr(DuckdbConnection, "fetch", told)
    plan = opened(path).plan
    assert {one.slug: one.read.cursor for one in plan.screens} == {
        "keyed": "id", "mixed": "row_number", "plain": "row_number"
    }  # fmt: skip
    statements += [(one.read.sql or "").replace(":cursor", "0").replace(":limit", "5001") for one in plan.screens]
    with duckdb.connect(str(path), read_only=True) as connection:
        for sql in statements:
            if " FROM duckdb_" not in sql:
                ((_, profile),) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {sql}").fetchall()
                scanned = max(map(int, re.findall(r'rows_scanned": *(\d+)', profile)))
                assert scanned < 500_000, (scanned, sql)


def test_names_of_a_large_table_cost_one_step_for_each_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def people(num_people: int) -> Path:
        return write(
            tmp_path / f"people{num_people}.db",
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES people (id), pages INTEGER)",
            rows={
                "INSERT INTO people VALUES (?, ?)": ((number, f"Person {number}") for number in range(num_people)),
                "INSERT INTO visits VALUES (?, ?, ?)": ((row, row % 300, row % 7) for row in range(3_000)),
            },
        )

    few, many = (steps_for(monkeypatch, people(num_people)) for num_people in (25_000, 250_000))
    assert any("LEFT JOIN people" in sql for sql in many.statements)
    assert many.num <= 1.05 * few.num + 10


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_ten_million_rows_without_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = steps_for(monkeypatch, large(tmp_path / "huge.db", 10_000_000))
    assert steps.num * 100 < 3_000_000, "fewer steps than there are rows"


def test_a_large_table_is_followed_by_its_row_numbers(tmp_path: Path) -> None:
    plan = opened(large(tmp_path / "many.db", 60_000)).plan.screens[0]
    assert plan.read.cursor == "row_number"
    assert plan.read.keep is not None


def test_small_tables_are_compared_so_that_updates_show(tmp_path: Path) -> None:
    plan = opened(shop(tmp_path)).plan
    assert [screen.read.cursor for screen in plan.screens] == [None, None]


def test_s11_names_are_quoted_and_change_nothing(tmp_path: Path) -> None:
    path = hostile_names(tmp_path)
    before = path.read_bytes()
    found = opened(path)
    assert found.skipped == ()
    assert len(found.plan.screens) == 3
    shown(program_of(found.plan))
    assert path.read_bytes() == before
    assert quoted("a`b", "sqlite") == "`a``b`"
    assert quoted('a"b', "postgresql") == '"a""b"'


def test_a_table_whose_time_ended_years_ago_shows_its_whole_period(tmp_path: Path) -> None:
    live = opened(shop(tmp_path)).plan.screens[1]
    assert {kpi.number.window for kpi in live.kpis} == {"24h"}
    rows = [(row, f"2015-01-{row % 28 + 1:02d}", row * 1.5) for row in range(100)]
    old = write(
        tmp_path / "old.db",
        "CREATE TABLE sales (id INTEGER PRIMARY KEY, sold_on TEXT, amount REAL)",
        rows={"INSERT INTO sales VALUES (?, ?, ?)": rows},
    )
    plan = opened(old).plan.screens[0]
    assert {(kpi.number.window, kpi.number.until, kpi.compare) for kpi in plan.kpis} == {
        ("7d", "2015-01-28", "previous")
    }
    assert all(kpi.title.endswith("7 days to Jan 28, 2015") for kpi in plan.kpis)
    assert {lines.window for lines in plan.lines} == {None}


def test_now_is_where_the_databases_end() -> None:
    assert NOW % 3600 == 0
