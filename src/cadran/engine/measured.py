"""What the engine measured, as it is told: to ``/metrics``, and per panel to whoever asks what is slow."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from cadran.channel import ChannelStatistics
from cadran.engine.statistics import EngineStatistics
from cadran.engine.totals import PanelTotals
from cadran.frames.health import SourceState
from cadran.frames.wire import PanelState

PANELS_MAX = 1_000
"""Of more panels than this the rest is left out of what is told of the engine: each is a dozen time series for
whoever collects them, and holds the loop while it is looked at."""


class StageTimes(Struct, frozen=True, kw_only=True):
    """How long one kind of work took: the last time, and the 95th percentile of the last 64. Seconds."""

    num: int
    total_secs: float
    last_secs: float | None
    p95_secs: float | None
    """None where it was never done, or is not done at all."""
    label: str | None = None
    """Of several sources or metrics, the slowest: the one that these times are of."""


class AskedMeasures(Struct, frozen=True, kw_only=True):
    """How it is known that nothing changed at a source, and what was asked of it since the start."""

    how: str
    """``cursor``, ``late cursor``, ``probe + digest`` or ``digest``."""
    num_queries: int
    num_probes: int
    """Looks at whether anything changed, before any query."""
    num_rows: int
    """Rows fetched."""


StepKind = Literal["update", "query", "recalculation", "encoding", "sending"]


class CauseStep(Struct, frozen=True, kw_only=True):
    """One step on the way to a panel's present picture."""

    kind: StepKind
    label: str = ""
    """The source or the metric."""
    cause: str = ""
    """What made it happen, such as `ChartDataUpdated line3: 33 points`."""
    s: int | None = None
    """The S at which its result last changed."""
    secs: float | None = None
    """How long it took the last time; None where nothing is measured."""
    num_bytes: int | None = None
    num_viewers: int | None = None
    asked: AskedMeasures | None = None
    """Of a query."""


class PanelMeasures(Struct, frozen=True, kw_only=True):
    """What one panel costs, stage by stage. The page measures its drawing itself."""

    index: int
    key: str
    title: str
    kind: str
    state: PanelState
    query: StageTimes
    recalculation: StageTimes
    num_recalculations: int
    """Of all values below it."""
    recalculation_secs: float
    """Of all values below it, since the start."""
    encoding: StageTimes
    sending: StageTimes
    """From the settled tick until its new pieces were handed to the server."""
    encoded_bytes: int
    sent_bytes: int
    """To all viewers together."""
    num_merged: int
    """Updates of its channels that a newer one replaced, and reads of its sources that did not take place."""
    num_behind: int
    """Recalculations for which a tick did not wait."""
    num_starved: int
    """States that those who see it now did not get for want of credit: they got a later one."""
    num_viewers: int
    causes: tuple[CauseStep, ...] = ()


class SourceMeasures(Struct, frozen=True, kw_only=True):
    """What one source costs, and how it is. Ages are seconds before now, None for never."""

    id: str
    label: str
    kind: str
    state: SourceState
    reading: StageTimes
    num_reads: int
    """Reads that began."""
    num_failures: int
    num_skipped: int
    """Reads that were due while another still ran."""
    effective_secs: float | None
    """The interval at which it is read now; None for what is pushed."""
    event_age_secs: float | None
    changed_age_secs: float | None
    checked_age_secs: float | None
    channel: ChannelStatistics | None = None
    asked: AskedMeasures | None = None
    """Of what is read again; None for what is pushed."""


class LoopMeasures(Struct, frozen=True, kw_only=True):
    """How long the engine held its loop for a step or a look: for each bound, how many did not take longer."""

    bounds_secs: tuple[float, ...]
    cumulative: tuple[int, ...]
    """One more than there are bounds: the last is all steps."""
    hold: StageTimes
    cumulative_cpu: tuple[int, ...]
    """The same of what the processor worked meanwhile."""
    hold_cpu: StageTimes


class TrafficMeasures(Struct, frozen=True, kw_only=True):
    """What went to viewers since the start."""

    num_bytes: int
    """Heartbeats included."""
    num_starved: int
    """States that a viewer did not get for want of credit."""
    num_starving: int
    """Viewers without credit now."""


class ScreenMeasures(Struct, frozen=True, kw_only=True):
    """One screen, panel by panel: what ``GET /api/screens/{name}/debug`` answers."""

    screen: str
    title: str
    s: int
    at: float
    """Wall seconds."""
    num_ticks: int
    num_viewers: int
    choices: dict[str, tuple[str, ...]]
    """What is told is of these: values by parameter."""
    num_stages: int
    """Different choices of this screen that are served now, its panels with nothing chosen among them."""
    loop: LoopMeasures
    panels: tuple[PanelMeasures, ...]
    sources: tuple[SourceMeasures, ...]


class ScreenTotals(Struct, frozen=True, kw_only=True):
    """What one screen cost, whatever was chosen: sums over all its choices, those of before too."""

    num_stages: int
    """Different choices that are served now."""
    panels: tuple[TotalMeasures, ...]


class TotalMeasures(Struct, frozen=True, kw_only=True):
    """What one panel cost, whatever was chosen."""

    key: str
    num_viewers: int
    totals: PanelTotals


class EngineMeasures(Struct, frozen=True, kw_only=True):
    """All that ``/metrics`` tells of an engine."""

    statistics: EngineStatistics
    loop: LoopMeasures
    traffic: TrafficMeasures
    sources: tuple[SourceMeasures, ...]
    screens: dict[str, ScreenTotals]
    """Of the screens that were looked at; of all their panels together the first ``PANELS_MAX``."""
    num_panels_left_out: int
