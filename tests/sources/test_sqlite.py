from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadran.errors import OutsideError
from cadran.sources import Appended, Reader, Unchanged, Whole, database
from cadran.sources.query_reader import QueryReader
from cadran.sources.sqlite import SqliteConnection

PAGED = "SELECT * FROM stock WHERE left > :cursor ORDER BY left LIMIT :limit"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Shop:
    """A database file, the program that writes it, and readers over it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop #1.db"
        self.writer = sqlite3.connect(self.path, isolation_level=None)
        self.writer.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY, left INTEGER)")
        self.readers: list[Reader] = []

    def write(self, sql: str, *parameters: object) -> None:
        self.writer.execute(sql, parameters)

    def add(self, *lefts: int) -> None:
        self.writer.executemany("INSERT INTO stock VALUES (?, ?)", [(f"sku {left}", left) for left in lefts])

    def reader(self, sql: str = "SELECT * FROM stock ORDER BY sku", **options: Any) -> QueryReader:
        query = database(f"sqlite:///{self.path}").query(sql, **{"every": "1s", **options})
        reader = query.open()
        assert isinstance(reader, QueryReader)
        self.readers.append(reader)
        return reader

    def close(self) -> None:
        for reader in self.readers:
            reader.close()
        self.writer.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


def count_runs(reader: QueryReader) -> list[str]:
    """Record the statements that the reader's connection runs from now on, probes left out."""
    runs: list[str] = []
    connection = sqlite_of(reader)
    assert connection is not None
    connection.set_trace_callback(lambda sql: None if sql.startswith("PRAGMA") else runs.append(sql))
    return runs


def sqlite_of(reader: QueryReader) -> sqlite3.Connection | None:
    """The connection that the next read will use."""
    idle = reader._pool._idle[-1:]
    return next((one._sqlite for one in idle if isinstance(one, SqliteConnection)), None)


def whole(reader: Reader, mark: object | None = None) -> Whole:
    reading = reader.read(mark, 0.0)
    assert isinstance(reading, Whole)
    return reading


def test_a_whole_result_is_a_frame(shop: Shop) -> None:
    shop.write("INSERT INTO stock VALUES ('a', 1), ('b', NULL)")
    value: Any = whole(shop.reader()).value
    assert value.to_dicts() == [{"sku": "a", "left": 1}, {"sku": "b", "left": None}]


def test_nothing_is_opened_before_the_first_read(shop: Shop, tmp_path: Path) -> None:
    reader = database(f"sqlite:///{tmp_path}/later.db").query("SELECT * FROM a", every=1).open()
    with pytest.raises(OutsideError, match=r"expected a database file at .*later\.db, got none"):
        reader.read(None, 0.0)
    with sqlite3.connect(tmp_path / "later.db") as writer:
        writer.execute("CREATE TABLE a (b)")
    writer.close()
    assert whole(reader).value is not None
    reader.close()


def test_u16_digest_an_insert_an_update_and_a_delete_each_show(shop: Shop) -> None:
    shop.add(1, 2, 3)
    reader = shop.reader()
    mark = whole(reader).mark
    for change in (
        "INSERT INTO stock VALUES ('new', 9)",
        "UPDATE stock SET left = -1 WHERE sku = 'sku 1'",
        "UPDATE stock SET left = -2 WHERE sku = 'sku 1'",
        "DELETE FROM stock WHERE sku = 'sku 2'",
    ):
        assert reader.read(mark, 0.0) == Unchanged(mark)
        shop.write(change)
        reading = whole(reader, mark)
        assert reading.mark != mark
        mark = reading.mark


def test_u16_digest_1000_unchanged_probes_are_one_query(shop: Shop) -> None:
    shop.add(1, 2)
    reader = shop.reader()
    mark = whole(reader).mark
    runs = count_runs(reader)
    assert all(reader.read(mark, 0.0) == Unchanged(mark) for _ in range(1_000))
    assert runs == []
    shop.write("CREATE TABLE other (a)")  # a commit that does not change the result
    assert reader.read(mark, 0.0) == Unchanged(mark)
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("sql", "is_probed"),
    [
        ("SELECT max(left), upper(sku), CASE WHEN left LIKE 1 THEN 2 END FROM stock", True),
        ("SELECT left AS date, sku AS time FROM stock", True),
        ("SELECT 'random()' FROM stock -- datetime('now')", True),
        ("SELECT random() FROM stock", False),
        ("SELECT * FROM stock WHERE left < unixepoch()", False),
        ("SELECT CURRENT_TIMESTAMP FROM stock", False),
        ("SELECT \"datetime\" ('now') FROM stock", False),
        ("SELECT date/* */('now') FROM stock", False),
        ("SELECT * FROM recent", False),
    ],
)
def test_a_query_that_may_change_by_itself_is_never_skipped(shop: Shop, sql: str, is_probed: bool) -> None:
    shop.add(1)
    shop.write("CREATE VIEW recent AS SELECT *, datetime('now', 'start of year') FROM stock")
    reader = shop.reader(sql)
    mark = whole(reader).mark
    runs = count_runs(reader)
    reader.read(mark, 0.0)
    assert len(runs) == (0 if is_probed else 1)


def test_another_mark_than_the_last_is_answered_in_full(shop: Shop) -> None:
    shop.add(1)
    reader = shop.reader()
    old = whole(reader).mark
    shop.add(2)
    new = whole(reader, old).mark
    assert isinstance(reader.read(old, 0.0), Whole)
    assert isinstance(reader.read(None, 0.0), Whole)
    assert reader.read(new, 0.0) == Unchanged(new)


CHANGES = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "delete"]), st.integers(0, 3), st.none() | st.integers(-2, 2)),
    max_size=6,
)


@given(CHANGES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_u16_digest_agrees_with_whole_comparison(shop: Shop, changes: list[tuple[str, int, int | None]]) -> None:
    shop.write("DELETE FROM stock")
    reader = shop.reader()
    mark = whole(reader).mark
    before = shop.writer.execute("SELECT * FROM stock ORDER BY sku").fetchall()
    statements: dict[str, Callable[[str, int | None], tuple[str, tuple[object, ...]]]] = {
        "insert": lambda sku, left: ("INSERT OR IGNORE INTO stock VALUES (?, ?)", (sku, left)),
        "update": lambda sku, left: ("UPDATE stock SET left = ? WHERE sku = ?", (left, sku)),
        "delete": lambda sku, left: ("DELETE FROM stock WHERE sku = ?", (sku,)),
    }
    for change, number, left in changes:
        sql, parameters = statements[change](f"sku {number}", left)
        shop.write(sql, *parameters)
        after = shop.writer.execute("SELECT * FROM stock ORDER BY sku").fetchall()
        reading = reader.read(mark, 0.0)
        assert isinstance(reading, Unchanged) == (after == before)
        if isinstance(reading, Whole):
            frame: Any = reading.value
            assert frame.rows() == after
        before, mark = after, reading.mark
    reader.close()


# --- cursor -------------------------------------------------------------------------------------


def test_a_cursor_reads_page_by_page_then_what_is_new(shop: Shop) -> None:
    shop.add(*range(-5, 20))
    reader = shop.reader(PAGED, cursor="left", limit=10)
    mark: object | None = None
    got, pages = [], []
    while True:
        reading = reader.read(mark, 0.0)
        assert isinstance(reading, Appended)
        got += reading.rows["left"].to_list()
        pages.append((reading.rows.height, reading.more))
        mark = reading.mark
        if not reading.more:
            break
    assert got == list(range(-5, 20))
    assert pages == [(10, True), (10, True), (5, False)]
    runs = count_runs(reader)
    assert reader.read(mark, 0.0) == Unchanged(mark)
    assert runs == []
    shop.add(100)
    reading = reader.read(mark, 0.0)
    assert isinstance(reading, Appended)
    assert (reading.rows["left"].to_list(), reading.mark, reading.more) == ([100], 100, False)


def test_a_cursor_without_its_own_limit_is_paged_too(shop: Shop) -> None:
    shop.add(*range(25))
    reader = shop.reader("SELECT * FROM stock WHERE left > :cursor ORDER BY left", cursor="left", limit=10)
    heights, mark = [], None
    for _ in range(3):
        reading = reader.read(mark, 0.0)
        assert isinstance(reading, Appended)
        heights.append(reading.rows.height)
        mark = reading.mark
    assert heights == [10, 10, 5]


def test_a_limit_of_the_query_itself_hides_no_rows(shop: Shop) -> None:
    shop.add(*range(5))
    reader = shop.reader("SELECT * FROM stock WHERE left > :cursor ORDER BY left LIMIT 2", cursor="left")
    got: list[int] = []
    mark: object | None = None
    while not isinstance(reading := reader.read(mark, 0.0), Unchanged):
        assert isinstance(reading, Appended)
        got += reading.rows["left"].to_list()
        mark = reading.mark
    assert got == [0, 1, 2, 3, 4]


def test_equal_cursors_are_not_cut_by_a_page(shop: Shop) -> None:
    for index, left in enumerate([1, 2, 2, 2, 3, 4]):
        shop.write("INSERT INTO stock VALUES (?, ?)", f"sku {index}", left)
    reader = shop.reader(PAGED, cursor="left", limit=3)
    got, mark, more = [], None, True
    while more:
        reading = reader.read(mark, 0.0)
        assert isinstance(reading, Appended)
        got.append(reading.rows["left"].to_list())
        mark, more = reading.mark, reading.more
    assert got == [[1], [2, 2, 2], [3, 4]]


def test_an_empty_table_has_a_mark(shop: Shop) -> None:
    reader = shop.reader(PAGED, cursor="left")
    reading = reader.read(None, 0.0)
    assert isinstance(reading, Appended)
    assert reading.rows.columns == ["sku", "left"]
    assert reader.read(reading.mark, 0.0) == Unchanged(reading.mark)
    shop.add(-7)
    later = reader.read(reading.mark, 0.0)
    assert isinstance(later, Appended)
    assert later.rows["left"].to_list() == [-7]


@pytest.mark.parametrize(
    ("sql", "options", "message"),
    [
        ("SELECT left FROM stock WHERE left > :cursor ORDER BY left DESC", {"cursor": "left"}, "add ORDER BY left"),
        ("SELECT sku FROM stock WHERE left > :cursor", {"cursor": "left"}, "the cursor column 'left' in the result"),
        ("SELECT NULL AS left FROM stock WHERE left > :cursor", {"cursor": "left"}, "got NULL"),
        ("SELECT 1 AS left FROM stock WHERE left > :cursor", {"cursor": "left", "limit": 1}, "a cursor that grows"),
    ],
)
def test_a_cursor_that_would_lose_rows_is_an_error(shop: Shop, sql: str, options: dict[str, Any], message: str) -> None:
    shop.add(1, 2, 3)
    with pytest.raises(OutsideError) as raised:
        shop.reader(sql, **options).read(None, 0.0)
    assert message in str(raised.value)


# --- what can go wrong --------------------------------------------------------------------------


def test_a_cancel_without_a_read_cancels_nothing(shop: Shop) -> None:
    reader = shop.reader()
    reader.cancel()
    whole(reader)
    reader.cancel()
    whole(reader)


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (SELECT 1) INSERT INTO stock SELECT 'x', 1",
        "WITH a AS (SELECT 1) DELETE FROM stock",
        "SELECT load_extension('x')",
        "SELECT * FROM pragma_query_only",
        "SELECT fts3_tokenizer('simple')",
        "WITH a AS (SELECT 1) UPDATE sqlite_master SET type = 'x'",
    ],
)
def test_s12_s13_a_query_only_reads(shop: Shop, sql: str) -> None:
    shop.add(1)
    with pytest.raises(OutsideError):
        shop.reader(sql).read(None, 0.0)
    assert shop.writer.execute("SELECT count(*) FROM stock").fetchone() == (1,)


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH DATABASE 'other.db' AS other",
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "CREATE TEMP TABLE t (a)",
        "VACUUM INTO 'copy.db'",
        "BEGIN IMMEDIATE",
        "DROP TABLE stock",
        "INSERT INTO stock VALUES ('x', 1)",
    ],
)
def test_s12_the_connection_itself_denies_the_rest(shop: Shop, sql: str) -> None:
    reader = shop.reader()
    whole(reader)
    connection = sqlite_of(reader)
    assert connection is not None
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|authorization denied"):
        connection.execute(sql)


def test_s13_two_statements_are_refused(shop: Shop) -> None:
    with pytest.raises(OutsideError, match="one statement"):
        shop.reader("SELECT 1; SELECT 2").read(None, 0.0)


def test_s13_of_too_many_rows_the_first_are_shown_with_a_note(shop: Shop) -> None:
    shop.add(1, 2, 3)
    assert whole(shop.reader(max_rows=3)).capped_rows is None
    reading: Any = whole(shop.reader(max_rows=2))
    assert (reading.value["left"].to_list(), reading.capped_rows) == ([1, 2], 2)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM nowhere", "no such table: nowhere"),
        ("SELECT missing FROM stock", "no such column: missing"),
        ("SELECT * FROM", "incomplete input"),
        ("SELECT abs(-9223372036854775808)", "overflow"),
    ],
)
def test_a_query_that_fails_says_which_and_where(shop: Shop, sql: str, message: str) -> None:
    reader = shop.reader(sql, name="mine")
    with pytest.raises(OutsideError) as raised:
        reader.read(None, 0.0)
    assert message in str(raised.value)
    assert f"{shop.path}:mine" in str(raised.value)
    assert reader._pool.num_open == 0  # closed: the next read opens again


def test_another_kind_of_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"not a database, " * 100)
    reader = database(f"sqlite:///{path}").query("SELECT * FROM a", every=1).open()
    with pytest.raises(OutsideError, match=r"expected a SQLite database, got another kind of file: .*notes\.db"):
        reader.read(None, 0.0)


def test_a_folder(tmp_path: Path) -> None:
    reader = database(f"sqlite:///{tmp_path}").query("SELECT * FROM a", every=1).open()
    with pytest.raises(OutsideError, match="expected a database file at .*, got another kind of entry"):
        reader.read(None, 0.0)


def test_a_locked_file_is_tried_again(shop: Shop) -> None:
    reader = shop.reader(timeout=0.3)
    shop.write("BEGIN EXCLUSIVE")
    with pytest.raises(OutsideError, match="is locked by another program; it is tried again"):
        reader.read(None, 0.0)
    shop.write("COMMIT")
    whole(reader)


def test_a_table_that_comes_back(shop: Shop) -> None:
    reader = shop.reader("SELECT sku FROM stock")
    mark = whole(reader).mark
    shop.write("ALTER TABLE stock RENAME TO away")
    with pytest.raises(OutsideError, match="no such table: stock"):
        reader.read(mark, 0.0)
    shop.write("ALTER TABLE away RENAME TO stock")
    assert reader.read(mark, 0.0) == Unchanged(mark)


def test_a_file_that_was_replaced_is_opened_again(shop: Shop, tmp_path: Path) -> None:
    shop.add(1)
    reader = shop.reader()
    mark = whole(reader).mark
    (tmp_path / "other").mkdir()
    other = Shop(tmp_path / "other")
    other.add(7)
    other.close()
    os.replace(other.path, shop.path)
    value: Any = whole(reader, mark).value
    assert value["left"].to_list() == [7]


def test_a_reader_moves_between_threads(shop: Shop) -> None:
    reader = shop.reader()
    readings: list[object] = [whole(reader)]
    thread = threading.Thread(target=lambda: readings.append(reader.read(None, 0.0)))
    thread.start()
    thread.join()
    assert len(readings) == 2


def test_a_wal_file_is_read_while_it_is_written(shop: Shop) -> None:
    shop.write("PRAGMA journal_mode = WAL")
    reader = shop.reader()
    mark = whole(reader).mark
    shop.add(1)
    mark = whole(reader, mark).mark
    shop.write("BEGIN IMMEDIATE")
    shop.write("INSERT INTO stock VALUES ('open', 1)")
    assert reader.read(mark, 0.0) == Unchanged(mark)
    shop.write("COMMIT")
    whole(reader, mark)


def test_columns_hold_anything(shop: Shop) -> None:
    shop.write("CREATE TABLE odd (a)")
    rows: list[object] = [1, "x", 2.5, None, b"abc", 2**62]
    shop.writer.executemany("INSERT INTO odd VALUES (?)", [(value,) for value in rows])
    value: Any = whole(shop.reader("SELECT a, a AS b, b FROM (SELECT a, 1 AS b FROM odd)")).value
    assert value.columns == ["a", "b", "b_2"]
    assert value["a"].to_list() == ["1", "x", "2.5", None, "blob, 3 bytes", str(2**62)]


def test_text_that_is_not_utf8_is_shown_as_well_as_it_can_be(shop: Shop) -> None:
    shop.write("INSERT INTO stock VALUES (CAST(x'61ff62' AS TEXT), 1)")
    value: Any = whole(shop.reader()).value
    assert value["sku"].to_list() == ["a\ufffdb"]


def test_full_text_search_and_json_pass_the_walls(shop: Shop) -> None:
    shop.write("CREATE VIRTUAL TABLE notes USING fts5(body)")
    shop.write("INSERT INTO notes VALUES ('hello world')")
    assert whole(shop.reader("SELECT value FROM json_each('[1, 2]')")).value is not None
    reader = shop.reader("SELECT body FROM notes WHERE notes MATCH 'hello'")
    mark = whole(reader).mark
    shop.write("INSERT INTO notes VALUES ('hello again')")
    value: Any = whole(reader, mark).value
    assert value.height == 2
