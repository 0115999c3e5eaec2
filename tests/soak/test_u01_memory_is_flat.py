"""U1: with a fixed window, neither ticks nor viewers that come and go leave anything behind."""

from __future__ import annotations

import gc
import math
import tracemalloc
from collections import Counter
from collections.abc import Callable

import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen
from cadran.testing import LiveScreen

POINTS_PER_TICK = 20
ROUND_CONNECTS = 60


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


def live_objects(package: str = "cadran") -> Counter[str]:
    """How many there are of each class of a package; "" means all that the collector knows."""
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith(package))


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


def round_of_connects(live: LiveScreen, press: Channel) -> tuple[Counter[str], int]:
    """Let viewers come and go until nothing is left of them; return objects by class, and bytes outside the cache."""
    for number in range(ROUND_CONNECTS):
        tick(live, press, number)
        come_and_go(live, number)
    live.advance("15s")  # the leases of who has left end
    for number in range(20):
        tick(live, press, number)
    return live_objects(""), tracemalloc.get_traced_memory()[0] - live.statistics().cache_bytes


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_u01_a_viewer_leaves_neither_an_object_nor_bytes() -> None:
    """Between equal rounds nothing grows by as much as half an object, or 1 KiB, for each viewer that came and went."""
    press, screen = make()
    with testing.open(screen) as live:
        live.viewer()
        for number in range(1_600):
            tick(live, press, number)
        tracemalloc.start()
        try:
            round_of_connects(live, press)
            rounds = [round_of_connects(live, press) for _ in range(3)]
        finally:
            tracemalloc.stop()
        (before, bytes_before), _, (after, bytes_after) = rounds
        num_viewers = 2 * ROUND_CONNECTS
        grown = {name: count - before[name] for name, count in after.items() if count - before[name] > num_viewers // 2}
        assert not grown
        assert bytes_after - bytes_before <= 1024 * num_viewers
