"""Who looks at a screen from outside sees what viewers of the same choice see; counters add all choices up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import cadran as cd
import cadran.testing
from cadran.engine.measured import PanelMeasures
from cadran.engine.measuring import seen
from cadran.engine.messages import DescriptionChanged, InspectAsked
from cadran.engine.report import PanelReport, ScreenReport
from cadran.engine.totals import PanelTotals
from cadran.testing import LiveScreen

EU, US = {"region": ["EU"]}, {"region": ["US"]}
SQL = "SELECT id, region, amount FROM orders WHERE (:region IS NULL OR region = :region) ORDER BY id"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveScreen]:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, region TEXT, amount REAL)")
        rows = [("EU", 10.0), ("EU", 50.0), ("US", 3.0)]
        connection.executemany("INSERT INTO orders (region, amount) VALUES (?, ?)", rows)
    orders = cd.database(f"sqlite:///{path}").query(SQL, every="1s", key="id", name="orders")

    @cd.screen("Shop")
    def shop(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.filter("region")
        ui.kpi("Revenue", orders.sum("amount"))
        ui.table("Rows", orders.tail(10))

    with cadran.testing.open(shop) as screen:
        yield screen


def panel(report: ScreenReport, key: str) -> PanelReport:
    return next(one for one in report.panels if one.key == key)


def measures(live: LiveScreen, key: str, choices: dict[str, list[str]] | None = None) -> PanelMeasures:
    return next(one for one in live.measures(choices=choices).panels if one.key == key)


def totals(live: LiveScreen, key: str = "revenue") -> PanelTotals:
    told = seen(live.core.measuring(live.clock.now()).engine(live.program.sources, live.core.stages()))
    return next(one.totals for one in told.screens["shop"].panels if one.key == key)


def test_a_look_is_of_what_is_chosen(live: LiveScreen) -> None:
    found = {name: live.inspect(choices=choices) for name, choices in {"all": None, "EU": EU, "US": US}.items()}
    assert {name: panel(one, "revenue").value for name, one in found.items()} == {"all": 63.0, "EU": 60.0, "US": 3.0}
    assert {row[1] for row in panel(found["US"], "rows").rows} == {"US"}
    assert (found["all"].choices, found["EU"].choices) == ({}, {"region": ("EU",)})
    assert len({one.epoch for one in found.values()}) == 3


def test_a_look_that_goes_on_is_kept_when_places_are_taken(live: LiveScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its choice has no viewers, and is in use for all that."""
    monkeypatch.setattr("cadran.engine.stages.VARIANTS_MAX", 1)
    for number, choices in enumerate((EU, US), 100):
        live.put(InspectAsked(number, "shop", 2.0, choices))
    live.advance("3s")
    first, second = (live._reports.pop(number) for number in (100, 101))
    assert (first.choices, panel(first, "revenue").value) == ({"region": ("EU",)}, 60.0)
    assert (second.choices, panel(second, "revenue").value) == ({}, 63.0), "no room for another"


def test_a_look_goes_on_at_the_same_choice_of_a_new_layout(live: LiveScreen) -> None:
    live.put(InspectAsked(100, "shop", 2.0, EU))
    live.put(DescriptionChanged("shop"))
    live.advance("3s")
    assert panel(live._reports.pop(100), "revenue").value == 60.0


def test_measures_are_of_the_stage_that_is_asked_for(live: LiveScreen) -> None:
    everybody, one = live.viewer(), live.viewer()
    one.choose(**EU)
    live.advance("3s")
    assert measures(live, "revenue").num_viewers == measures(live, "revenue", EU).num_viewers == 1
    assert measures(live, "revenue", US).num_viewers == 0
    assert measures(live, "revenue", US).encoding.num == 0
    assert measures(live, "revenue", EU).num_recalculations == 1
    before = measures(live, "rows", EU).sent_bytes, measures(live, "rows").sent_bytes
    assert min(before) > 0
    live.cut(everybody)
    other = live.viewer()
    other.choose(**EU)
    live.advance("3s")
    assert measures(live, "rows", EU).sent_bytes > before[0]
    found = live.measures(choices=EU)
    assert (found.choices, found.num_stages) == ({"region": ("EU",)}, 2)
    asked = {source.id.partition("?")[1]: source.asked for source in found.sources}
    assert list(asked) == ["?", ""], "the query as it is asked for them, and as the menu's values are"
    assert asked["?"] is not None
    assert asked["?"].num_rows == 2
    assert found.panels[0].causes[0].asked is not None


def test_looking_at_measures_asks_no_source_of_anything(live: LiveScreen) -> None:
    for _ in range(5):
        live.measures(choices=EU)
        live.advance("2s")
    assert live.statistics().num_reads == 0


@pytest.mark.parametrize("is_kept", [False, True])
def test_counters_add_up_all_choices_and_never_go_back(live: LiveScreen, is_kept: bool) -> None:
    """Each choice comes and goes, and all that it cost stays counted, once, even if the same query comes back."""
    viewer = live.viewer()
    kept: list[object] = []
    reads, num_rows, last = 0, 0, PanelTotals()
    for region in ["EU", "US", None, "EU", "US"] * 2:
        viewer.choose(region=region)
        live.advance("30s")  # those of before are given up
        if is_kept:
            kept.append(live.core.stage("shop", {"region": [region or ""]}).description)
        now = totals(live)
        told = seen(live.core.measuring(live.clock.now()).engine(live.program.sources, live.core.stages()))
        (source,) = told.sources
        assert source.asked is not None
        assert source.num_reads == live.statistics().num_reads > reads
        num_rows, reads = source.asked.num_rows, source.num_reads
        assert now.num_encodings >= last.num_encodings
        assert now.num_recalculations >= last.num_recalculations
        assert now.sent_bytes > last.sent_bytes
        last = now
    # The screen with nothing chosen is kept, and was first seen so; eight times another choice came anew.
    assert (last.num_recalculations, last.num_encodings, num_rows) == (9, 18, 3 + 4 * (2 + 1))


def test_of_many_choices_each_panel_is_told_once(live: LiveScreen) -> None:
    for number in range(20):
        live.viewer().choose(region=f"R{number}")
    live.advance("2s")
    told = seen(live.core.measuring(live.clock.now()).engine(live.program.sources, live.core.stages()))
    screen = told.screens["shop"]
    assert screen.num_stages == 21
    assert {one.key: one.num_viewers for one in screen.panels} == {"revenue": 20, "rows": 20, "options-region": 20}
    assert len(told.sources) == 1
