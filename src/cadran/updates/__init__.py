"""Typed messages on a channel: the public language of producers."""

from cadran.updates.json import decode_updates
from cadran.updates.prepare import prepare
from cadran.updates.update import (
    ChartDataUpdated,
    Columns,
    KpiUpdated,
    KpiValue,
    Number,
    PointsLike,
    RowsLike,
    TableUpdated,
    Update,
    XKind,
)

__all__ = [
    "ChartDataUpdated",
    "Columns",
    "KpiUpdated",
    "KpiValue",
    "Number",
    "PointsLike",
    "RowsLike",
    "TableUpdated",
    "Update",
    "XKind",
    "decode_updates",
    "prepare",
]
