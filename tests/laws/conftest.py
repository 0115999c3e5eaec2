"""What the tests of the laws share: small programs that reach every room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

import cadran as cd
from cadran.channel import Channel
from cadran.testing import FakeSource, fake_source


@dataclass
class Plant:
    """A screen over one channel and two polled sources, with counted metrics."""

    press: Channel
    orders: FakeSource
    stock: FakeSource
    screen: cd.DashboardScreen
    calls: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def plant() -> Plant:
    return make_plant()


def make_plant(**options: Any) -> Plant:
    press = cd.channel("press", expect=options.get("expect"), keep="1h")
    orders = fake_source("orders", [{"id": 1, "amount": 10.0, "region": "North"}], every="1s", key="id")
    stock = fake_source("stock", 7.0, every="5s")
    calls: dict[str, int] = {}

    @cd.metric(press.kpi("temperature"))
    def fahrenheit(celsius: cd.Scalar) -> float | None:
        calls["fahrenheit"] = calls.get("fahrenheit", 0) + 1
        return celsius * 1.8 + 32 if isinstance(celsius, float) else None

    @cd.metric(fahrenheit)
    def alarm(value: float | None) -> bool:
        calls["alarm"] = calls.get("alarm", 0) + 1
        return value is not None and value > 180

    @cd.screen("Plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))
        ui.kpi("Fahrenheit", fahrenheit)
        ui.kpi("Alarm", alarm)
        ui.kpi("Stock", stock)
        ui.line("Vibration", press.series("vibration"), window="60s")
        ui.table("Orders", orders)
        ui.pie("By region", orders.sum("amount", by="region"))

    return Plant(press, orders, stock, screen, calls)
