"""Law 9: what is shown equals recalculating everything from the same store at the same instant."""

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


class Shop:
    """A screen over everything that can be computed: windows, aggregates, the window before, sparklines, metrics."""

    def __init__(self) -> None:
        self.press = press = cd.channel("press", keep="1h")
        self.orders = orders = testing.fake_source("orders", every="1s", time="ts", key="id")
        schema = {"id": pl.Int64, "ts": pl.Float64, "amount": pl.Float64, "by": pl.String}
        self.orders.value = pl.DataFrame(schema=schema)
        self.num_calls = 0

        @cd.metric(orders.last("10s"))
        def revenue(rows: pl.DataFrame) -> float:
            self.num_calls += 1
            return float(rows["amount"].sum())

        @cd.metric(revenue, press.kpi("factor"))
        def scaled(total: float, factor: Any) -> float | None:
            return total * factor if isinstance(factor, float) else None

        @cd.metric(press.series("vibration").last("5s"))
        async def peak(points: cd.Points) -> float | None:
            return float(points.ys.max()) if points.ys.size else None

        vibration = press.series("vibration")
        self.readables: dict[str, Readable[Any]] = {
            "revenue": revenue,
            "scaled": scaled,
            "peak": peak,
            "count": orders.last("10s").count(),
            "mean": orders.last("30s").mean("amount"),
            "newest": vibration.last("3s").latest(),
            "least": vibration.last("20s").min(),
        }
        self.by_region = orders.last("20s").sum("amount", by="by")
        self.tail = orders.tail(3)

        @cd.screen("Shop", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            for name, readable in self.readables.items():
                ui.kpi(name, readable)
            ui.kpi("change", revenue, compare="previous", key="change")
            ui.kpi("before", orders.last("10s").sum("amount"), compare="previous", key="before")
            ui.kpi("ago", vibration, compare="7s", key="ago")
            ui.pie("by region", self.by_region)
            ui.table("tail", self.tail)
            ui.line("amounts", orders.series("amount"), window="30s")

        self.screen = screen


def assert_lazy_equals_eager(live: LiveScreen) -> int:
    """Every watched value equals the one recalculated from the store at the settled instant. Returns their number."""
    graph, settled_at = live.core.graph, live.core.settled_at
    num_checked = 0
    for node in graph.nodes():
        if node.is_leaf or getattr(node.readable, "is_async", False):
            continue
        eager = evaluate_eagerly(live.core, node.readable, settled_at)
        assert same_value(node.value, eager), f"{node.label}: {node.value!r} is not {eager!r}"
        num_checked += 1
    return num_checked


def happen(live: LiveScreen, shop: Shop, rng: random.Random) -> None:
    """An order, a late order, a vanished order, points, late points, a gap, a KPI."""
    now, choice = live.clock.now().wall, rng.random()
    if choice < 0.4:
        rows = shop.orders.value
        assert isinstance(rows, pl.DataFrame)
        at = now - rng.choice([0.0, 0.0, 4.0, 15.0, -3.0])
        number, amount = rows.height + rng.randrange(1000), float(rng.randrange(9))
        new = {"id": number, "ts": at, "amount": amount, "by": rng.choice("NSE")}
        shop.orders.value = pl.concat([rows, pl.DataFrame([new], schema=rows.schema)])
    elif choice < 0.5:
        rows = shop.orders.value
        assert isinstance(rows, pl.DataFrame)
        shop.orders.value = rows.head(max(0, rows.height - 1))
    elif choice < 0.85:
        y = rng.choice([float("nan"), rng.uniform(-2, 2), 1.0])
        shop.press.send(cd.ChartDataUpdated.point("vibration", now - rng.choice([0.0, 0.0, 2.0, 12.0]), y))
    else:
        shop.press.send(cd.KpiUpdated("factor", rng.choice([1.0, 2.0, None])))


@pytest.mark.slow
@pytest.mark.timeout(120)
@settings(max_examples=12)
@given(st.randoms(use_true_random=False), st.lists(st.sampled_from([0.05, 0.2, 1.0, 3.3, 9.9, 21.0]), max_size=8))
def test_law09_lazy_equals_eager(rng: random.Random, waits: list[float]) -> None:
    shop = Shop()
    with testing.open(shop.screen) as live:
        live.viewer()
        for wait in waits:
            happen(live, shop, rng)
            live.advance(wait)
        live.settle()
        assert assert_lazy_equals_eager(live) >= 15


def test_law09_a_row_leaves_its_window_at_its_moment() -> None:
    """Time is an input: the moment at which the oldest row leaves a window is a change of its own, with that cause."""
    shop = Shop()
    with testing.open(shop.screen) as live:
        viewer = live.viewer()
        shop.orders.value = pl.DataFrame([{"id": 1, "ts": live.clock.now().wall, "amount": 5.0, "by": "N"}])
        live.advance("2s")
        assert viewer.value("count") == 1.0
        assert viewer.value("revenue") == 5.0
        live.advance("7s")
        assert viewer.value("count") == 1.0
        frames = viewer.num_frames
        live.advance("1.2s")
        assert viewer.value("count") == 0.0
        assert viewer.value("revenue") == 0.0
        assert viewer.num_frames > frames
        assert "time passed" in live.core.graph.node(shop.orders.last("10s")).cause


def test_law09_recalculated_only_if_what_it_reads_changed() -> None:
    """The original's needs_recalculation: other changes, and looks, cost no call."""
    shop = Shop()
    with testing.open(shop.screen) as live:
        viewer = live.viewer()
        live.advance("2s")
        calls = shop.num_calls
        for factor in (1.0, 2.0, 3.0):
            shop.press.send(cd.KpiUpdated("factor", factor))
            live.advance("0.5s")
        viewer.see("scaled")
        live.advance("0.5s")
        viewer.see()
        live.advance("0.5s")
        assert shop.num_calls == calls
        assert viewer.value("scaled") == 0.0


def test_law09_asked_by_the_program_with_its_cause() -> None:
    shop = Shop()
    revenue = shop.readables["revenue"]
    assert isinstance(revenue, cd.Metric)
    with testing.open(shop.screen) as live:
        live.viewer()
        live.advance("2s")
        calls = shop.num_calls
        revenue.needs_recalculation("the price list was read again")
        live.settle()
        assert shop.num_calls == calls + 1
        assert live.core.graph.node(revenue).cause == "the price list was read again"


@pytest.mark.parametrize("count", [0, 3])
def test_law09_compare_is_computed_over_the_window_before(count: int) -> None:
    shop = Shop()
    with testing.open(shop.screen) as live:
        viewer = live.viewer()
        start = live.clock.now().wall
        rows = [{"id": i, "ts": start - 15.0 + i, "amount": 2.0, "by": "N"} for i in range(count)]
        if rows:
            shop.orders.value = pl.DataFrame(rows)
        live.advance("1.5s")
        assert viewer.value("before") == 0.0
        assert viewer.previous("before") == 2.0 * count
        assert viewer.previous("change") == 2.0 * count
