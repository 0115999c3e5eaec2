"""How fast, how much more, how slow at worst: rates, differences and quantiles of tables and series."""

from __future__ import annotations

from dataclasses import dataclass

from cadran.durations import format_secs
from cadran.errors import UsageError
from cadran.readable.base import Readable, Scalar
from cadran.readable.series import SeriesLast, SeriesReadable
from cadran.readable.tables import Last, TableReadable


@dataclass(frozen=True)
class Rate(Readable[Scalar]):
    """Rows per second of a window, or the sum of a column per second."""

    of: Last
    column: str | None

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return _rate_label(self.of, self.column)


@dataclass(frozen=True)
class CounterRate(Readable[Scalar]):
    """Growth per second of a series that counts up: between the first and the last point of a window.

    A value below the one before it is a counter that began again from zero. Fewer than two points are a gap.
    """

    of: SeriesLast

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.of.of.label} per second, last {format_secs(self.of.window_secs)}"


@dataclass(frozen=True)
class Delta(Readable[Scalar]):
    """The newest value less the oldest one, of a column or a series, gaps left out."""

    of: TableReadable | SeriesReadable
    column: str | None = None

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return " ".join(filter(None, ("change of", self.column, self.column and "of", self.of.label)))


@dataclass(frozen=True)
class Quantile(Readable[Scalar]):
    """The value below which a share of all lies, linear between neighbours; gaps left out."""

    of: TableReadable | SeriesReadable
    column: str | None
    share: float

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return " ".join(filter(None, (_percentile(self.share), self.column, "of", self.of.label)))


@dataclass(frozen=True)
class _Grouped(TableReadable):
    of: TableReadable
    column: str | None
    by: str

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def time_column(self) -> str | None:
        return None

    @property
    def key_column(self) -> str | None:
        return self.by


@dataclass(frozen=True)
class GroupedRate(_Grouped):
    """One row (label, rate) for each value of ``by``, largest first."""

    of: Last

    @property
    def label(self) -> str:
        return f"{_rate_label(self.of, self.column)}, by {self.by}"


@dataclass(frozen=True)
class GroupedQuantile(_Grouped):
    """One row (label, quantile) for each value of ``by``, largest first."""

    share: float

    @property
    def label(self) -> str:
        return f"{_percentile(self.share)} {self.column} by {self.by} of {self.of.label}"


def share_from(value: object) -> float:
    """Return a quantile's share; raises ``UsageError`` unless it lies from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UsageError(f"quantile() needs a share from 0 to 1, such as 0.99, got {value!r}")
    return float(value)


def _rate_label(of: Last, column: str | None) -> str:
    return f"{column or 'rows'} per second of {of.label}"


def _percentile(share: float) -> str:
    return f"p{share * 100:g}"
