"""U1: with a fixed window, neither ticks nor viewers that come and go leave anything behind."""

from __future__ import annotations

import gc
import math
from collections import Counter
from collections.abc import Callable

import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen
from cadran.testing import LiveScreen

POINTS_PER_TICK = 20


def make() -> tuple[Channel, DashboardScreen]:
    press = cd.channel("press", keep="60s")
    orders = testing.fake_source("orders", 1.0, every="1s")

    @cd.metric(press.series("vibration").last("10s"))
    def spread(points: cd.Points) -> float:
        return float(points.ys.max() - points.ys.min()) if points.ys.size else 0.0

    @cd.screen("Plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))
        ui.kpi("Orders", orders)
        ui.kpi("Spread", spread)
        ui.line("Vibration", press.series("vibration"), window="30s")

    return press, screen


def tick(live: LiveScreen, press: Channel, number: int) -> None:
    """One twentieth of a second of a plant."""
    now = live.clock.now().wall
    press.send(cd.KpiUpdated("temperature", float(number)))
    xs = [now + i / 20 / POINTS_PER_TICK for i in range(POINTS_PER_TICK)]
    press.send(cd.ChartDataUpdated.xy("vibration", xs, [math.sin(x) for x in xs]))
    live.advance(0.05)


def come_and_go(live: LiveScreen, how: int) -> None:
    """A viewer that stays for a moment, one that is cut off, one that vanishes before it says anything."""
    viewer = live.viewer(delay=0.5 if how % 3 == 2 else 0.0)
    if how % 3 == 1:
        viewer.zoom("vibration", 1.0, 2.0)
        live.settle()
    live.cut(viewer)


def live_objects() -> Counter[str]:
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith("cadran"))


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_u01_ticks_and_viewers_leave_nothing(times: Callable[[int, int], int], rss_bytes: Callable[[], int]) -> None:
    num_ticks, num_connects = times(3_000, 200_000), times(60, 1_000)
    press, screen = make()
    with testing.open(screen) as live:
        viewer = live.viewer()
        for number in range(1_600):  # the window fills, and old points leave
            tick(live, press, number)
            if number % 80 == 0:
                come_and_go(live, number // 80)
        rss, objects, cached = rss_bytes(), live_objects(), live.statistics().cache_bytes
        for number in range(num_ticks):
            tick(live, press, number)
            if number % (num_ticks // num_connects) == 0:
                come_and_go(live, number)
        live.advance("15s")  # the leases of who has left end
        assert live.statistics().num_viewers == 1
        live.cut(viewer)  # a headless viewer forgets nothing that it was ever sent
        del viewer
        live.advance("15s")
        after = live_objects()
        # Encoded pieces have a bound in bytes of their own, which fills slowly.
        assert rss_bytes() - (live.statistics().cache_bytes - cached) <= 1.05 * rss
        # What a bound holds may differ by some: caches, and the memory of changes.
        grown = {name: (objects[name], count) for name, count in after.items() if count > objects[name] + 600}
        assert not grown
        assert live.statistics().num_viewers == 0
        assert not live._seats
        assert after["Viewer"] < objects["Viewer"]
