"""What the store drops at its bounds is counted and shown, never silent (law 11)."""

from __future__ import annotations

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Drained, PointsLanded
from cadran.store import Key
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
        assert "its oldest 106 points or rows were dropped" in notice.message


def test_law11_past_the_bound_the_longest_series_gives_up_its_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "POINTS_MAX", 4_000)
    store = store_module.Store()
    for number in range(60):
        for source, num in (("long", 200), ("short", 10)):
            xs = number + np.arange(num) / num
            drained = Drained(points={"v": PointsLanded(((xs, xs),), False, "time")})
            store.apply(source, drained, now_wall=float(number), keep_secs=None)
            assert num_kept(store, "long") + num_kept(store, "short") <= 4_000
    assert num_kept(store, "short") == 600
    assert 3_000 < num_kept(store, "long") <= 3_400
    assert store.take_dropped() == {"long": 12_000 - num_kept(store, "long")}


def num_kept(store: store_module.Store, source: str) -> int:
    series = store.series(Key(source, "series", "v"))
    return 0 if series is None else len(series)


def test_a_channel_keeps_the_newest_points_over_a_number() -> None:
    press = cd.channel("press", keep_points=1_000)

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Torque", press.series("torque", x="number"), window=2_000)

    with testing.open(screen) as live:
        viewer = live.viewer()
        for begin in range(0, 5_000, 500):
            xs = np.arange(float(begin), begin + 500.0)
            press.send(cd.ChartDataUpdated.xy("torque", xs, xs, x="number"))
            live.settle()
        held = viewer.series("torque")
        assert held is not None
        assert 3_700 < held.ids[0] * 2.0**held.k <= 4_000
        assert held.last[-1] == 4_999
        late = live.viewer()
        live.settle()
        anew = late.series("torque")
        assert anew is not None
        assert np.array_equal(anew.ids, held.ids), "what left is in no picture"
        assert not viewer.notices, "what was asked for is no loss"
