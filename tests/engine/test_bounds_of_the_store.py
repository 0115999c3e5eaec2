"""What the store drops at its bounds is counted and shown, never silent (law 11)."""

from __future__ import annotations

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.store import store as store_module


def test_law11_points_past_the_bound_in_number_are_shown_as_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "POINTS_MAX", 1_600)
    press = cd.channel("press", keep="1h")

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v"), window="10m")

    with testing.open(screen) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated.xy("v", now - np.arange(1_500.0, 0, -1) / 10, np.zeros(1_500)))
        live.settle()
        assert not viewer.notices
        press.send(cd.ChartDataUpdated.xy("v", now + np.arange(200.0) / 1000, np.zeros(200)))
        live.settle()
        (notice,) = viewer.notices.values()
        assert notice.message is not None
        assert "its oldest 200 points or rows were dropped" in notice.message
