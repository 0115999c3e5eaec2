"""What PostgreSQL does beyond the contract."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from tests.sources import servers
from tests.sources.backends import PostgresBackend, open_database, postgres_backend
from tests.sources.cancelled import errors_while_cancelled

from cadran.errors import OutsideError, SourceTimeout
from cadran.sources import Unchanged, Whole
from cadran.sources.driver import Connection
from cadran.sources.postgres import PostgresConnection, PostgresDriver


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[PostgresBackend]:
    with postgres_backend(tmp_path) as backend:
        yield backend


@pytest.fixture
def connection(backend: PostgresBackend) -> Iterator[PostgresConnection]:
    connection = open_database(backend).driver.connect(5.0)
    assert isinstance(connection, PostgresConnection)
    yield connection
    connection.close()


def fetch(connection: Connection, sql: str, **parameters: object) -> pl.DataFrame:
    return connection.fetch(sql, parameters, 1_000, 5.0)


def test_each_type_is_a_plain_column(connection: PostgresConnection) -> None:
    frame = fetch(
        connection,
        """
        SELECT true AS flag, 1::int2 AS small, 2::int8 AS big, 1.5::float4 AS single, 2.5::float8 AS double,
               3.25::numeric AS exact, sum(n) AS total, 'a'::varchar AS name, 'b'::char(3) AS padded,
               '2026-11-22'::date AS day, '12:30:15.5'::time AS at, '2026-11-22 12:00:00.25'::timestamp AS naive,
               '2026-11-22 12:00:00+02'::timestamptz AS aware, '1 day 02:00'::interval AS took,
               '\\x0102'::bytea AS blob, '{"a": 1}'::jsonb AS doc, '{1,2}'::int[] AS list,
               'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS id, '10.0.0.1'::inet AS host,
               'infinity'::timestamp AS never, '-infinity'::date AS ever, NULL::date AS none
        FROM generate_series(1::int8, 4) AS n
        """,
    )
    assert [str(dtype) for dtype in frame.dtypes] == [
        *("Boolean", "Int64", "Int64", "Float64", "Float64", "Float64", "Int64", "String", "String", "Date", "Time"),
        *("Datetime(time_unit='us', time_zone=None)", "Datetime(time_unit='us', time_zone='UTC')"),
        *("Duration(time_unit='us')", "String", "String", "String", "String", "String"),
        *("Datetime(time_unit='us', time_zone=None)", "Date", "Date"),
    ]
    row = {name: str(value) for name, value in frame.row(0, named=True).items()}
    assert (row["exact"], row["total"], row["day"], row["at"]) == ("3.25", "10", "2026-11-22", "12:30:15.500000")
    assert (row["naive"], row["aware"]) == ("2026-11-22 12:00:00.250000", "2026-11-22 10:00:00+00:00")
    assert (row["took"], row["doc"], row["list"], row["host"]) == ("1 day, 2:00:00", '{"a": 1}', "{1,2}", "10.0.0.1")
    assert (row["id"], row["never"], row["ever"]) == ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "None", "None")


def test_a_result_without_rows_has_the_same_types(connection: PostgresConnection) -> None:
    sql = "SELECT 1 AS a, 1.5::numeric AS b, now() AS c, '{1}'::int[] AS d, 'x'::bytea AS e, 1::numeric(5) AS f"
    full, empty = fetch(connection, sql), fetch(connection, f"{sql} WHERE false")
    assert (empty.height, empty.schema) == (0, full.schema)


def test_columns_of_other_types_are_asked_for_as_text_once(connection: PostgresConnection) -> None:
    sql = 'SELECT ARRAY[1] AS "a%""b", 2 AS x, 3 AS x WHERE :y = 1'
    for _ in range(2):
        assert fetch(connection, sql, y=1).to_dicts() == [{'a%"b': "{1}", "x": 2, "x_2": 3}]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM orders", True),
        ("SELECT date_trunc('hour', ts) AS h, sum(amount) FROM orders GROUP BY 1", True),
        ("SELECT to_char(ts, 'HH24') AS h, lower(region) FROM orders WHERE region = 'by random()'", True),
        ("SELECT * FROM steady", True),
        ("SELECT * FROM orders WHERE ts > now() - interval '1 day'", False),
        ("SELECT * FROM orders WHERE ts > CURRENT_DATE", False),
        ("SELECT * FROM orders WHERE ts > 'yesterday'::timestamp", False),
        ("SELECT * FROM today", False),
        ("SELECT *, random() FROM orders", False),
        ("SELECT own() AS a", False),
        ("SELECT last_value FROM numbers", False),
        ("SELECT count(*) FROM pg_stat_activity", False),
        ("SELECT reltuples FROM pg_class", False),
        ("SELECT * FROM orders TABLESAMPLE BERNOULLI (50)", False),
    ],
)
def test_what_changes_by_itself_is_not_steady(
    backend: PostgresBackend, connection: PostgresConnection, sql: str, expected: bool
) -> None:
    backend.execute(
        "CREATE TABLE orders (id int, ts timestamp, region text, amount float8)",
        "CREATE VIEW steady AS SELECT upper(region) AS region FROM orders",
        "CREATE VIEW today AS SELECT * FROM orders WHERE ts > now() - interval '1 day'",
        "CREATE SEQUENCE numbers",
        "CREATE FUNCTION own() RETURNS float8 LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END'",
    )
    fetch(connection, sql)
    assert connection.is_steady(sql) is expected


def test_u16_a_transaction_that_began_earlier_and_commits_later_is_seen(backend: PostgresBackend) -> None:
    backend.execute("CREATE TABLE orders (id int)")
    reader = open_database(backend).query("SELECT id FROM orders ORDER BY id", every="1s").open()
    with psycopg.connect(backend.url) as slow:
        slow.execute("INSERT INTO orders VALUES (1)")
        backend.execute("INSERT INTO orders VALUES (2)")
        first = reader.read(None, 0.0)
        assert isinstance(first, Whole)
        assert first.value.to_series().to_list() == [2]  # type: ignore[attr-defined]
        assert isinstance(reader.read(first.mark, 0.0), Unchanged)
        slow.commit()
    second = reader.read(first.mark, 0.0)
    assert isinstance(second, Whole)
    assert second.value.to_series().to_list() == [1, 2]  # type: ignore[attr-defined]
    reader.close()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders VALUES (1)",
        "SELECT 1; COMMIT; INSERT INTO orders VALUES (1)",
        "SELECT 1) AS a; COMMIT; INSERT INTO orders VALUES (1); SELECT * FROM (SELECT 1",
        "COMMIT",
        "SET default_transaction_read_only = off",
        "WITH a AS (INSERT INTO orders VALUES (1) RETURNING id) SELECT * FROM a",
        "SELECT * INTO other FROM orders",
        "SELECT * FROM orders FOR UPDATE",
        "SELECT write_one()",
        "SELECT nextval('numbers')",
        "COPY orders TO '/tmp/cadran-must-not-be'",
    ],
)
def test_s13_a_user_who_may_write_can_not(backend: PostgresBackend, sql: str) -> None:
    backend.execute(
        "CREATE TABLE orders (id int)",
        "INSERT INTO orders VALUES (7)",
        "CREATE SEQUENCE numbers",
        "CREATE FUNCTION write_one() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO orders VALUES (1) RETURNING id'",
    )
    connection = open_database(backend).driver.connect(5.0)
    with pytest.raises(OutsideError):
        fetch(connection, sql)
    connection.close()
    assert backend.rows("SELECT id FROM orders") == [(7,)]
    assert not Path("/tmp/cadran-must-not-be").exists()


def test_s13_what_a_query_sets_for_its_session_ends_with_it(
    backend: PostgresBackend, connection: PostgresConnection
) -> None:
    backend.execute("CREATE TABLE orders (id int)")
    for setting, value in (("default_transaction_read_only", "off"), ("statement_timeout", "0")):
        fetch(connection, f"SELECT set_config('{setting}', '{value}', false)")
    assert fetch(connection, "SELECT current_setting('default_transaction_read_only') AS a").item() == "on"
    with pytest.raises(OutsideError, match="before any query"):
        fetch(connection, "SELECT set_config('transaction_read_only', 'off', false)")


def test_u02_a_lock_that_another_holds_ends_in_a_time_out_at_the_server(backend: PostgresBackend) -> None:
    backend.execute("CREATE TABLE orders (id int)")
    query = open_database(backend).query("SELECT id FROM orders", every="1s", timeout=0.5)
    reader = query.open()
    with psycopg.connect(backend.url) as holder:
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceTimeout, match="no result within 500 ms"):
            reader.read(None, 0.0)
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        assert backend.rows(waiting) == [(0,)]
    assert isinstance(reader.read(None, 0.0), Whole)
    reader.close()


def test_a_server_that_answers_nothing_holds_no_thread(backend: PostgresBackend) -> None:
    backend.execute("CREATE TABLE orders (id int)")
    reader = open_database(backend).query("SELECT id FROM orders", every="1s").open()
    reader.read(None, 0.0)
    server = servers.postgres()
    server.pause()
    try:
        problems = errors_while_cancelled(reader, every_secs=0.01)
    finally:
        server.go_on()
    assert [type(problem) for problem in problems] == [SourceTimeout]
    assert isinstance(reader.read(None, 0.0), Whole)
    reader.close()


def test_a_kept_connection_that_the_server_ended_is_replaced(backend: PostgresBackend) -> None:
    backend.execute("CREATE TABLE orders (id int)")
    reader = open_database(backend).query("SELECT id FROM orders", every="1s").open()
    mark = reader.read(None, 0.0)
    assert isinstance(mark, Whole)
    backend.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cadran'")
    assert isinstance(reader.read(mark.mark, 0.0), Unchanged)
    reader.close()


@pytest.mark.parametrize("how", ["wrong password", "no server", "no database", "password file"])
def test_s15_no_message_holds_the_password(
    backend: PostgresBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any, how: str
) -> None:
    secret = "pl4nted/s:e@cret"
    monkeypatch.setenv("CADRAN_TEST_SECRET", secret)
    (tmp_path / "secret").write_text(secret)
    port = servers.postgres().port if how != "no server" else 1
    url = f"postgresql://cadran:${{CADRAN_TEST_SECRET}}@127.0.0.1:{port}/test"
    if how == "password file":
        url = f"postgresql://cadran@127.0.0.1:{port}/test?password_file={tmp_path}/secret"
    from cadran.sources import database

    shop = database(url)
    query = shop.query("SELECT 1 AS a", every="1s")
    reader = query.open()
    with pytest.raises(OutsideError) as raised:
        reader.read(None, 0.0)
    reader.close()
    seen = [repr(shop), repr(query), query.id, caplog.text]
    seen += traceback.format_exception(raised.value, chain=True)
    assert "can't be reached" in str(raised.value)
    assert all(secret not in text and "pl4nted" not in text for text in seen)


# --- notices ------------------------------------------------------------------------------------


class Told:
    """Counts notices, and waits for the next."""

    def __init__(self) -> None:
        self.num = 0
        self._changed = threading.Condition()

    def __call__(self) -> None:
        with self._changed:
            self.num += 1
            self._changed.notify_all()

    def wait_for(self, num: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.num >= num, 60)


def test_a_notice_is_heard_and_a_lost_connection_is_made_again(backend: PostgresBackend) -> None:
    driver = open_database(backend).driver
    assert isinstance(driver, PostgresDriver)
    told, other = Told(), Told()
    ends = [driver.listen('orders of the "day"', told), driver.listen("other", other)]
    told.wait_for(1)  # once it listens: whatever came before is not missed
    other.wait_for(1)
    backend.execute("SELECT pg_notify('orders of the \"day\"', 'x')")
    told.wait_for(2)
    backend.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cadran'")
    told.wait_for(3)
    other.wait_for(2)
    backend.execute("NOTIFY other")
    other.wait_for(3)
    assert (told.num, other.num) == (3, 3)
    for end in ends:
        end()
