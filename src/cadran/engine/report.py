"""A screen in words and numbers, for programs: what ``GET /api/screens/{name}`` answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cadran.frames.health import Health
from cadran.frames.shown import Shown, ShownCurve, ShownScalar, ShownSeries, ShownTable
from cadran.frames.stage import Stage
from cadran.frames.wire import Cell, Fault, PanelState, TableColumn
from cadran.metrics.node import Node
from cadran.screen.layout import LineSeries

REPORT_POINTS = 100
"""The newest points of a line that a report holds."""


class ReportedSeries(Struct, frozen=True, kw_only=True):
    """The newest points of one line; a value of None is a gap."""

    label: str
    points: tuple[tuple[float, float | None], ...]
    finished_to: float | None = None
    """Points from this x on are of unfinished buckets of time; None: it has no buckets."""


class ReportedRecalculations(Struct, frozen=True, kw_only=True):
    """How often and why a panel's values were computed."""

    count: int
    cause: str
    """Of the last one: the chain from what changed."""
    millis: float
    """The last one's time."""


class PanelReport(Struct, frozen=True, kw_only=True):
    """One panel as it is now. Times are wall seconds, None for never."""

    key: str
    kind: str
    title: str
    state: PanelState
    value: Cell = None
    previous: Cell = None
    series: tuple[ReportedSeries, ...] = ()
    columns: tuple[TableColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    event_at: float | None = None
    changed_at: float | None = None
    checked_at: float | None = None
    s: int
    """The S at which the panel last changed."""
    fault: Fault | None = None
    num_viewers: int = 0
    recalculations: ReportedRecalculations


class ScreenReport(Struct, frozen=True, kw_only=True):
    """A screen at one S."""

    screen: str
    title: str
    epoch: str
    s: int
    at: float
    """Wall seconds of S."""
    choices: dict[str, tuple[str, ...]] = {}
    """What is shown is of these: values by parameter."""
    panels: tuple[PanelReport, ...]


def panel_report(stage: Stage, index: int, health: Mapping[str, Health], num_viewers: int) -> PanelReport:
    """Report one panel from what its stage shows."""
    panel, status = stage.panels[index], stage.status[index]
    shown = [stage.shown[slot.slot] for slot in stage.slots_of[index]]
    sources = [health[source.id] for source in stage.sources_of(index)]
    content = _content(stage, index, shown)
    return PanelReport(
        key=panel.key,
        kind=type(panel).__struct_config__.tag,  # type: ignore[arg-type]
        title=panel.title,
        state=_state(stage, index),
        event_at=max((h.event_at for h in sources if h.event_at is not None), default=None),
        changed_at=max((h.changed_at for h in sources if h.changed_at is not None), default=None),
        checked_at=min((h.checked_at for h in sources if h.checked_at is not None), default=None),
        s=max([one.changed_s for one in shown] + [stage.status_s[index]]),
        fault=status.fault if status is not None else None,
        num_viewers=num_viewers,
        recalculations=_recalculations(stage.under(index)),
        **content,
    )


def _state(stage: Stage, index: int) -> PanelState:
    """A panel that this S was not looked at for is behind: what it shows is of an S before, and no longer live."""
    status = stage.status[index]
    if status is None:
        return "loading"
    return "behind" if status.state == "live" and index not in stage.fresh else status.state


def _content(stage: Stage, index: int, shown: list[Shown]) -> dict[str, Any]:
    kind = stage.panels[index].__struct_config__.tag
    if kind == "line":
        lines = stage.panels[index].series  # type: ignore[union-attr]
        return {"series": tuple(_series(line, stage) for line in lines)}
    for one in shown:
        if isinstance(one, ShownScalar):
            return {"value": _cell(one.value), "previous": _cell(one.base)}
        if isinstance(one, ShownTable):
            columns = tuple(TableColumn(name=name, type=kind) for name, kind in one.table.columns)  # type: ignore[arg-type]
            return {"columns": columns, "rows": tuple(one.table.rows[row].cells for row in one.table.order)}
    return {}


def _series(line: LineSeries, stage: Stage) -> ReportedSeries:
    shown, label = stage.shown[line.slot], line.label
    mark = None if line.finished_slot is None else stage.shown[line.finished_slot]
    finished_to = mark.value if isinstance(mark, ShownScalar) and isinstance(mark.value, float) else None
    points = None
    if isinstance(shown, ShownSeries):
        points = shown.columns.tail_newest(REPORT_POINTS) or shown.columns.snapshot().newest(REPORT_POINTS)
    elif isinstance(shown, ShownCurve):
        points = shown.points
    if points is None:
        return ReportedSeries(label=label, points=(), finished_to=finished_to)
    xs, ys = points.xs[-REPORT_POINTS:].tolist(), points.ys[-REPORT_POINTS:].tolist()
    values: list[float | None] = ys
    if not math.isfinite(sum(ys)):
        values = [y if math.isfinite(y) else None for y in ys]
    return ReportedSeries(label=label, points=tuple(zip(xs, values, strict=True)), finished_to=finished_to)


def _cell(value: Cell) -> Cell:
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _recalculations(under: tuple[Node, ...]) -> ReportedRecalculations:
    computed = [node for node in under if not node.is_leaf]
    last = max(under, key=lambda node: node.changed_s, default=None)
    return ReportedRecalculations(
        count=sum(node.num_recalculations for node in computed),
        cause=last.cause if last is not None else "",
        millis=round(1000 * max((node.times.last_secs for node in computed), default=0.0), 3),
    )
