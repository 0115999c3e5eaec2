"""What can be shown or read: descriptions of values, evaluated by ``cadran.metrics``.

Every description is frozen, and equal ones are one value for the engine. A leaf: all rooms may import it.
"""

from cadran.readable.base import Floats, Points, Readable, Scalar, Source, T_co
from cadran.readable.filtered import ColumnValues, Filtered
from cadran.readable.scalars import KpiOf, Previous, Sparkline
from cadran.readable.series import SeriesAggregate, SeriesLast, SeriesOf, SeriesReadable, ValueAgo, XKind
from cadran.readable.tables import (
    Aggregate,
    GroupedAggregate,
    Last,
    Operation,
    TableOf,
    TableReadable,
    TableSeries,
    Tail,
)

__all__ = [
    "Aggregate",
    "ColumnValues",
    "Filtered",
    "Floats",
    "GroupedAggregate",
    "KpiOf",
    "Last",
    "Operation",
    "Points",
    "Previous",
    "Readable",
    "Scalar",
    "SeriesAggregate",
    "SeriesLast",
    "SeriesOf",
    "SeriesReadable",
    "Source",
    "Sparkline",
    "T_co",
    "TableOf",
    "TableReadable",
    "TableSeries",
    "Tail",
    "ValueAgo",
    "XKind",
]
