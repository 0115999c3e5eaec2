"""A pause holds one S (decision 3): a picture stays as it is when something else of the view changes, or the program
asks for a repaint, whatever left the store or landed in it since."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.testing.held import SeriesHeld

By = Literal["view", "repaint"]
NUMBERS = ("all of them", "the newest of them")


@pytest.mark.parametrize("by", ["view", "repaint"])
@pytest.mark.parametrize("how", ["window", "zoomed", *NUMBERS])
def test_decision3_a_pause_keeps_what_left_since(how: str, by: By) -> None:
    press = cd.channel("press", keep_points=300)
    is_number = how in NUMBERS
    window = 30 if how == "the newest of them" else None if is_number else "60s"

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v", x="number" if is_number else "time"), window=window)

    with testing.open(screen) as live:
        viewer = live.viewer(px=40)

        def feed(num: int, value: float) -> None:
            for _ in range(num):
                now = live.clock.now().wall
                if is_number:
                    press.send(cd.ChartDataUpdated.xy("v", [now - 1.8e9], [value], x="number"))
                else:
                    press.send(cd.ChartDataUpdated.point("v", now, value))
                live.advance("0.1s")

        feed(300, 1.0)
        if how == "zoomed":
            now = live.clock.now().wall
            viewer.zoom("vibration", now - 19.0, now - 5.0)
            live.advance("1s")
        before = pause(live, viewer)
        feed(270, 2.0)
        assert_kept(live, viewer, screen, before, by)
        viewer.change(paused=False)
        live.advance("1s")
        assert testing.held_view(live.core, viewer, "press", "vibration") == testing.store_view(
            live.core, viewer, "press", "vibration"
        )


@pytest.mark.parametrize("by", ["view", "repaint"])
@pytest.mark.parametrize("how", ["window", "zoomed", "all of it"])
def test_decision3_a_pause_takes_no_notice_of_late_points(how: str, by: By) -> None:
    press = cd.channel("press")

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v"), window=None if how == "all of it" else "60s")

    with testing.open(screen) as live:
        viewer = live.viewer(px=40)
        now = live.clock.now().wall
        xs = now - 30 + np.arange(300) / 10
        xs = xs[(xs < now - 26) | (xs > now - 25)]
        press.send(cd.ChartDataUpdated.xy("v", xs, np.ones(xs.size)))
        live.advance("1s")
        if how == "zoomed":
            viewer.zoom("vibration", now - 25.0, now - 5.0)
            live.advance("1s")
        before = pause(live, viewer)
        # Within the range, in the hole right before it, and long before all.
        xs = np.append((now - 600.0, now - 25.45), now - 18.0 + np.arange(20) / 2)
        press.send(cd.ChartDataUpdated.xy("v", xs, np.full(xs.size, 50.0)))
        live.advance("1s")
        assert_kept(live, viewer, screen, before, by)


def pause(live: testing.LiveScreen, viewer: testing.HeadlessViewer) -> SeriesHeld:
    viewer.change(paused=True)
    live.advance("1s")
    before = viewer.series("vibration")
    assert before is not None
    assert before.ids.size > 5
    return before


def assert_kept(
    live: testing.LiveScreen,
    viewer: testing.HeadlessViewer,
    screen: cd.DashboardScreen,
    before: SeriesHeld,
    by: By,
) -> None:
    if by == "view":
        viewer.change(refresh_secs=5.0)  # nothing about the line
    else:
        screen.request_repaint()
    live.advance("1s")
    after = viewer.series("vibration")
    assert after is not None
    assert after.k == before.k
    assert np.array_equal(after.ids, before.ids)
    assert np.array_equal(after.max, before.max)
