"""What every database driver does alike. One more driver is one more entry in ``backends.BACKENDS``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from tests.sources.backends import BACKENDS, Backend, open_database
from tests.sources.cancelled import errors_while_cancelled

from cadran.errors import ClosedError, OutsideError, SourceTimeout
from cadran.sources import Appended, Database, Merged, Query, Reader, Reading, Unchanged, Whole

CREATE = "CREATE TABLE orders (id BIGINT PRIMARY KEY, ts TIMESTAMP, region VARCHAR(20), amount DOUBLE PRECISION)"
PAGED = "SELECT id, region FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit"
BY_TIME = "SELECT id, ts, amount FROM orders WHERE ts >= :since ORDER BY ts, id LIMIT :limit"
NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC."""


class Rig:
    """A backend, its database as the driver sees it, and readers over it."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.database: Database = open_database(backend)
        self.execute = backend.execute
        self._readers: list[Reader] = []
        backend.execute(CREATE)

    def add(self, *rows: tuple[int, str, float]) -> None:
        """Add orders of (id, time of the day, amount)."""
        for id_, time, amount in rows:
            self.execute(f"INSERT INTO orders VALUES ({id_}, '2026-11-22 {time}', 'north', {amount})")

    def query(self, sql: str, **options: Any) -> Query:
        return self.database.query(sql, **{"every": "1s", **options})

    def open(self, query: Query) -> Reader:
        reader = query.open()
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        for reader in self._readers:
            reader.close()


@pytest.fixture(params=list(BACKENDS))
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    opened = cast(AbstractContextManager[Backend], BACKENDS[request.param](tmp_path))
    with opened as backend:
        rig = Rig(backend)
        yield rig
        rig.close()


def read(reader: Reader, mark: object | None = None, now: float = NOON) -> Reading:
    return cast(Reading, reader.read(mark, now))


def frame_of(reading: Reading) -> pl.DataFrame:
    assert isinstance(reading, Whole)
    assert isinstance(reading.value, pl.DataFrame)
    return reading.value


# --- whole results ------------------------------------------------------------------------------


def test_a_whole_result_is_a_frame_of_plain_columns(rig: Rig) -> None:
    rig.execute(
        "INSERT INTO orders VALUES (1, '2026-11-22 10:00:00', 'north', 1.5)",
        "INSERT INTO orders VALUES (2, NULL, NULL, NULL)",
    )
    frame = frame_of(read(rig.open(rig.query("SELECT id, region, amount FROM orders ORDER BY id"))))
    assert frame.to_dicts() == [
        {"id": 1, "region": "north", "amount": 1.5},
        {"id": 2, "region": None, "amount": None},
    ]
    assert frame.schema == {"id": pl.Int64, "region": pl.String, "amount": pl.Float64}


def test_two_columns_of_one_name(rig: Rig) -> None:
    rig.add((1, "10:00:00", 1.0))
    frame = frame_of(read(rig.open(rig.query("SELECT a.id, b.id FROM orders a JOIN orders b ON a.id = b.id"))))
    assert (frame.columns[0], len(set(frame.columns))) == ("id", 2)


def test_text_that_looks_like_parameters_and_formats(rig: Rig) -> None:
    rig.execute("INSERT INTO orders VALUES (1, NULL, '100 % :x', 0)")
    sql = "SELECT region, ':limit' AS a, '%s %' AS b FROM orders WHERE id > :cursor AND id % 2 = 1 LIMIT :limit -- :y %"
    reading = read(rig.open(rig.query(f"SELECT *, 1 AS id FROM ({sql}\n) AS o", cursor="id")))
    assert isinstance(reading, Appended)
    assert reading.rows.row(0) == ("100 % :x", ":limit", "%s %", 1)


def test_u16_an_insert_an_update_in_place_and_a_delete_each_show(rig: Rig) -> None:
    rig.add((1, "10:00:00", 1.0), (2, "10:00:01", 2.0))
    reader = rig.open(rig.query("SELECT id, amount FROM orders ORDER BY id"))
    mark = read(reader).mark
    for change in (
        "INSERT INTO orders VALUES (3, NULL, NULL, 3)",
        "UPDATE orders SET amount = 9 WHERE id = 1",
        "UPDATE orders SET amount = 8 WHERE id = 1",
        "DELETE FROM orders WHERE id = 2",
    ):
        assert isinstance(read(reader, mark), Unchanged)
        rig.execute(change)
        reading = read(reader, mark)
        assert frame_of(reading).rows() == rig.backend.rows("SELECT id, amount FROM orders ORDER BY id")
        mark = reading.mark


def test_u16_1000_unchanged_probes_are_one_query(rig: Rig) -> None:
    rig.add((1, "10:00:00", 1.0))
    query = rig.query("SELECT * FROM orders")
    reader = rig.open(query)
    mark = read(reader).mark
    assert all(isinstance(read(reader, mark), Unchanged) for _ in range(1_000))
    if rig.backend.has_version:
        assert (query.asked.how, query.asked.num_queries, query.asked.num_probes) == ("probe + digest", 1, 1_001)
        assert query.asked.num_rows == 1
    else:
        assert (query.asked.how, query.asked.num_queries) == ("digest", 1_001)


def test_what_may_change_by_itself_is_never_skipped(rig: Rig) -> None:
    query = rig.query(rig.backend.unsteady)
    reader = rig.open(query)
    mark = read(reader).mark
    assert isinstance(read(reader, mark), Whole)
    assert (query.asked.how, query.asked.num_queries) == ("digest", 2)


def test_the_users_own_probe(rig: Rig) -> None:
    rig.add((1, "10:00:00", 1.0))
    query = rig.query("SELECT id, amount FROM orders ORDER BY id", probe="SELECT max(id), count(*) FROM orders")
    reader = rig.open(query)
    mark = read(reader).mark
    rig.execute("UPDATE orders SET amount = 9")  # which this probe can't see: the user said that there are none
    assert isinstance(read(reader, mark), Unchanged)
    assert (query.asked.how, query.asked.num_queries, query.asked.num_probes) == ("probe + digest", 1, 2)
    rig.add((2, "10:00:00", 1.0))
    assert frame_of(read(reader, mark)).height == 2


def test_s13_of_too_many_rows_the_first_are_shown(rig: Rig) -> None:
    rig.add(*((i, "10:00:00", 1.0) for i in range(5)))
    query = rig.query("SELECT id FROM orders ORDER BY id", max_rows=3)
    reader = rig.open(query)
    reading = read(reader)
    assert (frame_of(reading)["id"].to_list(), cast(Whole, reading).capped_rows) == ([0, 1, 2], 3)
    assert query.asked.num_rows == 4
    rig.add((7, "10:00:00", 1.0))
    assert isinstance(read(reader, reading.mark), Unchanged)  # what is shown is the same
    rig.execute("DELETE FROM orders WHERE id > 2")
    reading = read(reader, reading.mark)
    assert cast(Whole, reading).capped_rows is None


# --- cursors ------------------------------------------------------------------------------------


def test_a_cursor_reads_page_by_page_then_what_is_new(rig: Rig) -> None:
    rig.add(*((i, "10:00:00", 1.0) for i in range(-5, 20)))
    query = rig.query(PAGED, cursor="id", limit=10)
    reader = rig.open(query)
    mark: object | None = None
    got, pages, more = [], [], True
    while more:
        reading = read(reader, mark)
        assert isinstance(reading, Appended)
        got += reading.rows["id"].to_list()
        pages.append((reading.rows.height, reading.more))
        mark, more = reading.mark, reading.more
    assert got == list(range(-5, 20))
    assert pages == [(10, True), (10, True), (5, False)]
    assert isinstance(read(reader, mark), Unchanged)
    rig.add((100, "10:00:00", 1.0))
    reading = read(reader, mark)
    assert isinstance(reading, Appended)
    assert (reading.rows["id"].to_list(), reading.mark, reading.more) == ([100], 100, False)
    assert query.asked.how == "cursor"


@pytest.mark.parametrize(("column", "expected"), [("region", ["a", "b", "c"]), ("ts", [1, 2, 3])])
def test_a_cursor_of_another_type_than_integers(rig: Rig, column: str, expected: list[object]) -> None:
    for id_, region in enumerate("abc", 1):
        rig.execute(f"INSERT INTO orders VALUES ({id_}, '2026-11-22 10:00:0{id_}', '{region}', 0)")
    sql = f"SELECT id, ts, region FROM orders WHERE {column} > :cursor ORDER BY {column} LIMIT :limit"
    reader = rig.open(rig.query(sql, cursor=column, limit=2))
    first = read(reader)
    assert isinstance(first, Appended)
    second = read(reader, first.mark)
    assert isinstance(second, Appended)
    shown = "region" if column == "region" else "id"
    assert [*first.rows[shown], *second.rows[shown]] == expected
    assert isinstance(read(reader, second.mark), Unchanged)


def test_an_empty_table_has_a_mark(rig: Rig) -> None:
    reader = rig.open(rig.query(PAGED, cursor="id"))
    reading = read(reader)
    assert isinstance(reading, Appended)
    assert reading.rows.columns == ["id", "region"]
    rig.add((-7, "10:00:00", 1.0))
    later = read(reader, reading.mark)
    assert isinstance(later, Appended)
    assert later.rows["id"].to_list() == [-7]


_TIMES = {
    "a time": ("ts", "'2026-11-22 {clock}'", "ts >= :since"),
    "text": ("txt", "'2026-11-22T{clock}Z'", "txt >= :since"),
    "seconds": ("secs", "{secs}", "secs >= :since"),
}


@pytest.mark.parametrize("written", _TIMES)
def test_a_cursor_begins_where_keep_does(rig: Rig, written: str) -> None:
    column, literal, condition = _TIMES[written]
    rig.execute("CREATE TABLE visits (id BIGINT, ts TIMESTAMP, txt VARCHAR(30), secs BIGINT)")
    for id_, clock in enumerate(("08:00:00", "09:00:00", "10:59:59", "11:00:00", "11:30:00"), 1):
        hours, minutes, seconds = map(int, clock.split(":"))
        secs = int(NOON) - 12 * 3600 + hours * 3600 + minutes * 60 + seconds
        rig.execute(f"INSERT INTO visits (id, {column}) VALUES ({id_}, {literal.format(clock=clock, secs=secs)})")
    sql = f"SELECT id, {column} FROM visits WHERE id > :cursor AND {condition} ORDER BY id LIMIT :limit"
    query = rig.query(sql, cursor="id", time=column, keep="1h", limit=10)
    reader = rig.open(query)
    first = read(reader)
    assert isinstance(first, Appended)
    assert first.rows["id"].to_list() == [4, 5]  # the others are older than an hour
    assert query.asked.num_rows <= 3  # and were not even read, but for one that tells how times are written
    literal = literal.format(clock="11:59:00", secs=int(NOON) - 60)
    rig.execute(f"INSERT INTO visits (id, {column}) VALUES (9, {literal})")
    second = read(reader, first.mark)
    assert isinstance(second, Appended)
    assert second.rows["id"].to_list() == [9]


def test_late_and_equal_times_are_not_lost(rig: Rig) -> None:
    rig.add((1, "11:00:00", 1.0), (2, "11:00:00", 1.0), (3, "11:30:00", 1.0), (4, "11:30:00", 1.0))
    query = rig.query(BY_TIME, time="ts", late="20m", key="id", limit=3)
    reader = rig.open(query)
    mark: object | None = None
    seen: dict[object, object] = {}

    def catch_up() -> None:
        nonlocal mark
        more = True
        while more:
            reading = read(reader, mark)
            mark, more = reading.mark, getattr(reading, "more", False)
            if isinstance(reading, Merged):
                seen.update(reading.rows.select("id", "amount").rows())

    catch_up()
    assert seen == {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}
    rig.add((5, "11:30:00", 1.0), (6, "11:15:00", 1.0))  # the newest time again, and one that is late
    rig.execute("UPDATE orders SET amount = 7 WHERE id = 3")
    catch_up()
    assert seen == {1: 1.0, 2: 1.0, 3: 7.0, 4: 1.0, 5: 1.0, 6: 1.0}
    if rig.backend.has_version:
        assert isinstance(read(reader, mark), Unchanged)
    num_reads = query.asked.num_queries
    seen.clear()
    catch_up()
    assert (seen, query.asked.num_queries - num_reads) == ({}, 0 if rig.backend.has_version else 2)
    assert query.asked.how == "late cursor"


# --- walls --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (SELECT 1) DELETE FROM orders",
        "WITH a AS (SELECT 9 AS id) INSERT INTO orders (id) SELECT id FROM a",
        "WITH a AS (SELECT 1) UPDATE orders SET amount = 0",
        "SELECT 1; DELETE FROM orders",
    ],
)
def test_s13_nothing_is_written(rig: Rig, sql: str) -> None:
    rig.add((1, "10:00:00", 1.0))
    before = rig.backend.rows("SELECT * FROM orders")
    with pytest.raises(OutsideError):
        read(rig.open(rig.query(sql)))
    assert rig.backend.rows("SELECT * FROM orders") == before


def test_s13_the_connection_itself_only_reads(rig: Rig) -> None:
    rig.add((1, "10:00:00", 1.0))
    for sql in (
        "DELETE FROM orders",
        "DROP TABLE orders",
        "CREATE TABLE other (a INT)",
        "INSERT INTO orders (id) VALUES (2)",
    ):
        connection = rig.database.driver.connect(5.0)
        with pytest.raises(OutsideError):
            connection.fetch(sql, {}, 10, 5.0)
        connection.close()
    rig.database.driver.close()
    assert rig.backend.rows("SELECT count(*) FROM orders") == [(1,)]


def test_u02_a_cancel_ends_an_endless_query_at_the_database(rig: Rig) -> None:
    reader = rig.open(rig.query(rig.backend.endless))
    problems = errors_while_cancelled(reader)
    assert [type(problem) for problem in problems] == [SourceTimeout]
    assert "no result within 10 s" in str(problems[0])


def test_s13_a_query_past_its_time_out_ends_by_itself(rig: Rig) -> None:
    with pytest.raises(SourceTimeout, match="no result within 100 ms"):
        read(rig.open(rig.query(rig.backend.endless, timeout=0.1)))


def test_a_close_ends_a_running_read(rig: Rig) -> None:
    reader = rig.open(rig.query(rig.backend.endless))
    began, problems = threading.Event(), []

    def run() -> None:
        began.set()
        try:
            read(reader)
        except (OutsideError, ClosedError) as problem:
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    assert began.wait(60)
    reader.close()
    thread.join(60)
    assert not thread.is_alive()
    assert len(problems) == 1
    with pytest.raises(ClosedError):
        read(reader)


def test_a_query_that_fails_says_which_and_is_tried_again(rig: Rig) -> None:
    reader = rig.open(rig.query("SELECT * FROM nowhere", name="mine"))
    with pytest.raises(OutsideError, match="nowhere") as raised:
        read(reader)
    assert str(raised.value).startswith(f"{rig.database.driver.name}:mine: ")
    rig.execute("CREATE TABLE nowhere (a INT)")
    assert frame_of(read(reader)).columns == ["a"]


def test_many_queries_share_few_connections(rig: Rig) -> None:
    rig.add((1, "10:00:00", 1.0))
    queries = [rig.query(f"SELECT id + {i} AS id FROM orders") for i in range(12)]
    readers = [rig.open(query) for query in queries]
    got: list[object] = []
    threads = [threading.Thread(target=lambda one=one: got.append(frame_of(read(one)).item())) for one in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(cast(list[int], got)) == list(range(1, 13))
    assert rig.database._pool.num_open <= 4
    for reader in readers:
        reader.close()
    assert rig.database._pool.num_open == 0
