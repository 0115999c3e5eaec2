"""Gathers what was measured, when somebody asks. Asking watches nothing, reads no source and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import structs

from cadran.channel import Channel
from cadran.clock import Instant
from cadran.engine.audience import Audience, PanelKey
from cadran.engine.causes import chain_of_causes
from cadran.engine.measured import (
    PANELS_MAX,
    AskedMeasures,
    EngineMeasures,
    LoopMeasures,
    PanelMeasures,
    ScreenMeasures,
    ScreenTotals,
    SourceMeasures,
    StageTimes,
    TotalMeasures,
    TrafficMeasures,
)
from cadran.engine.polling import Polling
from cadran.engine.statistics import EngineStatistics
from cadran.engine.totals import Past, ReadTotals, nodes_of, totals_of
from cadran.frames.costs import Costs, PanelCosts
from cadran.frames.health import Health
from cadran.frames.holding import Seen
from cadran.frames.stage import Stage
from cadran.readable import Source
from cadran.screen.layout import Panel
from cadran.sources.polled import PolledSource
from cadran.timings import Durations

PANELS_AT_ONCE = 64
"""So many panels are looked at before the engine may go on with its work."""
T = TypeVar("T")
Looking = Generator[None, None, T]
"""A look that yields where the engine may go on, and then returns what it saw."""


def seen(looking: Looking[T]) -> T:
    """Look at everything at once."""
    while True:
        try:
            next(looking)
        except StopIteration as end:
            result: T = end.value
            return result


class Measuring:
    """One look at everything, begun at one moment."""

    def __init__(
        self,
        costs: Costs,
        past: Past,
        audience: Audience,
        polling: Polling,
        statistics: EngineStatistics,
        health: Mapping[str, Health],
        now: Instant,
    ) -> None:
        self._costs = costs
        self._past = past
        self._audience = audience
        self._polling = polling
        self._statistics = statistics
        self._health = health
        self._now = now
        self._num_viewers: Counter[PanelKey] = Counter()
        self._num_starved: Counter[PanelKey] = Counter()
        num_viewers: Counter[Seen] = Counter()
        num_starved: Counter[Seen] = Counter()
        for viewer in audience.viewers():
            if viewer.is_watching(now.mono):
                num_viewers[viewer.seen] += 1
                num_starved[viewer.seen] += viewer.num_starved
        for seen, num in num_viewers.items():  # those who see the same are counted as one: few, however many viewers
            self._num_viewers.update(dict.fromkeys(seen.keys, num))
            self._num_starved.update(dict.fromkeys(seen.keys, num_starved[seen]))

    def engine(self, sources: Iterable[Source], stages: Iterable[Stage]) -> Looking[EngineMeasures]:
        """Tell of everything, within a bound of panels."""
        by_slug: dict[str, list[Stage]] = {}
        for stage in stages:
            by_slug.setdefault(stage.slug, []).append(stage)
        screens: dict[str, ScreenTotals] = {}
        num_left, num_left_out = PANELS_MAX, 0
        for slug, chosen in by_slug.items():
            panels = chosen[0].panels
            told = yield from self._totals(chosen, panels[:num_left])
            screens[slug] = ScreenTotals(num_stages=len(chosen), panels=told)
            num_left -= len(told)
            num_left_out += len(panels) - len(told)
        reads = self._polling.totals()
        return EngineMeasures(
            statistics=self._statistics,
            loop=self._loop(),
            traffic=self._traffic(),
            sources=tuple(_with_all(self._source(source), reads.get(source.id)) for source in sources),
            screens=screens,
            num_panels_left_out=num_left_out,
        )

    def screen(self, stage: Stage, stages: Iterable[Stage]) -> Looking[ScreenMeasures]:
        """Tell of one stage of a screen, with the chain of causes of each panel."""
        panels = yield from self._panels(stage)
        return ScreenMeasures(
            screen=stage.slug,
            title=stage.description.layout.title,
            s=self._statistics.s,
            at=self._now.wall,
            num_ticks=self._statistics.num_ticks,
            num_viewers=self._statistics.num_viewers,
            choices=dict(stage.choices.items),
            num_stages=sum(one.slug == stage.slug for one in stages),
            loop=self._loop(),
            panels=panels,
            sources=tuple(map(self._source, stage.description.sources)),
        )

    def _panels(self, stage: Stage) -> Looking[tuple[PanelMeasures, ...]]:
        sources = {source.id: self._source(source) for source in stage.description.sources}
        told: list[PanelMeasures] = []
        for panel in stage.panels:
            told.append(self._panel(stage, panel.index, sources))
            if len(told) % PANELS_AT_ONCE == 0:
                yield
        return tuple(told)

    def _totals(self, stages: Sequence[Stage], panels: Sequence[Panel]) -> Looking[tuple[TotalMeasures, ...]]:
        told: list[TotalMeasures] = []
        num_looks = 0
        for panel in panels:
            index, slug = panel.index, stages[0].slug
            totals = totals_of(stages, index, self._costs, nodes_of(stages, index)).plus(self._past.of(slug, index))
            num_viewers = sum(self._num_viewers[stage.key, index] for stage in stages)
            told.append(TotalMeasures(key=panel.key, num_viewers=num_viewers, totals=totals))
            num_looks += len(stages)
            if num_looks >= PANELS_AT_ONCE:
                num_looks = 0
                yield
        return tuple(told)

    def _loop(self) -> LoopMeasures:
        hold, cpu = self._costs.hold, self._costs.hold_cpu
        return LoopMeasures(
            bounds_secs=hold.bounds_secs,
            cumulative=hold.cumulative(),
            hold=stage_times(hold.durations),
            cumulative_cpu=cpu.cumulative(),
            hold_cpu=stage_times(cpu.durations),
        )

    def _traffic(self) -> TrafficMeasures:
        total = self._audience.traffic()
        viewers = self._audience.viewers()
        return TrafficMeasures(
            num_bytes=total.num_bytes,
            num_starved=total.num_starved,
            num_starving=sum(not viewer.credit.can_send(0, self._now.mono) for viewer in viewers),
        )

    def _source(self, source: Source) -> SourceMeasures:
        health = self._health[source.id]
        is_polled = isinstance(source, PolledSource)
        schedule = self._polling.schedule(source.id) if is_polled else None
        return SourceMeasures(
            id=source.id,
            label=source.label,
            kind=source.kind if isinstance(source, PolledSource) else "channel",
            state=health.state,
            reading=stage_times(schedule.times if schedule is not None else None),
            num_reads=schedule.num_runs if schedule is not None else 0,
            num_failures=schedule.num_failures if schedule is not None else 0,
            num_skipped=schedule.num_skipped_ticks if schedule is not None else 0,
            effective_secs=schedule.effective_secs if schedule is not None else None,
            event_age_secs=self._age(health.event_at),
            changed_age_secs=self._age(health.changed_at),
            checked_age_secs=self._age(health.checked_at),
            channel=source.statistics() if isinstance(source, Channel) else None,
            asked=_asked(source) if isinstance(source, PolledSource) else None,
        )

    def _panel(self, stage: Stage, index: int, sources: Mapping[str, SourceMeasures]) -> PanelMeasures:
        panel, status = stage.panels[index], stage.status[index]
        costs, key = self._costs.find(stage.key, index) or PanelCosts(), (stage.key, index)
        under = stage.under(index)
        heaviest = max((node for node in under if node.times.num), key=lambda one: one.times.p95_secs(), default=None)
        own = [sources[source.id] for source in stage.sources_of(index)]
        read = [one for one in own if one.reading.num]
        slowest = max(read, key=lambda one: one.reading.p95_secs or 0.0, default=None)
        shown = [node for slot in stage.slots_of[index] for node in stage.shown[slot.slot].nodes]
        causes = chain_of_causes(shown, sources, costs, self._num_viewers[key])
        return PanelMeasures(
            index=index,
            key=panel.key,
            title=panel.title,
            kind=str(type(panel).__struct_config__.tag),
            state=status.state if status is not None else "loading",
            query=stage_times(None) if slowest is None else structs.replace(slowest.reading, label=slowest.label),
            recalculation=stage_times(heaviest.times, heaviest.label) if heaviest is not None else stage_times(None),
            num_recalculations=sum(node.times.num for node in under),
            recalculation_secs=sum(node.times.total_secs for node in under),
            encoding=stage_times(costs.encoding),
            sending=stage_times(costs.sending),
            encoded_bytes=costs.encoded_bytes,
            sent_bytes=costs.sent_bytes,
            num_merged=sum(one.num_skipped + (one.channel.num_merged_kpis if one.channel else 0) for one in own),
            num_behind=sum(node.num_late for node in under),
            num_starved=self._num_starved[key],
            num_viewers=self._num_viewers[key],
            causes=causes,
        )

    def _age(self, wall: float | None) -> float | None:
        return None if wall is None else self._now.wall - wall


def _with_all(measures: SourceMeasures, totals: ReadTotals | None) -> SourceMeasures:
    """Return a source's measures with the counters of all that viewers chose of it."""
    if totals is None or measures.asked is None:
        return measures
    return structs.replace(
        measures,
        num_reads=totals.num_reads,
        num_failures=totals.num_failures,
        num_skipped=totals.num_skipped,
        reading=structs.replace(measures.reading, total_secs=totals.read_secs),
        asked=structs.replace(
            measures.asked,
            num_queries=totals.num_queries,
            num_probes=totals.num_probes,
            num_rows=totals.num_rows,
        ),
    )


def _asked(source: PolledSource) -> AskedMeasures:
    asked = source.asked
    return AskedMeasures(
        how=asked.how, num_queries=asked.num_queries, num_probes=asked.num_probes, num_rows=asked.num_rows
    )


def stage_times(durations: Durations | None, label: str | None = None) -> StageTimes:
    """Tell of durations; None tells of work that is not done at all."""
    if durations is None or not durations.num:
        return StageTimes(num=0, total_secs=0.0, last_secs=None, p95_secs=None, label=label)
    return StageTimes(
        num=durations.num,
        total_secs=durations.total_secs,
        last_secs=durations.last_secs,
        p95_secs=durations.p95_secs(),
        label=label,
    )
