"""What most drains find: a few values, and one batch of each of a few series, that can land as they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cadran.channel.backlog import KPI_BYTES, Backlog, Ready
from cadran.channel.series_backlog import (
    CHUNK_BYTES,
    CHUNK_POINT_BYTES,
    MIN_CHUNK_POINTS,
    SERIES_BYTES,
    SINGLE_POINT_BYTES,
)
from cadran.channel.taken import Taken
from cadran.updates.prepare import PreparedPoints
from cadran.updates.update import KpiUpdated

HANDFUL_POINTS = 16_384
"""A longer batch may be work for a step of its own."""


class Handful(NamedTuple):
    """Sends that waited in a channel, of two kinds alone, each kind in the order in which its names first came."""

    values: dict[str, float]
    """Of KPIs, by key; NaN is a gap."""
    batches: dict[str, PreparedPoints]
    """By series: points in ascending x to be added, one at least. No curves: those are whole states."""
    items: Sequence[Ready]
    """The same as they waited."""
    num_items: int
    """As a backlog of these counts them,"""
    num_bytes: int
    """and what it would take."""

    @property
    def num_updates(self) -> int:
        """Updates sent that are in here, merged ones included."""
        return len(self.items)

    @property
    def bytes_at_most(self) -> int:
        """What the backlog would take at first."""
        merged_bytes = KPI_BYTES * (len(self.items) - len(self.batches) - len(self.values))
        return self.num_bytes + merged_bytes + CHUNK_BYTES * len(self.batches)

    def in_order(self) -> Taken:
        """Return what any other drain would give."""
        backlog = Backlog(self.num_items, self.bytes_at_most)
        backlog.fold(self.items)
        return Taken(backlog, 0, 0)


def handful_of(items: Sequence[Ready]) -> Handful | None:
    """Return these by name; None where one is of another kind, or a series got two batches."""
    values: dict[str, float] = {}
    batches: dict[str, PreparedPoints] = {}
    num_points = num_bytes = 0
    for item in items:
        if type(item) is KpiUpdated:
            value: Any = item.value  # a float, checked at send
            values[item.key] = value
        elif type(item) is not PreparedPoints or item.replace or not item.is_sorted:
            return None
        else:
            num = item.xs.size
            if not 0 < num < HANDFUL_POINTS or item.num_lossy or item.num_rejected or item.series in batches:
                return None
            batches[item.series] = item
            num_points += num
            is_chunk = num >= MIN_CHUNK_POINTS
            num_bytes += num * CHUNK_POINT_BYTES + CHUNK_BYTES if is_chunk else num * SINGLE_POINT_BYTES
    num_bytes += len(values) * KPI_BYTES + len(batches) * SERIES_BYTES
    return Handful(values, batches, items, len(values) + num_points, num_bytes)
