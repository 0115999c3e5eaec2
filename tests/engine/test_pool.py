"""The pool: whatever user functions do, their ends come back, and those that hang do not stop the others."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue  # noqa: TID251 as long as the test that fills it
from typing import Any

import pytest

import cadran as cd
from cadran.engine import Engine
from cadran.engine.pool import NUM_THREADS, Pool
from cadran.jobs import Job, JobBegan, JobDone, JobNews, JobWaits
from cadran.readable import Readable
from cadran.screen.program import Program

WAIT_SECS = 60.0
TIMEOUT_SECS = 1.0


class Bench:
    """A pool on a clock that stands until it is moved."""

    def __init__(self, num_threads: int = 2, num_threads_max: int = 4) -> None:
        self.now = 0.0
        self.told: SimpleQueue[JobNews] = SimpleQueue()
        self.waits: list[JobWaits | JobBegan] = []
        """What was told beside the ends that were taken."""
        self.pool = Pool(self.told.put, num_threads, num_threads_max, mono=lambda: self.now)
        self.gates: list[threading.Event] = []

    def run(self, function: Callable[[], Any], is_async: bool = False) -> Job:
        job = Job("job", function, is_async, TIMEOUT_SECS)
        self.pool.start(job)
        return job

    def hang(self) -> threading.Event:
        """Run a job that hangs until the returned gate is set; returns when it has begun."""
        begun, gate = threading.Event(), threading.Event()
        self.gates.append(gate)

        def hung() -> str:
            begun.set()
            gate.wait(WAIT_SECS)
            return "hung"

        self.run(hung)
        assert begun.wait(WAIT_SECS)
        return gate

    def end(self) -> JobDone:
        while not isinstance(one := self.told.get(timeout=WAIT_SECS), JobDone):
            self.waits.append(one)
        return one

    @property
    def num_workers(self) -> int:
        return sum(thread.name == "cadran worker" for thread in threading.enumerate())


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    for gate in bench.gates:
        gate.set()
    bench.pool.stop(WAIT_SECS)


def test_hung_jobs_are_replaced_past_their_time_out(bench: Bench) -> None:
    gates = [bench.hang(), bench.hang()]
    bench.run(lambda: "third")
    assert bench.pool.relieve(), "all threads are busy, and none is late yet"
    assert bench.num_workers == 2
    bench.now = TIMEOUT_SECS + 0.1
    assert not bench.pool.relieve()
    assert bench.end().value == "third"
    for gate in gates:
        gate.set()
        assert bench.end().value == "hung"
    for number in range(20):
        bench.run(partial(int, number))
    assert {bench.end().value for _ in range(20)} == set(range(20))
    assert bench.num_workers <= 2, "threads whose place was taken end"


def test_what_waits_for_a_thread_is_told_and_when_it_has_one(bench: Bench) -> None:
    gates = [bench.hang(), bench.hang()]
    third, fourth = bench.run(lambda: "third"), bench.run(lambda: "fourth")
    gates[0].set()
    assert [bench.end().value for _ in range(3)] == ["hung", "third", "fourth"]
    assert bench.waits == [JobWaits(third), JobWaits(fourth), JobBegan(third), JobBegan(fourth)]
    bench.run(lambda: "fifth")
    assert bench.end().value == "fifth"
    assert len(bench.waits) == 4, "of what begins at once nothing is told"
    assert not bench.pool._told_waiting


def test_hung_threads_are_bounded(bench: Bench) -> None:
    gates = []
    for round_ in range(4):
        bench.now = round_ * 2 * TIMEOUT_SECS
        gates.append(bench.hang())
    bench.now += 2 * TIMEOUT_SECS
    bench.run(lambda: "fifth")
    assert bench.pool.relieve()
    assert bench.num_workers == 4
    gates[0].set()
    assert [bench.end().value for _ in range(2)] == ["hung", "fifth"]


async def cancelled() -> None:
    raise asyncio.CancelledError


async def cancels_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


async def exits() -> None:
    sys.exit(3)


async def has_a_task_that_exits() -> None:
    await asyncio.create_task(exits())


@pytest.mark.parametrize(
    ("function", "is_async", "error"),
    [
        (cancelled, True, asyncio.CancelledError),
        (cancels_itself, True, asyncio.CancelledError),
        (exits, True, SystemExit),
        (has_a_task_that_exits, True, SystemExit),
        (sys.exit, False, SystemExit),
    ],
)
def test_whatever_is_raised_comes_back(
    bench: Bench, function: Callable[[], Any], is_async: bool, error: type[BaseException]
) -> None:
    async def fine() -> str:
        return "fine"

    for _ in range(3):
        bench.run(function, is_async)
        assert isinstance(bench.end().error, error)
        bench.run(fine if is_async else lambda: "fine", is_async)
        assert bench.end().value == "fine"


@pytest.mark.slow
def test_f10_a_healthy_source_is_read_though_all_threads_hang() -> None:
    end, reads = threading.Event(), threading.Semaphore(0)

    def hanging(number: int) -> Readable[float]:
        @cd.source(every="0.1s", timeout="0.1s", always=True, name=f"hanging {number}")
        def hangs() -> float:
            end.wait(WAIT_SECS)
            return 1.0

        return hangs

    sources = [hanging(number) for number in range(NUM_THREADS)]

    @cd.source(every="0.1s", timeout="0.1s", always=True)
    def healthy() -> float:
        reads.release()
        return 1.0

    @cd.screen("Hung")
    def hung(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number, source in enumerate(sources):
            ui.kpi(f"{number}", source)
        ui.kpi("healthy", healthy)

    engine = Engine(Program([hung]))
    engine.start()
    try:
        for _ in range(3):
            assert reads.acquire(timeout=WAIT_SECS)
    finally:
        end.set()
        engine.stop()
