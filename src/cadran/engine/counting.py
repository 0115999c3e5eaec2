"""Counts of what an engine did and has, gathered from its parts."""

from __future__ import annotations

from typing import Protocol

from cadran.demand import Leases
from cadran.engine.audience import Audience, PanelKey
from cadran.engine.inputs import Waiting
from cadran.engine.listening import Listening
from cadran.engine.polling import Polling
from cadran.engine.reads import Reads
from cadran.engine.statistics import EngineStatistics
from cadran.frames.builder import FrameBuilder
from cadran.frames.cache import PieceCache
from cadran.metrics.graph import Graph


class Counted(Protocol):
    """What the core counts by itself."""

    settled_s: int
    num_ticks: int
    graph: Graph
    audience: Audience


def counted(
    core: Counted,
    leases: Leases[PanelKey],
    polling: Polling,
    own_reads: Reads,
    listening: Listening,
    builder: FrameBuilder,
    cache: PieceCache,
    waiting: Waiting,
) -> EngineStatistics:
    """Count everything. What viewers chose of a query counts as the query."""
    reads = {name: totals.num_reads for name, totals in polling.totals().items()}
    return EngineStatistics(
        s=core.settled_s,
        num_ticks=core.num_ticks,
        num_viewers=len(core.audience),
        num_watched_panels=len(leases.watched),
        num_jobs=own_reads.num_jobs + core.graph.num_jobs + builder.blocks.num_jobs,
        num_recalculations=core.graph.num_recalculations,
        num_encodings=cache.num_encodings,
        num_parts_built=builder.num_parts_built,
        num_frames_built=builder.num_frames_built,
        num_frames_sent=builder.num_frames_sent,
        num_blocks=builder.blocks.num_made,
        rows_per_step_max=builder.lines.rows_max,
        work_per_step_max=listening.work_max,
        num_waits=own_reads.num_waits + core.graph.num_waits,
        num_inputs_merged=waiting.num_merged,
        num_inputs_dropped=waiting.num_dropped,
        num_frame_faults=core.audience.faults.num,
        num_past_blocks_dropped=own_reads.num_past_blocks_dropped,
        num_holdings=core.audience.num_holdings,
        num_reads=sum(reads.values()),
        reads=reads,
        cache_bytes=cache.num_bytes,
    )
