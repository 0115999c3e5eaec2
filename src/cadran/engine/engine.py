"""The engine: a core, alive on a thread of its own, so that it works inside any program."""

from __future__ import annotations

import itertools
import logging
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Protocol, TypeVar

from cadran.channel import Channel, RunningFeed
from cadran.clock import Clock, SystemClock
from cadran.demand import LINGER_SECS
from cadran.engine.bell import Bell
from cadran.engine.core import Core
from cadran.engine.inputs import ACK_HEAD
from cadran.engine.looks import Look, Looks
from cadran.engine.measured import EngineMeasures, ScreenMeasures
from cadran.engine.messages import (
    ChangeHinted,
    Close,
    Connected,
    DescriptionChanged,
    Disconnected,
    FeedFailed,
    Input,
    InspectAsked,
    Outputs,
    Rang,
    RecalculationAsked,
    Received,
    RefreshAsked,
    RepaintAsked,
)
from cadran.engine.pool import RELIEF_SECS, Pool
from cadran.engine.report import ScreenReport
from cadran.engine.statistics import EngineStatistics
from cadran.engine.workers import Workers
from cadran.errors import ClosedError
from cadran.metrics.metric import Metric
from cadran.screen.choices import Said
from cadran.screen.program import Program
from cadran.screen.reach import readables_from
from cadran.screen.slots import roots_of
from cadran.sources.polled import PolledSource
from cadran.words import describe_error

log = logging.getLogger("cadran")
T = TypeVar("T")
ACKS_MAX = 512
"""So many are not put off any longer."""
INPUTS_PER_STEP = 512
"""So many are handed over at a time. The core takes what its turn allows, and merges what waits."""
_numbers = itertools.count(1)
"""Of viewers, no two alike in one process: an event loop serves those of an engine that ended, and of the next."""
_STOP_SECS = 1.0
"""How long an end waits for all feeders, and then for the jobs that still run."""


class Outlet(Protocol):
    """Where messages go: one for each event loop that serves viewers."""

    def deliver(self, batch: list[tuple[int, bytes | Close]]) -> None:
        """Take messages by viewer. Called from the engine's thread, once a tick; returns at once."""
        ...


class Engine:
    """Keeps a program's screens true. Thread-safe; every call returns at once, but ``stop``.

    ``linger_secs``: how long a source is still read after nobody needs it any more.
    """

    def __init__(self, program: Program, *, clock: Clock | None = None, linger_secs: float = LINGER_SECS) -> None:
        self._program = program
        self._clock = clock or SystemClock()
        self._linger_secs = linger_secs
        # What comes is an end for each job and two words of one that waits, what the server lets in (viewers, 200
        # messages of 64 KiB a second from each, requests) and a fault for each back-off of a feeder; how often
        # redescribe() is called is its caller's.
        # bounded by jobs, viewers, requests and feeders
        self._inbox: deque[Input] = deque()
        self._acks: deque[Received] = deque()  # bounded by what the server lets in within a second: viewers are looked
        # after once a second, with all that they have acknowledged
        self._asked: dict[object, Input] = {}
        """What the program asked for and is not yet done: once for each source, metric and screen."""
        self._asking = threading.Lock()
        self._bell = Bell()
        self._looks: Looks[Core] = Looks()
        self._outlets: dict[int, Outlet] = {}
        self._reports: dict[int, Future[ScreenReport]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._core: Core | None = None
        self._pool: Pool | None = None
        self._workers = Workers(self._post)
        self._feeds: list[RunningFeed] = []
        self._undo: list[Callable[[], None]] = []
        self._bound: set[object] = set()
        """Sources, screens and metrics that are listened to."""
        self._is_stopping = False
        self._is_ready = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Whether the first tick is done."""
        return self._is_ready.is_set() and not self._is_stopping

    def start(self) -> None:
        """Start the engine's thread. Idempotent.

        Raises ``UsageError`` if a screen can't be described or a channel feeds another engine; nothing is left
        behind then.
        """
        with self._lock:
            if self._is_stopping:
                raise ClosedError("this engine was stopped; make another one")
            if self._thread is not None:
                return
            core = Core(self._program, self._clock.now(), epoch=os.urandom(8).hex(), linger_secs=self._linger_secs)
            pool = Pool(self._post)
            self._core, self._pool = core, pool
            thread = threading.Thread(target=self._run, name="cadran engine", daemon=True)
            try:
                self._bind(pool)
                thread.start()
            except BaseException:
                self._unbind()
                pool.stop(_STOP_SECS)
                raise
            self._thread = thread

    def stop(self, timeout_secs: float = 5.0) -> None:
        """Stop feeders, close viewers with 1001 and end the thread; wait for it, whatever ended it. Idempotent."""
        with self._lock:
            thread = self._thread
            self._is_stopping = True
        if thread is not None:
            self._bell.ring()
            thread.join(timeout_secs)

    def connect(self, slug: str, outlet: Outlet) -> int:
        """Let a viewer in; its messages go to ``outlet``. Raises ``UsageError`` for an unknown screen."""
        self._program.description(slug)
        viewer = next(_numbers)
        self._outlets[viewer] = outlet
        self._post(Connected(viewer, slug))
        return viewer

    def receive(self, viewer: int, text: bytes) -> None:
        """Hand over one text message of a viewer.

        Most are acknowledgements, which wake nobody: they are taken with the next step, unless one is waited for.
        """
        received = Received(viewer, text, self._clock.now().mono)
        if not text.startswith(ACK_HEAD):
            self._post(received)
            return
        self._acks.append(received)
        if len(self._acks) >= ACKS_MAX or self._core is None or self._core.audience.is_waiting(viewer):
            self._bell.ring()

    def disconnect(self, viewer: int) -> None:
        """The viewer's connection is gone. Idempotent."""
        if self._outlets.pop(viewer, None) is not None:
            self._post(Disconnected(viewer))

    def inspect(self, slug: str, timeout_secs: float = 2.0, choices: Said | None = None) -> Future[ScreenReport]:
        """Watch a whole screen once, as who chooses this sees it. Raises ``UsageError`` for an unknown screen."""
        self._program.description(slug)
        future: Future[ScreenReport] = Future()
        number = next(_numbers)
        self._reports[number] = future
        self._post(InspectAsked(number, slug, timeout_secs, choices or {}))
        return future

    def redescribe(self, slug: str) -> None:
        """Describe a screen again; viewers get the new layout, or are told why the old one stays."""
        error = self._program.redescribe(slug)
        with self._lock:
            if self._pool is not None and not self._is_stopping:
                self._bind(self._pool)
        self._post(DescriptionChanged(slug, None if error is None else str(error)))

    def statistics(self) -> EngineStatistics:
        """Count the work done and what is live. Raises ``ClosedError`` if the engine does not run."""
        return self._look(_statistics).result(timeout=5.0)

    def measure(self) -> Future[EngineMeasures]:
        """Tell what everything cost so far; nothing is watched for it. Raises ``ClosedError`` as ``statistics``."""
        return self._look(lambda core: core.measuring(self._clock.now()).engine(self._program.sources, core.stages()))

    def measure_screen(self, slug: str, choices: Said | None = None) -> Future[ScreenMeasures]:
        """Tell what each panel of a screen cost so far, for this choice. Raises ``UsageError`` for an unknown one."""
        self._program.description(slug)
        return self._look(
            lambda core: core.measuring(self._clock.now()).screen(core.stage(slug, choices), core.stages())
        )

    def _look(self, look: Look[Core, T]) -> Future[T]:
        """Look at the core between its steps; where the look yields, they may go on."""
        if self._core is None or self._is_stopping:
            raise ClosedError("the engine does not run")
        found = self._looks.ask(look)
        self._bell.ring()
        return found

    # --- the thread ---

    def _post(self, one: Input) -> None:
        self._inbox.append(one)
        self._bell.ring()

    def _ask(self, one: Input, key: object = None) -> None:
        """Post what is done once, however often it is asked for meanwhile."""
        with self._asking:
            self._asked[key or one] = one
        self._bell.ring()

    def _take_inputs(self) -> list[Input]:
        with self._asking:
            asked, self._asked = self._asked, {}
        num_acks, num_inputs = len(self._acks), min(len(self._inbox), INPUTS_PER_STEP)
        acks = (self._acks.popleft() for _ in range(num_acks))
        return [*asked.values(), *acks, *(self._inbox.popleft() for _ in range(num_inputs))]

    def _rang(self) -> None:
        self._ask(Rang())

    def _run(self) -> None:
        try:
            self._live()
        except BaseException:
            log.exception("the engine stopped by a fault of its own")
        finally:
            self._unbind()  # first: whoever finds this engine stopped may start another on the same channels
            self._is_stopping = True
            self._looks.close()
            self._let_go()

    def _live(self) -> None:
        core = self._core
        assert core is not None
        core.costs.begin_step()
        while not self._is_stopping:
            inputs = self._take_inputs()
            outputs = core.step(self._clock.now(), inputs)
            self._act(outputs)
            if core.num_ticks:
                self._is_ready.set()
            self._wait(core, outputs.wake_mono)

    def _wait(self, core: Core, wake_mono: float | None) -> None:
        """Wait until there is something to do, or until that moment. Meanwhile others may look at the core.

        All but the waiting counts as holding the loop: a step to its end here, the next one from waking.
        """
        assert self._pool is not None
        wake_mono = math.inf if wake_mono is None else wake_mono
        if self._pool.relieve():
            wake_mono = min(wake_mono, self._clock.now().mono + RELIEF_SECS)
        has_woken = False
        while True:
            if self._looks:
                core.costs.end_step()
                core.costs.begin_step()
                self._looks.go_on(core, may_begin=not core.is_busy, turn=core.turn)
                has_woken = False
            is_due = self._is_stopping or self._inbox or self._asked or self._is_ack_due(core)
            secs = 0.0 if is_due else wake_mono - self._clock.now().mono
            if secs <= 0 and has_woken:
                return
            core.costs.end_step()
            if secs > 0:
                self._bell.wait(0.0 if self._looks else secs)
            core.costs.begin_step()
            if secs <= 0:
                return
            has_woken = True

    def _is_ack_due(self, core: Core) -> bool:
        """Whether acknowledgements are many, or one that woke nobody when it came is waited for now."""
        if not self._acks:
            return False
        return len(self._acks) >= ACKS_MAX or any(core.audience.is_waiting(one.viewer) for one in tuple(self._acks))

    def _act(self, outputs: Outputs) -> None:
        assert self._pool is not None
        for cancel in outputs.cancels:
            try:
                cancel()
            except Exception:
                log.exception("cancelling a read failed; it is waited for")
        for job in outputs.jobs:
            (self._workers if job.is_ours else self._pool).start(job)
        batches: dict[Outlet, list[tuple[int, bytes | Close]]] = {}
        for viewer, message in outputs.deliveries:
            outlet = self._outlets.get(viewer)
            if outlet is not None:
                batches.setdefault(outlet, []).append((viewer, message))
        for outlet, batch in batches.items():
            outlet.deliver(batch)
        for number, report in outputs.reports:
            future = self._reports.pop(number, None)
            if future is not None and future.set_running_or_notify_cancel():
                future.set_result(report)

    # --- what the program may ask, and what feeds it ---

    def _bind(self, pool: Pool) -> None:
        """Listen to all that the program has and is not listened to yet, and start its feeders."""
        channels = []
        for source in self._new(self._program.sources):
            if isinstance(source, PolledSource):
                self._undo.append(source.bind(partial(self._ask, RefreshAsked(source.id))))
                self._undo.append(source.bind_hints(partial(self._ask, ChangeHinted(source.id))))
            elif isinstance(source, Channel):
                self._undo.append(source.attach(self._rang))
                channels.append(source)
        for screen in self._new(self._program.screens.values()):
            self._undo.append(screen.bind(partial(self._ask, RepaintAsked(screen.slug))))
        for metric in self._new(self._metrics()):
            self._undo.append(metric.bind(partial(self._ask_again, metric)))
        for channel in channels:  # last: no feeder begins unless all else is bound
            for feed in channel.feeds:
                self._feeds.append(feed.start(channel, pool.loop, self._on_feed_fault(channel, feed.name)))

    def _new(self, found: Iterable[T]) -> list[T]:
        new = [one for one in found if one not in self._bound]
        self._bound.update(new)
        return new

    def _unbind(self) -> None:
        for undo in self._undo:
            undo()
        self._undo.clear()
        self._bound.clear()
        for feed in self._feeds:
            feed.stop()

    def _metrics(self) -> list[Metric[object]]:
        slots = (slot for slug in self._program.screens for slot in self._program.description(slug).slots)
        found = readables_from(*(root for slot in slots for root in roots_of(slot)))
        return [readable for readable in found if isinstance(readable, Metric)]

    def _ask_again(self, metric: Metric[object], cause: str) -> None:
        self._ask(RecalculationAsked(metric, cause), key=metric)

    def _on_feed_fault(self, source: Channel, name: str) -> Callable[[BaseException], None]:
        def failed(error: BaseException) -> None:
            message = describe_error(f"feeder {name}", error)
            log.error("channel %s: %s", source.label, message, exc_info=error)
            self._post(FeedFailed(source.id, message))

        return failed

    def _let_go(self) -> None:
        deadline = time.monotonic() + _STOP_SECS
        for feed in self._feeds:
            feed.join(max(0.0, deadline - time.monotonic()))
        if self._core is not None:
            self._core.close()
        outlets: dict[Outlet, list[tuple[int, bytes | Close]]] = {}
        for viewer, outlet in list(self._outlets.items()):
            outlets.setdefault(outlet, []).append((viewer, Close(1001, "the server stops")))
        for outlet, batch in outlets.items():
            outlet.deliver(batch)
        for future in self._reports.values():
            future.cancel()
        self._workers.stop()
        if self._pool is not None:
            self._pool.stop(_STOP_SECS)


def _statistics(core: Core) -> Generator[None, None, EngineStatistics]:
    yield from ()
    return core.statistics()
