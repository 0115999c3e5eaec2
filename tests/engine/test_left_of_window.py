"""The last value of a line stays, though its window has moved on: for who comes late, too."""

from __future__ import annotations

import pytest
from tests.engine.past_shop import NOW

import cadran as cd
from cadran import testing


def line_of(press: cd.Channel) -> cd.DashboardScreen:
    @cd.screen("Press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"), window="1m")

    return screen


@pytest.mark.parametrize("num_points", [1, 30])
def test_who_comes_late_to_a_window_that_holds_nothing_gets_the_newest_bucket(num_points: int) -> None:
    press = cd.channel("press")
    with testing.open(line_of(press)) as live:
        press.send(cd.ChartDataUpdated("v", [(NOW - num_points + i, float(i)) for i in range(num_points)]))
        live.advance("10m")
        viewer = live.viewer()
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist() == [num_points - 1.0]
        assert held.newest_x == NOW - 1.0
        live.advance("1m")
        assert viewer.series("v") is not None
        x = live.clock.now().wall
        press.send(cd.ChartDataUpdated.point("v", x, 7.0))
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist() == [num_points - 1.0, 7.0]
        assert held.newest_x == x


def test_a_window_with_points_begins_where_it_does() -> None:
    press = cd.channel("press")
    with testing.open(line_of(press)) as live:
        press.send(cd.ChartDataUpdated("v", [(NOW - 100.0 + i, float(i)) for i in range(100)]))
        live.settle()
        viewer = live.viewer()
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert 59 <= held.last.size <= 61
