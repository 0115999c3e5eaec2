"""A failed metric is tried again by the monotonic clock: the wall's jumps neither hurry nor hold it."""

from __future__ import annotations

import itertools

import pytest

import cadran as cd
from cadran import testing


@pytest.mark.parametrize("jump_secs", [0.0, -3_600.0, 3_600.0])
def test_f20_retries_whatever_the_wall_clock_does(jump_secs: float) -> None:
    press = cd.channel("press")
    calls: list[float] = []

    @cd.metric(press.kpi("a"))
    def broken(value: cd.Scalar) -> float:
        calls.append(live.clock.now().mono)
        raise ValueError("not today")

    @cd.screen("Broken", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Broken", broken)

    with testing.open(screen) as live:
        live.viewer()
        press.send(cd.KpiUpdated("a", 1.0))
        live.settle()
        live.clock.jump_wall(jump_secs)
        live.advance("20s")
        waits = [later - earlier for earlier, later in itertools.pairwise(calls)]
        assert waits == pytest.approx([1.0, 2.0, 4.0, 8.0], abs=0.2)
