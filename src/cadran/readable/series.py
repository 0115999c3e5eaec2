"""Series: a channel's, and windows and single numbers of any."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, Self

from cadran.durations import Duration, format_secs, parse_secs
from cadran.errors import UsageError
from cadran.readable.base import Points, Readable, Scalar, Source
from cadran.readable.series_verbs import SeriesVerbs

XKind = Literal["time", "number", "free"]


class SeriesReadable(SeriesVerbs, Readable[Points]):
    """Points over x: a channel's series, a table's column, or a window of either."""

    __slots__ = ()

    @property
    def x_kind(self) -> XKind:
        """``time`` (seconds since 1970 UTC), ``number`` (ordered) or ``free`` (a whole curve)."""
        raise NotImplementedError

    def last(self, window: Duration) -> SeriesLast:
        """The points of the last ``window``, moving with time; ``x`` must be time."""
        if self.x_kind != "time":
            raise UsageError(f'last() needs a series over "time", got {self.label!r} over {self.x_kind!r}')
        return SeriesLast(self, parse_secs(window, "window"))

    # Numbers of a resampled series are of finished buckets: that of the present would look like a fall.

    def latest(self) -> SeriesAggregate:
        """The newest value; of a resampled series that of the last finished bucket."""
        return SeriesAggregate(self._finished(), "latest")

    def mean(self) -> SeriesAggregate:
        """The mean of the values, gaps left out; of a resampled series of its finished buckets."""
        return SeriesAggregate(self._finished(), "mean")

    def min(self) -> SeriesAggregate:
        """The least value; of a resampled series of its finished buckets."""
        return SeriesAggregate(self._finished(), "min")

    def max(self) -> SeriesAggregate:
        """The greatest value; of a resampled series of its finished buckets."""
        return SeriesAggregate(self._finished(), "max")

    def _finished(self) -> SeriesReadable:
        from cadran.readable.finished import finished  # it is made of series

        return finished(self)


@dataclass(frozen=True)
class SeriesLast(SeriesReadable):
    """The part of a series with ``x > now - window_secs``."""

    of: SeriesReadable
    window_secs: float

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.of.label}, last {format_secs(self.window_secs)}"

    @property
    def x_kind(self) -> XKind:
        return "time"


@dataclass(frozen=True)
class SeriesAggregate(Readable[Scalar]):
    """One number from a series; None where there is none."""

    of: SeriesReadable
    operation: Literal["latest", "mean", "min", "max"]

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.operation} of {self.of.label}"


@dataclass(frozen=True)
class ValueAgo(Readable[Scalar]):
    """The value that a series had ``period_secs`` ago: its last point at or before that moment."""

    of: SeriesReadable
    period_secs: float

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.of.label}, {format_secs(self.period_secs)} ago"


@dataclass(frozen=True)
class SeriesOf(SeriesReadable):
    """A series of a channel."""

    source: Source
    series: str
    kind: XKind = "time"
    name: str | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        return self.name or self.series

    @property
    def x_kind(self) -> XKind:
        return self.kind

    def named(self, name: str) -> Self:
        """The same series under another label."""
        return replace(self, name=name)
