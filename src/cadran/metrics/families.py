"""The built-in computations that have files of their own: which description is whose."""

from __future__ import annotations

from cadran.errors import UsageError
from cadran.metrics.arithmetic import calculated
from cadran.metrics.computed import Computed, frame_of, points_of
from cadran.metrics.lens import Lens
from cadran.metrics.ordered import distinct_values, row_value, sorted_rows
from cadran.metrics.rates import counter_rate, delta, grouped_quantile, grouped_rate, quantile, rate
from cadran.metrics.resample import bucket_series, bucket_table, finished_buckets, finished_to
from cadran.metrics.splice import chunked, spliced
from cadran.metrics.where import rows_where
from cadran.readable import FinishedBuckets, FinishedTo, Readable
from cadran.readable.arithmetic import Arithmetic
from cadran.readable.ordered import Distinct, RowValue, Sorted
from cadran.readable.rates import CounterRate, Delta, GroupedQuantile, GroupedRate, Quantile, Rate
from cadran.readable.resample import BucketSeries, BucketTable
from cadran.readable.splice import Chunked, Spliced
from cadran.readable.where import Where


def computed_by_family(readable: Readable[object], inputs: tuple[object, ...], lens: Lens) -> Computed:
    """Compute one built-in from its inputs' values. Raises ``UsageError`` for data that does not fit."""
    match readable:
        case BucketSeries():
            return bucket_series(readable, inputs[0], lens)
        case FinishedBuckets():
            return finished_buckets(readable, points_of(inputs[0], readable), lens)
        case FinishedTo():
            return Computed(*finished_to(readable, lens))
        case _:
            return Computed(_value(readable, inputs, lens))


def _value(readable: Readable[object], inputs: tuple[object, ...], lens: Lens) -> object:
    match readable:
        case Arithmetic():
            return calculated(readable, inputs)
        case Where():
            return rows_where(readable, frame_of(inputs[0], readable))
        case Sorted():
            return sorted_rows(readable, frame_of(inputs[0], readable))
        case Distinct():
            return distinct_values(readable, frame_of(inputs[0], readable))
        case RowValue():
            return row_value(readable, frame_of(inputs[0], readable))
        case Rate():
            return rate(readable, frame_of(inputs[0], readable), lens)
        case GroupedRate():
            return grouped_rate(readable, frame_of(inputs[0], readable), lens)
        case CounterRate():
            return counter_rate(points_of(inputs[0], readable))
        case Delta():
            return delta(readable, inputs[0])
        case Quantile():
            return quantile(readable, inputs[0])
        case GroupedQuantile():
            return grouped_quantile(readable, frame_of(inputs[0], readable))
        case BucketTable():
            return bucket_table(readable, points_of(inputs[0], readable))
        case Chunked():
            return chunked(readable, inputs[0])
        case Spliced():
            return spliced(readable, inputs)
        case _:
            raise UsageError(f"{type(readable).__name__} is not something that can be computed here")
