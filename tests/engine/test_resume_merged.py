"""A refresh of a pause that is over moves no other, though the resume between them was superseded while it waited."""

from __future__ import annotations

import pytest

import cadran as cd
from cadran import testing
from cadran.engine.messages import Rang, Received
from cadran.testing import Later

pytestmark = pytest.mark.usefixtures("small_portions")


@pytest.mark.parametrize("is_merged", [False, True])
def test_decision3_a_pause_that_follows_at_once_keeps_its_own_picture(is_merged: bool) -> None:
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
        viewer.change(paused=False)
        viewer.change(paused=True)
        texts, viewer.outbox[:] = list(viewer.outbox), []
        seat = live.seat(viewer)
        if is_merged:
            waiting = live.core._waiting
            waiting.append(Rang())
            waiting.join(Received(seat.id, text) for text in texts)
            assert waiting.num_merged == 1
            live.put(Rang())
        else:
            for text in texts:
                live.put(Received(seat.id, text))
        live.advance("0.1s")
        before = viewer.value("temperature"), viewer.value("count")
        press.send(cd.KpiUpdated("t", 2.0))
        live.advance("8s")
        assert (viewer.value("temperature"), viewer.value("count")) == before
