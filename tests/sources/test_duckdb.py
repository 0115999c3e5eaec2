"""What is DuckDB's own; what all databases do alike is in ``test_contract.py``."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from cadran.errors import OutsideError
from cadran.sources import Query, Reader, Unchanged, Whole, database

HOLDS = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
LONG_AGO = 1_000_000_000.0


class Shop:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "shop #1.duckdb"
        self.database = database(f"duckdb:///{self.path}?threads=1&memory_limit=256MB")
        self.readers: list[Reader] = []
        self.write("CREATE TABLE stock (sku VARCHAR, units BIGINT)", "INSERT INTO stock VALUES ('a', 1)")

    def write(self, *statements: str, at: float = LONG_AGO) -> None:
        with duckdb.connect(self.path) as writer:
            for statement in statements:
                writer.execute(statement)
        os.utime(self.path, (at, at))

    def open(self, sql: str = "SELECT * FROM stock", **options: Any) -> tuple[Query, Reader]:
        query = self.database.query(sql, **{"every": "1s", **options})
        reader = query.open()
        self.readers.append(reader)
        return query, reader

    def close(self) -> None:
        for reader in self.readers:
            reader.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


def whole(reader: Reader, mark: object | None = None) -> pl.DataFrame:
    reading = reader.read(mark, 0.0)
    assert isinstance(reading, Whole)
    assert isinstance(reading.value, pl.DataFrame)
    return reading.value


def test_every_type_becomes_a_plain_column(shop: Shop) -> None:
    values = {
        "truth": ("true", pl.Boolean, True),
        "tiny": ("1::TINYINT", pl.Int64, 1),
        "big": ("18446744073709551615::UBIGINT", pl.Float64, 2.0**64),
        "unsigned": ("7::UBIGINT", pl.Int64, 7),
        "total": ("sum(units)", pl.Int64, 1),
        "huge": ("170141183460469231731687303715884105727::HUGEINT", pl.Float64, 2.0**127),
        "single": ("1.5::FLOAT", pl.Float64, 1.5),
        "price": ("12.34::DECIMAL(10, 2)", pl.Float64, 12.34),
        "word": ("'é'", pl.String, "é"),
        "kind": ("'a'::ENUM('a', 'b')", pl.String, "a"),
        "uuid": ("'00000000-0000-0000-0000-000000000001'::UUID", pl.String, "00000000-0000-0000-0000-000000000001"),
        "blob": ("'abc'::BLOB", pl.String, "blob, 3 bytes"),
        "list": ("[1, 2]", pl.String, "[1, 2]"),
        "wait": ("INTERVAL 90 SECOND", pl.Duration("us"), timedelta(seconds=90)),
        "nothing": ("NULL", pl.String, None),
    }
    columns = ", ".join(f"{sql} AS {name}" for name, (sql, _, _) in values.items())
    frame = whole(shop.open(f"SELECT {columns} FROM stock")[1])
    assert frame.row(0) == tuple(value for _, _, value in values.values())
    assert dict(frame.schema) == {name: dtype for name, (_, dtype, _) in values.items()}


def test_times_are_microseconds_and_zones_are_utc(shop: Shop) -> None:
    sql = """SELECT TIMESTAMP_NS '2026-11-22 10:00:00.123456789' AS ns, TIMESTAMP '2026-11-22 10:00:00' AS us,
        TIMESTAMPTZ '2026-11-22 10:00:00+02' AS zoned, DATE '2026-11-22' AS day, TIME '10:00:01' AS at"""
    frame = whole(shop.open(sql)[1])
    assert dict(frame.schema) == {
        "ns": pl.Datetime("us"),
        "us": pl.Datetime("us"),
        "zoned": pl.Datetime("us", "UTC"),
        "day": pl.Date,
        "at": pl.Time,
    }
    assert frame["zoned"].dt.hour().to_list() == [8]


@pytest.mark.parametrize("end", ["", ";", " ; -- done", "\n-- ;\n", " /* ; */ ;\n"])
def test_a_statement_may_end_as_people_end_it(shop: Shop, end: str) -> None:
    assert whole(shop.open(f"SELECT ';' AS a, units FROM stock{end}")[1]).rows() == [(";", 1)]


def test_the_order_and_a_limit_of_its_own_are_kept(shop: Shop) -> None:
    shop.write("INSERT INTO stock SELECT 'x', i FROM range(2, 50000) AS r(i)")
    frame = whole(shop.open("SELECT units FROM stock ORDER BY units DESC", max_rows=20_000)[1])
    assert frame["units"].to_list() == list(range(49_999, 29_999, -1))
    assert whole(shop.open("SELECT units FROM stock ORDER BY units LIMIT 3")[1])["units"].to_list() == [1, 2, 3]


def test_no_more_rows_are_made_than_are_read(shop: Shop) -> None:
    frame = whole(shop.open("SELECT * FROM range(1000000000000)", max_rows=5)[1])
    assert frame.height == 5


@pytest.mark.parametrize(
    ("sql", "is_probed"),
    [
        ("SELECT max(units), upper(max(sku)) FROM stock", True),
        ("SELECT sku AS now, units AS random FROM stock", True),
        ("SELECT 'now()' AS a FROM stock -- random()", True),
        ("SELECT count(*) FROM range(3)", True),
        ("SELECT now() FROM stock", False),
        ("SELECT NOW ( ) FROM stock", False),
        ('SELECT "now"() FROM stock', False),
        ("SELECT random() FROM stock", False),
        ("SELECT current_date FROM stock", False),
        ("SELECT * FROM stock WHERE current_timestamp > TIMESTAMP '2000-01-01'", False),
        ("SELECT * FROM stock USING SAMPLE 1 ROWS", False),
        ("SELECT * FROM recent", False),
        ("SELECT * FROM of_recent", False),
        ('SELECT * FROM "odd view"', False),
        ("SELECT twice(units) FROM stock", False),
        ("SELECT * FROM steady", False),  # a view of a name that is no word may be the one that is meant
        ("SELECT * FROM duckdb_settings()", False),
    ],
)
def test_a_query_that_may_change_by_itself_is_never_skipped(shop: Shop, sql: str, is_probed: bool) -> None:
    if "odd view" in sql or "steady" in sql:
        shop.write('CREATE VIEW "odd view" AS SELECT random() FROM stock')
    shop.write(
        "CREATE VIEW recent AS SELECT *, now() AS at FROM stock",
        "CREATE VIEW of_recent AS SELECT * FROM recent",
        "CREATE VIEW steady AS SELECT * FROM stock",
        "CREATE MACRO twice(a) AS a * 2 + random()",
    )
    query, reader = shop.open(sql)
    mark = reader.read(None, 0.0).mark  # type: ignore[union-attr]
    reader.read(mark, 0.0)
    assert query.asked.num_queries == (1 if is_probed else 2)


def test_unchanged_files_are_not_opened(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _, reader = shop.open()
    mark = reader.read(None, 0.0).mark  # type: ignore[union-attr]
    opened: list[object] = []
    monkeypatch.setattr(duckdb, "connect", opened.append)
    assert all(isinstance(reader.read(mark, 0.0), Unchanged) for _ in range(100))
    assert opened == []


def test_a_file_that_changed_just_now_is_read_again(shop: Shop) -> None:
    """Two changes within the resolution of a file's times must not look like one."""
    query, reader = shop.open()
    os.utime(shop.path, (time.time() + 30, time.time() + 30))  # far from now: settled
    mark = reader.read(None, 0.0).mark  # type: ignore[union-attr]
    reader.read(mark, 0.0)
    assert query.asked.num_queries == 1
    now = time.time()
    os.utime(shop.path, (now, now))
    for _ in range(2):
        assert isinstance(reader.read(mark, 0.0), Unchanged)
    assert query.asked.num_queries > 2 or time.time() - now > 0.05


def test_what_is_in_the_log_of_writes_counts(shop: Shop) -> None:
    _, reader = shop.open()
    mark = reader.read(None, 0.0).mark  # type: ignore[union-attr]
    log = Path(f"{shop.path}.wal")
    with duckdb.connect(shop.path) as writer:
        writer.execute("PRAGMA disable_checkpoint_on_shutdown")
        writer.execute("INSERT INTO stock VALUES ('b', 2)")
    os.utime(shop.path, (LONG_AGO, LONG_AGO))
    assert log.exists()
    assert whole(reader, mark).height == 2


def test_others_may_write_between_reads(shop: Shop) -> None:
    _, reader = shop.open()
    mark = reader.read(None, 0.0).mark  # type: ignore[union-attr]
    command = [sys.executable, "-c", HOLDS.replace("sys.stdin.read()", "c.execute(sys.argv[2])"), str(shop.path)]
    done = subprocess.run([*command, "INSERT INTO stock VALUES ('b', 2)"], capture_output=True, timeout=120, check=True)
    assert done.stdout == b"held\n"
    assert whole(reader, mark).height == 2


def test_a_file_that_another_program_writes_says_so_and_is_tried_again(shop: Shop) -> None:
    _, reader = shop.open()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(shop.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"held\n"
        with pytest.raises(OutsideError, match="is held by a program that writes it"):
            reader.read(None, 0.0)
        writer.stdin.close()
    assert whole(reader).height == 1


def test_a_file_that_this_program_writes_says_so(shop: Shop) -> None:
    _, reader = shop.open()
    with (
        duckdb.connect(shop.path),
        pytest.raises(
            OutsideError, match=r"is open in this program with other settings: read it there with @cadran\.source"
        ),
    ):
        reader.read(None, 0.0)
    assert whole(reader).height == 1


def test_what_is_no_database(tmp_path: Path) -> None:
    for name, message in (
        ("none.duckdb", r"expected a database file at .*none\.duckdb, got none"),
        ("notes.duckdb", r"expected a DuckDB database that can be read at .*notes\.duckdb"),
        ("", "expected a database file at .*, got another kind of entry"),
    ):
        (tmp_path / "notes.duckdb").write_bytes(b"not a database, " * 1_000)
        reader = database(f"duckdb:///{tmp_path}/{name}").query("SELECT 1 AS a", every=1).open()
        with pytest.raises(OutsideError, match=message):
            reader.read(None, 0.0)
        reader.close()


def test_memory_is_bounded(shop: Shop) -> None:
    big = "SELECT list(i) AS a FROM range(100000000) AS r(i)"
    with pytest.raises(OutsideError, match="Out of Memory|memory"):
        shop.open(big)[1].read(None, 0.0)


def test_threads_end_with_their_reads(shop: Shop) -> None:
    _, reader = shop.open()
    whole(reader)
    before = threading.active_count()
    for _ in range(20):
        whole(reader)
    assert threading.active_count() <= before + 1
