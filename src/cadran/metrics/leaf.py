"""What a leaf of the graph has in the store."""

from __future__ import annotations

from cadran.metrics.results import MISSING
from cadran.polars_when_used import is_frame
from cadran.readable import Floats, KpiOf, Points, Readable, SeriesOf, Source, TableOf
from cadran.store import Key, SeriesSnapshot, Store


def key_of(readable: Readable[object]) -> Key:
    """Return the store's key of what a source gives directly."""
    match readable:
        case KpiOf():
            return Key(readable.source.id, "kpi", readable.key)
        case SeriesOf():
            return Key(readable.source.id, "series", readable.series)
        case TableOf():
            return Key(readable.source.id, "table", readable.table)
    if isinstance(readable, Source):
        return Key(readable.id, "whole")
    raise TypeError(f"{type(readable).__name__} has no inputs and is not a source's value")


def leaf_value(readable: Readable[object], store: Store) -> tuple[object, int, str]:
    """Return the value (``MISSING`` before the first), the S since which it is this, and the cause.

    A series is its snapshot: what reads it takes the part that it needs, and user code gets it ``plain``.
    """
    key = key_of(readable)
    series = store.series(key)
    if series is not None:
        return series.snapshot(), series.changed_s, series.cause
    cell = store.cell(key)
    if cell is not None:
        return cell.value, cell.changed_s, cell.cause
    return MISSING, 0, ""


def newer_than(readable: Readable[object], store: Store, s: int, x: float) -> bool:
    """Whether what changed after ``s`` are points of a stored series beyond ``x`` alone; none left it since."""
    series = store.series(key_of(readable))
    return series is not None and series.evicted_s <= s and series.changes.since(s) > x


def plain(value: object) -> object:
    """Return a value as user code gets it: a series as ``Points`` of arrays. What is done to it changes no other."""
    if isinstance(value, SeriesSnapshot):
        return value.points
    if isinstance(value, Points):
        return Points(_read_only(value.xs), _read_only(value.ys))
    return value.clone() if is_frame(value) else value  # a clone shares its columns' memory


def _read_only(column: Floats) -> Floats:
    seen = column.view()
    seen.flags.writeable = False
    return seen
