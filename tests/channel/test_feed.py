from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from cadran.channel import Sender, Stop, channel
from cadran.clock import Instant
from cadran.errors import ClosedError
from cadran.updates import KpiUpdated

JOIN_SECS = 60.0


class UserLoop:
    """An event loop on a thread of its own, as the engine gives to async feeders."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    user = UserLoop()
    yield user.loop
    user.close()


def no_wait() -> float:
    return 0.0


def no_fault(fault: BaseException) -> None:
    raise AssertionError(fault)


def test_a_feed_is_the_function_itself() -> None:
    press = channel("press")

    @press.feed
    def sample(send: Sender, stop: Stop) -> None:
        send(KpiUpdated("t", 1))

    @press.feed
    async def later(send: Sender, stop: Stop) -> None:
        send(KpiUpdated("t", 2))

    sample(press.send, Stop())
    assert press.drain().kpis["t"].value == 1.0
    assert [(feed.name, feed.is_async) for feed in press.feeds] == [("sample", False), ("later", True)]


def test_a_sync_feeder_runs_in_a_thread_until_it_is_stopped(loop: asyncio.AbstractEventLoop) -> None:
    press, began, names = channel("press"), threading.Event(), []

    @press.feed
    def sample(send: Sender, stop: Stop) -> None:
        names.append(threading.current_thread().name)
        while not stop.is_set():
            send(KpiUpdated("t", 1))
            began.set()
            stop.wait(3600)

    running = press.feeds[0].start(press, loop, no_fault)
    assert began.wait(JOIN_SECS)
    assert not running.join(0)
    running.stop()
    running.stop()
    assert running.join(JOIN_SECS)
    assert names == ["cadran feed sample"]
    assert press.num_pending == 1


def test_an_async_feeder_is_a_task_on_the_given_loop(loop: asyncio.AbstractEventLoop) -> None:
    press, began, loops = channel("press"), threading.Event(), []

    @press.feed
    async def sample(send: Sender, stop: Stop) -> None:
        loops.append(asyncio.get_running_loop())
        while not await stop.sleep(0):
            send(KpiUpdated("t", 1))
            began.set()
            if await stop.sleep("1h"):
                return

    running = press.feeds[0].start(press, loop, no_fault)
    assert began.wait(JOIN_SECS)
    running.stop()
    assert running.join(JOIN_SECS)
    assert loops == [loop]


def test_an_async_feeder_that_does_not_listen_is_cancelled(loop: asyncio.AbstractEventLoop) -> None:
    press, began = channel("press"), threading.Event()

    @press.feed
    async def deaf(send: Sender, stop: Stop) -> None:
        began.set()
        await asyncio.Event().wait()

    running = press.feeds[0].start(press, loop, no_fault, grace_secs=0.0)
    assert began.wait(JOIN_SECS)
    running.stop()
    assert running.join(JOIN_SECS)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_feeder_that_raises_is_reported_and_started_again(loop: asyncio.AbstractEventLoop, is_async: bool) -> None:
    press, faults, starts = channel("press"), [], [0]

    def work(send: Sender) -> None:
        starts[0] += 1
        if starts[0] < 4:
            raise OSError(f"sensor gone {starts[0]}")
        send(KpiUpdated("t", starts[0]))

    if is_async:

        @press.feed
        async def task(send: Sender, stop: Stop) -> None:
            work(send)
    else:

        @press.feed
        def thread(send: Sender, stop: Stop) -> None:
            work(send)

    running = press.feeds[0].start(press, loop, lambda fault: faults.append(str(fault)), rng=no_wait)
    assert running.join(JOIN_SECS)
    assert faults == ["sensor gone 1", "sensor gone 2", "sensor gone 3"]
    assert press.drain().kpis["t"].value == 4.0


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("error", [asyncio.CancelledError, SystemExit, KeyboardInterrupt])
def test_a_feeder_that_is_cancelled_or_exits_is_one_that_raised(
    loop: asyncio.AbstractEventLoop, is_async: bool, error: type[BaseException]
) -> None:
    press, faults, starts = channel("press"), [], [0]

    def work() -> None:
        starts[0] += 1
        if starts[0] < 3:
            raise error

    if is_async:

        @press.feed
        async def task(send: Sender, stop: Stop) -> None:
            work()
    else:

        @press.feed
        def thread(send: Sender, stop: Stop) -> None:
            work()

    running = press.feeds[0].start(press, loop, lambda fault: faults.append(type(fault)), rng=no_wait)
    assert running.join(JOIN_SECS)
    assert (faults, starts) == ([error, error], [3])


def test_a_feeder_that_is_cancelled_while_it_waits_to_start_again_does_start(loop: asyncio.AbstractEventLoop) -> None:
    press, starts, failed = channel("press"), [0], threading.Event()

    @press.feed
    async def feed(send: Sender, stop: Stop) -> None:
        starts[0] += 1
        if starts[0] == 1:
            raise OSError("sensor gone")

    draws = iter([1.0, 0.0])  # the first wait is long
    running = press.feeds[0].start(press, loop, lambda fault: failed.set(), rng=lambda: next(draws))
    assert failed.wait(JOIN_SECS)
    loop.call_soon_threadsafe(lambda: [each.cancel() for each in asyncio.all_tasks(loop)])
    assert running.join(JOIN_SECS)
    assert starts == [2]


class Steps:
    """A clock that a feeder moves."""

    mono = 0.0

    def now(self) -> Instant:
        return Instant(self.mono, 0.0)


def test_the_back_off_begins_again_after_a_good_while(loop: asyncio.AbstractEventLoop) -> None:
    press, clock, asked = channel("press"), Steps(), [0]
    draws: list[int] = []

    def rng() -> float:
        draws.append(asked[0])
        return 0.0

    @press.feed
    def sample(send: Sender, stop: Stop) -> None:
        asked[0] += 1
        clock.mono += 60.0
        if asked[0] < 5:
            raise OSError

    running = press.feeds[0].start(press, loop, lambda fault: None, rng=rng, clock=clock)
    assert running.join(JOIN_SECS)
    assert draws == [1, 2, 3, 4]


def test_a_closed_channel_ends_its_feeder_quietly(loop: asyncio.AbstractEventLoop) -> None:
    press = channel("press")
    press.close()

    @press.feed
    def sample(send: Sender, stop: Stop) -> None:
        send(KpiUpdated("t", 1))

    assert press.feeds[0].start(press, loop, no_fault).join(JOIN_SECS)
    with pytest.raises(ClosedError):
        sample(press.send, Stop())


def test_a_stop_that_is_set_never_waits() -> None:
    stop = Stop()
    assert not stop.is_set()
    assert not stop.wait(0)
    stop.set()
    assert stop.wait("1h")
    assert stop.wait()
    assert asyncio.run(_sleep(stop))


async def _sleep(stop: Stop) -> bool:
    return await stop.sleep("1h")


def test_a_sleeper_wakes_when_stop_is_set_from_a_thread() -> None:
    stop = Stop()

    async def scenario() -> bool:
        sleeper = asyncio.create_task(stop.sleep())
        await asyncio.sleep(0)
        await asyncio.to_thread(stop.set)
        return await sleeper

    assert asyncio.run(scenario())
