"""What is no longer kept is off every picture that it was on, and a pause keeps its own (decision 3, law 9)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.frames import blocks
from cadran.frames.alike_lines import AlikeLines
from cadran.frames.steady import SteadyFrames
from cadran.frames.wire import SERIES_REPLACE
from cadran.readable import Floats
from cadran.store import Key
from cadran.testing import viewer as viewer_module
from cadran.testing.held import SeriesHeld, joined

Mode = Literal["steady", "alike", "alone"]


@pytest.fixture(autouse=True)
def of_every_picture_a_block_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of those above 1 KiB."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES_MIN", 0)


@pytest.mark.parametrize("keep_points", [300, None])
def test_decision3_a_pause_that_lasts_longer_than_what_is_kept_keeps_its_picture(keep_points: int | None) -> None:
    press = cd.channel("press", keep="70s", keep_points=keep_points)

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v"), window="60s")

    with testing.open(screen) as live:
        viewer, other = live.viewer(px=60), live.viewer(px=60)

        def feed(num: int, value: float) -> None:
            for _ in range(num):
                press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, value))
                live.advance("0.1s")

        feed(200, 1.0)
        viewer.change(paused=True)
        live.advance("1s")
        before = held_of(viewer)
        feed(1_500, 2.0)
        viewer.change(refresh_secs=5.0)
        live.advance("1s")
        assert np.array_equal(held_of(viewer).ids, before.ids)
        assert held_of(other).ids[-1] > before.ids[-1] + 100


def test_law09_what_a_shorter_window_lets_go_of_is_off_a_wider_picture() -> None:
    press = cd.channel("press")

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v").last("10s"), window="60s")

    with testing.open(screen) as live:
        stayed = live.viewer(px=60)
        for _ in range(400):
            press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, 1.0))
            live.advance("0.1s")
        came = live.viewer(px=60)
        live.advance("1s")
        assert np.array_equal(held_of(stayed).ids, held_of(came).ids)
        assert_right(live, came, "vibration")


@pytest.mark.parametrize("px", [20, 600])
def test_law09_what_is_kept_for_who_joins_loses_it_too(px: int) -> None:
    press = cd.channel("press", keep_points=400)

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v"), window="60s")

    with testing.open(screen) as live:
        live.advance("1s")
        xs = live.clock.now().wall - 40 + np.arange(400) / 10
        press.send(cd.ChartDataUpdated.xy("v", xs, xs % 7))
        live.advance("1s")
        stayed = live.viewer(px=px)
        live.advance("1s")
        for _ in range(12):
            xs = live.clock.now().wall + np.arange(25) / 1_000
            press.send(cd.ChartDataUpdated.xy("v", xs, xs % 7))
            live.advance("0.5s")
        came = live.viewer(px=px)
        live.advance("2s")
        assert_right(live, stayed, "vibration")
        assert_right(live, came, "vibration")


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_law09_lines_that_are_looked_at_together_each_lose_what_left(order: str) -> None:
    steady, alike, alone = (_fed(order, mode) for mode in ("steady", "alike", "alone"))
    assert alike == steady == alone


def _fed(order: str, mode: Mode) -> dict[str, list[float]]:
    """Return the ids that a viewer holds of a long series, at its number of points, and of one that began later."""
    press = cd.channel("press", keep_points=1_000)

    @cd.screen("Press", slug="press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for name in order:
            ui.line(name, press.series(name), window="10m")

    with pytest.MonkeyPatch.context() as patch, testing.open(screen, seed=1) as live:
        if mode != "steady":
            patch.setattr(SteadyFrames, "frame", lambda *_: None)
        if mode == "alone":
            patch.setattr(AlikeLines, "find", lambda *_: {})
        viewer = live.viewer(px=200)
        live.advance("1s")
        now = live.clock.now().wall
        long, short = now - 300 + np.arange(1_000) / 4, now - 20 + np.arange(60) / 4
        press.send(cd.ChartDataUpdated.xy("a", long, long % 7), cd.ChartDataUpdated.xy("b", short, short % 7))
        live.settle()
        live.viewer(px=200)  # of what it gets a block is kept
        for _ in range(40):
            live.advance("1s")
            xs = live.clock.now().wall - np.arange(9)[::-1] / 10
            press.send(*(cd.ChartDataUpdated.xy(name, xs, xs % 7) for name in order))
        live.advance("1s")
        for name in order:
            assert_right(live, viewer, name)
        return {name: held_of(viewer, name).ids.tolist() for name in order}


def test_law06_who_lost_points_in_the_newest_bucket_does_not_lead_others_that_have_more_there() -> None:
    together, alone = _newest(is_alone=False), _newest(is_alone=True)
    assert together == alone
    assert max(together["b"]) == 9.0, "no extreme is lost"


def _newest(*, is_alone: bool) -> dict[str, list[float]]:
    """Return the greatest values that a viewer holds of three lines, of which the first is at its number of points."""
    press = cd.channel("press", keep_points=300)

    @cd.screen("Press", slug="press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for name in "abc":
            ui.line(name, press.series(name), window="60s")

    with pytest.MonkeyPatch.context() as patch, testing.open(screen, seed=1) as live:
        if is_alone:
            patch.setattr(AlikeLines, "find", lambda *_: {})
            patch.setattr(SteadyFrames, "frame", lambda *_: None)
        viewer = live.viewer(px=60)
        live.advance("1s")
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated.xy("a", now - 70 + np.arange(300) / 5, np.zeros(300)))
        press.send(*(cd.ChartDataUpdated.xy(name, now - 5 + np.arange(20) / 10, np.zeros(20)) for name in "bc"))
        live.advance("0.1s")

        def land(num: int, value: float) -> None:
            xs = live.clock.now().wall + np.arange(num) / 2_000
            press.send(*(cd.ChartDataUpdated.xy(name, xs, np.full(num, value)) for name in "abc"))
            live.advance("0.3s")

        for _ in range(10):
            land(1, 0.0)
        live.advance(1.02 - live.clock.now().wall % 1.0)
        for num, value in ((30, 9.0), (300, 1.0), (5, 2.0)):
            land(num, value)
        return {name: held_of(viewer, name).max.tolist() for name in "abc"}


@pytest.mark.parametrize("began_x", [0.0, 1e9, None])
def test_law03_what_left_left_of_a_window_is_nothing_to_send_again_though_x_was_greater_before(
    began_x: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = cd.channel("press", keep_points=400)
    num_whole = 0

    def counted(held: SeriesHeld | None, payload: bytes, flags: int) -> SeriesHeld:
        nonlocal num_whole
        num_whole += bool(flags & SERIES_REPLACE)
        return joined(held, payload, flags)

    monkeypatch.setattr(viewer_module, "joined", counted)

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v", x="number"), window=60)

    with testing.open(screen) as live:
        viewer = live.viewer(px=60)
        if began_x is not None:
            send(press, began_x + np.arange(1_000) / 2)
            live.advance("1s")
        send(press, np.arange(400) / 2, replace=True)
        live.advance("1s")
        num_whole, num_before = 0, len(held_of(viewer).ids)
        for start in range(400, 2_400, 20):
            send(press, np.arange(start, start + 20) / 2)
            live.advance("0.5s")
        series = live.core.store.series(Key(press.id, "series", "v"))
        assert series is not None
        assert series.first_x is not None
        assert series.first_x > 800, "points left, several times"
        assert num_before > 0
        assert num_whole == 0
        assert_right(live, viewer, "vibration")


def send(press: Channel, xs: Floats, *, replace: bool = False) -> None:
    press.send(cd.ChartDataUpdated.xy("v", xs, xs % 7, x="number", replace=replace))


def held_of(viewer: testing.HeadlessViewer, key: str = "vibration") -> SeriesHeld:
    held = viewer.series(key)
    assert held is not None
    return held


def assert_right(live: testing.LiveScreen, viewer: testing.HeadlessViewer, key: str) -> None:
    held = testing.held_view(live.core, viewer, "press", key)
    assert held
    assert held == testing.store_view(live.core, viewer, "press", key)
