"""Law 2: nobody watching, nothing asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer, LiveScreen


def hide(live: LiveScreen, viewer: HeadlessViewer) -> None:
    viewer.change(hidden=True)


def scroll_away(live: LiveScreen, viewer: HeadlessViewer) -> None:
    viewer.see("vibration")


def scroll_all_away(live: LiveScreen, viewer: HeadlessViewer) -> None:
    viewer.see_nothing()


def pause(live: LiveScreen, viewer: HeadlessViewer) -> None:
    viewer.change(paused=True)


def disconnect(live: LiveScreen, viewer: HeadlessViewer) -> None:
    live.cut(viewer)


LEAVING: dict[str, Callable[[LiveScreen, HeadlessViewer], None]] = {
    "hidden": hide,
    "scrolled away": scroll_away,
    "all out of sight": scroll_all_away,
    "paused": pause,
    "disconnected": disconnect,
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING.keys())
def test_law02_queries_stop_after_the_linger_and_metrics_at_once(
    plant: Plant, leave: Callable[[LiveScreen, HeadlessViewer], None]
) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 80.0))
        live.advance("3s")
        leave(live, viewer)
        live.settle()
        calls, reads = dict(plant.calls), plant.orders.num_reads
        plant.press.send(cd.KpiUpdated("temperature", 81.0))
        live.advance("9s")
        assert plant.calls == calls
        assert plant.orders.num_reads > reads, "within the linger queries go on"
        live.advance("2s")
        orders, stock = plant.orders.num_reads, plant.stock.num_reads
        live.advance("10m")
        assert (plant.orders.num_reads, plant.stock.num_reads) == (orders, stock)
        assert plant.calls == calls


def test_law02_a_viewer_silent_for_30_s_is_not_watching(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("3s")
        viewer.does_ack = False
        live.advance("24s")  # the last beat was acknowledged up to 5 s before
        assert live.statistics().num_watched_panels == 7
        live.advance("8s")
        assert live.statistics().num_watched_panels == 0
        live.advance("10s")
        reads = plant.orders.num_reads
        live.advance("10m")
        assert plant.orders.num_reads == reads
        assert live.statistics().num_viewers == 1, "silent, not cut off"
        assert viewer.close_code is None


def test_law02_an_acknowledgement_makes_it_watch_again(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("3s")
        viewer.does_ack = False
        live.advance("60s")
        plant.press.send(cd.KpiUpdated("temperature", 99.0))
        plant.stock.value = 8.0
        live.advance("1s")
        viewer.does_ack = True
        viewer.acknowledge()
        live.settle()
        assert live.statistics().num_watched_panels == 7
        assert viewer.value("temperature") == 99.0
        assert viewer.value("fahrenheit") == pytest.approx(210.2)
        assert viewer.value("stock") == 8.0


def test_law02_a_silent_viewer_is_closed_after_15_minutes(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        viewer.does_ack = False
        live.advance("14m 58s")
        assert live.statistics().num_viewers == 1
        live.advance("5s")
        assert viewer.close_code == 1000
        assert live.statistics().num_viewers == 0


def test_law02_never_watched_means_never_asked_and_never_opened(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        plant.press.send(cd.KpiUpdated("temperature", 80.0))
        live.advance("1h")
        assert (plant.orders.num_open, plant.orders.num_reads, plant.calls) == (0, 0, {})


def test_law02_a_hello_that_never_comes_is_no_watching(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        mute = HeadlessViewer()
        live.viewer(viewer=mute, delay=3600)
        live.advance("12s")
        assert live.statistics().num_viewers == 0
        assert plant.orders.num_reads == 0


def test_law02_unfocused_but_visible_keeps_on(plant: Plant) -> None:
    """Nothing tells the server about focus: a viewer that only acknowledges stays live."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("5m")
        reads = plant.orders.num_reads
        assert reads >= 299
        plant.press.send(cd.KpiUpdated("temperature", 80.0))
        live.advance("60s")
        assert plant.orders.num_reads - reads >= 59
        assert viewer.value("temperature") == 80.0


@pytest.mark.parametrize("leave", [hide, scroll_all_away, pause], ids=["hidden", "scrolled away", "paused"])
def test_law02_right_within_a_frame_on_return(
    plant: Plant, leave: Callable[[LiveScreen, HeadlessViewer], None]
) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 80.0))
        live.advance("3s")
        leave(live, viewer)
        live.advance("10m")
        plant.press.send(cd.KpiUpdated("temperature", 100.0))
        plant.orders.value = testing.fake_source("other", [{"id": 9, "amount": 3.0, "region": "West"}]).value
        live.advance("1m")
        frames, num_read = viewer.num_frames, plant.orders.num_reads
        viewer.see(hidden=False, paused=False)
        live.settle()
        assert viewer.value("temperature") == 100.0
        assert viewer.value("fahrenheit") == 212.0
        assert viewer.rows("orders") == [(9, 3.0, "West")]
        assert plant.orders.num_reads == num_read + 1
        assert viewer.num_frames - frames <= 2, "one at once, one when the query has answered"


def test_law02_back_in_view_a_shared_metric_is_not_the_old_one() -> None:
    """Two panels of one metric: it was recalculated for the one in sight while the other was not."""
    press = cd.channel("press")

    @cd.metric(press.kpi("a"))
    def double(value: cd.Scalar) -> float:
        assert isinstance(value, float)
        return 2 * value

    @cd.screen("Two", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Here", double)
        ui.kpi("There", double)

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("a", 1.0))
        live.advance("1s")
        viewer.see("here")
        live.advance("1s")
        press.send(cd.KpiUpdated("a", 2.0))
        live.advance("20s")
        assert (viewer.value("here"), viewer.value("there")) == (4.0, 2.0)
        press.send(cd.KpiUpdated("b", 1.0))
        live.advance("0.01s")  # a tick has just been settled
        viewer.see()
        live.advance("1s")
        assert (viewer.value("here"), viewer.value("there")) == (4.0, 4.0)


def test_law02_only_what_a_watched_panel_needs_is_read(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        viewer.see("stock", "temperature")
        live.advance("12s")
        orders, stock = plant.orders.num_reads, plant.stock.num_reads
        live.advance("60s")
        assert plant.orders.num_reads == orders
        assert plant.stock.num_reads - stock == 12
        viewer.see("by-region")
        live.advance("60s")
        assert plant.orders.num_reads - orders >= 59


def test_law02_always_panels_and_sources_go_on() -> None:
    often = testing.fake_source("often", 1.0, every="1s", always=True)
    panel = testing.fake_source("panel", 2.0, every="1s")
    other = testing.fake_source("other", 3.0, every="1s")
    calls: list[float] = []

    @cd.metric(panel)
    def watched(value: Any) -> float:
        calls.append(value)
        return float(value)

    @cd.screen("Always", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Often", often)
        ui.kpi("Watched", watched, always=True)
        ui.kpi("Other", other)

    with testing.open(screen) as live:
        live.advance("60s")
        assert often.num_reads >= 60
        assert panel.num_reads >= 60
        assert other.num_reads == 0
        panel.value = 5.0
        live.advance("2s")
        assert calls[-1] == 5.0, "an always panel is computed too"
        viewer = live.viewer()
        live.settle()
        viewer.change(hidden=True)
        live.advance("60s")
        reads = often.num_reads, panel.num_reads, other.num_reads
        live.advance("60s")
        assert (often.num_reads - reads[0], panel.num_reads - reads[1], other.num_reads - reads[2]) == (60, 60, 0)


@pytest.mark.parametrize("is_closed_properly", [True, False])
def test_law02_nothing_is_left_of_a_viewer_that_was_killed(plant: Plant, is_closed_properly: bool) -> None:
    with testing.open(plant.screen) as live:
        baseline = live.core.leases.held
        for _ in range(20):
            viewer = live.viewer(delay=0.02)
            live.advance("0.07s")
            if is_closed_properly:
                live.cut(viewer)
            else:
                seat = live.seat(viewer)
                seat.down.cut()
                seat.up.cut()
        live.advance("17m")
        after = live.statistics()
        assert (after.num_viewers, after.num_watched_panels) == (0, 0)
        assert live.core.leases.held == baseline == frozenset()
        assert after.num_jobs == 0
        steps, reads = live.num_steps, after.num_reads
        live.advance("1h")
        assert live.statistics().num_reads == reads
        assert live.num_steps - steps <= 1, "and nothing wakes the engine any more"
