"""U24: one call names what is slow: a query, a metric, a table. Asking and measuring cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.engine.measured import PanelMeasures, TrafficMeasures
from cadran.engine.measuring import seen
from cadran.frames import encode
from cadran.testing import FakeSource, Later, LiveScreen


class CountedStopwatch:
    """Moves only when it is told that work was done, and counts how often it is read."""

    def __init__(self) -> None:
        self.secs = 0.0
        self.num_readings = 0

    def __call__(self) -> float:
        self.num_readings += 1
        return self.secs


@dataclass
class Line:
    """A screen with one slow query, one slow metric and one table that is slow to encode."""

    press: Channel
    slow: FakeSource
    quick: FakeSource
    stopwatch: CountedStopwatch
    screen: cd.DashboardScreen

    @contextmanager
    def open(self) -> Iterator[LiveScreen]:
        with testing.open(self.screen, stopwatch=self.stopwatch) as live:
            yield live

    def work(self, value: float) -> None:
        """Change all that the panels show."""
        rows = [{"id": row, "value": value} for row in range(500)]
        self.press.send(cd.KpiUpdated("temperature", value), cd.TableUpdated("rows", rows, key="id"))
        self.press.send(cd.ChartDataUpdated("vibration", [(1_800_000_000.0 + value, value)]))


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    stopwatch = CountedStopwatch()
    press = cd.channel("press")
    slow = testing.fake_source("slow", Later(2.0, 1.0), every="5s")
    quick = testing.fake_source("quick", 1.0, every="1s")

    @cd.metric(press.kpi("temperature"))
    def heavy(celsius: cd.Scalar) -> Any:
        return Later(0.3, celsius)

    @cd.metric(press.kpi("temperature"))
    def light(celsius: cd.Scalar) -> cd.Scalar:
        return celsius

    @cd.screen("Line", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Slow query", slow)
        ui.kpi("Quick query", quick)
        ui.kpi("Heavy", heavy)
        ui.kpi("Light", light)
        ui.table("Big", press.table("rows", key="id"))
        ui.line("Vibration", press.series("vibration"), window="1h")

    real = encode.table_pieces

    def slow_table(*args: Any, **options: Any) -> list[bytes]:
        stopwatch.secs += 0.008
        return real(*args, **options)

    for module in list(__import__("sys").modules.values()):
        if getattr(module, "table_pieces", None) is real:
            monkeypatch.setattr(module, "table_pieces", slow_table)
    return Line(press, slow, quick, stopwatch, screen)


def panels(live: LiveScreen) -> dict[str, PanelMeasures]:
    return {panel.key: panel for panel in live.measures().panels}


def traffic(live: LiveScreen) -> TrafficMeasures:
    return seen(live.core.measuring(live.clock.now()).engine((), ())).traffic


def slowest(found: dict[str, PanelMeasures], stage: str) -> str:
    """The panel whose p95 in a stage is the greatest."""
    return max(found, key=lambda key: getattr(found[key], stage).p95_secs or 0.0)


def test_u24_the_call_names_the_slow_one_of_each_stage(line: Line) -> None:
    with line.open() as live:
        live.viewer()
        for value in range(1, 6):
            line.work(float(value))
            live.advance("2s")
        found = panels(live)
        assert slowest(found, "query") == "slow-query"
        assert found["slow-query"].query.label == "slow"
        assert found["slow-query"].query.last_secs == pytest.approx(2.0, abs=0.05)
        assert found["quick-query"].query.p95_secs < 0.1  # type: ignore[operator]
        assert slowest(found, "recalculation") == "heavy"
        assert found["heavy"].recalculation.label == "heavy"
        assert found["heavy"].recalculation.p95_secs == pytest.approx(0.3, abs=0.05)
        assert found["heavy"].num_behind == 5, "no tick waited for it"
        assert found["light"].num_behind == 0
        assert slowest(found, "encoding") == "big"
        assert found["big"].encoding.num >= 5
        assert found["big"].encoding.last_secs == pytest.approx(0.008)
        assert found["light"].encoding.last_secs == 0.0
        assert found["big"].sending.last_secs >= 0.008  # type: ignore[operator]


def test_u24_what_was_never_done_has_no_time(line: Line) -> None:
    with line.open() as live:
        found = panels(live)
        for panel in found.values():
            assert (panel.encoding.num, panel.encoding.last_secs, panel.encoding.p95_secs) == (0, None, None)
            assert (panel.sent_bytes, panel.num_viewers, panel.causes) == (0, 0, ())
        assert found["vibration"].query.last_secs is None, "a channel is never queried"


def test_u24_asking_watches_nothing(line: Line) -> None:
    with line.open() as live:
        for _ in range(20):
            live.measures()
            live.advance("1s")
        assert line.slow.num_reads == line.quick.num_reads == 0
        assert live.statistics().num_watched_panels == 0


def test_u24_bytes_and_viewers_are_those_that_were_sent(line: Line) -> None:
    with line.open() as live:
        viewers = [live.viewer() for _ in range(3)]
        only = live.viewer()
        only.see("big")
        live.settle()
        before = panels(live)
        heard = [viewer.num_bytes for viewer in (*viewers, only)]
        line.work(7.0)
        live.advance("1s")
        after = panels(live)
        assert {key: panel.num_viewers for key, panel in after.items()} == {**dict.fromkeys(after, 3), "big": 4}
        sent = {key: after[key].sent_bytes - before[key].sent_bytes for key in after}
        encoded = {key: after[key].encoded_bytes - before[key].encoded_bytes for key in after}
        assert sent["heavy"] == 3 * encoded["heavy"] > 0, "encoded once, sent three times"
        assert sent["big"] >= 4 * 500
        # All that was heard is on an account, but for the heads of messages and the times of sources.
        total = sum(viewer.num_bytes for viewer in (*viewers, only)) - sum(heard)
        assert 0.8 * total < sum(sent.values()) < total


def test_u24_the_chain_of_causes_leads_from_the_update_to_the_viewers(line: Line) -> None:
    with line.open() as live:
        live.viewer()
        live.viewer()
        line.work(1.0)
        live.advance("1s")
        found = panels(live)
        update, recalculation, encoding, sending = found["light"].causes
        assert (update.kind, update.label, update.cause) == ("update", "press", "KpiUpdated temperature")
        assert (recalculation.kind, recalculation.label) == ("recalculation", "light")
        assert "KpiUpdated temperature" in recalculation.cause
        assert recalculation.s > update.s  # type: ignore[operator]
        assert (encoding.kind, encoding.num_bytes is not None and encoding.num_bytes > 0) == ("encoding", True)
        assert (sending.kind, sending.num_viewers) == ("sending", 2)
        line_chain = found["vibration"].causes
        assert [step.kind for step in line_chain] == ["update", "encoding", "sending"]
        assert line_chain[0].cause == "ChartDataUpdated vibration: 1 points"
        live.advance("3s")
        query = panels(live)["slow-query"].causes[0]
        assert (query.kind, query.label) == ("query", "slow")
        assert query.secs == pytest.approx(2.0, abs=0.05)


def test_u24_merged_updates_and_viewers_without_credit_are_counted(line: Line) -> None:
    with line.open() as live:
        viewer = live.viewer()
        before = panels(live)["light"].num_merged
        for value in range(10):
            line.press.send(cd.KpiUpdated("temperature", float(value)))
        live.advance("1s")
        assert panels(live)["light"].num_merged - before == 9
        assert panels(live)["big"].num_starved == 0
        viewer.does_ack = False
        for value in range(100, 160):
            line.work(float(value))
            live.advance("0.2s")
        starved = panels(live)
        assert starved["big"].num_starved == starved["light"].num_starved > 10
        before_cut = traffic(live)
        assert before_cut.num_starving == 1
        live.cut(viewer)
        live.settle()
        after = traffic(live)
        assert (after.num_starved, after.num_starving) == (before_cut.num_starved, 0), "counts outlive viewers"
        assert after.num_bytes >= before_cut.num_bytes > 0


@pytest.mark.parametrize("num_viewers", [1, 10])
def test_u24_readings_of_the_stopwatch_are_bounded_by_what_was_encoded(line: Line, num_viewers: int) -> None:
    with line.open() as live:
        for _ in range(num_viewers):
            live.viewer()
        line.work(1.0)
        live.advance("3s")
        steps, counts, readings = live.num_steps, live.statistics(), line.stopwatch.num_readings
        for value in range(2, 12):
            line.work(float(value))
            live.advance("0.5s")
        now = live.statistics()
        num_encoded = now.num_encodings - counts.num_encodings
        num_computed = now.num_recalculations - counts.num_recalculations
        assert num_encoded > 20
        most = 3 * (live.num_steps - steps) + 2 * (num_encoded + num_computed)
        assert 0 < line.stopwatch.num_readings - readings <= most


def test_u24_readings_do_not_depend_on_the_number_of_viewers(line: Line) -> None:
    def readings(num_viewers: int) -> int:
        line.stopwatch.num_readings = 0
        with line.open() as live:
            for _ in range(num_viewers):
                live.viewer()
            live.advance("3s")
            before, steps = line.stopwatch.num_readings, live.num_steps
            for value in range(10):
                line.work(float(value))
                live.advance("0.5s")
            return line.stopwatch.num_readings - before - 3 * (live.num_steps - steps)

    assert readings(20) <= readings(1) + 10


def test_u24_the_call_is_json(line: Line) -> None:
    with line.open() as live:
        live.viewer()
        line.work(1.0)
        live.advance("1s")
        found = msgspec.json.decode(msgspec.json.encode(live.measures()))
        assert found["loop"]["cumulative"][-1] == found["loop"]["hold"]["num"] == live.num_steps


def test_u24_a_new_layout_begins_new_accounts(line: Line) -> None:
    from cadran.engine.messages import DescriptionChanged

    with line.open() as live:
        live.viewer()
        line.work(1.0)
        live.advance("1s")
        assert panels(live)["big"].sent_bytes > 0
        live.put(DescriptionChanged("line"))
        live.settle()
        assert panels(live)["big"].encoding.num <= 1


def test_u24_viewers_of_a_panel_are_counted_whatever_else_they_see() -> None:
    press = cd.channel("press")

    @cd.screen("Shared", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("A", press.kpi("a"))
        ui.kpi("B", press.kpi("b"))

    with testing.open(screen) as live:
        _, _, one, none = (live.viewer() for _ in range(4))
        one.see("a")
        none.change(hidden=True)
        live.settle()
        panels = {panel.key: panel for panel in live.measures().panels}
        assert (panels["a"].num_viewers, panels["b"].num_viewers) == (3, 2)
