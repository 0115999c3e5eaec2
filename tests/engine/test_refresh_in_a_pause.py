"""A refresh in a pause shows what was read after it was asked for, however short ago the last read was."""

from __future__ import annotations

import pytest
from tests.engine.slow_refresh import assert_holds_its_picture, refreshing_in_a_pause

import cadran as cd
from cadran import testing


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
    with refreshing_in_a_pause() as (live, viewer, press):
        viewer.change(paused=False)
        live.advance("1s")
        viewer.change(paused=True)
        assert_holds_its_picture(live, viewer, press)
