"""Buckets of time: a column or a series as one value for each minute, hour or day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Self

from cadran.durations import Duration, format_secs, parse_secs
from cadran.errors import UsageError
from cadran.readable.base import Readable
from cadran.readable.rates import share_from
from cadran.readable.series import SeriesReadable, XKind
from cadran.readable.tables import TableReadable
from cadran.zones import check_zone, local_zone

if TYPE_CHECKING:
    from cadran.readable.finished import FinishedBuckets

BucketOperation = Literal["count", "sum", "mean", "min", "max", "first", "latest", "quantile"]
DAY_SECS = 86_400.0
_WIDTH_SECS_MIN = 0.001


@dataclass(frozen=True)
class BucketSeries(SeriesReadable):
    """One value for each bucket, at the time where it begins; the last one is the bucket of the present, unfinished.

    Edges are fixed in absolute time. An empty bucket is 0 for counts and sums, else a gap. A chart marks the unfinished
    one; single numbers such as ``.latest()``, ``.delta()`` and a card's comparison are of the finished ones.
    """

    of: TableReadable | SeriesReadable
    operation: BucketOperation
    column: str | None
    every_secs: float
    zone: str | None
    """In which days begin; None for buckets that are no whole days."""
    share: float | None = None
    """Of a quantile."""
    name: str | None = field(default=None, compare=False)

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        parts = (self.operation, self.column, "of", self.of.label, "per", format_secs(self.every_secs))
        return self.name or " ".join(filter(None, parts))

    @property
    def x_kind(self) -> XKind:
        return "time"

    def named(self, name: str) -> Self:
        """The same series under another label."""
        return replace(self, name=name)

    def finished(self) -> FinishedBuckets:
        """The series without the bucket of the present, for metrics that read it."""
        from cadran.readable.finished import FinishedBuckets  # it is made of these

        return FinishedBuckets(self)

    def table(self) -> BucketTable:
        """The buckets as rows of (time, value), for bars and tables, the unfinished one too."""
        return BucketTable(self)


@dataclass(frozen=True)
class BucketTable(TableReadable):
    """Rows of (time, value), one for each bucket, in the order of time."""

    of: BucketSeries

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return self.of.label

    @property
    def value_column(self) -> str:
        """The name of the second column."""
        name = self.of.name or self.of.column or self.of.operation
        return f"{name}_2" if name == "time" else name

    @property
    def time_column(self) -> str | None:
        return "time"

    @property
    def key_column(self) -> str | None:
        return "time"


@dataclass(frozen=True)
class SeriesBuckets:
    """A series by buckets of time; say what of each: ``.mean()``, ``.max()``, …"""

    of: SeriesReadable
    every_secs: float
    zone: str | None

    def count(self) -> BucketSeries:
        """The number of points that are no gaps."""
        return self._series("count")

    def sum(self) -> BucketSeries:
        """The sum of the values."""
        return self._series("sum")

    def mean(self) -> BucketSeries:
        """The mean of the values."""
        return self._series("mean")

    def min(self) -> BucketSeries:
        """The least value."""
        return self._series("min")

    def max(self) -> BucketSeries:
        """The greatest value."""
        return self._series("max")

    def first(self) -> BucketSeries:
        """The oldest value."""
        return self._series("first")

    def latest(self) -> BucketSeries:
        """The newest value."""
        return self._series("latest")

    def quantile(self, share: float) -> BucketSeries:
        """The value below which a share of the values lies."""
        return self._series("quantile", share_from(share))

    def _series(self, operation: BucketOperation, share: float | None = None) -> BucketSeries:
        return BucketSeries(self.of, operation, None, self.every_secs, self.zone, share)


@dataclass(frozen=True)
class TableBuckets:
    """A table by buckets of time; say what of each: ``.count()``, ``.sum("amount")``, …"""

    of: TableReadable
    every_secs: float
    zone: str | None

    def count(self) -> BucketSeries:
        """The number of rows."""
        return self._series("count", None)

    def sum(self, column: str) -> BucketSeries:
        """The sum of a column."""
        return self._series("sum", column)

    def mean(self, column: str) -> BucketSeries:
        """The mean of a column."""
        return self._series("mean", column)

    def min(self, column: str) -> BucketSeries:
        """The least value of a column."""
        return self._series("min", column)

    def max(self, column: str) -> BucketSeries:
        """The greatest value of a column."""
        return self._series("max", column)

    def first(self, column: str) -> BucketSeries:
        """The oldest value of a column."""
        return self._series("first", column)

    def latest(self, column: str) -> BucketSeries:
        """The newest value of a column."""
        return self._series("latest", column)

    def quantile(self, column: str, share: float) -> BucketSeries:
        """The value of a column below which a share of the rows lies."""
        return self._series("quantile", column, share_from(share))

    def _series(self, operation: BucketOperation, column: str | None, share: float | None = None) -> BucketSeries:
        return BucketSeries(self.of, operation, column, self.every_secs, self.zone, share)


def table_buckets(of: TableReadable, every: Duration, zone: str | None) -> TableBuckets:
    """Return the buckets of a table. Raises ``UsageError`` without a time column, or for a width that is none."""
    if of.time_column is None:
        raise UsageError(f'{of.label}.resample() needs a time column: give the source time="column"')
    return TableBuckets(of, *_grid(every, zone))


def series_buckets(of: SeriesReadable, every: Duration, zone: str | None) -> SeriesBuckets:
    """Return the buckets of a series. Raises ``UsageError`` for one that is not over time."""
    if of.x_kind != "time":
        raise UsageError(f'resample() needs a series over "time", got {of.label!r} over {of.x_kind!r}')
    return SeriesBuckets(of, *_grid(every, zone))


def _grid(every: Duration, zone: str | None) -> tuple[float, str | None]:
    every_secs = parse_secs(every, "every")
    if every_secs < _WIDTH_SECS_MIN:
        raise UsageError(f"every must be at least 1 ms, got {every!r}")
    checked = None if zone is None else check_zone(zone)
    if every_secs % DAY_SECS:
        return every_secs, None  # minutes and hours begin at the same moment everywhere
    return every_secs, checked or local_zone()
