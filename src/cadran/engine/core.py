"""The core: ``step(now, inputs) -> outputs``, without I/O, threads or clocks of its own.

A tick drains the channels, applies what came, recalculates what is dirty and watched, and waits up to
50 ms for user functions; then S is settled, and every viewer gets one frame of that S.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from time import perf_counter

from cadran.channel import Channel
from cadran.clock import Instant
from cadran.demand import LINGER_SECS, Leases
from cadran.engine.audience import HOUSE_SECS, Audience, PanelKey
from cadran.engine.counting import counted
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
from cadran.engine.shown_series import ShownSeries
from cadran.engine.stages import Stages
from cadran.engine.statistics import EngineStatistics
from cadran.frames.builder import FrameBuilder
from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs
from cadran.frames.health import Health
from cadran.frames.round import Round
from cadran.frames.stage import Stage
from cadran.frames.viewer import Viewer
from cadran.frames.wire import Notice, Refresh
from cadran.jobs import JobDone
from cadran.metrics.graph import Graph
from cadran.metrics.metric import Metric
from cadran.readable import Readable, Source
from cadran.screen.choices import Said
from cadran.screen.program import Program
from cadran.sources.polled import PolledSource
from cadran.store import Store
from cadran.timings import Stopwatch

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
        self.costs = Costs(stopwatch)
        self.store = Store()
        self.graph = Graph(self.store, stopwatch)
        self.leases: Leases[PanelKey] = Leases(linger_secs)
        self._stages = Stages(
            program, self.graph, self.store, self.leases, self.costs, self._take_in, self._let_go, self._used
        )
        self._polling = Polling((), self.store, rng)
        self._reads = Reads(self._polling, self._stages.pasts, self.store)
        self._listening = Listening(self.store, ShownSeries(program))
        self._cache = PieceCache(stopwatch=stopwatch)
        self._builder = FrameBuilder(epoch, self._cache, self.costs)
        self.audience = Audience(self.leases, self._builder, self.stage, self._stages.choose)
        self._inspecting = Inspecting(self.leases)
        self._roots: frozenset[Readable[object]] = frozenset()
        self._opened_mono: float | None = None
        self._next_tick_mono = self._house_mono = -math.inf
        self._is_dirty = self._is_rung = True
        self._advanced_s = self._demand_version = -1
        self._states: Mapping[str, tuple[object, ...]] = {}
        self._late_reads: list[JobDone] = []
        self._cancels: list[Callable[[], None]] = []  # of reads that nobody needs any more
        self._round: Round | None = None
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
        """Take what happened, do all that is due, and say what to do next and when to step again."""
        outputs = Outputs()
        self._now = now
        self._builder.lines.begin_step()
        for one in inputs:
            self._take(one, now, outputs)
        outputs.cancels += self._reads.cancel_overdue(now)
        self.leases.expire(now.mono)
        if self._opened_mono is None and now.mono >= self._next_tick_mono:
            self._open(now)
        elif self._opened_mono is None:
            self._listening.land(now)
        if self._opened_mono is not None:
            self._go_on(now, outputs)
        elif self.graph.mark_late(now, is_tick_over=False):
            self._is_dirty = True
        self._serve(now, outputs)
        self._follow_demand(now)
        outputs.jobs += self._reads.start_due(now) + self._builder.blocks.start(now.mono)
        outputs.cancels += self._cancels
        self._cancels = []
        outputs.wake_mono = self._next_wake(now)
        return outputs

    def health(self, now: Instant) -> dict[str, Health]:
        """The state of every source, by id."""
        return {**self._polling.health(now), **self._listening.health(now)}

    def statistics(self) -> EngineStatistics:
        """Counts of the work done and of what is live."""
        reads, polling = self._reads.num_jobs, self._polling
        return counted(self, self.leases, polling, reads, self._listening, self._builder, self._cache)

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
            case Connected():
                self.audience.connect(one.viewer, one.slug, now)
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
            case RecalculationAsked():
                if isinstance(one.metric, Metric):
                    for metric in one.metric.variants():
                        self.graph.ask(metric, one.cause)
                    self._is_dirty = True
            case RepaintAsked():
                self.audience.lose_states(one.slug)
            case DescriptionChanged():
                self._redescribe(one, now)
            case FeedFailed():
                self._listening.fail(one.source, one.message, now)
                self._is_dirty = True
            case InspectAsked():
                self._inspecting.ask(one, self.stage(one.slug, one.choices), now)

    def _receive(self, one: Received, now: Instant, outputs: Outputs) -> None:
        answer = self.audience.receive(one.viewer, one.text, self.store.s, now, one.mono)
        if isinstance(answer, Close):
            outputs.deliveries.append((one.viewer, answer))
            self.audience.disconnect(one.viewer, now)
        elif isinstance(answer, Refresh):
            panels = self.audience.panels_of(one.viewer, answer)
            for source in self._sources_of(panels):
                self._polling.ask(source.id)
            self._retry(panels)

    def _retry(self, panels: Iterable[PanelKey]) -> None:
        """Recalculate the failed metrics of these panels although nothing changed."""
        for key, panel in panels:
            stage = self.stage(key)
            nodes = stage.under(panel) if 0 <= panel < len(stage.panels) else ()
            for node in nodes:
                if isinstance(node.readable, Metric) and node.fault is not None:
                    self.graph.ask(node.readable, "asked by a viewer")
        self._is_dirty = True

    def _finish(self, done: JobDone, now: Instant) -> None:
        if done.job.is_ours and not self.graph.owns(done.job):
            if self._builder.blocks.finish(done):
                self.audience.touch_partial()
        elif not self._reads.owns(done.job):
            self.graph.finish(done, now)
            self._is_dirty = True
        elif self._opened_mono is not None:
            self._late_reads.append(done)  # this tick's store stays as it is until it is settled
        else:
            self._reads.finish(done, now)
            self._is_dirty = True

    def _redescribe(self, one: DescriptionChanged, now: Instant) -> None:
        key = f"description:{one.slug}"
        if one.error is not None:
            message = f"The new layout failed; the old one stays. {one.error}"
            self._notify(Notice(key=key, level="error", message=message))
            return
        self._stages.describe(one.slug)
        # Numbers of panels mean others now: nobody holds a lease until the new layout was seen.
        self.audience.lose_layout(one.slug, now)
        self._builder.forget_layout()
        self._inspecting.look_again(one.slug, self.stage, now)
        self._notify(Notice(key=key, level="info", message=None))
        self._demand_version = -1

    def _notify(self, notice: Notice) -> None:
        self._builder.notify(notice, self.store.next_s())
        self._is_dirty = True

    def _take_in(self, sources: Iterable[Source]) -> None:
        sources = tuple(sources)
        self._polling.add(source for source in sources if isinstance(source, PolledSource))
        self._listening.add((source for source in sources if isinstance(source, Channel)), self._now)
        self._round = None  # it knows nothing of their health

    def _used(self) -> set[str]:
        return self.audience.stage_keys() | self._inspecting.stage_keys()

    def _let_go(self, sources: Collection[Source]) -> None:
        self._cancels += self._polling.remove(sources)
        self.store.forget(source.id for source in sources)

    # --- demand ---

    def _sources_of(self, panels: Iterable[PanelKey]) -> set[Source]:
        here = (one for one in panels if self._stages.has(one[0]))  # what lingers may have had to make room
        return {source for key, panel in here for source in self.stage(key).sources_seen((panel,))}

    def _follow_demand(self, now: Instant) -> None:
        """Turn the panels that are watched into what is computed, and those that are held into what is read."""
        is_new = self.leases.version != self._demand_version
        if not is_new and not self.audience.is_choice_new:
            return
        self._demand_version = self.leases.version
        self.audience.is_choice_new = False
        if is_new:
            self._stages.forget_unused(self.leases.held)
            panels = ((self.stage(key), panel) for key, panel in self.leases.watched)
            self._roots = frozenset(root for stage, panel in panels for root in stage.roots_of[panel])
            self._is_dirty = True
        chosen = self.audience.chosen_intervals(now)
        watched = {source.id for source in self._sources_of(self.leases.watched)}
        held = {source.id for source in self._sources_of(self.leases.held)}
        self._polling.want({name: chosen.get(name) for name in watched}, held - watched, now)

    # --- a tick ---

    def _open(self, now: Instant) -> None:
        self._is_rung = False
        for notice in self._listening.drain(now):
            self._notify(notice)
        if not self._listening.land(now):
            return
        for source, num_dropped in self.store.take_dropped().items():
            message = f"{source} gave more than is kept: its oldest {num_dropped:,} points or rows were dropped so far."
            self._notify(Notice(key=f"kept:{source}", level="warning", message=message))
        self._follow_demand(now)
        states = {name: one.told for name, one in self.health(now).items()}
        if states != self._states:
            self._states, self._is_dirty = states, True
        is_due = self._is_dirty or self.store.s != self._advanced_s or now.wall >= self.graph.next_wall(self._roots)
        is_due = is_due or now.mono >= self.graph.next_retry_mono(self._roots)
        if is_due or self._inspecting:
            self._opened_mono = now.mono

    def _go_on(self, now: Instant, outputs: Outputs) -> None:
        assert self._opened_mono is not None
        self._follow_demand(now)  # who came meanwhile sees this instant too
        is_over = now.mono >= self._opened_mono + SETTLE_SECS
        self.graph.mark_late(now, is_tick_over=is_over)
        outputs.jobs += self.graph.advance(self._roots, now)
        if is_over:
            self.graph.mark_late(now, is_tick_over=True)
        if self.graph.is_settled(self._roots):
            self._settle(now, outputs)

    def _settle(self, now: Instant, outputs: Outputs) -> None:
        health = self.health(now)
        by_stage: dict[str, list[int]] = {}
        for key, panel in self.leases.watched:
            by_stage.setdefault(key, []).append(panel)
        for stage in self._stages.all():
            stage.refresh(sorted(by_stage.get(stage.key, ())), health, now.wall)
        self.costs.settled()
        self._opened_mono = None
        self._next_tick_mono = max(self._next_tick_mono, now.mono - TICK_SECS) + TICK_SECS
        self.settled_at = now.wall
        self._advanced_s = self.settled_s = self.store.s
        self._is_dirty = False
        self.num_ticks += 1
        watching = self.audience.num_watching
        outputs.reports += self._inspecting.finish(health, self._polling, self._builder, watching, self.settled_s, now)
        self._round = Round(health, self.settled_s, now.wall, now.mono)
        outputs.deliveries += self._pump(self._round, now, is_tick=True)
        reads, self._late_reads = self._late_reads, []
        for done in reads:
            self._finish(done, now)

    # --- viewers ---

    def _serve(self, now: Instant, outputs: Outputs) -> None:
        """Between ticks: acknowledgements free credit, zooms want answers, and beats are due."""
        if self.audience and now.mono >= self._house_mono:
            self._house_mono = now.mono + HOUSE_SECS
            outputs.deliveries += self.audience.keep_house(self._round_now(now), now)
        if self.audience.is_touched:
            # What is newly watched must go through a tick first: its shapes may be of an older S.
            is_settled = self.leases.version == self._demand_version and self._opened_mono is None
            is_settled = is_settled and not self._is_dirty and self.store.s == self.settled_s
            outputs.deliveries += self._pump(self._round_now(now) if is_settled else None, now, is_tick=False)

    def _pump(self, round_: Round | None, now: Instant, *, is_tick: bool) -> list[tuple[int, bytes | Close]]:
        is_ready = partial(self._is_ready, now)
        sent = self.audience.pump(now, round_, is_tick=is_tick, is_ready=is_ready)
        if self._builder.take_is_fault_new():
            self._is_dirty = True
        return sent

    def _round_now(self, now: Instant) -> Round:
        """The round of the last tick, or a new one where that is too old: its S is the state until now, however long
        ago it was settled, and ages count from a moment ago."""
        known = self._round
        is_known = known is not None and known.s == self.settled_s and not known.is_open
        if known is None or not is_known or not 0 <= now.mono - known.mono < TICK_SECS:
            known = self._round = Round(self.health(now), self.settled_s, now.wall, now.mono)
        return known

    def _is_ready(self, now: Instant, viewer: Viewer, panel: int) -> bool:
        stage = self.stage(viewer.stage_key)
        if panel not in range(len(stage.panels)):
            return True
        if any(self._polling.is_awaited(source.id, viewer.asked_mono, now) for source in stage.sources_of(panel)):
            return False
        return not any(node.run is not None and not node.run.is_hung for node in stage.under(panel))

    def _next_wake(self, now: Instant) -> float | None:
        next_tick = self._next_tick_mono
        if self._opened_mono is not None:
            wake = self._opened_mono + SETTLE_SECS
        else:
            wake = max(min(self._times_to_wake(now)), next_tick)
            is_more = self._is_dirty or self._is_rung or self.store.s != self._advanced_s
            if is_more or self._inspecting or self.leases.version != self._demand_version:
                wake = next_tick
        if self._builder.lines.is_put_off:
            self.audience.touch_partial()
        if self._builder.lines.is_put_off or (self._listening.is_landing and self._opened_mono is None):
            wake = now.mono
        return None if wake == math.inf else max(wake, now.mono)

    def _times_to_wake(self, now: Instant) -> tuple[float, ...]:
        next_wall = self.graph.next_wall(self._roots)
        return (
            self._reads.next_wake_mono(now),
            self._listening.next_wake_mono(now),
            self._house_mono if self.audience else math.inf,
            self._inspecting.next_end_mono(),
            self.graph.next_hung_mono(),
            self._builder.blocks.next_end_mono(),
            self.graph.next_retry_mono(self._roots),
            self.leases.next_end_mono or math.inf,
            now.mono + next_wall - now.wall,
        )
