"""U16 and S13 from a database to a panel: what did not change costs nothing, what changed shows, and what is not
all there is says so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran import testing
from cadran.sources import Query
from cadran.testing import HeadlessViewer

PAGED = "SELECT id, ts, amount FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit"
BY_TIME = "SELECT id, ts, amount FROM orders WHERE ts >= :since ORDER BY ts, id LIMIT :limit"


class Shop:
    def __init__(self, folder: Path) -> None:
        self._writer = sqlite3.connect(folder / "shop.db", isolation_level=None)
        self._writer.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ts REAL, amount REAL)")
        self.database = cd.database(f"sqlite:///{folder}/shop.db")

    def write(self, sql: str, *parameters: object) -> None:
        self._writer.execute(sql, parameters)

    def rows(self) -> list[tuple[Any, ...]]:
        return self._writer.execute("SELECT id, ts, amount FROM orders ORDER BY id").fetchall()

    def query(self, sql: str = "SELECT id, ts, amount FROM orders ORDER BY id", **options: Any) -> Query:
        return self.database.query(sql, **{"every": "1s", "name": "orders", **options})

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


def screen_of(query: Query) -> cd.DashboardScreen:
    @cd.metric(query)
    def total(rows: Any) -> float:
        return float(rows["amount"].sum())

    @cd.screen("Shop", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Total", total)
        ui.table("Orders", query, key="orders")

    return screen


@pytest.mark.parametrize("probe", [None, "SELECT max(id), count(*) FROM orders"])
def test_u16_1000_unchanged_probes_are_one_query_one_recalculation_and_no_message(
    shop: Shop, probe: str | None
) -> None:
    shop.write("INSERT INTO orders VALUES (1, 0.0, 5.0)")
    query = shop.query(probe=probe)
    with testing.open(screen_of(query)) as live:
        viewer = live.viewer()
        live.advance("10s")
        before, num_probes, num_frames = live.statistics(), query.asked.num_probes, viewer.num_frames
        live.advance(1_000.0)
        after = live.statistics()
        assert query.asked.num_probes - num_probes >= 1_000
        assert (query.asked.num_queries, query.asked.how) == (1, "probe + digest")
        assert after.num_recalculations == before.num_recalculations == 1
        assert after.num_frames_built == before.num_frames_built
        assert viewer.num_frames == num_frames
        assert viewer.state("orders") == "live"


CHANGES = st.lists(
    st.tuples(st.sampled_from(["insert", "update", "delete"]), st.integers(0, 3), st.integers(-2, 2)), max_size=5
)


@given(changes=CHANGES, is_steady=st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_u16_inserts_updates_in_place_and_deletes_each_show(
    shop: Shop, changes: list[tuple[str, int, int]], is_steady: bool
) -> None:
    """By the probe where the query is steady, and by the digest alone where it may change by itself."""
    shop.write("DELETE FROM orders")
    query = shop.query("SELECT id, ts, amount FROM orders" + ("" if is_steady else " WHERE random() IS NOT NULL"))
    with testing.open(screen_of(query)) as live:
        viewer = live.viewer()
        live.advance("2s")
        for change, id_, amount in changes:
            match change:
                case "insert":
                    shop.write("INSERT OR IGNORE INTO orders VALUES (?, 0.0, ?)", id_, amount)
                case "update":
                    shop.write("UPDATE orders SET amount = ? WHERE id = ?", amount, id_)
                case _:
                    shop.write("DELETE FROM orders WHERE id = ?", id_)
            live.advance("2s")
            assert sorted(viewer.rows("orders")) == shop.rows()
        assert query.asked.how == ("probe + digest" if is_steady else "digest")


def test_u16_a_cursor_source_says_append_only_on_its_panels(shop: Shop) -> None:
    by_cursor = screen_of(shop.query(PAGED, cursor="id"))
    by_time = screen_of(shop.query(BY_TIME, time="ts", late="1m", key="id"))
    whole = screen_of(shop.query())
    for screen, expected in ((by_cursor, True), (by_time, True), (whole, False)):
        with testing.open(screen) as live:
            assert [panel.append_only for panel in live.viewer().panels] == [expected, expected]


def test_s13_only_the_first_rows_are_shown_with_a_note(shop: Shop) -> None:
    for id_ in range(5):
        shop.write("INSERT INTO orders VALUES (?, 0.0, 1.0)", id_)
    query = shop.query(max_rows=3)
    with testing.open(screen_of(query)) as live:
        viewer = live.viewer()
        live.advance("2s")
        assert [row[0] for row in viewer.rows("orders")] == [0, 1, 2]
        assert viewer.value("total") == 3.0
        assert [noted(viewer, key) for key in ("total", "orders")] == [("live", 3), ("live", 3)]
        assert query.asked.num_rows == 4
        shop.write("DELETE FROM orders WHERE id > 2")
        live.advance("2s")
        assert noted(viewer, "orders") == ("live", None)


def noted(viewer: HeadlessViewer, key: str) -> tuple[str, int | None]:
    status = viewer.status(key)
    assert status is not None
    return status.state, status.capped_rows


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 50), st.integers(0, 9)), min_size=1, max_size=25),
    st.integers(2, 7),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_late_and_equal_times_are_merged_by_key(shop: Shop, rows: list[tuple[int, int, int]], limit: int) -> None:
    """Rows come in any order within ``late``, share times, and are written over: all is shown, once."""
    shop.write("DELETE FROM orders")
    query = shop.query(BY_TIME, time="ts", late="51s", key="id", limit=limit)
    with testing.open(screen_of(query)) as live:
        viewer = live.viewer()
        live.advance("2s")
        start = live.clock.now().wall - 1_000.0
        for number, (id_, after_secs, amount) in enumerate(rows):
            shop.write("INSERT OR REPLACE INTO orders VALUES (?, ?, ?)", id_, start + after_secs, amount)
            if number % 3 == 0:
                live.advance("2s")
        live.advance("3s")
        assert sorted(viewer.rows("orders")) == shop.rows()
        assert [row[1] for row in viewer.rows("orders")] == sorted(row[1] for row in viewer.rows("orders"))
        assert query.asked.how == "late cursor"


def test_a_late_cursor_reads_what_is_unchanged_no_more_than_once(shop: Shop) -> None:
    for id_ in range(10):
        shop.write("INSERT INTO orders VALUES (?, ?, 1.0)", id_, float(id_))
    query = shop.query(BY_TIME, time="ts", late="2s", key="id", limit=4)
    with testing.open(screen_of(query)) as live:
        live.viewer()
        live.advance("5s")
        num_queries, num_rows = query.asked.num_queries, query.asked.num_rows
        live.advance("100s")
        assert query.asked.num_queries == num_queries  # the probe says that nothing changed
        shop.write("UPDATE orders SET amount = 2.0 WHERE id = 9")
        live.advance("2s")
        assert query.asked.num_queries == num_queries + 1
        assert query.asked.num_rows == num_rows + 3


def test_rows_older_than_keep_go_from_what_is_merged(shop: Shop) -> None:
    query = shop.query(BY_TIME, time="ts", late="10s", key="id", keep="60s")
    with testing.open(screen_of(query)) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        shop.write("INSERT INTO orders VALUES (1, ?, 1.0)", now - 50.0)
        live.advance("2s")
        assert [row[0] for row in viewer.rows("orders")] == [1]
        live.advance("20s")
        shop.write("INSERT INTO orders VALUES (2, ?, 1.0)", now + 20.0)
        live.advance("2s")
        assert [row[0] for row in viewer.rows("orders")] == [2]


def test_what_is_older_than_keep_is_not_even_read(shop: Shop) -> None:
    query = shop.query(BY_TIME, time="ts", late="10s", key="id", keep="60s", limit=5)
    with testing.open(screen_of(query)) as live:
        now = live.clock.now().wall
        for id_ in range(200):
            shop.write("INSERT INTO orders VALUES (?, ?, 1.0)", id_, now - 200.0 + id_)
        viewer = live.viewer()
        live.advance("5s")
        assert min(row[0] for row in viewer.rows("orders")) in (140, 141)
        assert query.asked.num_rows < 100


def test_rows_that_are_merged_past_the_bound_are_counted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadran.store.merging.ROWS_MAX", 5)
    for id_ in range(8):
        shop.write("INSERT INTO orders VALUES (?, ?, 1.0)", id_, float(id_))
    with testing.open(screen_of(shop.query(BY_TIME, time="ts", late="1s", key="id"))) as live:
        viewer = live.viewer()
        live.advance("5s")
        assert [row[0] for row in viewer.rows("orders")] == [3, 4, 5, 6, 7]
        assert any(
            "its oldest 3 points or rows were dropped" in one.message for one in viewer.notices.values() if one.message
        )


def test_the_measures_name_the_way_and_count_what_was_asked(shop: Shop) -> None:
    shop.write("INSERT INTO orders VALUES (1, 0.0, 5.0)")
    with testing.open(screen_of(shop.query())) as live:
        live.viewer()
        live.advance("5s")
        (source,) = live.measures().sources
        assert source.asked is not None
        assert (source.asked.how, source.asked.num_queries, source.asked.num_rows) == ("probe + digest", 1, 1)
        assert source.asked.num_probes == source.num_reads
        (query, *_) = next(panel for panel in live.measures().panels if panel.key == "orders").causes
        assert query.asked == source.asked
