"""What lies before the points that are held, in buckets that each database makes: those of all its rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from tests.sources.backends import BACKENDS, Backend, open_database
from tests.sources.past_rows import BEGIN, KINDS, PAGED, buckets, fill, read

from cadran.errors import OutsideError, SourceTimeout, UsageError
from cadran.sources import database
from cadran.sources.past_sql import TimeKind, bucket_sql, lifted


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Backend]]:
    opened = cast(AbstractContextManager[Backend], BACKENDS[request.param](tmp_path))
    with opened as found:
        yield request.param, found


@pytest.mark.parametrize("kind", list(KINDS))
def test_buckets_are_those_of_the_rows(backend: tuple[str, Backend], kind: str) -> None:
    name, one = backend
    filled = fill(one, name, kind)
    if filled is None:
        assert name in ("sqlite", "mariadb"), "the others have this type"
        return
    query = open_database(one).query(PAGED, cursor="id", time="ts", every="5s")
    first = filled[0][0]
    exponents = (17, 20, 23) if kind == "date" else (5, 8, 11)
    for exponent in exponents:
        width = 2.0**exponent
        low_x = math.floor((first + 20 * width) / width) * width  # in the middle of the rows, or of what is there
        for begin in (low_x, low_x - 64 * width):
            expected = buckets(*filled, begin, width, 64)
            assert read(query, begin, width, 64) == expected
    assert query.asked.num_queries > 0
    assert query.asked.num_rows > 0


@pytest.mark.parametrize("kind", list(KINDS))
def test_rows_are_those_of_the_range_in_order(backend: tuple[str, Backend], kind: str) -> None:
    name, one = backend
    filled = fill(one, name, kind)
    if filled is None:
        assert name in ("sqlite", "mariadb"), "the others have this type"
        return
    times, amounts = filled
    reader = open_database(one).query(PAGED, cursor="id", time="ts", every="5s").past("ts", "amount")
    width = 2.0 ** (17 if kind == "date" else 5)
    low_x, high_x = (math.floor(times[place] / width) * width for place in (20, 120))
    expected = [(x, y) for x, y in zip(times, amounts, strict=True) if low_x <= x < high_x]
    found = reader.read_rows(low_x, high_x, 200)
    assert found is not None
    np.testing.assert_allclose(found.xs, [x for x, _ in expected], rtol=0, atol=6e-4 if kind == "text" else 2e-6)
    np.testing.assert_array_equal(found.ys, [math.nan if y is None else y for _, y in expected])
    assert reader.read_rows(low_x, high_x, len(expected) - 1) is None
    before = reader.read_rows(-1e13, -9e12, 5)
    assert before is not None
    assert before.xs.size == 0


def test_the_rows_of_a_range_are_all_that_is_asked_for(backend: tuple[str, Backend]) -> None:
    name, one = backend
    times, amounts = fill(one, name, "naive") or ([], [])
    query = open_database(one).query(PAGED, cursor="id", time="ts", every="5s")
    low_x = math.floor(times[50] / 64) * 64.0
    assert read(query, low_x, 64.0, 10) == buckets(times, amounts, low_x, 64.0, 10)
    assert query.asked.num_rows <= 11  # a sample, and a row for each bucket


def test_what_viewers_chose_is_bound(backend: tuple[str, Backend]) -> None:
    name, one = backend
    times, amounts = fill(one, name, "naive") or ([], [])
    sql = "SELECT ts, amount FROM orders WHERE amount > :least"
    query = open_database(one).query(sql, time="ts", every="5s").bound({"least": 50})
    low_x = math.floor(times[0] / 64) * 64.0
    chosen = [(time, amount) for time, amount in zip(times, amounts, strict=True) if amount is not None and amount > 50]
    assert read(query, low_x, 64.0, 100) == buckets([t for t, _ in chosen], [a for _, a in chosen], low_x, 64.0, 100)


def test_sql_of_all_rows_may_be_given(backend: tuple[str, Backend]) -> None:
    name, one = backend
    times, amounts = fill(one, name, "number") or ([], [])
    one.execute("CREATE TABLE recent AS SELECT * FROM orders WHERE id > 190")
    database = open_database(one)
    query = database.query("SELECT ts, amount FROM recent", time="ts", every="5s", past="SELECT * FROM orders")
    low_x = math.floor(times[0] / 64) * 64.0
    assert read(query, low_x, 64.0, 100) == buckets(times, amounts, low_x, 64.0, 100)


def test_an_empty_table_has_no_buckets(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute("CREATE TABLE orders (id BIGINT, ts DOUBLE PRECISION, amount DOUBLE PRECISION)")
    query = open_database(one).query("SELECT ts, amount FROM orders", time="ts", every="5s")
    assert read(query, 0.0, 64.0, 100) == {}
    one.execute("INSERT INTO orders VALUES (1, 65.0, 7.0)")
    assert read(query, 0.0, 64.0, 100) == {1: (7.0, 7.0)}


def test_a_name_that_must_be_quoted_is(backend: tuple[str, Backend]) -> None:
    name, one = backend
    quote = "`" if name == "mariadb" else '"'
    x, y = f"{quote}the time{quote}", f"{quote}order{quote}"
    one.execute(
        f"CREATE TABLE odd ({x} DOUBLE PRECISION, {y} DOUBLE PRECISION)", "INSERT INTO odd VALUES (1, 2), (65, 3)"
    )
    query = open_database(one).query("SELECT * FROM odd", time="the time", every="5s")
    ids, lows, _, _ = query.past("the time", "order").read(0.0, 128.0, 64.0, 2)
    assert ids.tolist() == [0, 1]
    assert lows.tolist() == [2, 3]


def test_a_fault_is_said_with_the_query_s_name(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute("CREATE TABLE orders (id BIGINT)")
    query = open_database(one).query("SELECT ts, amount FROM nowhere", time="ts", every="5s", name="orders")
    with pytest.raises(OutsideError, match=r":orders: .*nowhere"):
        query.past("ts", "amount").read(0.0, 64.0, 64.0, 1)


JOINED = {
    "both": ("SELECT a.ts, b.ts, a.amount, b.amount FROM a JOIN b ON a.id = b.id", "amount"),
    "second": ("SELECT a.ts, b.ts, a.amount, b.amount FROM a JOIN b ON a.id = b.id", "amount_2"),
    "another": ("SELECT a.id, b.id, a.ts, a.amount FROM a JOIN b ON a.id = b.id", "amount"),
    "none": ("SELECT ts FROM a", "amount"),
}
"""SQL with two columns of one name, or without one, and the column that is read."""


@pytest.mark.parametrize("case", list(JOINED))
def test_two_columns_of_one_name_are_the_first_or_it_is_said_what_to_do(
    backend: tuple[str, Backend], case: str
) -> None:
    name, one = backend
    for table, amount in (("a", 2), ("b", 9)):
        columns = "id INTEGER, ts DOUBLE PRECISION, amount DOUBLE PRECISION"
        one.execute(f"CREATE TABLE {table} ({columns})", f"INSERT INTO {table} VALUES (1, {3 + amount}, {amount})")
    sql, y = JOINED[case]
    reader = open_database(one).query(sql, time="ts", every="5s").past("ts", y)
    if (case == "both" and name in ("sqlite", "duckdb")) or (case == "another" and name != "mariadb"):
        assert reader.read(0.0, 64.0, 1.0, 64).tolist() == [[5.0], [2.0], [2.0], [1.0]]
        return
    advice = rf"expected one column named 'ts' and one named '{y}' in the SQL, got: .*name of its own there"
    with pytest.raises(OutsideError, match=advice):
        reader.read(0.0, 64.0, 1.0, 64)


def test_a_read_is_ended_at_the_database_when_it_takes_too_long(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute("CREATE TABLE orders (id BIGINT)")
    sql = f"SELECT 1.0 AS ts, 2.0 AS amount FROM ({one.endless}) AS endless"
    query = open_database(one).query(sql, time="ts", every="5s", timeout="200ms")
    with pytest.raises(SourceTimeout, match="no result within"):
        query.past("ts", "amount").read(0.0, 64.0, 64.0, 1)


def test_texts_that_are_no_values_are_said(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute("CREATE TABLE odd (ts DOUBLE PRECISION, name VARCHAR(20))", "INSERT INTO odd VALUES (1, 'x')")
    query = open_database(one).query("SELECT ts, name FROM odd", time="ts", every="5s")
    with pytest.raises(OutsideError, match="expected numbers"):
        query.past("ts", "name").read(0.0, 64.0, 64.0, 1)


def test_times_on_the_edges_of_buckets_are_in_the_later_one(backend: tuple[str, Backend]) -> None:
    name, one = backend
    kind = "text" if name == "sqlite" else "naive"
    type_of_x = KINDS[kind].get(name) or KINDS[kind]["default"]
    one.execute(f"CREATE TABLE ticks (ts {type_of_x}, amount DOUBLE PRECISION)")
    begin = math.floor(BEGIN.timestamp() / 1_024) * 1_024
    ats = [datetime.fromtimestamp(begin + i, UTC) for i in range(1_024)]
    one.execute("INSERT INTO ticks VALUES " + ", ".join(f"('{at:%Y-%m-%d %H:%M:%S}', {i})" for i, at in enumerate(ats)))
    query = open_database(one).query("SELECT ts, amount FROM ticks", time="ts", every="5s")
    assert read(query, float(begin), 1.0, 1_024) == {i: (float(i), float(i)) for i in range(1_024)}


def test_a_range_that_begins_before_there_are_times(backend: tuple[str, Backend]) -> None:
    name, one = backend
    times, amounts = fill(one, name, "text" if name == "sqlite" else "naive") or ([], [])
    query = open_database(one).query(PAGED, cursor="id", time="ts", every="5s")
    width = 2.0**27
    assert read(query, -1_000 * width, width, 1_024) == buckets(times, amounts, -1_000 * width, width, 1_024)


def test_truths_count_as_numbers(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute(
        "CREATE TABLE odd (ts DOUBLE PRECISION, is_on BOOLEAN)",
        "INSERT INTO odd VALUES (1, true), (2, false), (65, true)",
    )
    query = open_database(one).query("SELECT ts, is_on FROM odd", time="ts", every="5s")
    ids, lows, highs, _ = query.past("ts", "is_on").read(0.0, 128.0, 64.0, 2)
    assert (ids.tolist(), lows.tolist(), highs.tolist()) == ([0, 1], [0, 1], [1, 1])


def test_a_past_may_end_with_a_semicolon(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute("CREATE TABLE o (ts DOUBLE PRECISION, amount DOUBLE PRECISION)", "INSERT INTO o VALUES (1, 2)")
    query = open_database(one).query("SELECT * FROM o", time="ts", every="5s", past="SELECT * FROM o;")
    assert read(query, 0.0, 64.0, 1) == {0: (2.0, 2.0)}


# --- SQL ---


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM o", "SELECT * FROM o"),
        ("SELECT * FROM o WHERE id > :cursor ORDER BY id LIMIT :limit", "SELECT * FROM o WHERE 1 = 1"),
        ("SELECT * FROM o WHERE ts >= :since\n ORDER BY ts, o.id ASC LIMIT :limit ;", "SELECT * FROM o WHERE 1 = 1"),
        (
            "SELECT * FROM o WHERE a = ':cursor' AND (o.id > :cursor AND r = :r) ORDER BY id LIMIT :limit -- :limit",
            "SELECT * FROM o WHERE a = ':cursor' AND (1 = 1 AND r = :r)",
        ),
        (
            'SELECT * FROM o WHERE "a b" > :cursor ORDER BY "a b" FETCH NEXT :limit ROWS ONLY',
            "SELECT * FROM o WHERE 1 = 1",
        ),
        ("SELECT * FROM o WHERE x + id > :cursor ORDER BY id LIMIT :limit", None),
        ("SELECT * FROM o WHERE f(id) > :cursor ORDER BY id LIMIT :limit", None),
        ("SELECT * FROM o WHERE id > max(:cursor, 7) ORDER BY id LIMIT :limit", None),
        ("SELECT * FROM o WHERE :cursor < id ORDER BY id LIMIT :limit", None),
        ("SELECT * FROM (SELECT * FROM o WHERE id > :cursor ORDER BY id LIMIT :limit) q ORDER BY id", None),
        ("SELECT * FROM o WHERE id > :cursor ORDER BY id DESC LIMIT :limit", None),
        ("SELECT * FROM o WHERE id > :cursor - 10 ORDER BY id LIMIT :limit", None),
        ("SELECT * FROM o WHERE ts >= :since::timestamptz ORDER BY ts LIMIT :limit", None),
        ("SELECT * FROM o WHERE ts >= :since - INTERVAL '1 hour' ORDER BY ts LIMIT :limit", None),
        ("SELECT * FROM o WHERE NOT (id > :cursor) ORDER BY id LIMIT :limit", None),
        ("SELECT CASE WHEN (id > :cursor) THEN 1 END AS a FROM o ORDER BY id LIMIT :limit", None),
        (
            "SELECT * FROM o WHERE id > :cursor AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.o = o.id"
            " AND g.ts >= :since) ORDER BY id LIMIT :limit",
            None,
        ),
        (
            'SELECT * FROM o WHERE r IN (SELECT r FROM "(SELECT") AND (ts >= :since AND id > :cursor)'
            " ORDER BY id LIMIT :limit",
            'SELECT * FROM o WHERE r IN (SELECT r FROM "(SELECT") AND (1 = 1 AND 1 = 1)',
        ),
        ("SELECT * FROM o WHERE x + -- AND\nid > :cursor ORDER BY id LIMIT :limit", None),
    ],
)
def test_a_query_of_pages_is_lifted_to_one_of_all_rows(sql: str, expected: str | None) -> None:
    found = lifted(sql)
    assert (found if found is None else found.split("--")[0].strip()) == expected


@pytest.mark.parametrize("kind", ["number", "naive", "aware", "date", "text"])
@pytest.mark.parametrize(
    "dialect",
    ["sqlite", "duckdb", "postgresql", "mysql", "mssql", "snowflake", "bigquery", "clickhouse", "trino", "oracle"],
)
def test_each_dialect_has_sql_or_none(dialect: str, kind: TimeKind) -> None:
    sql = bucket_sql(dialect, "SELECT * FROM o", "ts", "amount", kind)
    is_known = (
        kind == "number"
        or (kind == "text" and dialect in ("sqlite", "duckdb", "postgresql"))
        or (kind not in ("number", "text") and dialect not in ("sqlite", "oracle"))
    )
    assert (sql is not None) == is_known
    if sql is not None:
        assert sql.count("(") == sql.count(")")
        assert ":past_from" in sql
        assert ":past_to" in sql


@pytest.mark.parametrize(
    ("past", "message"),
    [
        ("DELETE FROM o", "past: expected SQL that reads"),
        (3, "past: expected SQL that reads"),
        ("SELECT * FROM o WHERE id > :cursor", "got :cursor"),
        ("SELECT * FROM o WHERE region = :other", "got :other"),
        ("SELECT * FROM o WHERE ts > :past_from", "past: .* got :past_from"),
        ("SELECT * FROM o", "past: expected :region .* got none: .* write WHERE .:region IS NULL OR"),
    ],
)
def test_what_is_no_past_is_said(past: Any, message: str) -> None:
    shop = database("sqlite:///shop.db")
    with pytest.raises(UsageError, match=message):
        shop.query("SELECT ts FROM o WHERE region = :region", every="5s", past=past)
    shop.query("SELECT ts FROM o WHERE region = :region", every="5s", past="SELECT ts FROM o WHERE r = :region")


@pytest.mark.parametrize("name", ["past_from", "past_to", "past_width"])
def test_names_that_the_past_needs_are_no_parameters_of_viewers(name: str) -> None:
    with pytest.raises(UsageError, match=rf"shop\.db\.query: expected .* got :{name} in the SQL: name it otherwise"):
        database("sqlite:///shop.db").query(f"SELECT ts FROM o WHERE ts > :{name}", every="5s")


def test_moments_beyond_what_databases_have_are_at_their_ends(tmp_path: Path) -> None:
    backend = cast(AbstractContextManager[Backend], BACKENDS["duckdb"](tmp_path))
    with backend as one:
        one.execute("CREATE TABLE o (ts TIMESTAMP, amount DOUBLE)", "INSERT INTO o VALUES ('2026-01-01', 1)")
        query = open_database(one).query("SELECT ts, amount FROM o", time="ts", every="5s")
        reader = query.past("ts", "amount")
        assert reader.read(-1e13, 1e13, 2e13, 1).shape == (4, 1)
        assert np.isfinite(reader.read(-1e13, 1e13, 2e13, 1)[1:]).all()
