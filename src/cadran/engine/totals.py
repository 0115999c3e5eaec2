"""Sums over all that viewers chose: counters that stay when a choice goes that nobody looks at any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Self

from cadran.frames.costs import Costs, PanelCosts
from cadran.frames.stage import Stage
from cadran.metrics.node import Node
from cadran.sources.polled import PolledSource
from cadran.sources.schedule import PollSchedule


@dataclass(slots=True)
class _Sums:
    def plus(self, other: Self) -> Self:
        """Return both together."""
        return type(self)(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(slots=True)
class ReadTotals(_Sums):
    """What was asked of a source, with all that viewers chose of it."""

    num_reads: int = 0
    read_secs: float = 0.0
    num_failures: int = 0
    num_skipped: int = 0
    num_queries: int = 0
    num_probes: int = 0
    num_rows: int = 0


@dataclass(slots=True)
class PanelTotals(_Sums):
    """What a panel cost, whatever was chosen."""

    num_recalculations: int = 0
    recalculation_secs: float = 0.0
    num_behind: int = 0
    num_encodings: int = 0
    encode_secs: float = 0.0
    send_secs: float = 0.0
    sent_bytes: int = 0


class Past:
    """What panels cost for choices that nobody looks at any more, by screen and panel."""

    def __init__(self) -> None:
        self._panels: defaultdict[tuple[str, int], PanelTotals] = defaultdict(PanelTotals)

    def take(self, gone: Iterable[Stage], left: Collection[Stage], costs: Costs) -> None:
        """Remember what these stages cost. What ``left`` ones need as well is theirs."""
        for stage in gone:
            others = [one for one in left if one.slug == stage.slug]
            for panel in stage.panels:
                index = panel.index
                kept = nodes_of(others, index)
                own = [node for node in nodes_of([stage], index) if node not in kept]
                key = (stage.slug, index)
                self._panels[key] = self._panels[key].plus(totals_of([stage], index, costs, own))

    def of(self, slug: str, index: int) -> PanelTotals:
        """Return what a panel cost."""
        return self._panels.get((slug, index)) or PanelTotals()

    def forget(self, slug: str) -> None:
        """A screen has another layout: its numbers mean other panels."""
        for key in [key for key in self._panels if key[0] == slug]:
            del self._panels[key]


def nodes_of(stages: Iterable[Stage], index: int) -> dict[Node, None]:
    """Return the nodes that a panel needs in any of these stages, each once. Where nobody ever saw it there is none."""
    return dict.fromkeys(node for stage in stages if stage.status[index] is not None for node in stage.under(index))


def totals_of(stages: Iterable[Stage], index: int, costs: Costs, nodes: Iterable[Node]) -> PanelTotals:
    """Return what a panel of these stages cost, of the same screen, and the values below it."""
    totals = PanelTotals()
    for node in nodes:
        totals.num_recalculations += node.times.num
        totals.recalculation_secs += node.times.total_secs
        totals.num_behind += node.num_late
    for stage in stages:
        account = costs.find(stage.key, index)
        if account is not None:
            _add(totals, account)
    return totals


def reads_of(source: PolledSource, schedule: PollSchedule) -> ReadTotals:
    """Return what was asked of one source."""
    asked = source.asked
    return ReadTotals(
        num_reads=schedule.num_runs,
        read_secs=schedule.times.total_secs,
        num_failures=schedule.num_failures,
        num_skipped=schedule.num_skipped_ticks,
        num_queries=asked.num_queries,
        num_probes=asked.num_probes,
        num_rows=asked.num_rows,
    )


def _add(totals: PanelTotals, account: PanelCosts) -> None:
    totals.num_encodings += account.encoding.num
    totals.encode_secs += account.encoding.total_secs
    totals.send_secs += account.sending.total_secs
    totals.sent_bytes += account.sent_bytes
