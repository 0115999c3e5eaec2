"""Past and present as one series: the past from a database, the present from a channel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from cadran.errors import UsageError
from cadran.readable.base import Readable
from cadran.readable.series import SeriesReadable, XKind


@dataclass(frozen=True)
class Chunked(SeriesReadable):
    """The same points, in chunks that stay as they are until the points are others."""

    of: SeriesReadable

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return self.of.label

    @property
    def x_kind(self) -> XKind:
        return self.of.x_kind


@dataclass(frozen=True)
class Spliced(SeriesReadable):
    """The points of ``history`` before the seam, and those of ``live`` from it on.

    The seam is where ``live`` began, or where its oldest kept point is, if that is later. What came late to ``live``
    and lies before is the history's to give. Where one of them has nothing yet, the other is all. Where ``live`` has a
    hole for which ``history`` has points, the seam is behind it.
    """

    history: Chunked
    live: SeriesReadable
    name: str | None = field(default=None, compare=False)

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.history, self.live)

    @property
    def label(self) -> str:
        return self.name or self.live.label

    @property
    def x_kind(self) -> XKind:
        return self.live.x_kind

    def named(self, name: str) -> Self:
        """The same series under another label."""
        return replace(self, name=name)


def splice(*, history: SeriesReadable, live: SeriesReadable, name: str | None = None) -> Spliced:
    """Make one series of a past that is read and a present that is fed, without a hole or a double at the seam.

    Both hold the same points: what the channel is fed is also written to the database, at once or a little later.
    Before the first point that the channel got (or the oldest that it keeps) the history is shown, from there on the
    channel. A chart of it can be scrolled back past what the history's query keeps: the database then makes buckets
    as wide as a pixel of all its rows, see ``past`` of ``query``.

    Raises ``UsageError`` for what is no series, for curves over a free x, and for two kinds of x.
    """
    for argument, series in (("history", history), ("live", live)):
        if not isinstance(series, SeriesReadable):
            raise UsageError(f'splice: {argument}: expected a series such as orders.series("amount"), got {series!r}')
        if series.x_kind == "free":
            raise UsageError(f'splice: {argument}: expected a series over "time" or "number", got one over "free"')
    if history.x_kind != live.x_kind:
        got = f'history over "{history.x_kind}" and live over "{live.x_kind}"'
        raise UsageError(f"splice: expected one kind of x, got {got}")
    given: object = name
    if given is not None and (not isinstance(given, str) or not given):
        raise UsageError(f"splice: name: expected text that is not empty, got {name!r}")
    return Spliced(Chunked(history), live, name)
