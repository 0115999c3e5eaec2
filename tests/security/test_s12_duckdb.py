"""S12: a query over a DuckDB file reads that file and nothing else: no file, no extension, no network, no setting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.security.databases import SECRET, Folder
from tests.security.walls import UP_AND_DOWN, take_down

from cadran.errors import OutsideError
from cadran.sources import database

READS = [
    "SELECT * FROM read_csv('{csv}')",
    "SELECT * FROM read_csv_auto('{csv}', header = true)",
    "SELECT content FROM read_text('{csv}')",
    "SELECT decode(content) AS content FROM read_blob('{csv}')",
    "SELECT content FROM read_text('{folder}/*.csv')",
    "SELECT * FROM '{csv}'",
    'SELECT * FROM "{csv}"',
    "WITH a AS (SELECT * FROM read_csv('{csv}')) SELECT * FROM a",
    "SELECT (SELECT content FROM read_text('{csv}')) AS content",
    "SELECT * FROM query('SELECT * FROM read_csv(''{csv}'')')",
    "SELECT file || '{secret}' FROM glob('{folder}/*') WHERE file LIKE '%secret.csv'",
    "SELECT Columns::VARCHAR || '{secret}' FROM sniff_csv('{csv}')",
    "SELECT * FROM planted",
]
"""Each finds the secret where the wall is down. The last is a variable of this program."""
STATEMENTS = [
    "ATTACH '{folder}/other.duckdb' AS other (READ_ONLY)",
    "ATTACH ':memory:' AS m",
    "COPY orders TO '{written}'",
    "COPY (SELECT 1) TO '{written}' (FORMAT PARQUET)",
    "EXPORT DATABASE '{written}'",
    "CREATE TEMP TABLE t AS SELECT * FROM read_csv('{csv}')",
    "SET threads = 3",
    "SET memory_limit = '4GB'",
    "SET temp_directory = '{folder}'",
    "SET VARIABLE x = (SELECT content FROM read_text('{csv}'))",
    "PRAGMA threads = 3",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET threads",
    "CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')",
    "USE temp",
    "CALL pragma_version()",
    "EXPLAIN SELECT 1",
    "PREPARE p AS SELECT 1",
    "BEGIN",
]
"""Not queries at all: refused before they run, whatever they would do."""
LOCKED = [
    "ATTACH '{folder}/other.duckdb' AS other (READ_ONLY)",
    "COPY orders TO '{written}'",
    "EXPORT DATABASE '{written}'",
    "CREATE TEMP TABLE t AS SELECT * FROM read_csv('{csv}')",
    "SET threads = 3",
    "SET memory_limit = '4GB'",
    "SET temp_directory = '{folder}'",
    "RESET threads",
]
"""What the connection itself refuses, were they to run; allowed where the wall is down."""
NEVER = [
    "INSTALL httpfs",
    "INSTALL '{folder}/evil.duckdb_extension'",
    "FORCE INSTALL spatial FROM community",
    "LOAD httpfs",
    "LOAD '{folder}/evil.duckdb_extension'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET autoload_known_extensions = true",
    "SET allow_unsigned_extensions = true",
    "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "ATTACH 'https://127.0.0.1:9/x.duckdb'",
    "SELECT getenv('HOME')",
]
"""Refused by the connection itself; with the wall down they would go to the network or to a file of ours."""
OF_THE_WALL = "disabled|locked|not loaded|requires the extension|read-only|not exist|Cannot access|after database"


def fetch(folder: Folder, sql: str) -> list[tuple[Any, ...]]:
    connection = database(f"duckdb:///{folder.path}/shop.duckdb").driver.connect(5.0)
    try:
        return connection.fetch(folder.fill(sql.replace("{secret}", SECRET)), {}, 1_000, 5.0).rows()
    finally:
        connection.close()


def run_unchecked(folder: Folder, sql: str) -> None:
    """Run a statement on the connection as the driver opens it, past the check that it only reads."""
    driver: Any = database(f"duckdb:///{folder.path}/shop.duckdb").driver
    with duckdb.connect(str(driver.path), read_only=True, config=driver.config) as connection:
        connection.execute(folder.fill(sql)).fetchall()


@UP_AND_DOWN
@pytest.mark.parametrize("sql", READS)
def test_s12_duckdb_reads_nothing_else(sql: str, is_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path).with_duckdb()
    planted = {"word": np.array([SECRET], dtype=object)}
    if is_up:
        with pytest.raises(OutsideError) as raised:
            fetch(folder, sql)
        assert SECRET not in str(raised.value)
    else:
        take_down("duckdb", monkeypatch)
        assert SECRET in str(fetch(folder, sql))
    del planted


@UP_AND_DOWN
@pytest.mark.parametrize("sql", STATEMENTS)
def test_s12_duckdb_runs_only_queries(sql: str, is_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path).with_duckdb()
    if not is_up:
        take_down("duckdb statements", monkeypatch)
    with pytest.raises(OutsideError) as raised:
        fetch(folder, sql)
    assert ("expected a query that only reads" in str(raised.value)) is is_up
    assert not folder.written.exists()


@UP_AND_DOWN
@pytest.mark.parametrize("sql", LOCKED)
def test_s12_duckdb_is_locked_by_itself(sql: str, is_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path).with_duckdb()
    if is_up:
        with pytest.raises(duckdb.Error, match=OF_THE_WALL):
            run_unchecked(folder, sql)
        assert not folder.written.exists()
    else:
        take_down("duckdb", monkeypatch)
        run_unchecked(folder, sql)


@pytest.mark.parametrize("sql", NEVER)
def test_s12_duckdb_goes_nowhere(sql: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path).with_duckdb()
    with pytest.raises(duckdb.Error, match=OF_THE_WALL):
        run_unchecked(folder, sql)
    with pytest.raises(OutsideError):
        fetch(folder, sql)


@UP_AND_DOWN
@pytest.mark.parametrize(
    "sql", ["DELETE FROM orders", "CREATE TABLE t (a INT)", "DROP TABLE orders", "INSERT INTO orders VALUES ('x')"]
)
def test_s13_duckdb_is_read_only(sql: str, is_up: bool, tmp_path: Path) -> None:
    folder = Folder(tmp_path).with_duckdb()
    before = (tmp_path / "shop.duckdb").read_bytes()
    if is_up:
        with pytest.raises(duckdb.Error, match="read-only"):
            run_unchecked(folder, sql)
        assert (tmp_path / "shop.duckdb").read_bytes() == before
    else:
        with duckdb.connect(tmp_path / "shop.duckdb") as connection:
            connection.execute(sql)
        assert (tmp_path / "shop.duckdb").read_bytes() != before


@pytest.mark.parametrize(
    "options",
    ["enable_external_access=true", "access_mode=read_write", "threads=2&allow_unsigned_extensions=1", "config=x"],
)
def test_s13_a_url_gives_no_other_options(options: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected only these options"):
        database(f"duckdb:///{tmp_path}/shop.duckdb?{options}")
    with pytest.raises(ValueError, match="expected only these options"):
        database(f"sqlite:///{tmp_path}/shop.db?{options}")
