"""F10, F11 and F12 on real servers: a screen watches while its database is locked, killed or changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

import psycopg
import pytest
from tests.sources import servers
from tests.sources.backends import Backend, PostgresBackend, mariadb_backend, open_database, postgres_backend

import cadran as cd
import cadran.testing
from cadran.testing import HeadlessViewer, LiveScreen
from cadran.testing.servers import TemporaryServer

BACKENDS: dict[str, tuple[Callable[[Path], object], Callable[[], TemporaryServer]]] = {
    "postgres": (postgres_backend, servers.postgres),
    "mariadb": (mariadb_backend, servers.mariadb),
}


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    opened = cast(AbstractContextManager[Backend], BACKENDS[request.param][0](tmp_path))
    with opened as backend:
        backend.execute(
            "CREATE TABLE orders (id INT PRIMARY KEY, amount INT)",
            "CREATE TABLE stock (sku INT, left_over INT)",
            "INSERT INTO orders VALUES (1, 5)",
            "INSERT INTO stock VALUES (1, 7)",
        )
        yield backend


@pytest.fixture
def server(request: pytest.FixtureRequest) -> TemporaryServer:
    return BACKENDS[request.node.callspec.params["backend"]][1]()


def watched(backend: Backend, orders_timeout: float = 5.0) -> tuple[LiveScreen, HeadlessViewer]:
    """A screen with two sources, and somebody who looks at it."""
    shop = open_database(backend)
    orders = shop.query("SELECT id, amount FROM orders", every="1s", name="orders", timeout=orders_timeout)
    stock = shop.query("SELECT sku, left_over FROM stock", every="1s", name="stock")

    @cd.screen("Shop")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Amount", orders.sum("amount"))
        ui.kpi("Left", stock.sum("left_over"))

    live = cadran.testing.open(screen)
    viewer = live.viewer()
    live.advance("3s")
    assert (viewer.value("amount"), viewer.value("left")) == (5.0, 7.0)
    return live, viewer


def test_f11_a_server_that_is_killed_and_comes_back(backend: Backend, server: TemporaryServer) -> None:
    live, viewer = watched(backend)
    with live:
        server.kill()
        live.advance("5s")
        assert (viewer.state("amount"), viewer.state("left")) == ("error", "error")
        assert viewer.value("amount") == 5.0  # the old value stays, and says that it is old
        report = live.report("amount")
        assert report.key == "amount"
        fault = live.core._polling.schedule(f"{open_database(backend).driver.name}:orders").fault
        assert fault is not None
        assert fault.next_try is not None
        assert 0.0 < fault.next_try - live.clock.now().wall <= 30.0
        before = live.core._polling.schedule(f"{open_database(backend).driver.name}:orders").num_runs
        live.advance("10m")
        after = live.core._polling.schedule(f"{open_database(backend).driver.name}:orders").num_runs
        assert after - before <= 120  # backed off: up to 30 s between tries
        server.start()
        live.advance("35s")
        assert (viewer.state("amount"), viewer.state("left")) == ("live", "live")
        assert viewer.value("amount") == 5.0


def test_f12_a_lost_column_and_a_dropped_table_are_their_own_panels_fault(backend: Backend) -> None:
    live, viewer = watched(backend)
    with live:
        backend.execute("ALTER TABLE orders DROP COLUMN amount")
        live.advance("3s")
        assert (viewer.state("amount"), viewer.state("left")) == ("error", "live")
        backend.execute("ALTER TABLE orders ADD COLUMN amount INT", "UPDATE orders SET amount = 6", "DROP TABLE stock")
        live.advance("35s")
        assert (viewer.state("amount"), viewer.value("amount"), viewer.state("left")) == ("live", 6.0, "error")
        backend.execute("CREATE TABLE stock (sku INT, left_over INT)", "INSERT INTO stock VALUES (1, 8)")
        live.advance("35s")
        assert (viewer.state("left"), viewer.value("left")) == ("live", 8.0)


def test_f10_a_lock_for_a_minute_holds_one_source_and_one_query(tmp_path: Path) -> None:
    with postgres_backend(tmp_path) as backend:
        backend.execute(
            "CREATE TABLE orders (id INT PRIMARY KEY, amount INT)",
            "CREATE TABLE stock (sku INT, left_over INT)",
            "INSERT INTO orders VALUES (1, 5)",
            "INSERT INTO stock VALUES (1, 7)",
        )
        live, viewer = watched(backend, orders_timeout=0.5)
        most = MostWaiting(backend)
        with live, psycopg.connect(backend.url) as holder:
            holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            backend.execute("INSERT INTO stock VALUES (2, 1)")
            with most:
                live.advance("60s")
            assert (viewer.state("amount"), viewer.state("left"), viewer.value("left")) == ("error", "live", 8.0)
            assert most.num == 1
            holder.rollback()
            live.advance("35s")
            assert viewer.state("amount") == "live"


class MostWaiting:
    """How many queries waited for a lock at once, at most, as the server tells."""

    def __init__(self, backend: PostgresBackend) -> None:
        self.num = 0
        self._url = backend.url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *problem: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'cadran'"
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stop.wait(0.01):
                row = connection.execute(waiting).fetchone()
                assert row is not None
                self.num = max(self.num, row[0])


def test_a_notice_is_a_read_before_the_interval_has_passed(tmp_path: Path) -> None:
    with postgres_backend(tmp_path) as backend:
        backend.execute("CREATE TABLE orders (id INT)")
        orders = open_database(backend).query("SELECT id FROM orders", every="1h", notify="orders")
        hinted = threading.Semaphore(0)
        undo = orders.bind_hints(hinted.release)

        @cd.screen("Shop")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("Orders", orders.count())

        with cadran.testing.open(screen) as live:
            viewer = live.viewer()
            live.advance("1s")
            assert hinted.acquire(timeout=60)  # it listens: what came before is asked for once more
            live.advance("1s")
            assert viewer.value("orders") == 0.0
            backend.execute("INSERT INTO orders VALUES (1)")
            live.advance("1m")
            assert viewer.value("orders") == 0.0
            backend.execute("NOTIFY orders")
            assert hinted.acquire(timeout=60)
            live.advance("1s")
            assert viewer.value("orders") == 1.0
        undo()


def test_s11_what_a_viewer_chooses_is_bound_and_may_be_nothing(tmp_path: Path) -> None:
    for make in (postgres_backend, mariadb_backend):
        with make(tmp_path) as backend:
            backend.execute("CREATE TABLE orders (id INT, region VARCHAR(90))", "INSERT INTO orders VALUES (1, 'EU')")
            query = open_database(backend).query(
                "SELECT id FROM orders WHERE (:region IS NULL OR region = :region)", every="1s"
            )
            for chosen, num_rows in ((None, 1), ("EU", 1), ("x' OR '1'='1", 0), ("\\' OR 1=1 -- ", 0)):
                reader = query.bound({"region": chosen}).open()
                assert reader.read(None, 0.0).value.height == num_rows  # type: ignore[union-attr]
                reader.close()
