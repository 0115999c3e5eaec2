"""What MariaDB does beyond the contract; and what is said of databases that can't be tested here."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pymysql
import pytest
from tests.sources import servers
from tests.sources.backends import MariadbBackend, mariadb_backend, open_database
from tests.sources.cancelled import errors_while_cancelled

from cadran.errors import OutsideError, SourceTimeout, UsageError
from cadran.sources import Whole, database
from cadran.sources.driver import Connection
from cadran.sources.sqlalchemy import SqlalchemyConnection, _by_position
from cadran.sources.sqlalchemy_kinds import KINDS
from cadran.testing.servers import USER


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[MariadbBackend]:
    with mariadb_backend(tmp_path) as backend:
        yield backend


@pytest.fixture
def connection(backend: MariadbBackend) -> Iterator[SqlalchemyConnection]:
    connection = open_database(backend).driver.connect(5.0)
    assert isinstance(connection, SqlalchemyConnection)
    yield connection
    connection.close()


def fetch(connection: Connection, sql: str, max_rows: int = 1_000, **parameters: object) -> pl.DataFrame:
    return connection.fetch(sql, parameters, max_rows, 5.0)


def other_writer() -> pymysql.Connection:
    server = servers.mariadb()
    return pymysql.connect(
        host="127.0.0.1", port=server.port, user=USER, password=server.password, database="shop", autocommit=True
    )


def test_each_type_is_a_plain_column_also_without_rows(
    backend: MariadbBackend, connection: SqlalchemyConnection
) -> None:
    backend.execute(
        "CREATE TABLE t (i INT, b BIGINT, f FLOAT, d DOUBLE, n DECIMAL(10, 2), w DECIMAL(20), s VARCHAR(9), x TEXT,"
        " o BLOB, day DATE, at DATETIME(6), took TIME, j JSON)"
    )
    sql = "SELECT t.*, (SELECT sum(i) FROM t) AS total FROM t"
    empty = fetch(connection, sql)
    backend.execute(
        "INSERT INTO t VALUES (1, 2, 1.5, 2.5, 3.25, 7, 'a', 'b', x'0102', '2026-11-22', '2026-11-22 12:00:00.25',"
        " '10:00:00', '{}')"
    )
    full = fetch(connection, sql)
    whole, real = pl.Int64, pl.Float64
    expected = [whole, whole, real, real, real, whole, pl.String, pl.String, pl.String, pl.Date]
    assert full.dtypes == [*expected, pl.Datetime("us"), pl.Duration("us"), pl.String, whole]
    assert (empty.height, empty.schema) == (0, full.schema)
    assert full.row(0)[:8] == (1, 2, 1.5, 2.5, 3.25, 7, "a", "b")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders VALUES (1)",
        "SELECT 1; INSERT INTO orders VALUES (1)",
        "SELECT id FROM orders INTO OUTFILE '/tmp/cadran-must-not-be'",
        "SELECT id FROM orders /*! INTO OUTFILE '/tmp/cadran-must-not-be' */",
        "SELECT id FROM orders /*M! INTO OUTFILE '/tmp/cadran-must-not-be' */",
        "SELECT write_one()",
        "SELECT nextval(numbers)",
    ],
)
def test_s13_a_user_who_may_write_can_not(backend: MariadbBackend, sql: str) -> None:
    backend.execute(
        "CREATE TABLE orders (id INT)",
        "INSERT INTO orders VALUES (7)",
        "CREATE SEQUENCE numbers",
        "CREATE FUNCTION write_one() RETURNS INT BEGIN INSERT INTO orders VALUES (1); RETURN 1; END",
    )
    connection = open_database(backend).driver.connect(5.0)
    with pytest.raises(OutsideError):
        fetch(connection, sql)
    connection.close()
    assert backend.rows("SELECT id FROM orders") == [(7,)]
    assert not Path("/tmp/cadran-must-not-be").exists()


@pytest.mark.parametrize(
    "sql", ["DELETE FROM orders", "DROP TABLE orders", "CREATE TABLE other (a INT)", "TRUNCATE orders"]
)
def test_s13_the_session_itself_only_reads(backend: MariadbBackend, connection: SqlalchemyConnection, sql: str) -> None:
    backend.execute("CREATE TABLE orders (id INT)")
    fetch(connection, "SELECT 1 AS a")
    inner = connection._connection
    inner.exec_driver_sql("START TRANSACTION READ ONLY")
    with pytest.raises(Exception, match="READ ONLY"):
        inner.exec_driver_sql(sql)


def test_hostile_values_are_bound(backend: MariadbBackend, connection: SqlalchemyConnection) -> None:
    backend.execute("CREATE TABLE orders (region VARCHAR(200))")
    for value in ("' OR 1=1 -- ", "\\' OR 1=1 # ", "%s %(x)s :x", '\x00\x1a"`', "北\U0001f600"):
        assert fetch(connection, "SELECT :v AS v, (SELECT count(*) FROM orders) AS n", v=value).row(0) == (value, 0)


def test_of_many_rows_no_more_are_read(backend: MariadbBackend, connection: SqlalchemyConnection) -> None:
    sql = "SELECT seq FROM seq_1_to_1000000000 LIMIT 500000000"
    assert fetch(connection, sql, max_rows=3)["seq"].to_list() == [1, 2, 3]
    assert fetch(connection, "SELECT 5 AS a").item() == 5
    running = (
        "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%LIMIT 500%' AND id <> connection_id()"
    )
    while backend.rows(running) != [(0,)]:
        pass  # the server sees that nobody reads


def test_u02_a_lock_that_another_holds_ends_in_a_time_out_at_the_server(backend: MariadbBackend) -> None:
    backend.execute("CREATE TABLE orders (id INT)")
    reader = open_database(backend).query("SELECT id FROM orders", every="1s", timeout=0.5).open()
    holder = other_writer()
    try:
        holder.cursor().execute("LOCK TABLES orders WRITE")
        with pytest.raises(SourceTimeout, match="no result within 500 ms"):
            reader.read(None, 0.0)
        running = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT id%'"
        while backend.rows(running) != [(0,)]:
            pass  # the server ends it, though the lock is still held
    finally:
        holder.close()
    assert isinstance(reader.read(None, 0.0), Whole)
    reader.close()


def test_a_server_that_answers_nothing_holds_no_thread(backend: MariadbBackend) -> None:
    backend.execute("CREATE TABLE orders (id INT)")
    reader = open_database(backend).query("SELECT id FROM orders", every="1s").open()
    reader.read(None, 0.0)
    server = servers.mariadb()
    server.pause()
    try:
        problems = errors_while_cancelled(reader, every_secs=0.01)
    finally:
        server.go_on()
    assert [type(problem) for problem in problems] == [SourceTimeout]
    assert isinstance(reader.read(None, 0.0), Whole)
    reader.close()


def test_a_kept_connection_that_the_server_ended_is_replaced(backend: MariadbBackend) -> None:
    reader = open_database(backend).query("SELECT 1 AS a", every="1s").open()
    reader.read(None, 0.0)
    for (number,) in backend.rows("SELECT id FROM information_schema.processlist WHERE id <> connection_id()"):
        backend.execute(f"KILL {number}")
    assert isinstance(reader.read(None, 0.0), Whole)
    reader.close()


@pytest.mark.parametrize("how", ["wrong password", "no server", "no database"])
def test_s15_no_message_holds_the_password(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    server = servers.mariadb()
    secret = "pl4nted/s:e@cret" if how != "no database" else server.password
    monkeypatch.setenv("CADRAN_TEST_SECRET", secret)
    port = 1 if how == "no server" else server.port
    shop = database(f"mysql://{USER}:${{CADRAN_TEST_SECRET}}@127.0.0.1:{port}/nowhere")
    query = shop.query("SELECT 1 AS a", every="1s")
    reader = query.open()
    with pytest.raises(OutsideError, match="can't be reached") as raised:
        reader.read(None, 0.0)
    reader.close()
    seen = [repr(shop), repr(query), query.id, *traceback.format_exception(raised.value)]
    assert all(secret not in text for text in seen)


# --- without a server ---------------------------------------------------------------------------


def test_parameters_by_position() -> None:
    written = _by_position("SELECT '%%' WHERE a = %(x)s AND b = %(y)s AND c = %(x)s", {"x": 1, "y": 2})
    assert written == ("SELECT '%' WHERE a = ? AND b = ? AND c = ?", (1, 2, 1))


@pytest.mark.parametrize("scheme", sorted(KINDS))
def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr("cadran.sources.urls.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=rf'pip install "cadran\[{KINDS[scheme].extra}\]"'):
        database(f"{scheme}://host/db")


@pytest.mark.parametrize("scheme", sorted(KINDS))
@pytest.mark.parametrize("half", ["without SQLAlchemy", "without the driver"])
def test_half_of_what_is_needed_is_not_enough(monkeypatch: pytest.MonkeyPatch, scheme: str, half: str) -> None:
    missing = "sqlalchemy" if half == "without SQLAlchemy" else KINDS[scheme].module

    def find(name: str) -> object:
        if name == missing:
            if "." in name:
                raise ModuleNotFoundError(name)  # as for a part of a package that is not there
            return None
        return object()

    monkeypatch.setattr("cadran.sources.urls.find_spec", find)
    with pytest.raises(UsageError, match=rf'needs {missing}, which .* pip install "cadran\[{KINDS[scheme].extra}\]"'):
        database(f"{scheme}://host/db")


def test_the_driver_of_sql_server_stops_waiting() -> None:
    raw = SimpleNamespace(_conn=SimpleNamespace(query_timeout=0))
    KINDS["mssql"].wait_for(raw, 7.5)
    assert raw._conn.query_timeout == 8


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_said_before_a_query_holds_its_time_out(kind: object) -> None:
    statements = " ".join(kind.begin(2.5, 10))  # type: ignore[attr-defined]
    assert kind is KINDS["bigquery"] or any(secs in statements for secs in ("2.5", "2500", "3"))
