"""Single values: a channel's KPI, and any value over other windows than the present one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from cadran.readable.base import Readable, Scalar, Source
from cadran.readable.series import SeriesReadable, XKind


@dataclass(frozen=True)
class KpiOf(Readable[Scalar]):
    """The last value of a KPI of a channel."""

    source: Source
    key: str
    name: str | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        return self.name or self.key

    def named(self, name: str) -> Self:
        """The same value under another label."""
        return replace(self, name=name)


@dataclass(frozen=True)
class Previous(Readable[Scalar]):
    """A value as it was over the window before: every ``Last`` below it moves back by its own length."""

    of: Readable[Scalar]

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.of.label}, previous"


@dataclass(frozen=True)
class Sparkline(SeriesReadable):
    """A value evaluated over the last ``num_buckets`` finished parts of its window, edges fixed in absolute time."""

    of: Readable[Scalar]
    num_buckets: int = 24

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.of.label}, over time"

    @property
    def x_kind(self) -> XKind:
        return "time"
