"""A panel's state from its sources' health and its values' faults. The gravest wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import structs

from cadran.frames.health import Health
from cadran.frames.shown import Shown
from cadran.frames.wire import Fault, PanelState, PanelStatus
from cadran.metrics.node import Node


def panel_state(
    sources: Sequence[tuple[str, Health]], shown: Sequence[Shown], under: Sequence[Node], now_wall: float
) -> tuple[PanelState, Fault | None]:
    """Return a panel's state and fault. ``under``: all nodes that its slots need."""
    fault = _value_fault(shown, under, now_wall) or _source_fault(sources, now_wall)
    if fault is not None:
        return "error", fault
    states = {health.state for _, health in sources}
    is_empty = bool(shown) and all(one.is_empty for one in shown)
    if "loading" in states or (is_empty and any(node.run is not None for node in under)):
        return "loading", None
    if "stale" in states:
        return "stale", None
    if any(node.is_behind for node in under) or any(health.is_behind for _, health in sources):
        return "behind", None
    return ("empty", None) if is_empty else ("live", None)


def next_status(
    old: PanelStatus | None,
    state: PanelState,
    fault: Fault | None,
    now_wall: float,
    slow_secs: float | None = None,
    capped_rows: int | None = None,
    num_rejected: int | None = None,
) -> PanelStatus | None:
    """Return the new status, or None where it is the old one."""
    if old is not None and old.fault is not None and fault is not None and old.fault.message == fault.message:
        fault = structs.replace(fault, since=old.fault.since)
    since = old.since if old is not None and old.state == state else now_wall
    new = PanelStatus(
        state=state,
        since=since,
        fault=fault,
        slow_secs=slow_secs,
        capped_rows=capped_rows,
        num_rejected=num_rejected,
    )
    return None if new == old else new


def status_of_past(status: PanelStatus | None, shown: Sequence[Shown]) -> PanelStatus | None:
    """Return what is said of a panel to those who look at a past that could not be read; None where nothing else is."""
    unread = next(((one.unread, one.nodes[0].label) for one in shown if one.unread is not None), None)
    if status is None or status.fault is not None or unread is None:
        return None
    (message, since, next_try), label = unread
    fault = Fault(message=message, detail=label, since=since, next_try=next_try)
    return structs.replace(status, state="error", since=since, fault=fault)


def slow_secs(sources: Sequence[tuple[str, Health]]) -> float | None:
    """Return the longest interval of the sources that are read less often than wanted; None if none is."""
    return max((health.slow_secs for _, health in sources if health.slow_secs is not None), default=None)


def capped_rows(sources: Sequence[tuple[str, Health]]) -> int | None:
    """Return how many rows were read at least of the sources that have more; None if none has."""
    return min((health.capped_rows for _, health in sources if health.capped_rows is not None), default=None)


def num_rejected(under: Sequence[Node], health: Mapping[str, Health]) -> int | None:
    """Return how many points were left out of the series that a panel reads; None for none."""
    keys = {node.key for node in under if node.key is not None and node.key.kind == "series"}
    return sum(health[key.source].rejected.get(key.name, 0) for key in keys if key.source in health) or None


def _value_fault(shown: Sequence[Shown], under: Sequence[Node], now_wall: float) -> Fault | None:
    for node in under:
        if node.fault is not None:
            return Fault(
                message=node.fault.message, detail=node.label, since=node.fault.since, next_try=node.fault.next_try
            )
    for one in shown:
        fault = one.fault or one.unsendable or one.unmade
        if fault is not None:
            return Fault(message=fault, detail=one.nodes[0].label, since=now_wall)
    return None


def _source_fault(sources: Sequence[tuple[str, Health]], now_wall: float) -> Fault | None:
    for label, health in sources:
        if health.state == "error":
            return Fault(
                message=health.message or f"{label} failed",
                detail=label,
                since=health.since if health.since is not None else now_wall,
                next_try=health.next_try,
            )
    return None
