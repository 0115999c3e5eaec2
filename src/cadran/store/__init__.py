"""The present state: KPI values, series and tables, every change numbered and caused."""

from cadran.store.buckets import AlikeBuckets, Buckets, alike_bucketed, buckets_of, cadence_of, id_of, level_for
from cadran.store.changes import ALWAYS, NEVER, ChangeLog
from cadran.store.events import Event, From, Key, Reset, Value
from cadran.store.sameness import num_left_of, num_same_of
from cadran.store.series import SeriesColumns
from cadran.store.snapshot import SeriesSnapshot
from cadran.store.store import Cell, Store
from cadran.store.tables import TableState
from cadran.store.times import SourceTimes
from cadran.store.values import same_value

__all__ = [
    "ALWAYS",
    "NEVER",
    "AlikeBuckets",
    "Buckets",
    "Cell",
    "ChangeLog",
    "Event",
    "From",
    "Key",
    "Reset",
    "SeriesColumns",
    "SeriesSnapshot",
    "SourceTimes",
    "Store",
    "TableState",
    "Value",
    "alike_bucketed",
    "buckets_of",
    "cadence_of",
    "id_of",
    "level_for",
    "num_left_of",
    "num_same_of",
    "same_value",
]
