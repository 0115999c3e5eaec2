"""``cd.sql``: joins over live tables, series and values; the same rows for the same data, to the last bit."""

from __future__ import annotations

import math
import sys
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.errors import OutsideError, SourceTimeout, UsageError
from cadran.metrics.sql import run_sql
from cadran.readable import Points

ORDERS, STOCK = testing.fake_source("orders", every="1s", key="id"), testing.fake_source("stock", every="1s", key="sku")
JOINED = "SELECT id, amount * price AS total FROM orders JOIN stock USING (sku) WHERE amount > 0"


def test_on_a_screen_a_changed_row_is_a_changed_row() -> None:
    orders, stock = testing.fake_source("orders", every="1s"), testing.fake_source("stock", every="1s")
    joined = cd.sql(JOINED + " ORDER BY id", orders=orders, stock=stock, key="id")
    total = cd.sql("SELECT sum(total) FROM joined", joined=joined)

    @cd.screen("Joined", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Totals", joined)
        ui.kpi("Total", total)

    with testing.open(screen) as live:
        viewer = live.viewer()
        orders.value = pl.DataFrame({"id": [1, 2, 3], "sku": ["a", "b", "a"], "amount": [1.0, 2.0, 0.0]})
        stock.value = pl.DataFrame({"sku": ["a", "b"], "price": [10.0, 3.0]})
        live.advance("1.5s")
        assert viewer.rows("totals") == [(1, 10.0), (2, 6.0)]
        assert viewer.value("total") == 16.0
        frames, changed = viewer.num_frames, live.core.graph.node(joined).changed_s
        live.advance("5s")  # read again, and equal: nothing happens
        assert (viewer.num_frames, live.core.graph.node(joined).changed_s) == (frames, changed)
        stock.value = pl.DataFrame({"sku": ["a", "b"], "price": [10.0, 4.0]})
        live.advance("1.5s")
        assert viewer.value("total") == 18.0


def test_series_and_values_are_tables_too() -> None:
    press = cd.channel("press")
    query = cd.sql(
        "SELECT max(y) - min(x) + limits.value AS v FROM v, limits GROUP BY limits.value",
        v=press.series("v"),
        limits=press.kpi("k"),
    )
    assert query.called_with([Points(np.array([1.0, 2.0]), np.array([math.nan, 7.0])), 10.0]).rows() == [(16.0,)]  # type: ignore[attr-defined]


def test_the_same_rows_give_the_same_result_to_the_last_bit() -> None:
    rng = np.random.default_rng(0)
    tables = {"orders": pl.DataFrame({"sku": rng.integers(0, 500, 200_000), "amount": rng.random(200_000)})}
    results = [run_sql("SELECT sku, sum(amount), avg(amount) FROM orders GROUP BY sku", tables, 5.0) for _ in range(4)]
    assert all(result.equals(results[0]) for result in results)


def test_equal_queries_are_one_value_and_others_are_not() -> None:
    one = cd.sql(JOINED, orders=ORDERS, stock=STOCK, key="id")
    assert one == cd.sql(JOINED, orders=ORDERS, stock=STOCK, key="id")
    assert len({one, cd.sql(JOINED, orders=ORDERS, stock=STOCK, key="id")}) == 1
    assert one != cd.sql(JOINED, orders=ORDERS, stock=STOCK)
    assert one != cd.sql(JOINED, orders=STOCK, stock=ORDERS, key="id")
    assert one.reading((ORDERS.tail(3), STOCK)) == cd.sql(JOINED, orders=ORDERS.tail(3), stock=STOCK, key="id")
    assert (one.key_column, one.label) == ("id", "orders")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT nowhere FROM orders", "nowhere"),
        ("SELECT * FROM elsewhere", "elsewhere"),
        ("SELECT id / 'x' FROM orders", "x"),
    ],
)
def test_a_query_that_does_not_fit_says_so(query: str, message: str) -> None:
    with pytest.raises(OutsideError, match=message):
        run_sql(query, {"orders": pl.DataFrame({"id": [1]})}, 5.0)


def test_each_query_sees_what_it_is_given_alone() -> None:
    run_sql("SELECT * FROM orders", {"orders": pl.DataFrame({"id": [1]})}, 5.0)
    with pytest.raises(OutsideError, match="orders"):
        run_sql("SELECT * FROM orders", {"stock": pl.DataFrame({"id": [1]})}, 5.0)


def test_past_its_time_out_it_is_interrupted_at_the_engine() -> None:
    tables = {"t": pl.DataFrame({"x": range(100_000)})}
    with pytest.raises(SourceTimeout, match="took longer than 0.05 s"):
        run_sql("SELECT count(*) FROM t a, t b, t c WHERE a.x * b.x % 7 = c.x % 5", tables, 0.05)


def test_a_result_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadran.metrics.sql.ROWS_MAX", 10)
    tables = {"t": pl.DataFrame({"x": range(11)})}
    assert run_sql("SELECT * FROM t LIMIT 10", tables, 5.0).height == 10
    with pytest.raises(OutsideError, match="more than 10 rows"):
        run_sql("SELECT * FROM t", tables, 5.0)


def test_columns_of_every_kind() -> None:
    values: dict[str, Any] = {"none": [None], "text": ["é'"], "flag": [True], "number": [1], "real": [math.nan]}
    found = run_sql(
        "SELECT *, sum(number) AS s, INTERVAL 1 DAY AS i FROM t GROUP BY ALL",
        {"t": pl.DataFrame(values).with_columns(pl.col("none").cast(pl.Int64))},
        5.0,
    )
    assert found.schema["s"] == pl.Int64
    assert found["i"][0] == timedelta(days=1)
    assert run_sql("SELECT * FROM t", {"t": pl.DataFrame()}, 5.0).shape == (0, 0)


@pytest.mark.parametrize(
    ("describe", "message"),
    [
        (lambda: cd.sql("DELETE FROM orders", orders=ORDERS), "sql() needs a SELECT over what it is given"),
        (lambda: cd.sql("SELECT 1; SELECT 2", orders=ORDERS), "sql(): expected one statement, got 2"),
        (lambda: cd.sql("SELECT FROM WHERE", orders=ORDERS), "sql(): Parser Error"),
        (lambda: cd.sql("SELECT 1"), "sql() needs what the query reads"),
        (lambda: cd.sql("SELECT 1", orders=pl.DataFrame()), "sql() reads sources, their parts and metrics; orders= is"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_query_is_refused_where_it_is_written(describe: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        describe()
    assert message in str(raised.value)


def test_without_duckdb_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadran.metrics.sql._made", [])
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match=r'pip install "cadran\[duckdb\]"'):
        cd.sql("SELECT 1", orders=ORDERS)
