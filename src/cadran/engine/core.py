"""The core: ``step(now, inputs) -> outputs``, without I/O, threads or clocks of its own.

A tick drains the channels, applies what came, recalculates what is dirty and watched, and waits up to
50 ms for user functions; then S is settled, and every viewer gets one frame of that S.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from time import perf_counter

from cadran.channel import Channel
from cadran.clock import Instant
from cadran.demand import LINGER_SECS, Leases
from cadran.engine.audience import HOUSE_EARLY_SECS, HOUSE_SECS, Audience, PanelKey
from cadran.engine.counting import counted
from cadran.engine.demanded import Demanded
from cadran.engine.inputs import Waiting
from cadran.engine.inspecting import Inspecting
from cadran.engine.listening import Listening
from cadran.engine.measuring import Measuring
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
from cadran.engine.polling import Polling
from cadran.engine.reads import Reads
from cadran.engine.serving import Serving
from cadran.engine.shown_series import ShownSeries
from cadran.engine.stages import Stages
from cadran.engine.statistics import EngineStatistics
from cadran.frames.builder import FrameBuilder
from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs
from cadran.frames.health import Health
from cadran.frames.stage import Stage
from cadran.frames.wire import Notice, Refresh
from cadran.jobs import JobBegan, JobDone, JobWaits
from cadran.metrics.graph import Graph
from cadran.metrics.metric import Metric
from cadran.readable import Source
from cadran.screen.choices import Said
from cadran.screen.program import Program
from cadran.sources.polled import PolledSource
from cadran.store import Store
from cadran.timings import Stopwatch
from cadran.turn import Turn

TICK_SECS = 1 / 30
"""The least time between two settled ticks on average: at most 30 frames a second. One may come early by as much, or
a producer that sends 30 times a second, not quite evenly, would have every tenth of its updates merged."""
SETTLE_SECS = 0.05
"""How long a tick waits for user functions."""


class Core:
    """One program's engine, as a pure state machine over time."""

    def __init__(
        self,
        program: Program,
        now: Instant,
        *,
        epoch: str,
        rng: Callable[[], float] = random.random,
        linger_secs: float = LINGER_SECS,
        stopwatch: Stopwatch = perf_counter,
    ) -> None:
        self._now = now
        self.turn = Turn(stopwatch)
        self.costs = Costs(stopwatch, self.turn)
        self.store = Store()
        self.graph = Graph(self.store, stopwatch, self.turn)
        self.leases: Leases[PanelKey] = Leases(linger_secs)
        self._stages = Stages(
            program, self.graph, self.store, self.leases, self.costs, self._take_in, self._let_go, self._used
        )
        self._polling = Polling((), self.store, rng)
        self._reads = Reads(self._polling, self._stages.pasts, self.store)
        self._listening = Listening(self.store, ShownSeries(program), self.turn)
        self._cache = PieceCache(stopwatch=stopwatch)
        self._builder = FrameBuilder(epoch, self._cache, self.costs, self.turn)
        self.audience = Audience(self.leases, self._builder, self.stage, self._stages.choose)
        self._serving = Serving(self.audience, self._polling, self.graph, self.stage, self.health, self.turn)
        self._inspecting = Inspecting(self.leases)
        self._demanded = Demanded(self.leases, self.audience, self._stages, self._polling)
        self._opened_mono: float | None = None
        self._health: dict[str, Health] | None = None  # of all sources at this step, if it is known
        self._next_tick_mono = self._house_mono = -math.inf
        self._is_dirty = self._is_rung = True
        self._advanced_s = -1
        self._states: Mapping[str, tuple[object, ...]] = {}
        self._late_ends: list[JobDone] = []
        self._cancels: list[Callable[[], None]] = []  # of reads that nobody needs any more
        self._waiting = Waiting()
        self._is_cut = False  # this step took long already: the rest comes with the next, before any input
        self.settled_at, self.settled_s, self.num_ticks = now.wall, 0, 0
        self._take_in(program.sources)

    # --- public ---

    def stage(self, key: str, choices: Said | None = None) -> Stage:
        """The screen of that slug as it is for those who choose this, or a stage by its key. Raises ``UsageError``."""
        return self._stages.choose(key, choices)[0] if choices else self._stages.get(key)

    def stages(self) -> Iterable[Stage]:
        """The screens that were looked at."""
        return self._stages.all()

    def step(self, now: Instant, inputs: Iterable[Input] = ()) -> Outputs:
        """Take what happened, do all that is due, and say what to do next and when to step again.

        What takes longer than a turn goes on in the next step, at once.
        """
        outputs = Outputs()
        self._now = now
        self._builder.lines.begin_step()
        take_in = self._waiting.join if self._waiting else self._waiting.extend
        take_in(inputs)
        self._health, is_done = None, False
        outputs.cancels += self._reads.cancel_overdue(now)
        if self._serving.is_busy:
            self._serving.go_on(outputs)
        else:
            self._serving.look_again(self._reads.take_due(now), now)
            was_cut, self._is_cut = self._is_cut, False
            if not was_cut:
                for one in self._waiting.in_turn(self.turn):
                    self._take(one, now, outputs)
                self._is_cut = self._waiting.is_turn_over
            is_done = not self._is_cut and self._tick(now, outputs)
        if is_done:
            self._serve(now, outputs)
        elif self.audience and now.mono >= self._house_mono and not self._serving.is_busy:
            self._keep_house(now, outputs)  # each tick may take so long that the next one is due
            self._is_cut = True
        if self._builder.take_is_fault_new() or self._reads.take_is_fault_over():
            self._is_dirty = True
        if not self._serving.is_busy:
            if not (self.graph.is_under_way or self._is_cut):
                self._is_dirty = self._demanded.follow(now) or self._is_dirty
            outputs.jobs += self._reads.start_due(now) + self._builder.blocks.start(now.mono)
        outputs.cancels += self._cancels
        self._cancels = []
        outputs.wake_mono = self._next_wake(now)
        return outputs

    @property
    def is_busy(self) -> bool:
        """Whether work goes on in the next step, until which stages and store have to stay as they are."""
        return self._serving.is_busy

    def health(self, now: Instant) -> dict[str, Health]:
        """The state of every source, by id."""
        return {**self._polling.health(now), **self._listening.health(now)}

    def statistics(self) -> EngineStatistics:
        """Counts of the work done and of what is live."""
        reads, polling = self._reads, self._polling
        return counted(self, self.leases, polling, reads, self._listening, self._builder, self._cache, self._waiting)

    def measuring(self, now: Instant) -> Measuring:
        """Look at what everything cost so far. Changes nothing."""
        statistics, health = self.statistics(), self.health(now)
        return Measuring(self.costs, self._stages.past, self.audience, self._polling, statistics, health, now)

    def close(self) -> None:
        """Give back what sources opened."""
        self._polling.close()

    # --- inputs ---

    def _take(self, one: Input, now: Instant, outputs: Outputs) -> None:
        match one:
            case JobDone():
                self._finish(one, now)
            case JobWaits() | JobBegan():
                (self._reads if self._reads.owns(one.job) else self.graph).follow(one, now)
            case Connected():
                self.audience.connect(one.viewer, one.slug, now)
                self._begin(self._stages.meet(one.slug, self.turn), outputs)
            case Received():
                self._receive(one, now, outputs)
            case Disconnected():
                self.audience.disconnect(one.viewer, now)
            case Rang():
                self._is_rung = True
            case RefreshAsked():
                self._polling.ask_all(one.source)
            case ChangeHinted():
                self._polling.hint(one.source, now)
            case RecalculationAsked(Metric() as metric, cause):
                for variant in metric.variants():
                    self.graph.ask(variant, cause)
                self._is_dirty = True
            case RepaintAsked():
                self._is_dirty = self.audience.lose_states(one.slug) or self._is_dirty
            case DescriptionChanged():
                self._begin(self._redescribe(one, now), outputs)
            case FeedFailed():
                self._listening.fail(one.source, one.message, now)
                self._is_dirty = True
            case InspectAsked():
                met = self._stages.meet(one.slug, self.turn)
                self._begin(self._inspecting.asking(one, met, self.stage, now), outputs)

    def _begin(self, work: Iterator[None], outputs: Outputs) -> None:
        """Do what an input asks for; as long as that takes, what came after it waits."""
        self._serving.begin(work, outputs)
        self._waiting.is_turn_over = self._serving.is_busy

    def _receive(self, one: Received, now: Instant, outputs: Outputs) -> None:
        answer = self.audience.receive(one, self.store.s, now)
        if isinstance(answer, Close):
            outputs.deliveries.append((one.viewer, answer))
            self.audience.disconnect(one.viewer, now)
        elif isinstance(answer, Refresh):
            panels = self.audience.panels_of(one.viewer, answer)
            self._reads.ask(self._stages.sources_of(panels), self._stages.pasts_of(panels), now)
            for metric in self._stages.failed_of(panels):
                self.graph.ask(metric, "asked by a viewer")
            self._is_dirty = True

    def _finish(self, done: JobDone, now: Instant) -> None:
        if done.job.is_ours and not self.graph.owns(done.job):
            if self._builder.blocks.finish(done):
                self.audience.touch_partial()
        elif not self._reads.owns(done.job):
            opened_mono = self._opened_mono
            if self.graph.is_under_way and opened_mono is not None and now.mono >= opened_mono + SETTLE_SECS:
                self._late_ends.append(done)  # or the look at all values might begin anew for ever
                return
            self.graph.finish(done, now)
            self._is_dirty = True
        elif self._opened_mono is not None:
            self._late_ends.append(done)  # this tick's store stays as it is until it is settled
        else:
            self._reads.finish(done, now)
            self._is_dirty = True

    def _redescribe(self, one: DescriptionChanged, now: Instant) -> Iterator[None]:
        key = f"description:{one.slug}"
        if one.error is not None:
            message = f"The new layout failed; the old one stays. {one.error}"
            self._notify(Notice(key=key, level="error", message=message))
            return
        yield from self._stages.describing(one.slug, self.turn)
        # Numbers of panels mean others now: nobody holds a lease until the new layout was seen.
        self.audience.lose_layout(one.slug, now)
        self._builder.forget_layout()
        self._inspecting.look_again(one.slug, self.stage, now)
        self._notify(Notice(key=key, level="info", message=None))
        self._demanded.lose_layout(one.slug)

    def _notify(self, notice: Notice) -> None:
        self._builder.notify(notice, self.store.next_s())
        self._is_dirty = True

    def _take_in(self, sources: Iterable[Source]) -> None:
        sources = tuple(sources)
        self._polling.add(source for source in sources if isinstance(source, PolledSource))
        self._listening.add((source for source in sources if isinstance(source, Channel)), self._now)
        self._serving.forget_round()

    def _used(self) -> set[str]:
        return self.audience.stage_keys() | self._inspecting.stage_keys()

    def _let_go(self, sources: Collection[Source]) -> None:
        self._is_dirty = True  # values were let go of, too
        self._cancels += self._polling.remove(sources)
        self.store.forget(source.id for source in sources)

    # --- a tick ---

    def _tick(self, now: Instant, outputs: Outputs) -> bool:
        """Land, and open a tick or go on with it; return whether this step has time for more."""
        self.leases.expire(now.mono)
        if self._opened_mono is None and now.mono >= self._next_tick_mono:
            self._open(now)
        elif self._opened_mono is None:
            self._listening.land(now)
        if self._opened_mono is not None and not self._is_cut:
            self._go_on(self._opened_mono, now, outputs)
        elif self.graph.mark_late(now, is_tick_over=False):
            self._is_dirty = True
        return not (self._is_cut or self._serving.is_busy or self.graph.is_under_way)

    def _open(self, now: Instant) -> None:
        self._is_rung = self._listening.is_landing  # what came meanwhile is drained once that has landed
        for notice in self._listening.drain(now):
            self._notify(notice)
        if not self._listening.land(now):
            return
        for source, num_dropped in self.store.take_dropped().items():
            message = f"{source} gave more than is kept: its oldest {num_dropped:,} points or rows were dropped so far."
            self._notify(Notice(key=f"kept:{source}", level="warning", message=message))
        is_new = self._demanded.follow(now)
        self._health = health = self.health(now)
        states = {name: one.told for name, one in health.items()}
        if states != self._states:
            self._states, self._is_dirty = states, True
        roots = self._demanded.roots
        is_due = is_new or self._is_dirty or self.store.s != self._advanced_s
        is_due = is_due or now.wall >= self.graph.next_wall(roots) or now.mono >= self.graph.next_retry_mono(roots)
        if is_due or self._inspecting:
            self._opened_mono = now.mono
            self._is_cut = is_new and self.turn.is_over()

    def _go_on(self, opened_mono: float, now: Instant, outputs: Outputs) -> None:
        is_over = now.mono >= opened_mono + SETTLE_SECS
        if not (is_over and self.graph.is_under_way):
            self._demanded.follow(now)  # who came meanwhile sees this instant too
        self.graph.mark_late(now, is_tick_over=is_over)
        outputs.jobs += self.graph.advance(self._demanded.roots, now, is_tick_over=is_over)
        if is_over:
            self.graph.mark_late(now, is_tick_over=True)
        if self.graph.is_settled(self._demanded.roots):
            self._serving.begin(self._settle(now), outputs)

    def _settle(self, now: Instant) -> Iterator[None]:
        health = self.health(now) if self._health is None else self._health
        watched = self._demanded.by_stage
        for stage in tuple(self._stages.all()):
            yield from stage.refresh(watched.get(stage.key, ()), health, now.wall, self.turn)
        self.costs.settled()
        self._opened_mono = None
        self._next_tick_mono = max(self._next_tick_mono, now.mono - TICK_SECS) + TICK_SECS
        self.settled_at = self.graph.looked_wall
        self._advanced_s = self.settled_s = self.store.s
        self._is_dirty = self.graph.is_asked_meanwhile
        self.num_ticks += 1
        yield from self._serving.pump(self._serving.begin_round(health, self.settled_s, now), now, is_tick=True)
        if self._inspecting:
            self._serving.reports += yield from self._inspecting.finish(
                health, self._polling, self._builder, self.audience.num_watching, self.settled_s, now, self.turn
            )
        while self._late_ends:
            self._finish(self._late_ends.pop(0), now)

    # --- viewers ---

    def _serve(self, now: Instant, outputs: Outputs) -> None:
        """Between ticks: acknowledgements free credit, zooms want answers, and beats are due."""
        if self.audience and now.mono >= self._house_mono - (HOUSE_EARLY_SECS if outputs.deliveries else 0.0):
            self._keep_house(now, outputs)
        if self.audience.is_touched:
            # What is newly watched must go through a tick first: its shapes may be of an older S.
            is_settled = self.leases.version == self._demanded.version and self._opened_mono is None
            is_settled = is_settled and not self._is_dirty and self.store.s == self.settled_s
            round_ = self._serving.round_now(self.settled_s, now) if is_settled else None
            self._serving.begin(self._serving.pump(round_, now, is_tick=False), outputs)

    def _keep_house(self, now: Instant, outputs: Outputs) -> None:
        self._house_mono = now.mono + HOUSE_SECS
        outputs.deliveries += self.audience.keep_house(self._serving.round_now(self.settled_s, now), now)

    def _next_wake(self, now: Instant) -> float | None:
        if self._is_cut or self._waiting or self._serving.is_busy or self.graph.is_under_way:
            return now.mono
        next_tick = self._next_tick_mono
        if self._opened_mono is not None:
            wake = self._opened_mono + SETTLE_SECS
        else:
            wake = max(min(self._times_to_wake(now)), next_tick)
            is_more = self._is_dirty or self._is_rung or self.store.s != self._advanced_s
            if is_more or self._inspecting or self.leases.version != self._demanded.version:
                wake = next_tick
        is_put_off, self._builder.lines.is_put_off = self._builder.lines.is_put_off, False
        if is_put_off:
            self.audience.touch_partial()
        if is_put_off or (self._listening.is_landing and self._opened_mono is None):
            wake = now.mono
        return None if wake == math.inf else max(wake, now.mono)

    def _times_to_wake(self, now: Instant) -> tuple[float, ...]:
        return (
            self._reads.next_wake_mono(now),
            self._listening.next_wake_mono(now),
            self._house_mono if self.audience else math.inf,
            self._inspecting.next_end_mono(),
            self.graph.next_hung_mono(),
            self._builder.blocks.next_end_mono(),
            self.graph.next_retry_mono(self._demanded.roots),
            self.leases.next_end_mono or math.inf,
            now.mono + self.graph.next_wall(self._demanded.roots) - now.wall,
        )
