"""Law 9 for what needs no function: rates, quantiles, conditions, buckets, arithmetic and SQL, as rows come and go."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran import testing
from cadran.readable import Readable
from cadran.store import same_value
from cadran.testing import LiveScreen, evaluate_eagerly

SCHEMA = {"id": pl.Int64, "ts": pl.Float64, "amount": pl.Float64, "region": pl.String}


class Desk:
    """A screen over rows that are appended, come late, lose their values and leave."""

    def __init__(self) -> None:
        self.press = press = cd.channel("press", keep="1h")
        self.orders = orders = testing.fake_source("orders", every="1s", time="ts", key="id")
        orders.value = pl.DataFrame(schema=SCHEMA)
        window, series = orders.last("10s"), press.series("total")
        self.scalars: dict[str, Readable[Any]] = {
            "rate": orders.rate("10s"),
            "amounts": orders.rate("10s", "amount"),
            "p90": orders.quantile("amount", 0.9, over="20s"),
            "basket": window.sum("amount") / window.count(),
            "large": orders.where(amount=cd.above(4)).last("20s").count(),
            "delta": orders.delta("amount", over="20s"),
            "newest": orders.latest("region"),
            "kinds": orders.distinct("region").count(),
            "growth": series.rate("10s"),
            "median": series.quantile(0.5, over="20s"),
            "change": series.delta(over="20s"),
            "sql": cd.sql("SELECT count(*) + sum(y) AS n FROM w, s", w=window, s=series),
        }
        self.tables: dict[str, Readable[Any]] = {
            "sorted": orders.where(region=["N", "S"]).sort("amount", descending=True).tail(5),
            "rates": orders.rate("20s", by="region"),
            "quantiles": orders.quantile("amount", 0.5, by="region"),
            "buckets": orders.last("30s").resample("5s").sum("amount").table(),
            "joined": cd.sql("SELECT a.id, b.n FROM a JOIN b USING (region)", a=orders, b=_counts(orders), key="id"),
        }

        @cd.screen("Desk", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            for name, readable in self.scalars.items():
                ui.kpi(name, readable)
            for name in ("rate", "basket", "p90"):
                ui.kpi(f"{name} before", self.scalars[name], compare="previous")
            for name, readable in self.tables.items():
                ui.table(name, readable)
            ui.line("per 5 s", orders.resample("5s").count(), series.resample("5s").mean())
            self._buckets(ui)

        self.screen = screen

    def _buckets(self, ui: cd.Ui) -> None:
        """Buckets of time, and what is made from those that have ended."""
        per_step, of_window = self.orders.resample("3s"), self.orders.last("20s").resample("4s").count()
        large = self.orders.last("30s").where(amount=cd.above(1)).resample("4s").sum("amount")
        ui.kpi("newest bucket", per_step.count(), compare="7s")
        ui.kpi("newest mean", self.press.series("total").resample("3s").mean(), compare="3s")
        ui.kpi("bucket's growth", per_step.sum("amount").delta(over="12s"), compare="previous")
        ui.kpi("most in a bucket", of_window.max(), compare="previous", spark=True)
        ui.kpi("a day's own", self.orders.resample("1d", zone="Europe/Paris").count().latest())
        ui.line("sums per step", per_step.sum("amount").last("20s"), of_window, large, per_step.count())
        ui.bar("bars", of_window.table())


def _counts(orders: testing.FakeSource) -> Readable[Any]:
    return cd.sql("SELECT region, count(*) AS n FROM orders GROUP BY region", orders=orders, key="region")


def happen(live: LiveScreen, desk: Desk, rng: random.Random) -> None:
    now, choice = live.clock.now().wall, rng.random()
    rows = desk.orders.value
    assert isinstance(rows, pl.DataFrame)
    if choice < 0.5:
        amount = rng.choice([None, float("nan"), 0.1, 0.2, 0.3, 5.0, 1e16])
        at = rng.choice([now, now, now - 4.0, now - 15.0, now + 3.0, None])
        new = {
            "id": rows.height + rng.randrange(10_000),
            "ts": at,
            "amount": amount,
            "region": rng.choice(["N", "S", None]),
        }
        desk.orders.value = pl.concat([rows, pl.DataFrame([new], schema=SCHEMA)])
    elif choice < 0.65:
        desk.orders.value = rows.tail(max(0, rows.height - 2))
    else:
        value = rng.choice([float("nan"), rng.uniform(0, 9)])
        desk.press.send(cd.ChartDataUpdated.point("total", now - rng.choice([0.0, 2.0, 12.0]), value))


def assert_lazy_equals_eager(live: LiveScreen) -> int:
    num_checked = 0
    for node in live.core.graph.nodes():
        if not node.is_leaf:
            eager = evaluate_eagerly(live.core, node.readable, live.core.settled_at)
            assert same_value(node.value, eager), f"{node.label}: {node.value!r} is not {eager!r}"
            num_checked += 1
    return num_checked


@pytest.mark.slow
@pytest.mark.timeout(180)
@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.sampled_from([0.2, 1.0, 3.3, 9.9, 21.0]), max_size=8))
def test_law09_lazy_equals_eager_without_functions(rng: random.Random, waits: list[float]) -> None:
    desk = Desk()
    with testing.open(desk.screen) as live:
        live.viewer()
        for wait in waits:
            happen(live, desk, rng)
            live.advance(wait)
        live.settle()
        assert assert_lazy_equals_eager(live) >= 20


def test_law09_a_rate_falls_as_rows_leave_though_nothing_comes() -> None:
    desk = Desk()
    with testing.open(desk.screen) as live:
        viewer = live.viewer()
        row = {"id": 1, "ts": live.clock.now().wall, "amount": 5.0, "region": "N"}
        desk.orders.value = pl.DataFrame([row], schema=SCHEMA)
        live.advance("2s")
        assert (viewer.value("rate"), viewer.value("basket")) == (0.1, 5.0)
        live.advance("9s")
        assert (viewer.value("rate"), viewer.value("basket")) == (0.0, None)
