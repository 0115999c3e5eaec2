"""U15: reads and metrics that wait for a thread, which others hold, are not called slow for it."""

from __future__ import annotations

import msgspec

import cadran as cd
from cadran.clock import Instant
from cadran.engine.core import Core
from cadran.engine.messages import Connected, Input, Rang, Received
from cadran.frames.wire import VERSION, Ack, Hello, PanelView, View
from cadran.jobs import WAIT_SECS_MAX, Job, JobBegan, JobDone, JobWaits
from cadran.screen.program import Program

TIMEOUT_SECS = 2.0


class Bench:
    """A core whose jobs run when they are told to, seen by a viewer."""

    def __init__(self, screen: cd.DashboardScreen) -> None:
        self.screen = screen
        self.now = Instant(1_000.0, 1_800_000_000.0)
        self.core = Core(Program([screen]), self.now, epoch="e", rng=lambda: 0.5)
        self.jobs: list[Job] = []
        self.num_cancels = 0
        num_panels = len(screen.describe().layout.panels)
        hello = Hello(version=VERSION, view=View(n=1, panels=tuple(PanelView(i=i) for i in range(num_panels))))
        self.give(Connected(1, screen.slug), Received(1, msgspec.json.encode(hello)))

    def give(self, *inputs: Input) -> None:
        waiting = list(inputs)
        for _ in range(20):
            outputs = self.core.step(self.now, waiting)
            waiting = []
            self.jobs += outputs.jobs
            self.num_cancels += len(outputs.cancels)

    def job(self) -> Job:
        """The one job that was asked for since."""
        (job,) = self.jobs
        self.jobs = []
        return job

    def run(self, job: Job) -> None:
        self.give(JobDone(job, job.run()))

    def pass_secs(self, secs: float) -> None:
        """The viewer goes on looking meanwhile."""
        while secs > 0:
            part = min(secs, 5.0)
            self.now = Instant(self.now.mono + part, self.now.wall + part)
            self.give(Rang(), Received(1, msgspec.json.encode(Ack(s=0.0, bytes=0.0))))
            secs -= part

    @property
    def fault(self) -> str:
        """What the first panel says; empty where it is well."""
        status = self.core.stage(self.screen.slug).status[0]
        return status.fault.message + (status.fault.detail or "") if status and status.fault else ""


def source_bench() -> Bench:
    @cd.source(every="1h", timeout=TIMEOUT_SECS, name="stock")
    def stock() -> float:
        return 7.0

    @cd.screen("Stock", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Stock", stock, spark=False)

    return Bench(screen)


def metric_bench() -> Bench:
    press = cd.channel("press")

    @cd.metric(press.kpi("n"), timeout=TIMEOUT_SECS)
    def double(n: cd.Scalar) -> float | None:
        return 2 * n if isinstance(n, float) else None

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Double", double, spark=False)

    press.attach(lambda: None)
    press.send(cd.KpiUpdated("n", 21.0))
    bench = Bench(screen)
    bench.pass_secs(0.1)
    return bench


def check_time_out_counts_from_the_begin(bench: Bench) -> None:
    job = bench.job()
    bench.give(JobWaits(job))
    bench.pass_secs(3 * TIMEOUT_SECS)
    assert bench.fault == ""
    bench.give(JobBegan(job))
    bench.pass_secs(0.9 * TIMEOUT_SECS)
    assert bench.fault == ""
    assert bench.num_cancels == 0
    bench.pass_secs(0.2 * TIMEOUT_SECS)
    assert "within 2 s" in bench.fault, "of what runs too long it is said as ever"


def check_long_wait_is_told(bench: Bench) -> None:
    job = bench.job()
    bench.give(JobWaits(job))
    bench.pass_secs(WAIT_SECS_MAX + 0.1)
    assert "has waited 30 s for a thread" in bench.fault
    assert bench.num_cancels == 0, "there is nothing to cancel"
    assert bench.core.statistics().num_waits == 1
    bench.pass_secs(100.0)
    bench.give(JobBegan(job))
    bench.run(job)
    bench.pass_secs(0.1)
    assert bench.fault == ""


def test_u15_the_time_out_of_a_read_counts_from_when_it_has_a_thread() -> None:
    bench = source_bench()
    check_time_out_counts_from_the_begin(bench)
    assert bench.num_cancels == 1


def test_u15_the_time_out_of_a_metric_counts_from_when_it_has_a_thread() -> None:
    check_time_out_counts_from_the_begin(metric_bench())


def test_u15_a_read_that_waits_long_says_so_and_is_well_again_once_it_was_done() -> None:
    check_long_wait_is_told(source_bench())


def test_u15_a_metric_that_waits_long_says_so_and_is_well_again_once_it_was_done() -> None:
    check_long_wait_is_told(metric_bench())
