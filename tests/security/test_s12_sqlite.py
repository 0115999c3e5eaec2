"""S12: a query over a SQLite file reads that file and nothing else, and no setting can be changed by one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.security.databases import SECRET, Folder
from tests.security.walls import UP_AND_DOWN, take_down

from cadran.errors import OutsideError
from cadran.sources import database

REACHES = {
    "another database": ("ATTACH DATABASE '{folder}/other.db' AS other", "SELECT word FROM other.orders"),
    "where files are": ("SELECT file FROM pragma_database_list",),
    "the names of settings": ("PRAGMA compile_options",),
    "to write as the program": ("PRAGMA query_only = OFF", "PRAGMA query_only"),
    "the catalogue": ("PRAGMA writable_schema = ON", "PRAGMA writable_schema"),
    "a function of files": ("SELECT fts3_tokenizer('simple')",),
}
DENIED = [
    "CREATE TEMP TABLE t (a)",
    "VACUUM INTO '{written}'",
    "BEGIN IMMEDIATE",
    "SELECT load_extension('{folder}/evil')",
    "SELECT load_extension('{folder}/evil', 'main')",
    "SELECT readfile('{csv}')",
    "SELECT writefile('{written}', 'x')",
    "SELECT * FROM fsdir('{folder}')",
    "SELECT edit('x', 'sh')",
    "CREATE VIRTUAL TABLE temp.t USING csv(filename='{csv}')",
    "ATTACH 'file:{csv}?mode=ro' AS c",
    "ATTACH ':memory:' AS m",
    "DETACH main",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA trusted_schema = ON",
    "PRAGMA data_version = 1",
    "PRAGMA temp_store_directory = '{folder}'",
    "ANALYZE",
    "VACUUM",
]


def ask(folder: Folder, *statements: str) -> Any:
    """Run statements on one connection as the driver opens it, past all checks of texts; return the last result."""
    connection = database(f"sqlite:///{folder.path}/shop.db").driver.connect(5.0)
    try:
        for statement in statements:
            frame = connection.fetch(folder.fill(statement), {}, 1_000, 5.0)
        return frame.rows()
    finally:
        connection.close()


@UP_AND_DOWN
@pytest.mark.parametrize("name", REACHES)
def test_s12_sqlite_reaches_nothing_else(
    name: str, is_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path).with_sqlite()
    if is_up:
        with pytest.raises(OutsideError, match="only reads|prohibited|authorized"):
            ask(folder, *REACHES[name])
        assert not folder.written.exists()
        return
    take_down("sqlite", monkeypatch)
    rows = ask(folder, *REACHES[name])
    assert rows
    assert name != "another database" or rows == [(SECRET,)]


@pytest.mark.parametrize("sql", DENIED)
def test_s12_sqlite_denies(sql: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path).with_sqlite()
    before = (tmp_path / "shop.db").read_bytes()
    with pytest.raises(OutsideError):
        ask(folder, sql)
    assert not folder.written.exists()
    assert (tmp_path / "shop.db").read_bytes() == before


@UP_AND_DOWN
@pytest.mark.parametrize("sql", ["DELETE FROM orders", "UPDATE orders SET word = 'x'", "DROP TABLE orders"])
def test_s13_sqlite_is_read_only(sql: str, is_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the walls, by ``query_only``, and by how the file is opened: each alone keeps it as it is."""
    folder = Folder(tmp_path).with_sqlite()
    if not is_up:

        def open_for_writing(path: Path, busy_secs: float, walls: object) -> sqlite3.Connection:
            return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

        monkeypatch.setattr("cadran.sources.sqlite.open_read_only", open_for_writing)
        ask(folder, sql)
        with sqlite3.connect(tmp_path / "shop.db") as reader:
            tables = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            assert tables == (0,) or reader.execute("SELECT * FROM orders").fetchall() != [("shown",)]
        reader.close()
        return
    for wall in (None, "sqlite"):
        if wall is not None:
            take_down(wall, monkeypatch)
        with pytest.raises(OutsideError):
            ask(folder, sql)
    with sqlite3.connect(tmp_path / "shop.db") as reader:
        assert reader.execute("SELECT * FROM orders").fetchall() == [("shown",)]
    reader.close()
