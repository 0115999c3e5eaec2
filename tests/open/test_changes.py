"""A database that changes while its screen is shown, and one that is no SQLite."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest
from tests.open.databases import NOW, REGIONS, iso, large, shop, write
from tests.open.test_open import as_program, opened, shown

import cadran.testing
from cadran.errors import UsageError
from cadran.open.opening import Wish, open_target
from cadran.open.screens import program_of
from cadran.testing import VirtualClock


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_f12_a_column_that_goes_is_an_error_in_its_panels_alone_and_comes_back(tmp_path: Path) -> None:
    path = shop(tmp_path)
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer, other = live.viewer("orders"), live.viewer("customers")
        live.advance("6s")
        change(path, "ALTER TABLE orders RENAME COLUMN quantity TO pieces")
        live.advance("12s")
        states = {panel.key: viewer.state(panel.key) for panel in viewer.panels}
        wrong = {key for key, state in states.items() if state == "error"}
        assert wrong == {"quantity-24-h", "quantity-per-hour"}
        assert {other.state(panel.key) for panel in other.panels} == {"live"}
        change(path, "ALTER TABLE orders RENAME COLUMN pieces TO quantity")
        live.advance("12s")
        assert {viewer.state(panel.key) for panel in viewer.panels} == {"live"}


def test_f12_a_table_that_goes_is_an_error_on_its_screen_alone_and_comes_back(tmp_path: Path) -> None:
    path = shop(tmp_path)
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer, other = live.viewer("orders"), live.viewer("customers")
        live.advance("6s")
        change(path, "ALTER TABLE orders RENAME TO hidden")
        live.advance("12s")
        assert {viewer.state(panel.key) for panel in viewer.panels} == {"error"}
        assert {other.state(panel.key) for panel in other.panels} == {"live"}
        change(path, "ALTER TABLE hidden RENAME TO orders")
        live.advance("60s")
        assert {viewer.state(panel.key) for panel in viewer.panels} == {"live"}


def test_new_rows_show_by_cursor_and_by_probe(tmp_path: Path) -> None:
    few, many = shop(tmp_path), large(tmp_path / "many.db", 60_000)
    inserts = {
        few: f"INSERT INTO orders VALUES (9999, 1, '{iso(NOW)}', 'north', 'cash', 7.5, 'EUR', 1)",
        many: f"INSERT INTO events VALUES ({int(NOW) + 1}, 'new', 99.5)",
    }
    for path, slug, mark in ((few, "orders", 7.5), (many, "events", 99.5)):
        with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
            viewer = live.viewer(slug)
            live.advance("6s")
            assert mark not in viewer.rows(f"newest-{slug}")[0]
            change(path, inserts[path])
            live.advance("6s")
            assert mark in viewer.rows(f"newest-{slug}")[0]


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_rows_that_are_followed_have_the_names_of_what_they_refer_to(tmp_path: Path, kind: str) -> None:
    tables = (
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR)",
        "CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER, ts BIGINT, pages INTEGER)",
    )
    visits = [(row, row % 9 + 1, int(NOW) - 25_000 + row - row % 7, row % 5) for row in range(25_000)]
    path = tmp_path / "visits.db"
    if kind == "sqlite":
        people = [(number, f"Person {number}") for number in range(1, 11)]
        inserts = {"INSERT INTO people VALUES (?, ?)": people, "INSERT INTO visits VALUES (?, ?, ?, ?)": visits}
        write(path, *tables, rows=inserts)  # type: ignore[arg-type]
    else:
        with duckdb.connect(str(path)) as connection:
            for table in tables:
                connection.execute(table)
            connection.execute("INSERT INTO people SELECT i, 'Person ' || i FROM range(1, 11) t(i)")
            values = f"i, i % 9 + 1, {int(NOW)} - 25000 + i - i % 7, i % 5"
            connection.execute(f"INSERT INTO visits SELECT {values} FROM range(25000) t(i)")
    plan = next(one for one in opened(path).plan.screens if one.slug == "visits")
    assert (plan.read.cursor, [one.name for one in plan.rows.columns if one.name == "person"]) == ("id", ["person"])
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer = live.viewer("visits")
        live.advance("6s")
        assert {viewer.state(panel.key) for panel in viewer.panels} == {"live"}
        assert "Person 10" not in viewer.rows("newest-visits")[0]
        insert = f"INSERT INTO visits VALUES (99999, 10, {int(NOW) + 1}, 1)"
        if kind == "sqlite":
            change(path, insert)
        else:
            with duckdb.connect(str(path)) as connection:
                connection.execute(insert)
        live.advance("6s")
        assert "Person 10" in viewer.rows("newest-visits")[0]


def duck(folder: Path) -> Path:
    path = folder / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute('CREATE TABLE customers (id INTEGER PRIMARY KEY, "full name" VARCHAR)')
        connection.execute("INSERT INTO customers SELECT i, 'Customer ' || i FROM range(1, 41) t(i)")
        connection.execute(
            'CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), '
            '"at" TIMESTAMP, region VARCHAR, amount DECIMAL(10, 2), tags VARCHAR[], raw BLOB)'
        )
        at = "make_timestamp(CAST((? - (3000 - i) * 60 - i % 7) * 1000000 AS BIGINT))"
        rows = f"SELECT i, i % 40 + 1, {at}, {list(REGIONS)}[i % 4 + 1], i % 50 + 0.25, ['a'], 'x'::BLOB"
        connection.execute(f'INSERT INTO "order" {rows} FROM range(1, 3001) t(i)', [int(NOW)])
        connection.execute(
            'CREATE VIEW per_region AS SELECT region, sum(amount) AS amount FROM "order" GROUP BY region'
        )
        connection.execute("CREATE TABLE events AS SELECT i AS n, i % 3 AS kind FROM range(100000) t(i)")
    return path


def test_duckdb(tmp_path: Path) -> None:
    plan = opened(duck(tmp_path))
    assert [screen.slug for screen in plan.plan.screens] == ["customers", "events", "order", "per-region"]
    proposed, saved = program_of(plan.plan), as_program(plan, tmp_path)
    seen = shown(proposed)
    wrong = {key: value for key, value in seen.items() if key.endswith(" state") and value[0] != "live"}  # type: ignore[index]
    assert wrong == {}
    assert seen == shown(saved)
    assert len(seen["order/newest-order"]) == 50  # type: ignore[arg-type]


def test_a_query_and_tables_by_name(tmp_path: Path) -> None:
    path = shop(tmp_path)
    only = open_target(Wish(target=str(path), tables=("orders",), title="Sales", every="1s"), lambda: NOW).plan
    assert [(screen.title, screen.read.every) for screen in only.screens] == [("Sales", "1s")]
    sql = "SELECT created_at, sum(amount) AS amount FROM orders GROUP BY created_at;"
    query = open_target(Wish(target=str(path), query=sql, title="Sums"), lambda: NOW)
    assert {state for key, state in _states(shown(program_of(query.plan)))} == {"live"}
    with pytest.raises(UsageError, match="there is no table 'order'.*orders"):
        open_target(Wish(target=str(path), tables=("order",)))


def _states(seen: dict[str, object]) -> list[tuple[str, object]]:
    return [(key, value[0]) for key, value in seen.items() if key.endswith(" state") and isinstance(value, tuple)]
