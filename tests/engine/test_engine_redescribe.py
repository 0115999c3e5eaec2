"""An engine that is told to describe a screen again also listens to what is new in it."""

from __future__ import annotations

import pytest

import cadran as cd
from cadran.channel import Channel
from cadran.engine import Engine


class TwoPresses(cd.DashboardScreen):
    """Shows one press, later two."""

    def __init__(self, *presses: Channel) -> None:
        super().__init__("Presses", zone="UTC")
        self.presses = presses
        self.num_shown = 1

    def render(self, ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for press in self.presses[: self.num_shown]:
            ui.kpi(press.label, press.kpi("temperature"))


def test_a_channel_that_is_new_is_attached_and_let_go_at_the_end() -> None:
    first, second = cd.channel("first"), cd.channel("second")
    screen = TwoPresses(first, second)
    engine = Engine(cd.Program([screen]))
    engine.start()
    try:
        second.attach(lambda: None)()  # nobody else listens yet
        screen.num_shown = 2
        engine.redescribe("presses")
        with pytest.raises(cd.UsageError, match="second"):
            second.attach(lambda: None)
        second.send(cd.KpiUpdated("temperature", 80.0))
        report = engine.inspect("presses").result(timeout=60)
        assert [panel.key for panel in report.panels] == ["first", "second"]
        assert report.panels[1].value == 80.0
    finally:
        engine.stop()
    second.attach(lambda: None)()
