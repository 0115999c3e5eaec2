"""What a viewer holds is compared with the store: float32 counts as what it was rounded from, and nothing else does."""

from __future__ import annotations

import numpy as np

import cadran as cd
from cadran import testing


def test_rounded_values_count_as_the_stores_and_others_do_not() -> None:
    press = cd.channel("press")

    @cd.screen("Line", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"), window="60s")

    with testing.open(screen) as live:
        end = live.clock.now().wall
        xs = np.linspace(end - 59, end, 4_000)
        press.send(cd.ChartDataUpdated.xy("v", xs, np.random.default_rng(1).normal(size=xs.size)))
        viewer = live.viewer()
        held = viewer.series("v")
        assert held is not None
        stored = testing.store_view(live.core, viewer, "line", "v")
        assert stored
        assert testing.held_view(live.core, viewer, "line", "v") == stored
        lows = [low for _, low, _, _ in stored.values()]
        in_view = held.ids >= min(stored)
        assert held.min[in_view].tolist() != lows, "these values came as float32"
        assert held.min[in_view].tolist() == np.array(lows, np.float32).tolist()
        held.min = np.nextafter(held.min.astype(np.float32), np.float32(9)).astype(np.float64)
        assert testing.held_view(live.core, viewer, "line", "v") != stored
