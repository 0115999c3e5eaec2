"""The chain of causes from an update to what viewers are sent: which step came of which, and what each took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cadran.engine.measured import CauseStep, SourceMeasures
from cadran.frames.costs import PanelCosts
from cadran.metrics.leaf import key_of
from cadran.metrics.node import Node


def chain_of_causes(
    shown: Iterable[Node], sources: Mapping[str, SourceMeasures], costs: PanelCosts, num_viewers: int
) -> tuple[CauseStep, ...]:
    """Return how the newest of a panel's values came about, from its source to its viewers, oldest first.

    ``shown``: what the panel shows; ``sources``: by id.
    """
    path: list[Node] = []
    node = max(shown, key=lambda one: one.changed_s, default=None)
    while node is not None:
        path.append(node)
        node = max(node.inputs, key=lambda one: one.changed_s, default=None)
    if not path or not path[-1].changed_s:
        return ()
    steps = [_first(path[-1], sources), *map(_recalculation, reversed(path[:-1]))]
    if costs.encoding.num:
        encoding, sending = costs.encoding, costs.sending
        steps.append(CauseStep(kind="encoding", secs=encoding.last_secs, num_bytes=costs.last_encoded_bytes))
        steps.append(CauseStep(kind="sending", secs=sending.last_secs, num_viewers=num_viewers))
    return tuple(steps)


def _first(leaf: Node, sources: Mapping[str, SourceMeasures]) -> CauseStep:
    source = sources[key_of(leaf.readable).source]
    return CauseStep(
        kind="update" if source.channel is not None else "query",
        label=source.label,
        cause=leaf.cause,
        s=leaf.changed_s,
        secs=source.reading.last_secs,
        asked=source.asked,
    )


def _recalculation(node: Node) -> CauseStep:
    secs = node.times.last_secs if node.times.num else None
    return CauseStep(kind="recalculation", label=node.label, cause=node.cause, s=node.changed_s, secs=secs)
