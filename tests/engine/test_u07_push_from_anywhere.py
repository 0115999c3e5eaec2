"""U7: push from anywhere. Before, during and without viewers; order kept per producer through to the store."""

from __future__ import annotations

import random
import threading

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen
from cadran.store import Key

NUM_THREADS, NUM_SENDS = 8, 500


def screen_of(press: Channel, num_producers: int) -> DashboardScreen:
    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for producer in range(num_producers):
            ui.line(f"{producer}", press.series(f"{producer}", x="number"))
            ui.kpi(f"Last of {producer}", press.kpi(f"{producer}"))

    return screen


def stored(live: testing.LiveScreen, press: Channel, producer: int) -> list[float]:
    series = live.core.store.series(Key(press.id, "series", f"{producer}"))
    return [] if series is None else series.points.ys.tolist()


def test_u07_before_during_and_without_viewers() -> None:
    press = cd.channel("press")
    press.send(cd.KpiUpdated("0", 1.0), cd.ChartDataUpdated.point("0", 0.0, 1.0, kind="number"))
    with testing.open(screen_of(press, 1)) as live:
        live.advance("1s")
        press.send(cd.KpiUpdated("0", 2.0), cd.ChartDataUpdated.point("0", 1.0, 2.0, kind="number"))
        live.advance("1s")
        assert stored(live, press, 0) == [1.0, 2.0], "channels are drained though nobody watches"
        assert press.num_pending == 0
        viewer = live.viewer()
        assert viewer.value("last-of-0") == 2.0
        held = viewer.series("0")
        assert held is not None
        assert held.last.tolist() == [1.0, 2.0]
        press.send(cd.KpiUpdated("0", 3.0), cd.ChartDataUpdated.point("0", 2.0, 3.0, kind="number"))
        live.settle()
        assert viewer.value("last-of-0") == 3.0
        live.cut(viewer)
        press.send(cd.KpiUpdated("0", 4.0))
        live.advance("1h")
        assert live.viewer().value("last-of-0") == 4.0


def test_u07_a_long_time_without_viewers_is_kept_as_far_as_keep_says() -> None:
    press = cd.channel("press", keep="1h")

    @cd.screen("Long", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"), window="1h")

    with testing.open(screen) as live:
        for _ in range(40):
            now = live.clock.now().wall
            press.send(cd.ChartDataUpdated.xy("v", (now + np.arange(300)).tolist(), [1.0] * 300))
            live.advance("5m")
        series = live.core.store.series(Key(press.id, "series", "v"))
        assert series is not None
        assert 3_600 <= len(series) < 3_600 * 1.2
        viewer = live.viewer()
        held = viewer.series("v")
        assert held is not None
        assert 3_290 <= held.newest_x - held.ids[0] * 2.0**held.k <= 3_700


@pytest.mark.slow
def test_u07_order_is_kept_per_producer_through_to_the_store() -> None:
    """Threads send in bursts while the engine runs; equal x keeps the order of arrival."""
    press = cd.channel("press")
    with testing.open(screen_of(press, NUM_THREADS)) as live:
        viewer = live.viewer()

        def work(producer: int) -> None:
            rng = random.Random(producer)
            index = 0
            while index < NUM_SENDS:
                size = min(rng.randrange(1, 5), NUM_SENDS - index)
                updates = [
                    cd.ChartDataUpdated(f"{producer}", [(0.0, float(index + i))], x="number") for i in range(size)
                ]
                press.send(*updates, cd.KpiUpdated(f"{producer}", float(index + size - 1)))
                index += size

        threads = [threading.Thread(target=work, args=(producer,)) for producer in range(NUM_THREADS)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            live.advance("0.05s")
        for thread in threads:
            thread.join()
        live.settle()
        for producer in range(NUM_THREADS):
            assert stored(live, press, producer) == [float(index) for index in range(NUM_SENDS)]
            assert viewer.value(f"last-of-{producer}") == NUM_SENDS - 1


def test_u07_one_send_is_one_frame() -> None:
    """Updates of one send are seen together or not at all."""
    press = cd.channel("press")

    class Pairs(testing.HeadlessViewer):
        def hear(self, data: bytes) -> None:
            super().hear(data)
            if self.layout is not None:
                seen.append((self.value("last-of-0"), self.value("last-of-1")))

    seen: list[tuple[object, object]] = []
    with testing.open(screen_of(press, 2)) as live:
        live.viewer(viewer=Pairs())
        for index in range(200):
            press.send(cd.KpiUpdated("0", float(index)), cd.KpiUpdated("1", float(index)))
            live.advance(0.011)
    assert len(seen) > 50
    assert all(a == b for a, b in seen)


def test_u07_several_loops_and_their_tasks() -> None:
    import asyncio

    press = cd.channel("press")
    with testing.open(screen_of(press, 3)) as live:
        viewer = live.viewer()

        async def produce(producer: int) -> None:
            for index in range(50):
                press.send(cd.ChartDataUpdated(f"{producer}", [(index, index)], x="number"))
                await asyncio.sleep(0)

        async def several() -> None:
            await asyncio.gather(*(produce(producer) for producer in range(3)))

        asyncio.run(several())
        live.settle()
        for producer in range(3):
            assert stored(live, press, producer) == [float(index) for index in range(50)]
        assert viewer.num_frames <= 4
