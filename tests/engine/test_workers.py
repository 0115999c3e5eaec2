"""The engine's own long work runs apart from user functions, and joining viewers come in portions."""

from __future__ import annotations

import threading

import cadran as cd
from cadran.engine import Engine
from cadran.engine.engine import INPUTS_PER_STEP
from cadran.engine.messages import Disconnected
from cadran.engine.workers import Workers
from cadran.jobs import Job, JobBegan, JobDone, JobNews, JobWaits

SECS_MAX = 60.0


def ours(run: object) -> Job:
    return Job("work", run, False, SECS_MAX, is_ours=True)  # type: ignore[arg-type]


def test_values_and_errors_come_back() -> None:
    ended: list[JobDone] = []
    done = threading.Semaphore(0)

    def tell(one: JobNews) -> None:
        assert isinstance(one, JobDone)
        ended.append(one)
        done.release()

    workers = Workers(tell)
    workers.start(ours(lambda: 7))
    assert done.acquire(timeout=SECS_MAX)
    workers.start(ours(lambda: 1 / 0))
    assert done.acquire(timeout=SECS_MAX)
    workers.stop()
    assert ended[0].value == 7
    assert isinstance(ended[1].error, ZeroDivisionError)


def test_a_stop_does_not_wait_for_what_runs_and_starts_nothing_more() -> None:
    ended: list[JobNews] = []
    began, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        go_on.wait(SECS_MAX)

    def tell(one: JobNews) -> None:
        ended.append(one)
        if isinstance(one, JobDone):
            done.set()

    workers = Workers(tell, num_threads=1)
    workers.start(ours(slow))
    second = ours(lambda: 7)
    workers.start(second)
    assert began.wait(SECS_MAX)
    workers.stop()
    go_on.set()
    assert done.wait(SECS_MAX)
    waits, end = ended
    assert waits == JobWaits(second)
    assert isinstance(end, JobDone)
    assert end.value is None


def test_what_waits_for_a_worker_is_told_and_when_it_has_one() -> None:
    told: list[JobNews] = []
    go_on, done = threading.Event(), threading.Semaphore(0)

    def tell(one: JobNews) -> None:
        told.append(one)
        if isinstance(one, JobDone):
            done.release()

    workers = Workers(tell, num_threads=1)
    first, second = ours(lambda: go_on.wait(SECS_MAX)), ours(lambda: 7)
    for job in (first, second):
        workers.start(job)
    go_on.set()
    for _ in range(2):
        assert done.acquire(timeout=SECS_MAX)
    workers.start(third := ours(lambda: 8))
    assert done.acquire(timeout=SECS_MAX)
    workers.stop()
    assert told == [
        JobWaits(second), JobDone(first, True), JobBegan(second), JobDone(second, 7), JobDone(third, 8)
    ]  # fmt: skip


def test_a_step_takes_a_bounded_number_of_messages() -> None:
    @cd.screen("Empty", zone="UTC")
    def empty(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.text("Nothing", "here")

    engine = Engine(cd.Program([empty]))
    for number in range(2 * INPUTS_PER_STEP + 1):
        engine._post(Disconnected(number))
    taken = [engine._take_inputs() for _ in range(3)]
    assert [len(inputs) for inputs in taken] == [INPUTS_PER_STEP, INPUTS_PER_STEP, 1]
    assert [one.viewer for inputs in taken for one in inputs if isinstance(one, Disconnected)] == list(
        range(2 * INPUTS_PER_STEP + 1)
    ), "in order, and none is lost"
