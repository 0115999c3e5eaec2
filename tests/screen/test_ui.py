from __future__ import annotations

import inspect
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.readable import KpiOf, SeriesOf, Source, TableReadable
from cadran.screen.bands import above, reference
from cadran.screen.columns import column
from cadran.screen.draft import Draft
from cadran.screen.formats import currency
from cadran.screen.layout import BarPanel, Column, Format, KpiPanel, LinePanel, PiePanel, TablePanel, TextPanel
from cadran.screen.slots import CurveSlot, Description, ScalarSlot, SeriesSlot, TableSlot
from cadran.screen.ui import Ui


class Sheet:
    """A description in the making: ``ui`` to say, ``finish`` to look."""

    def __init__(self) -> None:
        self.draft = Draft()
        self.ui = Ui(self.draft)

    def finish(self) -> Description:
        return self.draft.finish(title="T", slug="t", zone="UTC", lang=None, refresh_secs=None, intervals_secs=())


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


@pytest.fixture
def ui(sheet: Sheet) -> Ui:
    return sheet.ui


def test_panels_slots_and_sources_are_numbered_as_they_come(sheet: Sheet, press: Source, orders: TableReadable) -> None:
    ui, vibration = sheet.ui, SeriesOf(press, "vibration")
    ui.kpi("Oven", vibration, compare="1h", unit="g", bands=[above(80, "warning")], good="down", icon="bolt")
    ui.line("Vibration", vibration, SeriesOf(press, "load"), window="60s", references=[reference(3, "limit")], y_max=5)
    ui.line("Profile", SeriesOf(press, "profile", "free"), color="accent", note="Whole.", always=True)
    ui.bar("By region", orders.count(by="region"), format="compact", color="series.2")
    ui.pie("Shares", orders.sum("amount", by="region"), format=currency("EUR"))
    ui.table("Last orders", orders.tail(20), key="last", columns=["id", column("amount", bar=True)])
    ui.text("About", "One.\n\nTwo.")
    done = sheet.finish()
    panels = done.layout.panels

    assert [panel.index for panel in panels] == list(range(7))
    assert [panel.key for panel in panels] == ["oven", "vibration", "profile", "by-region", "shares", "last", "about"]
    assert [slot.slot for slot in done.slots] == list(range(done.layout.num_slots))
    assert [type(slot) for slot in done.slots] == [
        ScalarSlot, SeriesSlot, SeriesSlot, SeriesSlot, CurveSlot, TableSlot, TableSlot, TableSlot
    ]  # fmt: skip
    assert [slot.panel for slot in done.slots] == [0, 0, 1, 1, 2, 3, 4, 5]
    assert [source.label for source in done.sources] == ["press", "orders"]
    assert [(info.index, info.kind, info.every_secs) for info in done.layout.sources] == [
        (0, "channel", None),
        (1, "query", 5.0),
    ]
    assert [panel.sources for panel in panels] == [(0,), (0,), (0,), (1,), (1,), (1,), ()]

    kpi, line, curve, bar, pie, table, text = panels
    assert isinstance(kpi, KpiPanel)
    assert (kpi.value_slot, kpi.spark_slot, kpi.spark_secs, kpi.unit, kpi.good) == (0, 1, 3600.0, "g", "down")
    assert isinstance(line, LinePanel)
    assert [(each.slot, each.label) for each in line.series] == [(2, "vibration"), (3, "load")]
    assert (line.window_secs, line.x, line.y_max, line.references[0].label) == (60.0, "time", 5.0, "limit")
    assert isinstance(curve, LinePanel)
    assert (curve.x, curve.window_secs, curve.note, curve.always) == ("free", None, "Whole.", True)
    assert curve.series[0].color == "accent"
    assert isinstance(bar, BarPanel)
    assert (bar.format, bar.color) == (Format(compact=True), "series.2")
    assert isinstance(pie, PiePanel)
    assert pie.format == currency("EUR")
    assert isinstance(table, TablePanel)
    assert table.columns == (Column(name="id"), Column(name="amount", bar=True))
    assert isinstance(text, TextPanel)
    assert text.body == "One.\n\nTwo."


def test_a_table_shows_as_many_rows_as_asked(sheet: Sheet, orders: TableReadable) -> None:
    sheet.ui.table("A", orders)
    sheet.ui.table("B", orders.tail(7))
    sheet.ui.table("C", orders, rows=200)
    assert [slot.max_rows for slot in sheet.finish().slots if isinstance(slot, TableSlot)] == [50, 7, 200]
    for rows in (0, 5001, 2.5, True):
        wrong: Any = rows
        with pytest.raises(UsageError, match=r"ui\.table\('D'\): rows must be a whole number from 1 to 5000, got"):
            sheet.ui.table("D", orders, rows=wrong)


def test_columns_and_sections_make_rows(sheet: Sheet) -> None:
    ui = sheet.ui
    ui.text("a", "")
    with ui.columns(2):
        ui.text("b", "")
        ui.text("c", "")
        ui.text("d", "")
    ui.section("Now")
    ui.text("e", "")
    ui.section("Empty")
    with ui.section("Then"), ui.columns(3):
        ui.text("f", "")
    with ui.columns(4):
        pass
    ui.text("g", "")
    sections = sheet.finish().layout.sections
    assert [(s.title, [(row.columns, row.panels) for row in s.rows]) for s in sections] == [
        (None, [(1, (0,)), (2, (1, 2, 3))]),
        ("Now", [(1, (4,))]),
        ("Then", [(3, (5,))]),
        (None, [(1, (6,))]),
    ]


def test_columns_do_not_nest(ui: Ui) -> None:
    with ui.columns(2):
        with pytest.raises(UsageError, match=r"columns\(\) cannot stand inside another"):
            ui.columns(2).__enter__()
        with pytest.raises(UsageError, match=r"section\('Now'\) cannot stand inside columns\(\)"):
            ui.section("Now")
    for count in (0, 25, "2", True):
        wrong: Any = count
        with pytest.raises(UsageError, match=r"columns\(\) needs a whole number from 1 to 24, got"):
            ui.columns(wrong)
    with pytest.raises(UsageError, match=r"section\(\) needs a title, got ' '"):
        ui.section(" ")


def test_two_equal_keys_name_both_lines(ui: Ui, press: Source) -> None:
    frame = inspect.currentframe()
    assert frame is not None
    ui.kpi("Oven", KpiOf(press, "a"))
    first = frame.f_lineno - 1
    with pytest.raises(UsageError) as caught:
        ui.kpi("oven!", KpiOf(press, "b"))
    second = frame.f_lineno - 1
    assert str(caught.value) == (
        f"two panels have the key 'oven': {__file__}:{first} and {__file__}:{second}; give one of them another key="
    )
    ui.kpi("oven!", KpiOf(press, "b"), key="oven-2")


def test_a_panel_needs_a_key(sheet: Sheet, press: Source) -> None:
    sheet.ui.text(None, "Some words to begin with.")
    sheet.ui.text(None, "Some words to begin with.", key="other")
    assert [panel.key for panel in sheet.finish().layout.panels] == ["some-words-to-begin-with", "other"]
    with pytest.raises(
        UsageError, match="a panel needs a key: a title with letters or key=\"name\", got the title '—'"
    ):
        sheet.ui.kpi("—", KpiOf(press, "a"))


def test_wrong_arguments_name_the_panel(ui: Ui, press: Source, orders: TableReadable) -> None:
    value = KpiOf(press, "a")
    wrong: Any = ui
    for call, message in (
        (lambda: wrong.kpi(value, "A"), r"ui\.kpi\(\) needs its title first, a text, got KpiOf"),
        (
            lambda: wrong.kpi("A", value, good="left"),
            r"""ui\.kpi\('A'\): good must be "up", "down" or None, got 'left'""",
        ),
        (lambda: wrong.kpi("A", value, format="euro"), r"ui\.kpi\('A'\): format must be one of"),
        (lambda: wrong.kpi("A", value, bands=[80]), "bands must hold values such as"),
        (lambda: wrong.line("A", SeriesOf(press, "a"), y_min="0"), r"ui\.line\('A'\): y_min must be a finite number"),
        (lambda: wrong.bar("A", value), r"ui\.bar\('A'\) shows rows, got the single value 'a': use ui\.kpi"),
        (lambda: wrong.pie("A", SeriesOf(press, "a")), r"ui\.pie\('A'\) shows rows, got the series 'a': use ui\.line"),
        (lambda: wrong.table("A", orders.last("15d")), "needs 15 d of 'orders', which keeps only 14 d"),
        (lambda: wrong.table("A", orders, columns="id"), "columns must be a list such as"),
        (lambda: wrong.table("A", orders, columns=["id", "id"]), "columns must name each column once"),
        (lambda: wrong.text("A", 3), r"ui\.text\('A'\) needs its body as a text, got 3"),
        (lambda: column(""), r"column\(\) needs the name of a column, got ''"),
        (lambda: column("left", bar_max=0), r"column\('left'\): bar_max must be a number above zero, got 0"),
        (lambda: column("left", format=wrong), r"column\('left'\): format must be one of"),
    ):
        with pytest.raises(UsageError, match=message):
            call()


def test_a_bar_maximum_asks_for_a_bar() -> None:
    assert column("left", "Left", bar_max=10, bands=[above(9, "good")]) == Column(
        name="left", title="Left", bar=True, bar_max=10.0, bands=(above(9, "good"),)
    )
