from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from cadran.channel import Channel, channel
from cadran.updates import ChartDataUpdated, KpiUpdated

NUM_THREADS, NUM_LOOPS, NUM_SENDS = 16, 4, 5_000


def run_all(works: list[Callable[[], None]], meanwhile: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        meanwhile()
        threads[0].join(0.001)
        if not threads[0].is_alive():
            threads.append(threads.pop(0))
    for thread in threads:
        thread.join()


def thread_of(press: Channel, producer: str) -> Callable[[], None]:
    def work() -> None:
        for index in range(NUM_SENDS):
            press.send(ChartDataUpdated.point(producer, float(index), float(index)))

    return work


def loop_of(press: Channel, producer: str) -> Callable[[], None]:
    async def send() -> None:
        for index in range(0, NUM_SENDS, 10):
            press.send(ChartDataUpdated(producer, [(i, i) for i in range(index, index + 10)]))
            await asyncio.sleep(0)

    return lambda: asyncio.run(send())


@pytest.mark.slow
@pytest.mark.parametrize("is_drained_meanwhile", [True, False])
def test_u07_no_loss_and_order_kept_per_producer(is_drained_meanwhile: bool) -> None:
    press = channel("press", max_items=NUM_SENDS * (NUM_THREADS + NUM_LOOPS))
    got: dict[str, list[float]] = {}
    rings, num_drains = [0], [0]
    lock = threading.Lock()

    def wake() -> None:
        with lock:
            rings[0] += 1

    def drain() -> None:
        num_drains[0] += 1
        for series, points in press.drain().points.items():
            got.setdefault(series, []).extend(points.xs.tolist())

    detach = press.attach(wake)
    works = [thread_of(press, f"thread {i}") for i in range(NUM_THREADS)]
    works += [loop_of(press, f"loop {i}") for i in range(NUM_LOOPS)]
    run_all(works, drain if is_drained_meanwhile else lambda: None)
    drain()
    detach()
    assert len(got) == NUM_THREADS + NUM_LOOPS
    assert all(xs == list(range(NUM_SENDS)) for xs in got.values())
    assert 1 <= rings[0] <= num_drains[0] + 1
    assert press.statistics().num_dropped_points == 0


def test_u07_a_send_of_several_is_drained_together() -> None:
    press = channel("press")
    done = threading.Event()

    def work() -> None:
        for index in range(3_000):
            press.send(KpiUpdated("a", index), KpiUpdated("b", index))
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    pairs = []
    while not done.is_set():
        kpis = press.drain().kpis
        pairs.append((kpis["a"].value, kpis["b"].value) if kpis else (0, 0))
    thread.join()
    assert all(a == b for a, b in pairs)
