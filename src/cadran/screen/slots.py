"""What the engine computes for a screen: one slot for each value that a panel shows."""

from __future__ import annotations

from dataclasses import dataclass

from cadran.readable import Points, Readable, Source
from cadran.screen.controls import ControlSpec
from cadran.screen.layout import Layout, XKind


@dataclass(frozen=True, slots=True)
class ScalarSlot:
    """A KPI's value, and the value it is compared with."""

    slot: int
    panel: int
    reads: Readable[object]
    base: Readable[object] | None = None
    is_mark: bool = False
    """It says something of the panel's other values: alone it is nothing to show."""


@dataclass(frozen=True, slots=True)
class SeriesSlot:
    """One line of a chart, or a sparkline."""

    slot: int
    panel: int
    reads: Readable[Points]
    window_secs: float | None
    """Width of the live range in units of x; None shows all that is kept."""
    x: XKind = "time"


@dataclass(frozen=True, slots=True)
class CurveSlot:
    """A curve over a free x: always whole."""

    slot: int
    panel: int
    reads: Readable[Points]


@dataclass(frozen=True, slots=True)
class TableSlot:
    """Rows of a table, or the bars and shares of a chart."""

    slot: int
    panel: int
    reads: Readable[object]
    max_rows: int


Slot = ScalarSlot | SeriesSlot | CurveSlot | TableSlot


def roots_of(slot: Slot) -> tuple[Readable[object], ...]:
    """What a slot reads."""
    if isinstance(slot, ScalarSlot) and slot.base is not None:
        return (slot.reads, slot.base)
    return (slot.reads,)


@dataclass(frozen=True, slots=True)
class Description:
    """A screen as its function described it: what the page draws, what the engine computes, where data comes from."""

    layout: Layout
    slots: tuple[Slot, ...]
    """In the order of their numbers."""
    sources: tuple[Source, ...]
    """In the order of ``layout.sources``."""
    controls: tuple[ControlSpec, ...] = ()
    """In the order of ``layout.controls``."""
    whole_sources: frozenset[int] = frozenset()
    """Numbers of those that give all rows, whatever viewers choose: menus are made from them."""
    tokens_hash: str = ""
    """Names the style sheet of its tokens."""
