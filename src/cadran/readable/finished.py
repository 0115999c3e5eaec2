"""Buckets of time that have ended, and from when on they have not: the bucket of the present is still filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cadran.readable.base import Readable, Scalar
from cadran.readable.filtered import Filtered
from cadran.readable.resample import BucketSeries, BucketTable
from cadran.readable.series import SeriesLast, SeriesReadable, XKind
from cadran.readable.splice import Chunked, Spliced
from cadran.readable.tables import Last, TablePart, TableReadable, TableSeries


@dataclass(frozen=True)
class FinishedBuckets(SeriesReadable):
    """The buckets of a resampled series that have ended, so that only late rows change them."""

    of: BucketSeries

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return self.of.label

    @property
    def x_kind(self) -> XKind:
        return "time"


@dataclass(frozen=True)
class FinishedTo(Readable[Scalar]):
    """The wall second up to which buckets have ended: those that begin there or later are unfinished."""

    of: TableReadable | SeriesReadable
    """What the buckets are of."""
    every_secs: float
    zone: str | None

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"finished buckets of {self.of.label}"


def finished(series: SeriesReadable) -> SeriesReadable:
    """Return what single numbers of a series are made from: without its unfinished bucket, if it has buckets."""
    if isinstance(series, BucketSeries):
        return FinishedBuckets(series)
    if isinstance(series, SeriesLast):
        below = finished(series.of)
        return series if below is series.of else replace(series, of=below)
    if isinstance(series, Spliced):
        past, live = finished(series.history.of), finished(series.live)
        is_same = past is series.history.of and live is series.live
        return series if is_same else replace(series, history=Chunked(past), live=live)
    return series


def finished_to(shown: Readable[object]) -> FinishedTo | None:
    """Return up to when the buckets have ended that are shown as points or rows; None of what has none.

    Of past and present the present is meant: it has the bucket that is still filled.
    """
    while isinstance(shown, SeriesLast | TablePart | BucketTable | Spliced):
        shown = shown.live if isinstance(shown, Spliced) else shown.of
    if isinstance(shown, BucketSeries):
        return FinishedTo(shown.of, shown.every_secs, shown.zone)
    return None


def windows_of(of: Readable[object]) -> Iterator[Last | SeriesLast]:
    """Yield the windows through which rows or points pass before they are put into buckets, the last one first."""
    while isinstance(of, TablePart | Filtered | TableSeries | SeriesLast):
        if isinstance(of, Last | SeriesLast):
            yield of
        of = of.of
