"""A core whose work goes on over several steps, driven step by step."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

import cadran as cd
from cadran.clock import Instant
from cadran.engine import inspecting, stages
from cadran.engine.core import Core
from cadran.engine.messages import Connected, Input, Outputs, Rang, Received
from cadran.engine.report import ScreenReport
from cadran.frames import builder, encode, long_tables, stage
from cadran.frames.wire import VERSION, Ack, Hello, PanelView, View
from cadran.jobs import JobDone
from cadran.metrics import graph
from cadran.screen.program import Program
from cadran.store import tables
from cadran.timings import Stopwatch

Described = tuple[cd.Channel, cd.DashboardScreen]
NUM_KPIS, NUM_LINES = 6, 4
NUM_PANELS = NUM_KPIS + NUM_LINES + 4
STEPS_MAX = 10_000


def hurried() -> Stopwatch:
    """By this stopwatch each turn is over when it is first asked about."""
    return itertools.count(1).__next__


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (builder, stage, inspecting):
        monkeypatch.setattr(module, "PANELS_AT_ONCE", 1)
    monkeypatch.setattr(stages, "SHAPES_AT_ONCE", 1)
    for module in (tables, encode, long_tables):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(builder, "PANELS_TOGETHER", 3)
    monkeypatch.setattr(graph, "NODES_AT_ONCE", 1)


def plant() -> tuple[cd.Channel, cd.DashboardScreen]:
    press = cd.channel("press", keep="40s")

    @cd.metric(press.series("v0").last("5s"))
    def spread(points: cd.Points) -> float:
        return float(points.ys.max() - points.ys.min()) if len(points.ys) else 0.0

    @cd.screen("Plant", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number in range(NUM_KPIS):
            ui.kpi(f"K{number}", press.kpi(f"k{number}"))
        for number in range(NUM_LINES):
            ui.line(f"V{number}", press.series(f"v{number}"), window="10s")
        ui.kpi("Mean", press.series("v0").last("5s").mean())
        ui.kpi("Spread", spread)
        ui.table("Rows", press.table("rows", key="id"), rows=2_000)
        ui.table("Plain", press.table("plain"), rows=100)

    return press, screen


class Bench:
    """A core that is driven until it has nothing more to do, and what it sent to whom."""

    def __init__(self, stopwatch: Stopwatch, described: Described | None = None) -> None:
        self.press, self.screen = described or plant()
        self.now = Instant(1_000.0, 1_800_000_000.0)
        self.core = Core(Program([self.screen]), self.now, epoch="e", stopwatch=stopwatch, rng=lambda: 0.5)
        self.press.attach(lambda: None)
        self.sent: dict[int, list[object]] = defaultdict(list)
        """By viewer; it does not matter in which order several are served."""
        self.reports: list[tuple[int, ScreenReport]] = []
        self.num_bytes: Counter[int] = Counter()
        self.num_steps = 0
        self.ends: list[JobDone] = []

    def give(self, *inputs: Input) -> None:
        """Give one after the other, and run what is asked for."""
        waiting = list(inputs)
        for _ in range(STEPS_MAX):
            self.num_steps += 1
            self.core.costs.begin_step()
            outputs = self.core.step(self.now, [waiting.pop(0)] if waiting else [])
            self.core.costs.end_step()
            self.reports += outputs.reports
            for viewer, data in outputs.deliveries:
                self.sent[viewer].append(data)
                self.num_bytes[viewer] += len(data) if isinstance(data, bytes) else 0
            waiting += [JobDone(job, job.run()) for job in outputs.jobs]
            if not waiting and (outputs.wake_mono is None or outputs.wake_mono > self.now.mono):
                return
        raise AssertionError("it never comes to an end")

    def pass_time(self, secs: float) -> None:
        self.now = Instant(self.now.mono + secs, self.now.wall + secs)
        self.give(Rang())

    def say(self, viewer: int, message: Any) -> None:
        self.give(Received(viewer, msgspec.json.encode(message), self.now.mono))

    def hello(self, viewer: int, panels: Iterable[int], **more: Any) -> None:
        """Say hello, looking at these panels."""
        self.give(Connected(viewer, "plant"))
        view = View(n=1, panels=tuple(PanelView(i=i) for i in panels), **more)
        self.say(viewer, Hello(version=VERSION, view=view))

    def acknowledged(self, viewer: int) -> Received:
        """All that a viewer was sent has arrived."""
        return Received(viewer, msgspec.json.encode(Ack(s=0.0, bytes=float(self.num_bytes[viewer]))), self.now.mono)

    def step(self, secs: float, inputs: Iterable[Input] = ()) -> Outputs:
        """Do one step, so much later; what it asks for is done by the next."""
        self.now = Instant(self.now.mono + secs, self.now.wall + secs)
        self.core.costs.begin_step()
        outputs = self.core.step(self.now, [*self.ends, *inputs])
        self.core.costs.end_step()
        self.ends = [JobDone(job, job.run()) for job in outputs.jobs]
        for viewer, data in outputs.deliveries:
            self.sent[viewer].append(data)
            self.num_bytes[viewer] += len(data) if isinstance(data, bytes) else 0
        return outputs
