"""The program of the introduction, as its reader would type it, described and type-checked."""

from __future__ import annotations

import time

import polars as pl
import pytest

import cadran as cd
from cadran.screen.layout import KpiPanel, LinePanel

shop = cd.database("sqlite:///shop.db")

orders = shop.query(
    "SELECT id, ts, region, amount FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit",
    cursor="id", time="ts", every="5s", keep="14d",
)  # fmt: skip
stock = shop.query("SELECT sku, left FROM stock", key="sku", every="30s")

press = cd.channel("press", expect="2s")


@press.feed
def sample(send: cd.Sender, stop: cd.Stop) -> None:
    while not stop.wait(0.1):
        send(cd.KpiUpdated("temperature", 80.5))
        send(cd.ChartDataUpdated("vibration", [(time.time(), 0.1)]))


@cd.metric(orders.last("1d"))
def revenue(rows: pl.DataFrame) -> float:
    return float(rows["amount"].sum())


@cd.metric(revenue, stock)
def cover(revenue: float, stock: pl.DataFrame) -> float:
    return revenue / max(1.0, float(stock["left"].sum()))


@cd.source(every="30s")
def weather() -> str:
    return "sunny"


@cd.source(every="30s")
def tables() -> list[dict[str, object]]:
    return [{"name": "orders", "rows": 3}]


@cd.screen("Shop, live", refresh="5s")
def shop_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    with ui.columns(4):
        ui.kpi("Revenue, 24 h", revenue, format=cd.currency("EUR"), compare="previous", icon="banknote")
        ui.kpi("Orders, 24 h", orders.last("1d").count(), compare="previous")
        ui.kpi("Cover", cover, good="down")
        ui.kpi("Oven", press.kpi("temperature"), unit="°C", bands=[cd.above(80, "warning"), cd.above(95, "error")])
    with ui.columns(2):
        ui.line("Vibration", press.series("vibration"), window="60s", color=tokens.colors.accent)
        ui.pie("By region", orders.last("1d").sum("amount", by="region"))
    ui.table("Last orders", orders.tail(50), key="last-orders")
    ui.kpi("Weather", weather)
    ui.table("Tables", tables)


def test_the_program_of_the_introduction() -> None:
    program = cd.Program([shop_screen])
    description = program.description("shop-live")
    assert program.sources == (orders, stock, press, weather, tables)
    assert [source.kind for source in description.layout.sources] == ["query", "query", "channel", *["function"] * 2]
    assert [row.columns for row in description.layout.sections[0].rows] == [4, 2, 1, 1, 1]
    first, line = description.layout.panels[0], description.layout.panels[4]
    assert isinstance(first, KpiPanel)
    assert first.compare is not None
    assert first.compare.label == "previous 24 h"
    assert isinstance(line, LinePanel)
    assert line.series[0].color == cd.DesignTokens().colors.accent
    assert program.channel("press") is press


def test_sources_of_the_wrong_shape_are_refused() -> None:
    ui = cd.Ui()
    with pytest.raises(cd.UsageError, match=r"ui\.kpi\('A'\) shows one value, got the table 'tables'"):
        ui.kpi("A", tables)
    with pytest.raises(cd.UsageError, match=r"ui\.table\('A'\) shows rows, got the single value 'weather'"):
        ui.table("A", weather)
    with pytest.raises(cd.UsageError, match=r"got <Database .*>: name what to read of it, with \.query"):
        ui.table("A", shop)  # type: ignore[arg-type]  # what people do
    ui.kpi("A", shop.query("SELECT count(*) FROM orders", every="5s"))
