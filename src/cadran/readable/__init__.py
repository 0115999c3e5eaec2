"""What can be shown or read: descriptions of values, evaluated by ``cadran.metrics``.

Every description is frozen, and equal ones are one value for the engine. A leaf: all rooms may import it.
"""

from cadran.readable.arithmetic import Arithmetic
from cadran.readable.base import Floats, Points, Readable, Scalar, Source, T_co
from cadran.readable.filtered import ColumnValues, Filtered
from cadran.readable.finished import FinishedBuckets, FinishedTo
from cadran.readable.ordered import Distinct, RowValue, Sorted
from cadran.readable.rates import CounterRate, Delta, GroupedQuantile, GroupedRate, Quantile, Rate
from cadran.readable.resample import BucketSeries, BucketTable, SeriesBuckets, TableBuckets
from cadran.readable.scalars import KpiOf, Previous, Sparkline
from cadran.readable.series import SeriesAggregate, SeriesLast, SeriesOf, SeriesReadable, ValueAgo, XKind
from cadran.readable.tables import (
    Aggregate,
    GroupedAggregate,
    Last,
    Operation,
    TableOf,
    TablePart,
    TableReadable,
    TableSeries,
    Tail,
)
from cadran.readable.where import Condition, Where

__all__ = [
    "Aggregate",
    "Arithmetic",
    "BucketSeries",
    "BucketTable",
    "ColumnValues",
    "Condition",
    "CounterRate",
    "Delta",
    "Distinct",
    "Filtered",
    "FinishedBuckets",
    "FinishedTo",
    "Floats",
    "GroupedAggregate",
    "GroupedQuantile",
    "GroupedRate",
    "KpiOf",
    "Last",
    "Operation",
    "Points",
    "Previous",
    "Quantile",
    "Rate",
    "Readable",
    "RowValue",
    "Scalar",
    "SeriesAggregate",
    "SeriesBuckets",
    "SeriesLast",
    "SeriesOf",
    "SeriesReadable",
    "Sorted",
    "Source",
    "Sparkline",
    "T_co",
    "TableBuckets",
    "TableOf",
    "TablePart",
    "TableReadable",
    "TableSeries",
    "Tail",
    "ValueAgo",
    "Where",
    "XKind",
]
