"""The user's own probes: SQL or a function, in place of what the database tells."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.sources.fake_driver import FakeDriver

from cadran.errors import OutsideError, UsageError
from cadran.sources import Database, Query, Unchanged, Whole, database


class Rig:
    def __init__(self, probe: Any) -> None:
        self.value = 1
        self.driver = FakeDriver(lambda parameters, max_rows: pl.DataFrame({"a": [self.value]}))
        self.driver.now = "never asked"
        self.query: Query = Database(self.driver).query("SELECT a FROM t", every=1, probe=probe)
        self.reader = self.query.open()
        self.mark: object | None = None

    def read(self) -> object:
        reading = self.reader.read(self.mark, 0.0)
        assert isinstance(reading, Whole | Unchanged)
        self.mark = reading.mark
        return reading


def test_a_function_tells_whether_anything_changed() -> None:
    state = {"version": 1}
    rig = Rig(lambda: state["version"])
    assert isinstance(rig.read(), Whole)
    rig.value = 2
    assert isinstance(rig.read(), Unchanged)
    state["version"] = 2
    assert isinstance(rig.read(), Whole)
    assert (rig.query.asked.how, rig.query.asked.num_queries, rig.query.asked.num_probes) == ("probe + digest", 2, 3)


def test_a_function_that_gives_none_says_nothing() -> None:
    rig = Rig(lambda: None)
    rig.read()
    rig.value = 2
    assert isinstance(rig.read(), Whole)
    assert isinstance(rig.read(), Unchanged)
    assert (rig.query.asked.how, rig.query.asked.num_queries, rig.query.asked.num_probes) == ("digest", 3, 0)


def test_a_function_that_raises_is_named_and_tried_again() -> None:
    problems: list[Exception] = [ValueError("no such topic")]

    def probe() -> int:
        if problems:
            raise problems.pop()
        return 1

    rig = Rig(probe)
    with pytest.raises(OutsideError, match=r"^fake:shop:\w+: the probe raised ValueError: no such topic$"):
        rig.read()
    assert isinstance(rig.read(), Whole)


def test_sql_that_fails_is_said_to_be_the_probe(tmp_path: Any) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "shop.db") as writer:
        writer.execute("CREATE TABLE t (a)")
    writer.close()
    query = database(f"sqlite:///{tmp_path}/shop.db").query("SELECT a FROM t", every=1, probe="SELECT max(b) FROM t")
    reader = query.open()
    with pytest.raises(OutsideError, match="the probe failed: the query failed in .*: no such column: b"):
        reader.read(None, 0.0)
    reader.close()


@pytest.mark.parametrize(
    ("probe", "message"),
    [
        ("DELETE FROM t", "probe: expected SQL that reads, or a function, got 'DELETE FROM t'"),
        ("", "probe: expected SQL that reads, or a function, got ''"),
        (3, "probe: expected SQL that reads, or a function, got 3"),
        ("SELECT max(id) FROM t WHERE id > :cursor", "probe: expected no parameters, got :cursor"),
    ],
)
def test_what_is_no_probe(probe: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        database("sqlite:///shop.db").query("SELECT 1", every=1, probe=probe)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"late": "1m", "key": "id"}, 'expected time="column" beside it'),
        ({"late": "1m", "time": "ts"}, 'expected key="column" beside it'),
        ({"late": "1m", "time": "ts", "key": "id", "cursor": "id"}, "expected either cursor= or late=, got both"),
        ({"late": "soon", "time": "ts", "key": "id"}, "late must be a duration"),
    ],
)
def test_what_late_needs(options: dict[str, Any], message: str) -> None:
    sql = "SELECT id, ts FROM t WHERE ts >= :since ORDER BY ts LIMIT :limit"
    with pytest.raises(UsageError) as raised:
        database("sqlite:///shop.db").query(sql, every=1, **options)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "sql", ["SELECT id, ts FROM t", "SELECT id FROM t WHERE ts >= :since", "SELECT 1 LIMIT :limit"]
)
def test_what_late_needs_in_the_sql(sql: str) -> None:
    with pytest.raises(
        UsageError, match=r"expected :since and :limit in the SQL; write WHERE ts >= :since ORDER BY ts"
    ):
        database("sqlite:///shop.db").query(sql, every=1, late="1m", time="ts", key="id")


def test_since_needs_late_or_a_cursor_with_keep() -> None:
    shop = database("sqlite:///shop.db")
    with pytest.raises(UsageError, match='expected cursor= and keep="14d", or late="10m", beside :since'):
        shop.query("SELECT id FROM t WHERE ts >= :since", every=1)
    sql = "SELECT id, ts FROM t WHERE id > :cursor AND ts >= :since"
    with pytest.raises(UsageError, match="beside :since"):
        shop.query(sql, cursor="id", time="ts", every=1)
    shop.query(sql, cursor="id", time="ts", keep="1h", every=1)
