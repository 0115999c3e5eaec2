"""One look at a whole screen: what ``GET /api/screens/{name}`` answers."""

from __future__ import annotations

import math
from concurrent.futures import Future
from typing import Any

import msgspec
import pytest
from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing
from cadran.engine.engine import Engine
from cadran.engine.messages import Outputs
from cadran.engine.pool import Pool
from cadran.engine.report import REPORT_POINTS, PanelReport, ScreenReport
from cadran.testing import Later, LiveScreen


def panels(live: LiveScreen) -> dict[str, PanelReport]:
    return {panel.key: panel for panel in live.inspect().panels}


class CancelledMeanwhile(Future[ScreenReport]):
    """Whoever waits for it cancels it, in another thread, as soon as the engine has looked whether he did."""

    def cancelled(self) -> bool:
        was_cancelled = super().cancelled()
        self.cancel()
        return was_cancelled


def test_law10_an_inspection_that_is_cancelled_as_it_is_answered_ends_nothing(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        report = live.inspect()
    engine = Engine(cd.Program([plant.screen]))
    engine._pool = Pool(lambda _: None)
    other: Future[ScreenReport] = Future()
    engine._reports = {1: CancelledMeanwhile(), 2: other}
    engine._act(Outputs(reports=[(1, report), (2, report)]))
    engine._pool.stop(1.0)
    assert other.result(0.0) is report


def test_inspect_reads_what_nobody_watches(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        plant.press.send(cd.KpiUpdated("temperature", 100.0))
        report = live.inspect()
        assert (report.screen, report.title, report.epoch) == ("plant", "Plant", "test0.1")
        assert report.at == pytest.approx(live.clock.now().wall, abs=2.2)
        found = {panel.key: panel for panel in report.panels}
        assert list(found) == ["temperature", "fahrenheit", "alarm", "stock", "vibration", "orders", "by-region"]
        assert {key: panel.kind for key, panel in found.items()} == {
            "temperature": "kpi",
            "fahrenheit": "kpi",
            "alarm": "kpi",
            "stock": "kpi",
            "vibration": "line",
            "orders": "table",
            "by-region": "pie",
        }
        assert found["fahrenheit"].value == 212.0
        assert found["alarm"].value is True
        assert found["stock"].value == 7.0
        assert found["orders"].rows == ((1, 10.0, "North"),)
        assert [column.name for column in found["orders"].columns] == ["id", "amount", "region"]
        assert {key: panel.state for key, panel in found.items() if key != "vibration"} == dict.fromkeys(
            ["temperature", "fahrenheit", "alarm", "stock", "orders", "by-region"], "live"
        )
        assert found["vibration"].state == "empty"
        assert msgspec.json.decode(msgspec.json.encode(report))


def test_inspect_is_read_again_when_it_is_old(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        assert panels(live)["stock"].value == 7.0
        plant.stock.value = 8.0
        live.advance("1h")
        assert panels(live)["stock"].value == 8.0


def test_inspect_in_the_middle_of_a_tick_reads_too() -> None:
    """A tick that is open when it is asked must not answer with what was an hour ago."""
    press = cd.channel("press")
    stock = testing.fake_source("stock", 1.0, every="1s")

    @cd.metric(press.kpi("a"))
    def short(value: cd.Scalar) -> Any:
        return Later(0.03, value)

    @cd.screen("Mid", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Short", short)
        ui.kpi("Stock", stock)

    with testing.open(screen) as live:
        press.send(cd.KpiUpdated("a", 0.0))
        live.inspect()
        viewer = live.viewer()
        viewer.see("short")
        live.advance("2m")
        stock.value = 2.0
        press.send(cd.KpiUpdated("a", 1.0))
        live.advance("0.02s")
        live.clock.move_to(live.clock.now().mono + 0.02)
        found = panels(live)
        assert (found["short"].value, found["stock"].value) == (1.0, 2.0)


def test_inspect_waits_for_what_loads_but_not_for_ever(plant: Plant) -> None:
    plant.orders.value = Later(0.5, plant.orders.value)
    plant.stock.value = Later(60.0, 1.0)
    with testing.open(plant.screen) as live:
        found = panels(live)
        assert found["orders"].state == "live"
        assert (found["stock"].state, found["stock"].value) == ("loading", None)


def test_inspect_the_three_times(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        start = live.clock.now().wall
        live.viewer()
        live.advance("60s")
        stock = panels(live)["stock"]
        assert stock.changed_at == pytest.approx(start, abs=0.5)
        assert stock.checked_at == pytest.approx(live.clock.now().wall, abs=8)
        temperature = panels(live)["temperature"]
        assert (temperature.event_at, temperature.changed_at, temperature.checked_at) == (None, None, None)


def test_inspect_the_cause_and_the_count(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 100.0))
        live.advance("1s")
        plant.press.send(cd.KpiUpdated("temperature", 50.0))
        live.advance("1s")
        alarm = panels(live)["alarm"].recalculations
        assert alarm.count == 2 + 2, "of all below it: fahrenheit and alarm, twice each"
        assert "fahrenheit changed" in alarm.cause
        assert "temperature" in alarm.cause
        fahrenheit = panels(live)["fahrenheit"].recalculations
        assert fahrenheit.count == 2
        assert "KpiUpdated temperature" in fahrenheit.cause
        assert fahrenheit.millis >= 0.0


def test_inspect_s_of_a_panel_moves_when_it_changes(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 100.0))
        live.advance("1s")
        before = panels(live)
        plant.press.send(cd.KpiUpdated("temperature", 101.0))
        live.advance("1s")
        after = panels(live)
        assert after["temperature"].s > before["temperature"].s
        assert after["fahrenheit"].s > before["fahrenheit"].s
        assert after["alarm"].s == before["alarm"].s
        assert after["stock"].s == before["stock"].s


def test_inspect_num_viewers_counts_eyes_alone() -> None:
    stock = testing.fake_source("stock", 1.0)

    @cd.screen("Eyes", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Stock", stock)
        ui.kpi("Always", stock, always=True)

    with testing.open(screen) as live:
        assert [panel.num_viewers for panel in live.inspect().panels] == [0, 0]
        live.viewer()
        second = live.viewer()
        second.see("always")
        live.settle()
        assert [panel.num_viewers for panel in live.inspect().panels] == [1, 2]
        second.change(paused=True)
        live.settle()
        assert [panel.num_viewers for panel in live.inspect().panels] == [1, 1]


def test_inspect_two_at_once_do_not_count_each_other(plant: Plant) -> None:
    from cadran.engine.messages import InspectAsked

    with testing.open(plant.screen) as live:
        for number in (901, 902):
            live.put(InspectAsked(number, "plant", 2.0))
        live.advance("2.1s")
        for number in (901, 902):
            assert {panel.num_viewers for panel in live._reports[number].panels} == {0}


def test_inspect_a_fault_and_what_is_not_a_number() -> None:
    press = cd.channel("press")

    @cd.metric(press.kpi("a"))
    def broken(value: cd.Scalar) -> float:
        raise ValueError("no")

    @cd.screen("Fault", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Broken", broken)
        ui.kpi("A", press.kpi("a"))
        ui.line("V", press.series("v"))

    with testing.open(screen) as live:
        now = live.clock.now().wall
        press.send(cd.KpiUpdated("a", math.inf))
        press.send(cd.ChartDataUpdated("v", [(now - 2, math.inf), (now - 1, None), (now, 1.0)]))
        found = panels(live)
        assert found["broken"].state == "error"
        assert found["broken"].fault is not None
        assert found["broken"].fault.message == "broken raised ValueError: no"
        assert found["broken"].fault.next_try is not None
        assert found["a"].value is None, "JSON has no infinity"
        assert found["v"].series[0].points == ((now - 2, None), (now - 1, None), (now, 1.0))


def test_inspect_a_long_line_gives_its_newest_points() -> None:
    press = cd.channel("press")

    @cd.screen("Long", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"))

    with testing.open(screen) as live:
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated("v", [(now - i, float(i)) for i in range(1_000)]))
        points = panels(live)["v"].series[0].points
        assert len(points) == REPORT_POINTS
        assert points[-1] == (now, 0.0)


def test_inspect_leaves_nothing_behind(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        for _ in range(5):
            live.inspect()
        live.advance("11s")
        assert live.core.leases.held == frozenset()
        assert live.statistics().num_jobs == 0
