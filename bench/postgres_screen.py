"""A screen over PostgreSQL: one table, read by cursor, by probe and by digest; and what reaches the server of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl
import psycopg

import cadran as cd
from bench.load import Load, Pace
from cadran.sources.database import Database
from cadran.sources.driver import Connection, Ordered
from cadran.sources.postgres import PostgresConnection, PostgresDriver
from cadran.sources.urls import driver_from_url

NUM_ROWS = 1_000
SALES_PER_SEC = 0.5
WAYS = ("cursor", "probe", "digest")


class CountingConnection(PostgresConnection):
    """Counts what is asked on it; it does not trust Cadran's own statistics."""

    def __init__(self, driver: PostgresDriver, connect_secs: float, counts: Counter[str], way: str) -> None:
        super().__init__(driver, connect_secs)
        self._counts, self._way = counts, way

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        frame = super().fetch(sql, parameters, max_rows, timeout_secs)
        self._counts[f"{self._way} queries"] += 1
        self._counts[f"{self._way} rows"] += frame.height
        return frame

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        found = super().fetch_ordered(sql, parameters, max_rows, timeout_secs, column)
        self._counts[f"{self._way} queries"] += 1
        self._counts[f"{self._way} rows"] += found.rows.height
        return found

    def version(self) -> object:
        if self._way == "digest":
            return None  # as if there were no probe
        self._counts[f"{self._way} probes"] += 1
        return super().version()


class CountingDriver(PostgresDriver):
    """The usual driver with such connections."""

    def __init__(self, url: str, counts: Counter[str], way: str) -> None:
        found = driver_from_url(url)
        assert isinstance(found, PostgresDriver)
        super().__init__(found._address)
        self.name = f"{self.name}-{way}"
        self._counts, self._way = counts, way

    def connect(self, timeout_secs: float) -> Connection:
        return CountingConnection(self, timeout_secs, self._counts, self._way)


def postgres_screen(load: Load) -> tuple[cd.DashboardScreen, Counter[str]]:
    """Return a screen of three queries, and the counts of what they ask, by way."""
    counts: Counter[str] = Counter()
    with psycopg.connect(load.query_url) as shop:
        shop.execute("DROP TABLE IF EXISTS orders")
        shop.execute("CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount float8)")
        shop.execute("INSERT INTO orders (amount) SELECT i FROM generate_series(1, %s) AS i", (NUM_ROWS,))
    whole, every = "SELECT id, amount FROM orders ORDER BY id", load.query_secs
    by = {way: Database(CountingDriver(load.query_url, counts, way)) for way in WAYS}
    cursor = by["cursor"].query(
        "SELECT id, amount FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit", cursor="id", every=every
    )
    probe, digest = by["probe"].query(whole, every=every), by["digest"].query(whole, every=every)
    till = cd.channel("till")

    @till.feed
    def sell(send: cd.Sender, stop: cd.Stop) -> None:
        pace = Pace(SALES_PER_SEC)
        with psycopg.connect(load.query_url, autocommit=True) as shop:
            while not stop.wait(pace.secs_to_next()):
                shop.execute("INSERT INTO orders (amount) VALUES (1)")
                send(cd.KpiUpdated("sold", 1))

    @cd.screen("Bench", slug="bench")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(4):
            ui.kpi("Sold", till.kpi("sold"))
            for way, query in zip(WAYS, (cursor, probe, digest), strict=True):
                ui.kpi(way.title(), query.sum("amount"))

    return screen, counts
