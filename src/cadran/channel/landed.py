"""What a drain takes from a channel, and what a channel counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cadran.polars_when_used import pl
from cadran.readable import Floats, Scalar
from cadran.updates.update import XKind


class KpiLanded(NamedTuple):
    """The last value of a KPI since the last drain. ``at``: wall seconds, None means on arrival."""

    value: Scalar
    at: float | None


class PointsLanded(NamedTuple):
    """Points of one series in the order of arrival.

    ``replace``: they take the place of all that was there.
    """

    blocks: tuple[tuple[Floats, Floats], ...]
    """xs and ys, one after the other: float64 of shape (n,), ``xs`` finite, none empty."""
    replace: bool
    x: XKind
    is_sorted: bool = False
    """Known to be in ascending x, from block to block too."""
    num_same: int | None = None
    """With ``replace``: so many at the beginning, behind those that left, are known to be those that are there."""

    @property
    def xs(self) -> Floats:
        """All x; of several blocks they are put together for it."""
        return _whole([xs for xs, _ in self.blocks])

    @property
    def ys(self) -> Floats:
        """All values, likewise."""
        return _whole([ys for _, ys in self.blocks])

    @property
    def num_points(self) -> int:
        return self.blocks[0][0].size if len(self.blocks) == 1 else sum(xs.size for xs, _ in self.blocks)

    @property
    def newest_x(self) -> float:
        """The greatest x; there must be points."""
        if self.is_sorted:
            return self.blocks[-1][0].item(-1)
        return max(float(xs.max()) for xs, _ in self.blocks)


def _whole(columns: list[Floats]) -> Floats:
    if len(columns) == 1:
        return columns[0]
    return np.concatenate(columns) if columns else np.empty(0)


class TableLanded(NamedTuple):
    """The last whole state of a table since the last drain."""

    frame: pl.DataFrame
    key: str | None


@dataclass(frozen=True, slots=True)
class Drained:
    """All that was pending at one moment."""

    kpis: dict[str, KpiLanded] = field(default_factory=dict)
    points: dict[str, PointsLanded] = field(default_factory=dict)
    tables: dict[str, TableLanded] = field(default_factory=dict)
    num_updates: int = 0
    """Updates sent that are in here, merged ones included."""
    num_dropped_ever: int = 0
    """Points, KPIs and tables given up at a bound since the channel was made."""
    num_rejected_ever: int = 0
    """Points without a finite x since the channel was made."""


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Counts since the channel was made, and what is pending now. Nothing is lost without a count here."""

    num_sent: int
    num_drained: int
    """Updates that a drain took, merged ones included."""
    num_merged_kpis: int
    """KPI values that a newer one replaced before a drain took them."""
    num_dropped_points: int
    """Oldest points given up at a bound."""
    num_dropped_states: int
    """KPIs and tables given up at a bound, once no points were left to drop."""
    num_rejected_points: int
    """Points whose x was None, NaN or infinite."""
    num_lossy_values: int
    """Numbers that are not exactly a float64."""
    num_pending: int
    pending_bytes: int
    peak_pending: int
    peak_pending_bytes: int
