"""S12: ``cd.sql`` reads what it is given and nothing else: its text is checked, and the engine itself is locked."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.security.databases import SECRET, Folder
from tests.security.walls import UP_AND_DOWN, take_down

import cadran as cd
from cadran.errors import OutsideError, UsageError
from cadran.metrics.sql import run_sql

ORDERS = cd.channel("live-sql").table("orders")
READS = [
    "SELECT * FROM read_csv('{csv}')",
    "SELECT * FROM READ_CSV_AUTO('{csv}', header = true)",
    "SELECT content FROM read_text('{csv}')",
    "SELECT * FROM \"read_csv\"('{csv}')",
    "SELECT * FROM read_csv /* ( */ ('{csv}')",
    "SELECT decode(content) AS content FROM read_blob('{csv}')",
    "SELECT * FROM '{csv}'",
    'SELECT * FROM "{csv}"',
    "WITH a AS (SELECT * FROM read_csv('{csv}')) SELECT * FROM a",
    "SELECT (SELECT content FROM read_text('{csv}')) AS content FROM orders",
    "SELECT o.*, s.word FROM orders o, read_csv('{csv}') s",
    "SELECT * FROM query('SELECT * FROM read_csv(''{csv}'')')",
    "SELECT * FROM planted",
]
STATEMENTS = [
    "ATTACH '{folder}/other.duckdb' AS other",
    "COPY (SELECT 1) TO '{written}' (FORMAT PARQUET)",
    "CREATE TABLE t AS SELECT 1",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SELECT 1; COPY (SELECT 1) TO '{written}'",
    "WITH a AS (SELECT 1) INSERT INTO orders SELECT * FROM a",
    "DELETE FROM orders",
]


@UP_AND_DOWN
@pytest.mark.parametrize("attack", READS)
def test_s12_the_engine_reads_nothing_else(
    attack: str, is_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    planted = pl.DataFrame({"word": [SECRET]})
    tables = {"orders": pl.DataFrame({"word": ["shown"]})}
    if is_up:
        with pytest.raises(OutsideError) as raised:
            run_sql(folder.fill(attack), tables, 5.0)
        assert SECRET not in str(raised.value)
    else:
        take_down("live sql", monkeypatch)
        monkeypatch.setattr("cadran.metrics.sql._made", [])
        assert SECRET in str(run_sql(folder.fill(attack), tables, 5.0).rows())
    del planted


@pytest.mark.parametrize("attack", [attack for attack in READS if "(" in attack.replace("(SELECT", "")])
def test_s12_a_query_that_calls_what_reads_elsewhere_is_refused_where_it_is_written(attack: str) -> None:
    with pytest.raises(UsageError, match="no function that reads elsewhere"):
        cd.sql(attack, orders=ORDERS)


@pytest.mark.parametrize("attack", STATEMENTS)
def test_s12_nothing_but_one_query(attack: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with pytest.raises(UsageError, match="sql\\(\\)"):
        cd.sql(folder.fill(attack), orders=ORDERS)
    with pytest.raises(OutsideError):
        run_sql(folder.fill(attack), {"orders": pl.DataFrame({"word": ["shown"]})}, 5.0)
    assert not folder.written.exists()


@pytest.mark.parametrize("clock", ["now()", "current_timestamp", "CURRENT_DATE", "random()", "uuid()", "today()"])
def test_s12_no_clock_and_no_chance(clock: str) -> None:
    with pytest.raises(UsageError, match="sql\\(\\)"):
        cd.sql(f"SELECT {clock} AS x FROM orders", orders=ORDERS)
