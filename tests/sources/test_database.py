from __future__ import annotations

from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.readable import Last, Readable, TableReadable
from cadran.sources import PolledSource, database

CURSOR = "SELECT id, ts FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit"


def test_a_query_is_a_source_and_a_table() -> None:
    shop = database("sqlite:///shop.db")
    orders = shop.query(CURSOR, cursor="id", time="ts", key="id", every="5s", keep="14d")
    assert isinstance(orders, PolledSource)
    assert isinstance(orders, TableReadable)
    assert isinstance(orders, Readable)
    assert (orders.kind, orders.label, orders.is_append_only, orders.is_async) == ("query", "orders", True, False)
    assert (orders.every_secs, orders.timeout_secs, orders.keep_secs) == (5.0, 10.0, 1_209_600.0)
    assert (orders.time_column, orders.key_column, orders.spec.cursor) == ("ts", "id", "id")
    assert (orders.is_always, orders.inputs) == (False, ())
    assert orders.last("1d") == Last(orders, 86_400.0)


def test_queries_are_equal_only_to_themselves() -> None:
    shop = database("sqlite:///shop.db")
    left, right = (shop.query("SELECT * FROM stock", every=1) for _ in range(2))
    assert left != right
    assert left == left
    assert len({left, right}) == 2


def test_ids_are_unique_and_the_same_in_each_run() -> None:
    ids = []
    for _ in range(2):
        shop = database("sqlite:///shop.db")
        ids.append(
            [
                shop.query("SELECT 1", every=1).id,
                shop.query("  SELECT\n 1", every=2).id,
                shop.query("SELECT 2", every=1).id,
                shop.query("SELECT 1", every=1, name="one").id,
            ]
        )
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 4
    assert ids[0][1] == f"{ids[0][0]}-2"
    assert ids[0][3] == "sqlite:shop.db:one"


@pytest.mark.parametrize(
    ("sql", "label"),
    [
        ("WITH a AS (SELECT 1) SELECT * FROM a", "a"),
        ('select * from "my table" where 1', "my table"),
        ("SELECT 'from x' FROM [b c]", "b c"),
        ("SELECT 1 -- from x", "query"),
    ],
)
def test_the_label_is_the_first_table(sql: str, label: str) -> None:
    assert database("sqlite:///shop.db").query(sql, every=1).label == label


@pytest.mark.parametrize(
    "url",
    ["shop.db", "sqlite://shop.db", "sqlite:///", "sqlite:///:memory:", "sqlite:///a?mode=rw", "nosuch:///a", "", 3],
)
def test_a_url_that_is_not_supported(url: Any) -> None:
    with pytest.raises(UsageError, match=r"database: expected .* got"):
        database(url)


def test_s15_a_url_with_a_password_is_not_repeated() -> None:
    with pytest.raises(UsageError) as raised:
        database("nosuch://me:secret@host/db")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "options", "message"),
    [
        ("DELETE FROM a", {}, "expected SQL that reads"),
        ("", {}, "expected SQL that reads"),
        (None, {}, "expected SQL that reads"),
        ("-- SELECT\nDROP TABLE a", {}, "expected SQL that reads"),
        ("SELECT * FROM a", {"cursor": "id"}, "expected :cursor in the SQL"),
        ("SELECT ':cursor' FROM a", {"cursor": "id"}, "expected :cursor in the SQL"),
        (CURSOR, {}, 'expected cursor="column"'),
        ("SELECT :limit", {}, 'expected cursor="column"'),
        ("SELECT 1", {"every": 0}, "every must be a duration"),
        ("SELECT 1", {"timeout": "soon"}, "timeout must be a duration"),
        ("SELECT 1", {"keep": "1d"}, 'expected time="column" beside it'),
        ("SELECT 1", {"keep": "x", "time": "ts"}, "keep must be a duration"),
        ("SELECT 1", {"limit": 0}, "limit: expected an int of at least 1, got 0"),
        ("SELECT 1", {"max_rows": "9"}, "max_rows: expected an int of at least 1, got '9'"),
        ("SELECT 1", {"key": ""}, "key: expected text that is not empty, got ''"),
        ("SELECT 1", {"time": 3}, "time: expected text that is not empty, got 3"),
    ],
)
def test_what_can_be_known_is_checked_at_once(sql: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        database("sqlite:///shop.db").query(sql, **{"every": "1s", **options})
    assert message in str(raised.value)
