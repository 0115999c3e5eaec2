"""The past of columns of each type: where its rows are, and how fast they are found."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import psycopg
import pytest
from tests.sources.backends import BACKENDS, Backend, open_database
from tests.sources.past_rows import BEGIN, buckets, read

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.sources.driver import Connection
from cadran.sources.past_reader import PastReader
from cadran.sources.sql_text import bind
from cadran.sources.times import secs_of


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Backend]]:
    opened = cast(AbstractContextManager[Backend], BACKENDS[request.param](tmp_path))
    with opened as found:
        yield request.param, found


@pytest.mark.parametrize("backend", ["postgres", "duckdb"], indirect=True)
def test_a_value_that_is_no_number_is_none(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute(
        "CREATE TABLE odd (ts DOUBLE PRECISION, amount DOUBLE PRECISION)",
        "INSERT INTO odd VALUES (1, 2), (2, 'NaN'), (65, 'NaN')",
    )
    query = open_database(one).query("SELECT ts, amount FROM odd", time="ts", every="5s")
    assert read(query, 0.0, 64.0, 2) == {0: (2.0, 2.0), 1: None}


@pytest.mark.parametrize("backend", ["postgres", "duckdb", "sqlite"], indirect=True)
def test_texts_say_their_zone_or_are_utc(backend: tuple[str, Backend]) -> None:
    one = backend[1]
    one.execute(
        "CREATE TABLE odd (ts VARCHAR(40), amount INTEGER)",
        "INSERT INTO odd VALUES ('2026-11-22 12:00:00', 1), ('2026-11-22T14:30:00+02:00', 2), "
        "('2026-11-22T13:00:00Z', 3), ('2026-11-22T13:30:00.500', 4)",
    )
    query = open_database(one).query("SELECT ts, amount FROM odd", time="ts", every="5s")
    low_x = math.floor(BEGIN.timestamp() / 1_024) * 1_024.0
    at = [math.floor((BEGIN.timestamp() + 1_800 * i - low_x) / 1_024) for i in range(4)]
    assert read(query, low_x, 1_024.0, 16) == {index: (i + 1.0, i + 1.0) for i, index in enumerate(at)}


@pytest.mark.parametrize("backend", ["sqlite", "duckdb", "postgres"], indirect=True)
@pytest.mark.parametrize("text", ["2026-11-22T14:30:00+0200", "2026-11-22 12:30", "2026-11-22T07:00-05:30"])
def test_texts_of_any_zone_are_where_they_are_when_they_are_held(backend: tuple[str, Backend], text: str) -> None:
    one = backend[1]
    one.execute("CREATE TABLE odd (ts VARCHAR(40), amount INTEGER)", f"INSERT INTO odd VALUES ('{text}', 1)")
    query = open_database(one).query("SELECT ts, amount FROM odd", time="ts", every="5s")
    low_x = math.floor(BEGIN.timestamp() / 65_536) * 65_536.0
    assert read(query, low_x, 512.0, 128) == {math.floor((secs_of(text) - low_x) / 512): (1.0, 1.0)}


@pytest.mark.parametrize("backend", ["duckdb", "postgres"], indirect=True)
@pytest.mark.parametrize("k", [-12, -14, -16])
def test_texts_finer_than_a_millisecond_are_in_their_buckets(backend: tuple[str, Backend], k: int) -> None:
    one, width = backend[1], 2.0**k
    low_x = BEGIN.timestamp() + 7 * 1_024 * width
    micros = [math.ceil((low_x - BEGIN.timestamp() + 1_024 * width * (i + 0.5) / 50) * 1e6) for i in range(-3, 53)]
    ats = [BEGIN.replace(tzinfo=None) + timedelta(microseconds=one) for one in micros]
    rows = ", ".join(f"('{at.isoformat(sep=' ', timespec='microseconds')}', {i})" for i, at in enumerate(ats))
    one.execute("CREATE TABLE o (ts VARCHAR(40), amount INTEGER)", f"INSERT INTO o VALUES {rows}")
    query = open_database(one).query("SELECT ts, amount FROM o", time="ts", every="5s")
    times = [BEGIN.timestamp() + late / 1e6 for late in micros]
    assert read(query, low_x, width, 1_024) == buckets(times, [float(i) for i in range(56)], low_x, width, 1_024)


@pytest.mark.parametrize("backend", ["duckdb"], indirect=True)
@pytest.mark.parametrize("width", [2.0**11, 2.0**25])
def test_nanoseconds_of_duckdb_go_back_as_far_as_they_can_tell(backend: tuple[str, Backend], width: float) -> None:
    one = backend[1]
    one.execute("CREATE TABLE o (ts TIMESTAMP_NS, amount DOUBLE)", "INSERT INTO o VALUES ('2026-11-22 12:30:00', 1)")
    query = open_database(one).query("SELECT ts, amount FROM o", time="ts", every="5s")
    low_x = (math.floor(BEGIN.timestamp() / width) - 900) * width
    assert read(query, low_x, width, 1_024) == buckets([BEGIN.timestamp() + 1_800], [1.0], low_x, width, 1_024)
    points = query.past("ts", "amount").read_rows(low_x, low_x + 1_024 * width, 5)
    assert points is not None
    assert points.xs.tolist() == [BEGIN.timestamp() + 1_800]


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Backend]:
    """A SQLite column of numbers, and since some day of texts."""
    with cast(AbstractContextManager[Backend], BACKENDS["sqlite"](tmp_path)) as one:
        begin = BEGIN.timestamp()
        one.execute(
            "CREATE TABLE odd (ts, amount REAL)",
            f"INSERT INTO odd VALUES ({begin + 1}, 1), ({int(begin) + 65}, 2), ('2026-11-22 12:02:10', 3)",
        )
        yield one


def test_each_row_of_sqlite_has_a_type_of_its_own(mixed: Backend) -> None:
    query = open_database(mixed).query("SELECT ts, amount FROM odd", time="ts", every="5s")
    reader = query.past("ts", "amount")
    begin = math.floor(BEGIN.timestamp() / 64) * 64.0
    ids, lows, _, nums = reader.read(begin, begin + 1_024, 64.0, 16)
    assert lows.tolist() == [1.0, 2.0, 3.0]
    assert nums.tolist() == [1.0, 1.0, 1.0]
    assert ids.tolist() == [math.floor((BEGIN.timestamp() + late - begin) / 64) for late in (1, 65, 130)]
    points = reader.read_rows(begin, begin + 1_024, 10)
    assert points is not None
    np.testing.assert_allclose(points.xs, [BEGIN.timestamp() + late for late in (1, 65, 130)], rtol=0, atol=6e-4)


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
@pytest.mark.parametrize("type_of_x", ["DOUBLE PRECISION", "BIGINT", "INTEGER", "NUMERIC", "REAL", "TIMESTAMPTZ"])
def test_an_index_on_the_time_serves_a_block(
    backend: tuple[str, Backend], type_of_x: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, begin = backend[1], int(BEGIN.timestamp())
    moment = f"to_timestamp({begin} + i * 10)" if type_of_x == "TIMESTAMPTZ" else f"{begin} + i * 10"
    one.execute(
        f"CREATE TABLE o (ts {type_of_x}, amount DOUBLE PRECISION)",
        f"INSERT INTO o SELECT {moment}, i FROM generate_series(1, 20000) i",
        "CREATE INDEX ON o (ts)",
        "ANALYZE o",
    )
    asked: list[tuple[str, dict[str, object]]] = []
    fetch = PastReader._fetch

    def noted(reader: PastReader, connection: Connection, sql: str, bound: Any, max_rows: int) -> pl.DataFrame:
        asked.append((sql, bound))
        return fetch(reader, connection, sql, bound, max_rows)

    monkeypatch.setattr(PastReader, "_fetch", noted)
    found = read(open_database(one).query("SELECT ts, amount FROM o", time="ts", every="5s"), begin + 0.5, 64.0, 16)
    if type_of_x != "REAL":  # which tells minutes apart
        assert found == buckets([begin + i * 10.0 for i in range(1, 200)], list(range(1, 200)), begin + 0.5, 64.0, 16)
    with psycopg.connect(one.url) as connection:
        plan = connection.execute("EXPLAIN " + bind(*asked[-1], "pyformat")[0], asked[-1][1]).fetchall()
    assert "Index" in str(plan), plan


def test_texts_of_sqlite_that_are_no_times_are_said(mixed: Backend) -> None:
    mixed.execute("INSERT INTO odd VALUES ('2026-11-22 noon', 4)")
    query = open_database(mixed).query("SELECT ts, amount FROM odd", time="ts", every="5s")
    with pytest.raises(OutsideError, match="expected ISO 8601 times in 'ts'"):
        query.past("ts", "amount").read(math.floor(BEGIN.timestamp()), BEGIN.timestamp() + 1_024, 64.0, 16)


def test_a_table_that_was_made_anew_with_another_type_is_read(backend: tuple[str, Backend]) -> None:
    name, one = backend
    one.execute("CREATE TABLE odd (ts DOUBLE PRECISION, amount DOUBLE PRECISION)", "INSERT INTO odd VALUES (1, 2)")
    query = open_database(one).query("SELECT ts, amount FROM odd", time="ts", every="5s")
    reader = query.past("ts", "amount")
    assert reader.read(0.0, 64.0, 64.0, 1)[1].tolist() == [2.0]
    type_of_x = {"mariadb": "DATETIME", "sqlite": "TEXT"}.get(name, "TIMESTAMP")
    one.execute(
        "DROP TABLE odd",
        f"CREATE TABLE odd (ts {type_of_x}, amount DOUBLE PRECISION)",
        "INSERT INTO odd VALUES ('2026-11-22 12:00:00', 3)",
    )
    low_x = BEGIN.timestamp() - 1_024.0
    if name == "mariadb":  # which compares times with numbers, as if they were some
        reader.look_anew()
    elif name != "sqlite":
        with pytest.raises(OutsideError):
            reader.read(low_x, low_x + 2_048.0, 1_024.0, 2)
    assert reader.read(low_x, low_x + 2_048.0, 1_024.0, 2)[1].tolist() == [3.0]
