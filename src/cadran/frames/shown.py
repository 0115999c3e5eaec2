"""What slots show: values brought into the shape that travels, once for all viewers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from cadran.errors import CadranError, UsageError
from cadran.frames.pasts import DeepColumns, PastFault, Pasts
from cadran.frames.span import Range, range_of
from cadran.frames.wire import PanelView
from cadran.metrics.graph import Graph
from cadran.metrics.leaf import key_of, plain
from cadran.metrics.node import Node
from cadran.metrics.results import MISSING, result_of, scalar_of
from cadran.polars_when_used import is_frame
from cadran.readable import Points, Scalar
from cadran.readable.splice import Spliced
from cadran.screen.past import past_of
from cadran.screen.slots import CurveSlot, ScalarSlot, SeriesSlot, Slot, TableSlot
from cadran.store import SeriesColumns, SeriesSnapshot, Store, TableState, id_of
from cadran.updates.prepare import MAX_FREE_POINTS
from cadran.words import TEXT_CHARS_MAX, fit_text


class _Shown:
    """What all shapes have."""

    fault: str | None = None
    """Why the present value is of the wrong shape."""
    unsendable: str | None = None
    """Why it does not fit the wire."""
    unmade: str | None = None
    """Why its history is not there."""
    unread: PastFault | None = None
    """Why what lies before the points that are held could not be read."""


class ShownScalar(_Shown):
    """A KPI's value and what it is compared with."""

    def __init__(self, spec: ScalarSlot, graph: Graph) -> None:
        self.nodes = [graph.node(spec.reads)] + ([graph.node(spec.base)] if spec.base is not None else [])
        self._is_mark = spec.is_mark
        self.value: Scalar = None
        self.base: Scalar = None
        self.changed_s = 0
        self.is_empty = True

    def refresh(self) -> None:
        """Take over the present value. A value of the wrong shape becomes this slot's fault."""
        node = self.nodes[0]
        s = node.changed_s if len(self.nodes) == 1 else max(one.changed_s for one in self.nodes)
        if s <= self.changed_s or node.value is MISSING:
            return
        self.changed_s = s
        if len(self.nodes) == 1 and type(node.value) is float:
            self.value, self.fault, self.is_empty = node.value, None, self._is_mark
            return
        try:
            value = scalar_of(node.value, node.label)
            self.value = fit_text(value, TEXT_CHARS_MAX) if isinstance(value, str) else value
            base = self.nodes[1].value if len(self.nodes) > 1 else None
            self.base = None if base is MISSING else scalar_of(base, node.label)
        except UsageError as error:
            self.fault = str(error)
            return
        self.fault, self.is_empty = None, self._is_mark


class Reached(NamedTuple):
    """How far back a line can be shown now."""

    range: Range
    is_asking: bool
    """Whether any of the rest is being read, or is going to be."""
    owes_beside: bool = False
    """Whether what lies beside it is."""


class ShownSeries(_Shown):
    """A line: the store's own columns, or columns kept for a derived series."""

    def __init__(self, spec: SeriesSlot, graph: Graph, store: Store, pasts: Pasts | None = None) -> None:
        self.spec = spec
        self.nodes = [graph.node(spec.reads)]
        self._store = store
        of = None if pasts is None else past_of(spec.reads)
        self.past = None if pasts is None or of is None else pasts.of(of)
        """What lies before the points that are held, of a line that reaches back."""
        self._own = DeepColumns(self.past) if isinstance(spec.reads, Spliced) else SeriesColumns()
        self._seen_s = 0
        self.columns: SeriesColumns = self._own
        self.is_stored = False
        """Whether these are the store's own, as they will be from now on."""

    @property
    def changed_s(self) -> int:
        """The S at which the columns last changed."""
        return self.columns.changed_s

    @property
    def is_empty(self) -> bool:
        """Whether there is no point."""
        return not self.columns.num_points

    def refresh(self) -> None:
        """Take over the present points."""
        node = self.nodes[0]
        if self.past is not None:
            self.unread = self.past.fault
        if self.is_stored or node.changed_s <= self._seen_s or node.value is MISSING:
            return
        self._seen_s = node.changed_s
        if self.adopt():
            return
        value = node.value if isinstance(node.value, SeriesSnapshot) else plain(node.value)
        if not isinstance(value, Points | SeriesSnapshot):
            self.fault = f"{node.label} should give a series for a line, got {_kind(value)}"
            return
        self.fault = None
        if isinstance(value, SeriesSnapshot):
            self._own.follow(value, node.changed_s)
        else:
            self._own.replace(value, node.changed_s)

    def reach(self, wanted: Range, at: float, mono: float, *, is_coarse: bool, is_kept: bool = False) -> Reached:
        """Return what of a range can be shown at the wall second ``at``, from the right. The rest is asked for, but not
        for a coarse look, nor before the history was read of which it may be; nor, but for what is old, where
        ``is_kept``: who looks has all of it."""
        first_x = self.columns.first_x
        if self.past is None or (first_x is None and (self.spec.x == "number" or self._is_history_missing)):
            return Reached(wanted, False)
        newest_id = id_of(at if first_x is None else first_x, wanted.k)
        if is_coarse or self._is_history_missing:
            low = max(wanted.low, min(wanted.high, newest_id))
            return Reached(wanted._replace(low=low), low > wanted.low)
        # Nothing is held: blocks are read to their ends, of which the present moves through one after the other.
        high, held_x = (min(wanted.high, newest_id), math.inf) if first_x is None else (wanted.high, first_x)
        if wanted.low > high:
            return Reached(wanted, False)
        is_beside = not wanted.is_windowed and wanted.high < math.inf
        reach = self.past.reach(wanted.k, wanted.low, high, held_x, mono, is_kept=is_kept, is_beside=is_beside)
        low = reach.low if first_x is not None else max(wanted.low, min(reach.low, high))
        return Reached(wanted._replace(low=low), bool(reach.missing), reach.owes_beside)

    def is_past_seen(self, view: PanelView, at: float) -> bool:
        """Whether at the wall second ``at`` a view reaches back past what is held."""
        wanted = range_of(self.spec, view, self.columns, at, None)
        first_x = self.columns.first_x
        return self.past is not None and wanted.low < id_of(at if first_x is None else first_x, wanted.k)

    @property
    def _is_history_missing(self) -> bool:
        return self.nodes[0].inputs[0].value is MISSING

    def adopt(self) -> bool:
        """Take over the store's own columns once there are any, which may have come while nobody watched.

        Returns whether they are the store's own.
        """
        stored = None if self.is_stored else stored_columns(self.nodes[0], self._store)
        if stored is not None:
            self.columns, self.is_stored = stored, True
        return self.is_stored


def stored_columns(node: Node, store: Store) -> SeriesColumns | None:
    """Return the store's columns where the node is a stored series."""
    return store.series(key_of(node.readable)) if node.is_leaf else None


class ShownCurve(_Shown):
    """A curve over a free x, always whole."""

    def __init__(self, spec: CurveSlot, graph: Graph) -> None:
        self.nodes = [graph.node(spec.reads)]
        self.points: Points | None = None
        self.changed_s = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is no point."""
        return self.points is None or not self.points.xs.size

    def refresh(self) -> None:
        """Take over the present curve."""
        node = self.nodes[0]
        if node.changed_s <= self.changed_s or node.value is MISSING:
            return
        self.changed_s = node.changed_s
        value = plain(node.value)
        if not isinstance(value, Points):
            self.fault = f"{node.label} should give a curve, got {_kind(value)}"
        elif value.xs.size > MAX_FREE_POINTS:
            most = f"at most {MAX_FREE_POINTS:,} points over a free x, which are sent whole"
            self.fault = f'{node.label} should give {most}, got {value.xs.size:,}: thin it out, or use x="number"'
        else:
            self.points, self.fault = value, None


class ShownTable(_Shown):
    """Rows with ids, so that only those that changed travel."""

    def __init__(self, spec: TableSlot, graph: Graph) -> None:
        self.slot = spec.slot
        self.nodes = [graph.node(spec.reads)]
        key = getattr(spec.reads, "key_column", None)
        self.table = TableState(key, spec.max_rows, time=getattr(spec.reads, "time_column", None))
        self._seen_s = 0

    @property
    def changed_s(self) -> int:
        """The S at which the shown rows last changed."""
        return self.table.changed_s

    @property
    def is_empty(self) -> bool:
        """Whether there is no row."""
        return not self.table.order

    def refresh(self) -> Iterator[None]:
        """Take over the present rows, in portions: yields after each."""
        node = self.nodes[0]
        if node.changed_s <= self._seen_s or node.value is MISSING:
            return
        self._seen_s = node.changed_s
        try:
            frame = result_of(node.value, node.label)
        except CadranError as error:
            self.fault = str(error)
            return
        if is_frame(frame):
            yield from self.table.replacing(frame, node.changed_s)
            self.fault = None
        else:
            self.fault = f"{node.label} should give a table, got {_kind(node.value)}"


Shown = ShownScalar | ShownSeries | ShownCurve | ShownTable


def shown_of(spec: Slot, graph: Graph, store: Store, pasts: Pasts | None = None) -> Shown:
    """Return the keeper of a slot's shape."""
    match spec:
        case ScalarSlot():
            return ShownScalar(spec, graph)
        case SeriesSlot():
            return ShownSeries(spec, graph, store, pasts)
        case CurveSlot():
            return ShownCurve(spec, graph)
        case TableSlot():
            return ShownTable(spec, graph)


def _kind(value: object) -> str:
    if is_frame(value):
        return "a table"
    return "a series" if isinstance(value, Points) else f"one {type(value).__name__}"
