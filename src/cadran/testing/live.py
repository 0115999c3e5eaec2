"""A screen that lives in virtual time: the real core, with jobs run inline and viewers without sockets."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import random
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import Self, cast

from cadran.channel import Channel
from cadran.durations import Duration, parse_secs
from cadran.engine.core import Core
from cadran.engine.measured import ScreenMeasures
from cadran.engine.measuring import seen
from cadran.engine.messages import (
    ChangeHinted,
    Close,
    Connected,
    Disconnected,
    Input,
    InspectAsked,
    Outputs,
    Rang,
    RecalculationAsked,
    Received,
    RefreshAsked,
    RepaintAsked,
)
from cadran.engine.report import PanelReport, ScreenReport
from cadran.engine.statistics import EngineStatistics
from cadran.jobs import Job, JobDone
from cadran.metrics.metric import Metric
from cadran.screen.choices import Said
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.sources.polled import PolledSource
from cadran.testing.clock import VirtualClock
from cadran.testing.link import Link
from cadran.testing.sources import Later
from cadran.testing.viewer import HeadlessViewer
from cadran.timings import Stopwatch

STEPS_MAX = 100_000
"""More steps than this in one ``advance`` mean that the core wakes itself without end."""


class Seat:
    """A headless viewer in its place: two links, and the connection between them."""

    def __init__(self, viewer: HeadlessViewer, slug: str, delay_secs: float, bytes_per_sec: float) -> None:
        self.viewer = viewer
        self.slug = slug
        self.id = 0
        self.down: Link[bytes | Close] = Link(delay_secs, bytes_per_sec=bytes_per_sec)
        self.up: Link[bytes] = Link(delay_secs)


class LiveScreen:
    """A program's core under a virtual clock. Use as a context manager; see ``cadran.testing``."""

    def __init__(
        self,
        program: Program,
        *,
        seed: int = 0,
        clock: VirtualClock | None = None,
        stopwatch: Stopwatch | None = None,
    ) -> None:
        self.program = program
        self.clock = clock or VirtualClock()
        self._stopwatch = stopwatch or (lambda: self.clock.now().mono)
        self._rng = random.Random(seed)
        self._inputs: list[Input] = []
        self._seats: dict[int, Seat] = {}
        self._ids = itertools.count(1)
        self._later: list[tuple[float, int, JobDone]] = []
        self._reports: dict[int, ScreenReport] = {}
        self._wake_mono: float | None = self.clock.now().mono
        self._loop = asyncio.new_event_loop()
        self.num_steps = 0
        self.core = self._new_core(f"test{seed}")
        self._unhint: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = [self._bind(source) for source in program.sources]
        self._undo += [screen.bind(partial(self.put, RepaintAsked(slug))) for slug, screen in program.screens.items()]
        self._undo += [metric.bind(partial(self._ask, metric)) for metric in self._metrics()]

    # --- life ---

    def __enter__(self) -> Self:
        self.settle()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give everything back."""
        for undo in (*self._undo, *self._unhint):
            undo()
        self.core.close()
        self._loop.close()

    def restart(self) -> None:
        """Lose the store, as when the server's process ends and another starts; links are cut."""
        for seat in self._seats.values():
            seat.down.cut()
            seat.up.cut()
        self._seats.clear()
        self._inputs.clear()
        self._later.clear()
        self.core.close()
        self.core = self._new_core(f"again{next(self._ids)}")
        self._wake_mono = self.clock.now().mono

    # --- viewers ---

    def viewer(
        self,
        slug: str | None = None,
        *,
        px: int = 600,
        delay: float = 0.0,
        bytes_per_sec: float = math.inf,
        viewer: HeadlessViewer | None = None,
    ) -> HeadlessViewer:
        """Open the screen in another viewer, or reconnect one that was cut off.

        ``delay``: seconds of each way; ``bytes_per_sec``: of the way to the viewer. Only over a link without either
        is the first picture there when this returns.
        """
        viewer = viewer or HeadlessViewer(px=px)
        seat = Seat(viewer, slug or next(iter(self.program.screens)), delay, bytes_per_sec)
        seat.id = next(self._ids)
        self._seats[seat.id] = seat
        self.put(Connected(seat.id, seat.slug))
        viewer.say_hello()
        if not delay and bytes_per_sec == math.inf:
            self.settle()
        return viewer

    def cut(self, viewer: HeadlessViewer) -> None:
        """Break a viewer's link; what was under way is lost."""
        seat = self.seat(viewer)
        viewer.is_connected = False
        seat.down.cut()
        seat.up.cut()
        self.put(Disconnected(seat.id))
        del self._seats[seat.id]
        viewer.outbox.clear()

    def reconnect(self, viewer: HeadlessViewer, *, delay: float = 0.0) -> None:
        """Open a new connection for a viewer that kept its picture."""
        viewer.outbox.clear()
        self.viewer(viewer=viewer, delay=delay)

    def seat(self, viewer: HeadlessViewer) -> Seat:
        """A connected viewer's links."""
        for seat in self._seats.values():
            if seat.viewer is viewer:
                return seat
        raise KeyError("that viewer is not connected")

    # --- time ---

    def advance(self, duration: Duration) -> None:
        """Let time pass, doing everything at the moment at which it is due."""
        self.advance_to(self.clock.now().mono + parse_secs(duration, "duration"))

    def advance_to(self, end_mono: float) -> None:
        """Let time pass up to ``end_mono``."""
        for _ in range(STEPS_MAX):
            self._exchange()
            due = self._next_due()
            if due > end_mono:
                self.clock.move_to(end_mono)
                self._exchange()
                return
            # Each step moves on by a little at least, or a core that asks to be woken now would stop time.
            self.clock.move_to(max(due, self.clock.now().mono + 1e-6) if not self._inputs else due)
            self._step()
        raise AssertionError(f"{STEPS_MAX} steps without reaching {end_mono}: the core wakes itself without end")

    def settle(self) -> None:
        """Let a moment pass, long enough for a tick and for what it asks for at once."""
        self.advance(0.1)

    # --- what happened ---

    def statistics(self) -> EngineStatistics:
        """What the core counted."""
        return self.core.statistics()

    def measures(self, slug: str | None = None, choices: Said | None = None) -> ScreenMeasures:
        """What each panel of a screen cost so far, for who chooses this: ``{"region": ["EU"]}``."""
        stage = self.core.stage(slug or next(iter(self.program.screens)), choices)
        return seen(self.core.measuring(self.clock.now()).screen(stage, self.core.stages()))

    def inspect(self, slug: str | None = None, choices: Said | None = None) -> ScreenReport:
        """Watch the whole screen once, as who chooses this sees it: ``{"region": ["EU"]}``."""
        number = next(self._ids)
        self.put(InspectAsked(number, slug or next(iter(self.program.screens)), 2.0, choices or {}))
        self.advance(2.1)
        return self._reports.pop(number)

    def report(self, key: str) -> PanelReport:
        """Watch the screen once and return one panel's report."""
        for panel in self.inspect().panels:
            if panel.key == key:
                return panel
        raise KeyError(key)

    # --- inside ---

    def _new_core(self, epoch: str) -> Core:
        now = self.clock.now()
        return Core(self.program, now, epoch=epoch, rng=self._rng.random, stopwatch=self._stopwatch)

    def _bind(self, source: object) -> Callable[[], None]:
        if isinstance(source, PolledSource):
            self._unhint.append(source.bind_hints(partial(self.put, ChangeHinted(source.id))))
            return source.bind(partial(self.put, RefreshAsked(source.id)))
        assert isinstance(source, Channel)
        return source.attach(partial(self.put, Rang()))

    def _metrics(self) -> list[Metric[object]]:
        nodes = (
            node
            for slug in self.program.screens
            for panel in range(len(self.core.stage(slug).panels))
            for node in self.core.stage(slug).under(panel)
        )
        return list(dict.fromkeys(node.readable for node in nodes if isinstance(node.readable, Metric)))

    def _ask(self, metric: Metric[object], cause: str) -> None:
        self.put(RecalculationAsked(metric, cause))

    def put(self, one: Input) -> None:
        """Hand the core any input, at its next step."""
        self._inputs.append(one)

    def _next_due(self) -> float:
        if self._inputs:
            return self.clock.now().mono
        times = [self._wake_mono, self._later[0][0] if self._later else None]
        for seat in self._seats.values():
            times += [seat.down.next_mono, seat.up.next_mono]
        return min((time for time in times if time is not None), default=math.inf)

    def _exchange(self) -> None:
        now = self.clock.now().mono
        for seat in list(self._seats.values()):
            for message in seat.down.arrived(now):
                if isinstance(message, Close):
                    seat.viewer.close_code = message.code
                else:
                    seat.viewer.hear(message)
            for text in seat.viewer.outbox:
                seat.up.send(text, now)
            seat.viewer.outbox.clear()
            for text in seat.up.arrived(now):
                self.put(Received(seat.id, text))

    def _step(self) -> None:
        now = self.clock.now()
        while self._later and self._later[0][0] <= now.mono:
            self.put(heapq.heappop(self._later)[2])
        inputs, self._inputs = self._inputs, []
        self.num_steps += 1
        self.core.costs.begin_step()
        outputs = self.core.step(now, inputs)
        self._act(outputs)
        self.core.costs.end_step()

    def _act(self, outputs: Outputs) -> None:
        now = self.clock.now()
        self._wake_mono = outputs.wake_mono
        for cancel in outputs.cancels:
            cancel()
        for viewer, message in outputs.deliveries:
            seat = self._seats.get(viewer)
            if seat is not None:
                seat.down.send(message, now.mono)
        for number, report in outputs.reports:
            self._reports[number] = report
        for job in outputs.jobs:
            self._run(job, now.mono)

    def _run(self, job: Job, now_mono: float) -> None:
        try:
            value = job.run()
            if job.is_async:
                value = self._loop.run_until_complete(_awaited(cast(Awaitable[object], value)))
            done = JobDone(job, value=value)
        except Exception as error:
            done = JobDone(job, error=error)
        if isinstance(done.value, Later):
            heapq.heappush(self._later, (now_mono + done.value.secs, next(self._ids), _unwrapped(job, done.value)))
        else:
            self.put(done)


async def _awaited(awaitable: Awaitable[object]) -> object:
    return await awaitable


def _unwrapped(job: Job, later: Later) -> JobDone:
    if isinstance(later.value, BaseException):
        return JobDone(job, error=later.value)
    return JobDone(job, value=later.value)


def open(
    screen: DashboardScreen | Program,
    *,
    seed: int = 0,
    clock: VirtualClock | None = None,
    stopwatch: Stopwatch | None = None,
) -> LiveScreen:
    """Open a screen, or a program of several, in virtual time.

    ``stopwatch`` measures what work costs; None takes the virtual clock, by which it costs nothing.
    """
    program = screen if isinstance(screen, Program) else Program([screen])
    return LiveScreen(program, seed=seed, clock=clock, stopwatch=stopwatch)
