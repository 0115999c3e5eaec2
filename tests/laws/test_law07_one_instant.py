"""Law 7: one instant on one screen. U25: panels agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import cadran as cd
from cadran import testing
from cadran.frames.message import split_message
from cadran.frames.wire import BEAT, FIRST
from cadran.testing import HeadlessViewer, Later, LiveScreen


class Checked(HeadlessViewer):
    """Checks after each frame that the metrics agree with their chart."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[object, float]] = []
        self.s_of_frames: list[float] = []
        self.keys: tuple[str, ...] = ()

    def hear(self, data: bytes) -> None:
        header, _ = split_message(data)
        if not header.flags & BEAT:
            self.s_of_frames.append(header.s)
            assert header.flags & FIRST, "these frames are one message"
        super().hear(data)
        held = self.series("v") if self.layout is not None and self.keys else None
        if held is not None and held.ids.size and not header.flags & BEAT:
            self.pairs += [(self.value(key), float(held.last[-1])) for key in self.keys]


class Agreement:
    """A chart, and metrics of its newest point that take no time, 30 ms and 2 s."""

    def __init__(self) -> None:
        self.press = press = cd.channel("press")
        self.slow_secs = 2.0
        series = press.series("v")

        @cd.metric(series)
        def cheap(points: cd.Points) -> float:
            return float(points.ys[-1])

        @cd.metric(cheap)
        def chained(value: float) -> Any:
            return Later(0.01, value)

        @cd.metric(series)
        def short(points: cd.Points) -> Any:
            return Later(0.03, float(points.ys[-1]))

        @cd.metric(series)
        def slow(points: cd.Points) -> Any:
            return Later(self.slow_secs, float(points.ys[-1]))

        @cd.screen("Agreement", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.line("V", series, window="60s")
            ui.kpi("Cheap", cheap)
            ui.kpi("Chained", chained)
            ui.kpi("Short", short)
            ui.kpi("Slow", slow)
            ui.kpi("Raw", series.latest())

        self.screen = screen


@pytest.fixture
def agreement() -> Agreement:
    return Agreement()


@pytest.fixture
def live(agreement: Agreement) -> Iterator[LiveScreen]:
    with testing.open(agreement.screen) as live:
        yield live


def send(live: LiveScreen, agreement: Agreement, value: float) -> None:
    agreement.press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, value))


def test_u25_metrics_of_up_to_30_ms_agree_with_their_chart_in_every_frame(
    live: LiveScreen, agreement: Agreement
) -> None:
    viewer = Checked()
    live.viewer(viewer=viewer)
    viewer.see("v", "cheap", "chained", "short", "raw")
    send(live, agreement, 0.0)
    live.advance("1s")
    viewer.keys = ("cheap", "chained", "short", "raw")
    for step in range(200):
        send(live, agreement, float(step))
        live.advance(0.007)
    live.advance("1s")
    assert len(viewer.pairs) > 4 * 15
    assert all(metric == chart for metric, chart in viewer.pairs)
    assert viewer.value("short") == 199.0


def test_u25_one_sequence_number_a_frame_and_never_back(live: LiveScreen, agreement: Agreement) -> None:
    viewer = Checked()
    live.viewer(viewer=viewer)
    for step in range(100):
        send(live, agreement, float(step))
        live.advance(0.013)
    assert viewer.s_of_frames == sorted(viewer.s_of_frames)
    assert len(set(viewer.s_of_frames[2:])) == len(viewer.s_of_frames[2:]), "a settled S is sent once"
    assert viewer.s == live.statistics().s


def test_law07_a_metric_of_2_s_holds_no_frame_and_says_that_it_is_behind(
    live: LiveScreen, agreement: Agreement
) -> None:
    viewer = Checked()
    live.viewer(viewer=viewer)
    send(live, agreement, 1.0)
    live.advance("3s")
    assert (viewer.state("slow"), viewer.value("slow")) == ("live", 1.0)
    frames, start = viewer.num_frames, live.clock.now().mono
    for step in range(2, 21):
        send(live, agreement, float(step))
        live.advance(0.1)
        assert viewer.value("cheap") == viewer.value("raw") == float(step)
        if step < 19:
            assert (viewer.state("slow"), viewer.value("slow")) == ("behind", 1.0)
    assert viewer.num_frames - frames >= 19
    assert live.clock.now().mono - start < 2
    live.advance("4.5s")
    assert (viewer.state("slow"), viewer.value("slow")) == ("live", 20.0)


def test_law07_only_the_first_wait_counts(live: LiveScreen, agreement: Agreement) -> None:
    """A metric that is late once must not delay the ticks that follow by 50 ms each."""
    viewer = Checked()
    live.viewer(viewer=viewer)
    viewer.see("v", "slow")
    send(live, agreement, 0.0)
    live.advance("3s")
    agreement.slow_secs = 10.0
    frames = viewer.num_frames
    for step in range(300):
        send(live, agreement, float(step))
        live.advance(0.01)
    assert viewer.num_frames - frames >= 3 * 25


def test_law07_what_reads_a_late_metric_keeps_that_instant() -> None:
    press = cd.channel("other")

    @cd.metric(press.kpi("a"))
    def late(value: cd.Scalar) -> cd.Scalar:
        return Later(1.0, value)  # type: ignore[return-value]

    @cd.metric(late, press.kpi("b"))
    def reads_it(a: Any, b: Any) -> str:
        return f"{a} {b}"

    @cd.screen("Late", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Late", late)
        ui.kpi("Reads it", reads_it)

    with testing.open(screen) as other:
        viewer = other.viewer()
        press.send(cd.KpiUpdated("a", 1.0), cd.KpiUpdated("b", 1.0))
        other.advance("2s")
        assert viewer.value("reads-it") == "1.0 1.0"
        press.send(cd.KpiUpdated("a", 2.0), cd.KpiUpdated("b", 2.0))
        other.settle()
        assert viewer.value("reads-it") == "1.0 2.0"
        assert viewer.state("reads-it") == "behind"
        other.advance("1s")
        assert viewer.value("reads-it") == "2.0 2.0"
        assert viewer.state("reads-it") == "live"


@pytest.mark.parametrize("is_at_its_end", [False, True])
def test_law07_who_comes_in_the_middle_of_a_tick_sees_one_instant(
    live: LiveScreen, agreement: Agreement, is_at_its_end: bool
) -> None:
    """While a tick waits for a metric, or as it ends, another viewer opens panels that nobody watched."""
    first = live.viewer()
    first.see("v", "short")
    send(live, agreement, 1.0)
    live.advance("1s")
    second = Checked()
    live.viewer(viewer=second)
    second.see("v")
    live.advance("1s")
    for step in range(2, 12):
        send(live, agreement, float(step))
        live.advance("0.02s")  # the tick is open now
        if is_at_its_end:
            live.clock.move_to(live.clock.now().mono + 0.02)
        second.keys = ("cheap", "raw")
        second.see("v", "cheap", "raw")
        live.advance("1s")
        second.keys = ()
        second.see("v")
        live.advance("1s")
    assert second.pairs
    # A panel that was never shown yet has no value; one that has any agrees.
    assert all(metric == chart for metric, chart in second.pairs)


def test_law07_a_read_that_ends_in_the_middle_of_a_tick_waits_for_the_next() -> None:
    press = cd.channel("press")
    table = testing.fake_source("table", 1.0, every="1s")

    @cd.metric(press.kpi("a"), table)
    def short(a: Any, b: Any) -> Any:
        return Later(0.03, b)

    @cd.screen("Mid", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Short", short)
        ui.kpi("Table", table)

    class Both(HeadlessViewer):
        def hear(self, data: bytes) -> None:
            super().hear(data)
            if self.layout is not None and self.state("short") == "live":
                pairs.append((self.value("short"), self.value("table")))

    pairs: list[tuple[object, object]] = []
    with testing.open(screen) as live:
        press.send(cd.KpiUpdated("a", 0.0))
        viewer = Both()
        live.viewer(viewer=viewer)
        live.advance("2s")
        for step in range(40):
            table.value = Later(0.011, float(step))
            press.send(cd.KpiUpdated("a", float(step)))
            table.refresh()
            live.advance(0.273)
        live.advance("1s")
    assert len(pairs) > 40
    assert all(a == b for a, b in pairs)
