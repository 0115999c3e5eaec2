"""How often the engine ticks: at most 30 times a second, and as often as a producer that sends so often, not evenly."""

from __future__ import annotations

import random

import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen


def make() -> tuple[Channel, DashboardScreen]:
    press = cd.channel("press")

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Value", press.kpi("value"))

    return press, screen


@pytest.mark.parametrize("jitter_secs", [0.0, 0.004, 0.012])
def test_a_producer_that_sends_30_times_a_second_not_evenly_is_shown_each_time(jitter_secs: float) -> None:
    press, screen = make()
    rng = random.Random(1)
    with testing.open(screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        began, frames, num_sends = live.clock.now().mono, viewer.num_frames, 90
        for number in range(num_sends):
            live.advance_to(began + number / 30 + rng.uniform(0, jitter_secs))
            press.send(cd.KpiUpdated("value", float(number)))
            live.advance("1ms")
            assert viewer.value("value") == number, "at once: it does not wait for a moment that its neighbours set"
        assert viewer.num_frames - frames == num_sends


def test_a_flood_gives_30_frames_a_second() -> None:
    press, screen = make()
    with testing.open(screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        frames = viewer.num_frames
        for number in range(600):
            press.send(cd.KpiUpdated("value", float(number)))
            live.advance(1 / 200)
        assert 88 <= viewer.num_frames - frames <= 92
