"""What a viewer chose reaches every table below whatever a panel shows, and equal choices are equal descriptions."""

from __future__ import annotations

import polars as pl
import pytest

import cadran as cd
from cadran.readable import Filtered, Last, Readable
from cadran.screen.binding import bind
from cadran.screen.choices import Choices, choices_from
from cadran.screen.layout import BarPanel, LinePanel
from cadran.screen.slots import Description

shop = cd.database("sqlite:///shop.db")
orders = shop.query("SELECT * FROM orders", every="1s", time="ts", key="id", name="orders")
stock = shop.query("SELECT * FROM stock", every="1s", key="sku", name="stock")


@cd.metric(orders.last("1d"))
def revenue(rows: pl.DataFrame) -> float:
    return float(rows["amount"].sum())


@cd.metric(revenue, stock)
def cover(revenue: float, rows: pl.DataFrame) -> float:
    return revenue / max(1, rows.height)


SHOWN: dict[str, Readable[object]] = {
    "metric": revenue,
    "metric of a metric": cover,
    "sum": orders.last("1h").sum("amount"),
    "rate": orders.rate("1m"),
    "quantile": orders.quantile("amount", 0.9),
    "where": orders.where(amount=cd.above(10)).count(),
    "arithmetic": orders.sum("amount") / orders.count(),
    "sql": cd.sql("SELECT count(*) AS n FROM orders JOIN stock USING (sku)", orders=orders, stock=stock),
}


def described(shown: Readable[object], *, with_range: bool = False) -> Description:
    @cd.screen("Shop")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.filter("region", options=["EU", "US"])
        if with_range:
            ui.range("1d")
        ui.kpi("Shown", shown, spark=False)

    return screen.describe()


def chosen(description: Description, **said: list[str]) -> Choices:
    choices, refused = choices_from(description.controls, said)
    assert not refused
    return choices


def tables_below(readable: Readable[object], above: Readable[object] | None = None) -> list[tuple[object, object]]:
    """Each source's table, and what reads it."""
    if not readable.inputs:
        return [(readable, above)]
    return [found for one in readable.inputs for found in tables_below(one, readable)]


@pytest.mark.parametrize("name", SHOWN)
def test_every_table_below_is_filtered(name: str) -> None:
    description = described(SHOWN[name])
    bound = bind(description, chosen(description, region=["EU"])).slots[0].reads
    found = tables_below(bound)
    assert found
    assert all(isinstance(above, Filtered) for _, above in found)
    assert not any(isinstance(above, Filtered) for _, above in tables_below(description.slots[0].reads))


@pytest.mark.parametrize("name", SHOWN)
def test_equal_choices_are_equal_descriptions(name: str) -> None:
    one, other = described(SHOWN[name]), described(SHOWN[name])
    first, second = bind(one, chosen(one, region=["EU"])), bind(other, chosen(other, region=["EU"]))
    assert first.slots == second.slots
    assert first.slots != bind(one, chosen(one, region=["US"])).slots
    assert bind(one, chosen(one)) is one


def test_a_window_follows_the_range_where_it_says_so() -> None:
    for follows, secs in ((True, 3600.0), (False, 86_400.0)):
        description = described(orders.last("1d", follows=follows).count(), with_range=True)
        last = bind(description, chosen(description, range=["1h"])).slots[0].reads.inputs[0]
        assert isinstance(last, Last)
        assert (last.window_secs, last.until) == (secs, None)
    description = described(orders.last("1d", follows=True).count(), with_range=True)
    last = bind(description, chosen(description, range=["1000~1600"])).slots[0].reads.inputs[0]
    assert isinstance(last, Last)
    assert (last.window_secs, last.until) == (600.0, 1600.0)


def test_charts_without_a_window_take_the_range_and_marks_say_where_they_lead() -> None:
    @cd.screen("Shop")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.range("6h", spans=["1h"])
        ui.line("Amounts", orders.series("amount"))
        ui.line("Own", orders.series("amount"), window="1h")
        ui.bar("By sku", orders.count(by="sku"), to=cd.link("detail", sku="sku"))

    panels = screen.describe().layout.panels
    windows = [panel.window_secs for panel in panels if isinstance(panel, LinePanel)]
    assert windows == [21_600.0, 3600.0]
    bar = panels[2]
    assert isinstance(bar, BarPanel)
    assert bar.link == cd.link("detail", sku="sku")
    with pytest.raises(cd.UsageError, match="opens 'detail', which is no screen"):
        cd.Program([screen]).description("shop")


@pytest.mark.parametrize(
    ("describe", "message"),
    [
        (lambda ui: ui.filter("limit"), "means something else"),
        (
            lambda ui: ui.filter("past_from"),
            r"ui.filter\('past_from'\): 'past_from' means something else .* give name=",
        ),
        (lambda ui: ui.search("past_width"), "means something else"),
        (lambda ui: ui.filter("a", options=[]), "options must be 1 to 2,000 values"),
        (lambda ui: ui.filter("a", type=bool), "type must be str, int or float"),
        (lambda ui: (ui.filter("a"), ui.search("a")), "two parameters have the name 'a'"),
        (lambda ui: ui.search("1 a"), "made of letters, digits and _"),
        (lambda ui: ui.range("soon"), "default must be a duration"),
        (lambda ui: ui.bar("B", orders.count(by="sku"), to=3), "to must be a screen"),
    ],
)
def test_slips_are_said(describe: object, message: str) -> None:
    @cd.screen("Shop")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        describe(ui)  # type: ignore[operator]
        ui.text("T", "text")

    with pytest.raises(cd.UsageError, match=message):
        screen.describe()
