"""``request_repaint()``: states are sent again, on a screen on which nothing changes too."""

from __future__ import annotations

from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing
from cadran.engine.messages import RepaintAsked


def plant() -> tuple[cd.Channel, cd.DashboardScreen]:
    press = cd.channel("press")

    @cd.screen("Plant", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("T", press.kpi("t"))

    return press, screen


def test_a_repaint_of_a_quiet_screen_sends_its_states_again_once() -> None:
    press, screen = plant()
    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("t", 1.0))
        live.advance("3s")
        num_sent = live.statistics().num_frames_sent
        num_told = viewer.num_data_pieces
        live.put(RepaintAsked("plant"))
        live.advance("20s")
        assert live.statistics().num_frames_sent == num_sent + 1
        assert viewer.num_data_pieces == num_told + 1


def test_repaints_are_asked_for_more_often_than_there_are_ticks() -> None:
    press, screen = plant()
    with testing.open(screen) as live:
        live.viewer()
        press.send(cd.KpiUpdated("t", 1.0))
        live.advance("3s")
        num_sent = live.statistics().num_frames_sent
        for _ in range(500):
            live.put(RepaintAsked("plant"))
            live.advance(0.002)
        assert 20 <= live.statistics().num_frames_sent - num_sent <= 32


def test_law02_a_repaint_that_nobody_sees_is_no_tick() -> None:
    _, screen = plant()
    with testing.open(screen) as live:
        live.advance("3s")
        num_ticks = live.statistics().num_ticks
        live.put(RepaintAsked("plant"))
        live.advance("3s")
        assert live.statistics().num_ticks == num_ticks


def test_law02_a_repaint_in_a_pause_asks_for_nothing_and_says_nothing(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("3s")
        viewer.change(paused=True)
        live.advance("11s")
        assert live.statistics().num_watched_panels == 0
        before = (live.statistics().num_ticks, live.statistics().reads, viewer.num_data_pieces, dict(plant.calls))
        live.put(RepaintAsked(plant.screen.slug))
        live.advance("0.2s")
        assert live.statistics().num_watched_panels == 0
        live.advance("20s")
        assert before == (
            live.statistics().num_ticks, live.statistics().reads, viewer.num_data_pieces, dict(plant.calls),
        )  # fmt: skip
        viewer.change(paused=False)
        live.advance("1s")
        assert viewer.state("stock") == "live"
