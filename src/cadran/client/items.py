"""What goes into a batch: KPIs, points and tables, each as it waits, is written and is counted.

Of each: ``num_items`` is one for a KPI and a table and one for each point; ``num_bytes`` is about what it takes in a
batch; ``sent_mono`` is when it was given, the oldest part of it; ``is_again``: the server had taken it before it began
anew, so that it is not counted a second time; ``split`` gives two halves in order, None if it is one thing.
"""

from __future__ import annotations

from dataclasses import dataclass

from cadran.readable import Floats, Scalar
from cadran.updates.arrival import AGE_SHOWN_SECS
from cadran.updates.binary import Message, PointsMessage, TableMessage
from cadran.updates.json import KpiMessage
from cadran.updates.update import XKind

ITEM_BYTES = 100
"""About what one takes in a batch beside its name and its values."""


@dataclass(slots=True)
class KpiItem:
    """A KPI's value, and when it was given."""

    key: str
    value: Scalar
    at: float | None
    sent_mono: float
    is_again: bool = False

    @property
    def num_items(self) -> int:
        return 1

    @property
    def num_bytes(self) -> int:
        return ITEM_BYTES + len(self.key) + (4 * len(self.value) if isinstance(self.value, str) else 0)

    def message(self, now_mono: float) -> Message:
        age_secs = now_mono - self.sent_mono
        is_old = self.at is None and age_secs >= AGE_SHOWN_SECS
        return KpiMessage(self.key, self.value, self.at, age_secs if is_old else None)

    def split(self) -> None:
        return None


@dataclass(slots=True)
class PointsItem:
    """Points of one series, shape (n,)."""

    series: str
    xs: Floats
    ys: Floats
    replace: bool
    x: XKind
    sent_mono: float
    is_again: bool = False

    @property
    def num_items(self) -> int:
        return int(self.xs.size)

    @property
    def num_bytes(self) -> int:
        return ITEM_BYTES + len(self.series) + 16 * int(self.xs.size)

    def message(self, now_mono: float) -> Message:
        xs, ys = (memoryview(column.tobytes()) for column in (self.xs, self.ys))
        return PointsMessage(self.series, xs, ys, self.replace, self.x)

    def split(self) -> tuple[PointsItem, PointsItem] | None:
        half = self.xs.size // 2
        if half == 0 or self.x == "free":
            return None
        return (
            PointsItem(self.series, self.xs[:half], self.ys[:half], self.replace, self.x, self.sent_mono),
            PointsItem(self.series, self.xs[half:], self.ys[half:], False, self.x, self.sent_mono),
        )


@dataclass(slots=True)
class TableItem:
    """A table's whole state, as the Arrow stream that is sent."""

    table: str
    frame: bytes
    key: str | None
    sent_mono: float
    is_again: bool = False

    @property
    def num_items(self) -> int:
        return 1

    @property
    def num_bytes(self) -> int:
        return ITEM_BYTES + len(self.table) + len(self.frame)

    def message(self, now_mono: float) -> Message:
        return TableMessage(self.table, self.frame, self.key)

    def split(self) -> None:
        return None


Item = KpiItem | PointsItem | TableItem
