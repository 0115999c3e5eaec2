"""A refresh that was asked for in a pause, and takes longer than the pause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer, Later, LiveScreen


@contextmanager
def refreshing_in_a_pause() -> Iterator[tuple[LiveScreen, HeadlessViewer, cd.Channel]]:
    """A paused viewer of a count, which is read for three more seconds, and of a temperature."""
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
        live.advance("1s")
        yield live, viewer, press


def assert_holds_its_picture(live: LiveScreen, viewer: HeadlessViewer, press: cd.Channel) -> None:
    """Nothing that the paused viewer has changes, whatever comes."""
    live.advance("0.1s")
    before = viewer.value("temperature"), viewer.value("count")
    press.send(cd.KpiUpdated("t", 2.0))
    live.advance("8s")
    assert (viewer.value("temperature"), viewer.value("count")) == before
