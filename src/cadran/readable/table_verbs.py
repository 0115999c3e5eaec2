"""What tables offer beyond windows, ends and totals: conditions, orders, rates, quantiles, buckets of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast, overload

from cadran.durations import Duration

if TYPE_CHECKING:
    from cadran.readable.ordered import Distinct, RowValue, Sorted
    from cadran.readable.rates import Delta, GroupedQuantile, GroupedRate, Quantile, Rate
    from cadran.readable.resample import TableBuckets
    from cadran.readable.tables import TableReadable

# What these describe is made of tables, so it is imported where it is made.


class TableVerbs:
    """The part of ``TableReadable`` that describes values of other files."""

    __slots__ = ()

    def where(self, conditions: Mapping[str, object] | None = None, /, **columns: object) -> TableReadable:
        """The rows that fit: ``where(region="EU", amount=cd.above(10), sku=["A", "B"])``.

        A value, several of which one must fit, ``cd.above(…)``, ``cd.below(…)`` or ``cd.between(…)``; None fits where
        there is no value. Columns whose names are no words of Python go in a dict: ``where({"order id": 7})``.
        """
        from cadran.readable.where import where

        return where(_table(self), {**(conditions or {}), **columns})

    def sort(self, column: str, *, descending: bool = False) -> Sorted:
        """The rows by a column, those without a value last."""
        from cadran.readable.ordered import Sorted

        return Sorted(_table(self), column, bool(descending))

    def distinct(self, column: str) -> Distinct:
        """The values of a column, each once, in ascending order; ``.distinct("region").count()`` is how many."""
        from cadran.readable.ordered import Distinct

        return Distinct(_table(self), column)

    def first(self, column: str) -> RowValue:
        """The column's value in the oldest row; without a time column, in the first."""
        from cadran.readable.ordered import RowValue

        return RowValue(_table(self), column, is_newest=False)

    def latest(self, column: str) -> RowValue:
        """The column's value in the newest row; without a time column, in the last."""
        from cadran.readable.ordered import RowValue

        return RowValue(_table(self), column, is_newest=True)

    def delta(self, column: str, *, over: Duration | None = None) -> Delta:
        """The newest value of a column less the oldest one; ``over`` a window, default all rows."""
        from cadran.readable.rates import Delta

        return Delta(_over(self, over), column)

    @overload
    def rate(self, over: Duration, column: str | None = None, *, by: None = None) -> Rate: ...
    @overload
    def rate(self, over: Duration, column: str | None = None, *, by: str) -> GroupedRate: ...
    def rate(self, over: Duration, column: str | None = None, *, by: str | None = None) -> Rate | GroupedRate:
        """Rows per second of the last ``over``, or the sum of a column per second; ``by`` another column."""
        from cadran.readable.rates import GroupedRate, Rate

        window = _table(self).last(over)
        return Rate(window, column) if by is None else GroupedRate(window, column, by)

    @overload
    def quantile(self, column: str, share: float, *, over: Duration | None = None, by: None = None) -> Quantile: ...
    @overload
    def quantile(self, column: str, share: float, *, over: Duration | None = None, by: str) -> GroupedQuantile: ...
    def quantile(
        self, column: str, share: float, *, over: Duration | None = None, by: str | None = None
    ) -> Quantile | GroupedQuantile:
        """The value of a column below which a share of the rows lies: ``quantile("latency", 0.99, over="5m")``."""
        from cadran.readable.rates import GroupedQuantile, Quantile, share_from

        rows, checked = _over(self, over), share_from(share)
        return Quantile(rows, column, checked) if by is None else GroupedQuantile(rows, column, by, checked)

    def resample(self, every: Duration, *, zone: str | None = None) -> TableBuckets:
        """The rows by buckets of time, edges fixed in absolute time: ``resample("1m").sum("amount")`` is a series.

        Buckets of whole days begin at midnight in ``zone`` (default the server's), those of whole weeks on Mondays.
        """
        from cadran.readable.resample import table_buckets

        return table_buckets(_table(self), every, zone)


def _table(verbs: TableVerbs) -> TableReadable:
    return cast("TableReadable", verbs)


def _over(verbs: TableVerbs, window: Duration | None) -> TableReadable:
    table = _table(verbs)
    return table if window is None else table.last(window)
