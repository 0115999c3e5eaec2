"""A refresh in a pause shows what was read after it was asked for, however short ago the last read was."""

from __future__ import annotations

import pytest

import cadran as cd
from cadran import testing
from cadran.testing import Later


@pytest.mark.parametrize("after_secs", [0.05, 0.2, 0.3, 2.0])
def test_a_refresh_right_after_a_read_waits_for_the_next_one(after_secs: float) -> None:
    source = testing.fake_source("count", every="10s")
    source.value = float

    @cd.screen("Count", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Count", source)

    with testing.open(screen) as live:
        viewer = live.viewer()
        live.advance("10s")
        while source.num_reads < 3:
            live.advance(0.01)
        live.advance(0.05)
        before = viewer.value("count")
        viewer.change(paused=True)
        live.advance(after_secs)
        assert viewer.value("count") == before
        viewer.refresh()
        live.advance("1s")
        assert source.num_reads == 4
        assert viewer.value("count") == before + 1  # type: ignore[operator]


def test_a_refresh_of_a_pause_that_is_over_does_not_move_the_next_pause() -> None:
    press = cd.channel("press")
    source = testing.fake_source("count", every="10s", timeout="60s")
    source.value = float

    @cd.screen("Count", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Count", source)
        ui.kpi("Temperature", press.kpi("t"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("t", 1.0))
        live.advance("3s")
        source.value = lambda number: Later(4.0, float(number))
        viewer.change(paused=True)
        live.advance("1s")
        viewer.refresh()
        live.advance("1s")  # it is read for 4 s
        viewer.change(paused=False)
        live.advance("1s")
        viewer.change(paused=True)
        live.advance("0.1s")
        before = viewer.value("temperature"), viewer.value("count")
        press.send(cd.KpiUpdated("t", 2.0))
        live.advance("8s")
        assert (viewer.value("temperature"), viewer.value("count")) == before
