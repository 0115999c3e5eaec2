"""What is written for databases that are not here: read by a parser of each, and run by DuckDB instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import polars as pl
import pytest
import sqlalchemy
import sqlglot
from sqlglot import exp
from tests.open.databases import NOW, iso

from cadran.open.catalogue import CatalogueColumn, CatalogueTable, Reference
from cadran.open.catalogue_sqlalchemy import tables_from
from cadran.open.dialects import NO_ORDER, select
from cadran.open.facts import TableFacts
from cadran.open.inspecting import inspect_table
from cadran.open.names import COUNT_MAX, Names
from cadran.open.plan import ScreenPlan
from cadran.open.proposing import propose
from cadran.open.sql_names import full_name, quoted
from cadran.sources.sql_text import bind

PARSERS = {"mssql": "tsql", "postgresql": "postgres", "mariadb": "mysql"}
DIALECTS = [
    "sqlite",
    "postgresql",
    "mysql",
    "mssql",
    "oracle",
    "clickhouse",
    "snowflake",
    "bigquery",
    "trino",
    "duckdb",
]
EACH = pytest.mark.parametrize("dialect", DIALECTS)
NAMES = ["plain", "order", "Customer", "with space", 'a"b', "a`b", "a]b", "été", "x; DROP TABLE y", "percent%s", "1st"]


def parsed(sql: str, dialect: str) -> exp.Expression:
    tree = sqlglot.parse_one(sql, read=PARSERS.get(dialect, dialect))
    assert isinstance(tree, exp.Expression)
    return tree


def bound_of(query: exp.Expression) -> int | None:
    """The most rows that a query gives, by its own clause."""
    limit = query.args.get("limit")
    if limit is None:
        return None
    number = limit.args.get("expression") or limit.args.get("count")
    return int(number.name) if isinstance(number, exp.Literal) else None


@EACH
def test_rows_are_limited_as_sqlalchemy_limits_them(dialect: str) -> None:
    ours = select("a, b", "t", 7, dialect, where="a > 1", order="b DESC")
    assert bound_of(parsed(ours, dialect)) == 7
    assert ("LIMIT" in ours) == (dialect not in ("mssql", "oracle"))
    known = {"mssql": "mssql", "oracle": "oracle", "sqlite": "sqlite", "mysql": "mysql", "postgresql": "postgresql"}
    if dialect in known:
        table = sqlalchemy.table("t", sqlalchemy.column("a"), sqlalchemy.column("b"))
        query = sqlalchemy.select(table.c.a, table.c.b).where(table.c.a > 1).order_by(table.c.b.desc()).limit(7)
        engine = sqlalchemy.create_mock_engine(f"{known[dialect]}://", lambda *_: None)
        theirs = str(query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
        assert clauses(parsed(theirs, dialect)) == clauses(parsed(ours, dialect))


def clauses(query: exp.Expression) -> tuple[object, ...]:
    """The kinds of clause in which a query bounds and orders its rows."""
    limit = query.args["limit"]
    return type(limit), bound_of(query), query.args["order"].expressions[0].args.get("desc")


@EACH
@pytest.mark.parametrize("name", NAMES)
def test_s11_a_name_is_one_name_in_each_dialect(dialect: str, name: str) -> None:
    tree = parsed(f"SELECT {quoted(name, dialect)} FROM {full_name('My schema', name, dialect)}", dialect)
    column, table = tree.find(exp.Column), tree.find(exp.Table)
    assert column is not None
    assert table is not None
    assert (column.name, table.name, table.db) == (name, name, "My schema")
    assert len(list(tree.find_all(exp.Identifier))) == 3


class Elsewhere:
    """A driver of another database: what is asked is written anew for DuckDB, and run there."""

    name = "elsewhere"
    is_typed = True

    def __init__(self, dialect: str, connection: duckdb.DuckDBPyConnection) -> None:
        self.dialect = dialect
        self.statements: list[str] = []
        self._connection = connection

    def connect(self, timeout_secs: float) -> Elsewhere:
        return self

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        self.statements.append(sql)
        return self.run(sql, parameters)

    def run(self, sql: str, parameters: Mapping[str, object]) -> pl.DataFrame:
        written = bind(sql, {name: name for name in parameters}, "pyformat")[0]
        for name, value in parameters.items():
            written = written.replace(f"%({name})s", str(value))
        (here,) = sqlglot.transpile(written, read=PARSERS.get(self.dialect, self.dialect), write="duckdb")
        rows: pl.DataFrame = self._connection.sql(here.replace("(MAX)", "")).pl()
        return rows

    def close(self) -> None:
        pass


@contextmanager
def a_shop(num_orders: int) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE MACRO tostring(x) AS CAST(x AS VARCHAR)")
    connection.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR)")
    connection.execute("INSERT INTO customers SELECT i, 'Customer ' || i FROM range(1, 41) t(i)")
    connection.execute(
        'CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, "order" VARCHAR, millis BIGINT, '
        "amount DOUBLE, data BLOB)"
    )
    connection.execute(
        f"INSERT INTO orders SELECT i, i % 40 + 1, ['new', 'paid', 'sent'][i % 3 + 1], "
        f"CAST(({NOW} - ({num_orders} - i) * 20 - i % 7) * 1000 AS BIGINT), i % 50 + 0.5, NULL "
        f"FROM range(1, {num_orders + 1}) t(i)"
    )
    try:
        yield connection
    finally:
        connection.close()


def orders(dialect: str) -> tuple[CatalogueTable, CatalogueTable]:
    customers = CatalogueTable(
        "customers", columns=[CatalogueColumn("id", "INTEGER"), CatalogueColumn("name", "VARCHAR")], primary=["id"]
    )
    declared = {
        "id": "INTEGER", "customer_id": "INTEGER", "order": "VARCHAR", "millis": "BIGINT", "amount": "DOUBLE",
        "data": "BLOB",
    }  # fmt: skip
    found = CatalogueTable("orders", columns=[CatalogueColumn(*one) for one in declared.items()], primary=["id"])
    found.references["customer_id"] = Reference("customers", "id")
    if dialect == "duckdb":
        found.row_id = "rowid"
    return found, customers


def looked_at(elsewhere: Elsewhere) -> tuple[TableFacts, ScreenPlan]:
    tables = orders(elsewhere.dialect)
    facts = inspect_table(elsewhere, tables[0], Names(tables, elsewhere.dialect))  # type: ignore[arg-type]
    plan = propose(facts, NOW, variable="rows", dialect=elsewhere.dialect, every="5s", title=None, slug="orders")
    return facts, plan


@EACH
@pytest.mark.parametrize("num_orders", [3_000, 30_000])
def test_a_look_and_its_screen_are_bounded_and_right_in_each_dialect(dialect: str, num_orders: int) -> None:
    with a_shop(num_orders) as connection:
        elsewhere = Elsewhere(dialect, connection)
        facts, plan = looked_at(elsewhere)
        assert (facts.num_rows, facts.has_more) == (min(num_orders, COUNT_MAX + 1), num_orders > COUNT_MAX)
        assert [column.name for column in facts.columns if column.is_large] == ["data"]
        assert "Amount by customer" in {part.title.partition(",")[0] for part in plan.breakdowns}
        assert "data" not in (plan.read.sql or "")
        for sql in elsewhere.statements:
            assert is_bounded(parsed(sql, dialect)), sql
        read = plan.read
        assert read.sql is not None
        is_followed = facts.has_more and dialect not in NO_ORDER
        assert read.cursor == ("id" if is_followed else None)
        rows = elsewhere.run(read.sql, {"cursor": -1, "limit": 5_001} if is_followed else {})
        assert rows.height == (num_orders if not facts.has_more else 5_001 if is_followed else 5_000)
        assert set(rows["customer"]) == {f"Customer {number}" for number in range(1, 41)}
        if is_followed:
            assert rows["id"][0] == num_orders - 20_000 + 1
            assert rows["id"].is_sorted()


def is_bounded(query: exp.Expression) -> bool:
    """Whether every table is read under a clause that limits it, or by keys that another such query gives."""
    for table in query.find_all(exp.Table):
        above = table.find_ancestor(exp.Select)
        assert above is not None
        is_looked_up = any(isinstance(each.args.get("query"), exp.Expression) for each in above.find_all(exp.In))
        is_counted = [str(each).lower() for each in above.expressions] == ["count(*) - 1000"]
        if bound_of(above) is None and not is_looked_up and not is_counted:
            return False
    return True


@pytest.mark.parametrize("dialect", ["mysql", "mssql", "clickhouse", "snowflake"])
def test_the_catalogue_is_what_the_inspector_tells(dialect: str) -> None:
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection:
        for statement in (
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)",
            'CREATE TABLE "my orders" (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), '
            "at DATE, code TEXT UNIQUE)",
            'CREATE INDEX by_time ON "my orders" (at, id)',
            "CREATE VIEW names AS SELECT name FROM customers",
        ):
            connection.execute(sqlalchemy.text(statement))
        inspector = sqlalchemy.inspect(connection)
        found = {one.title: one for one in tables_from(inspector, dialect, lambda name: name == "my orders")}
        assert set(found) == {"customers", "my orders", "names"}
        assert found["names"].is_view
        assert not found["names"].columns, "nobody asked for it"
        table = found["my orders"]
        assert [one.name for one in table.columns] == ["id", "customer_id", "at", "code"]
        assert [one.name for one in found["customers"].columns] == ["id", "name"], "orders refer to it"
        assert table.references == {"customer_id": Reference("customers", "id")}
        assert table.primary == (["id"] if dialect in ("mysql", "mssql") else [])
        assert table.indexed == {
            "mysql": {"id", "at"}, "mssql": {"id", "at"}, "clickhouse": {"id"}, "snowflake": set()
        }[dialect]  # fmt: skip
    engine.dispose()


def test_times_of_the_shop_are_those_of_the_tests() -> None:
    assert iso(NOW) == "2026-01-01 11:00:00"
