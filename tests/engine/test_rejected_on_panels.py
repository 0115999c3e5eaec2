"""Points without a finite x are told where their series is shown, and to the whole screen only where it is not."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

import cadran as cd
import cadran.testing
from cadran.channel import REJECTED_SERIES_MAX, Channel
from cadran.frames.wire import PanelStatus
from cadran.testing import HeadlessViewer, LiveScreen

BAD = [(math.nan, 1.0), (math.inf, 2.0)]


@pytest.fixture
def press() -> Channel:
    return cd.channel("press")


@pytest.fixture
def live(press: Channel) -> Iterator[LiveScreen]:
    @cd.metric(press.series("deep"))
    def derived(points: cd.Points) -> float:
        return float(points.ys.size)

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))
        ui.line("Shaking", press.series("shaking"), window="60s")
        ui.line("Both", press.series("shaking"), press.series("other"), window="60s")
        ui.kpi("Derived", derived)

    with cadran.testing.open(screen) as opened:
        yield opened


def rejected(live: LiveScreen) -> dict[str, int | None]:
    """By panel, as a viewer who comes now is told."""
    viewer = live.viewer()
    told = {key: status(viewer, key).num_rejected for key in ("temperature", "shaking", "both", "derived")}
    assert viewer.notices == {}
    live.cut(viewer)
    return told


def status(viewer: HeadlessViewer, key: str) -> PanelStatus:
    """A panel's status; one that was said nothing of is live."""
    return viewer.status(key) or PanelStatus(state="live", since=0.0)


def send(live: LiveScreen, press: Channel, series: str, *points: tuple[float, float]) -> None:
    press.send(cd.ChartDataUpdated(series, [(live.clock.now().wall, 1.0), *points]))
    live.settle()


def test_only_the_panels_that_read_the_series_tell(live: LiveScreen, press: Channel) -> None:
    press.send(cd.KpiUpdated("temperature", 1.0))
    for series in ("shaking", "other", "deep"):
        send(live, press, series)
    assert rejected(live) == dict.fromkeys(["temperature", "shaking", "both", "derived"])
    send(live, press, "shaking", *BAD)
    assert rejected(live) == {"temperature": None, "shaking": 2, "both": 2, "derived": None}
    send(live, press, "other", *BAD, *BAD)
    assert rejected(live) == {"temperature": None, "shaking": 2, "both": 6, "derived": None}
    send(live, press, "deep", BAD[0])
    assert rejected(live) == {"temperature": None, "shaking": 2, "both": 6, "derived": 1}


def test_a_viewer_that_looks_is_told_at_once_and_the_panel_stays_live(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    send(live, press, "shaking")
    for num in (1, 2):
        press.send(cd.ChartDataUpdated("shaking", [BAD[0]]))
        live.settle()
        told = status(viewer, "shaking")
        assert (told.state, told.num_rejected) == ("live", num)
    frames = viewer.num_frames
    live.advance("20s")
    assert viewer.num_frames - frames <= 6, "nothing but beats and the window that moves on"


def test_what_no_panel_shows_is_told_to_the_screen(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    send(live, press, "forgotten", *BAD)
    send(live, press, "shaking", *BAD)
    assert status(viewer, "shaking").num_rejected == 2
    message = viewer.notices["rejected:channel:press"].message
    assert message == "Channel press was sent 2 points without a finite x, which no panel shows."


def test_many_bad_series_are_bounded_and_those_that_are_shown_are_told(live: LiveScreen, press: Channel) -> None:
    send(live, press, "shaking", *BAD)
    for number in range(3 * REJECTED_SERIES_MAX):
        press.send(cd.ChartDataUpdated(f"s{number}", [BAD[0]]))
        if number % 500 == 0:
            live.settle()
    live.settle()
    health = live.core.health(live.clock.now())["channel:press"]
    assert len(health.rejected) == REJECTED_SERIES_MAX
    viewer = live.viewer()
    assert status(viewer, "shaking").num_rejected == 2
    assert press.statistics().num_rejected_points == 3 * REJECTED_SERIES_MAX + 2
