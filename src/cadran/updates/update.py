"""The three typed updates: the public language of channels.

An update is a description; nothing is checked or copied before ``Channel.send``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Self, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from cadran.polars_when_used import pl

XKind = Literal["time", "number", "free"]
"""``time``: seconds since 1970 UTC; ``number``: ordered; ``free``: a curve, sent whole."""

Number = int | float | bool | Decimal | np.generic | None
"""What becomes a float64; None is a gap."""

KpiValue = Number | str


class Columns(NamedTuple):
    """Points as two columns of one length."""

    xs: object
    ys: object


PointsLike = tuple[Number, Number] | Iterable[Sequence[Number]] | npt.NDArray[Any] | Columns
"""One pair, a sequence of pairs, an array of shape (n, 2), or two columns."""

RowsLike: TypeAlias = "pl.DataFrame | Sequence[Mapping[str, object]]"


class KpiUpdated(msgspec.Struct, frozen=True, gc=False):
    """A KPI has a new value: a number, a state (text or bool), or None for a gap.

    ``at``: when it was measured, in seconds since 1970 UTC; None means on arrival.
    """

    key: str
    value: KpiValue
    at: float | None = None


class ChartDataUpdated(msgspec.Struct, frozen=True, gc=False):
    """A series has new points: one pair, a sequence of pairs, or an array of shape (n, 2).

    They are added, or with ``replace=True`` take the place of all that came before. A ``"free"``
    curve is always whole: at most 10,000 points, each update replaces the last.
    """

    series: str
    points: PointsLike
    replace: bool = False
    x: XKind = "time"

    @classmethod
    def xy(cls, series: str, xs: object, ys: object, *, replace: bool = False, x: XKind = "time") -> Self:
        """Points as two columns (sequences, arrays or Polars series) of one length."""
        return cls(series, Columns(xs, ys), replace, x)

    @classmethod
    def point(cls, series: str, x: Number, y: Number, *, kind: XKind = "time") -> Self:
        """One point: the fast form for samples that come one by one."""
        return cls(series, (x, y), False, kind)


class TableUpdated(msgspec.Struct, frozen=True):
    """A table has new content: a whole state, as a frame or a list of rows.

    ``key``: the column that identifies a row.
    """

    table: str
    rows: RowsLike
    key: str | None = None


Update = KpiUpdated | ChartDataUpdated | TableUpdated
