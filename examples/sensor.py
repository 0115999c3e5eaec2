"""A sensor that another process feeds: ``cadran run examples/sensor.py``, then ``python examples/sensor_feed.py``.

Stop the feeder: within two seconds the panels say that they are stale, and how old they are.
"""

from __future__ import annotations

import numpy as np

import cadran as cd

press = cd.channel("press", expect="2s")

temperature = press.series("temperature")
vibration = press.series("vibration")


@cd.metric(vibration.last("10s"))
def roughness(points: cd.Points) -> float | None:
    """Root mean square of the vibration around its mean."""
    return float(points.ys.std()) if np.isfinite(points.ys).any() else None


@cd.screen("Press line 4")
def press_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    hot = [cd.above(85, "warning"), cd.above(95, "error")]
    with ui.columns(3):
        ui.kpi(
            "Oven", press.kpi("temperature"), unit="°C", icon="temperature", format=cd.number(1),
            history=temperature, compare="1m", good="down", bands=hot,
        )  # fmt: skip
        ui.kpi("Roughness, 10 s", roughness, unit="g", icon="bolt", format=cd.number(3), good="down")
        ui.kpi("State", press.kpi("state"), icon="gauge")
    with ui.columns(2):
        limits = [cd.reference(85, "warm", "warning"), cd.reference(95, "limit", "error")]
        ui.line("Oven, °C", temperature, window="2m", color=tokens.colors.accent, references=limits)
        ui.line("Vibration, g", vibration, window="10s")
