"""The three typed updates: the public language of channels.

An update is a description; nothing is checked or copied before ``Channel.send``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol, Self, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from cadran.polars_when_used import pl

XKind = Literal["time", "number", "free"]
"""``time``: seconds since 1970 UTC; ``number``: ordered; ``free``: a curve, sent whole."""

Number = int | float | bool | Decimal | timedelta | np.generic | None
"""What becomes a float64, a duration as its seconds; None is a gap."""

Time = Number | date | str
"""Seconds since 1970 UTC, a datetime or date (naive ones are UTC), or ISO 8601 text."""

KpiValue = Number | str


class Columns(NamedTuple):
    """Points as two columns of one length."""

    xs: object
    ys: object


class ArrowStream(Protocol):
    """What Polars, pandas, Arrow, DuckDB and others give their tables as."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


PointsLike = tuple[Time, Number] | Iterable[Sequence[Time]] | npt.NDArray[Any] | Columns | ArrowStream
"""One pair, a sequence of pairs, an array of shape (n, 2), two columns, or a table of two."""

ColumnLike: TypeAlias = "Sequence[object] | npt.NDArray[Any] | ArrowStream"

RowsLike: TypeAlias = "pl.DataFrame | ArrowStream | Sequence[Mapping[str, object]] | Mapping[str, ColumnLike]"
"""A table of Polars, pandas, Arrow or DuckDB, rows as dicts, or a dict of columns."""


class KpiUpdated(msgspec.Struct, frozen=True, gc=False):
    """A KPI has a new value: a number, a state (text or bool), or None for a gap.

    ``at``: when it was measured, in seconds since 1970 UTC or as any other time; None means on arrival.
    """

    key: str
    value: KpiValue
    at: Time = None


class ChartDataUpdated(msgspec.Struct, frozen=True, gc=False):
    """A series has new points: pairs, an array of shape (n, 2), a table of two columns, or one with an index.

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
    def point(cls, series: str, x: Time, y: Number, *, kind: XKind = "time") -> Self:
        """One point: the fast form for samples that come one by one."""
        return cls(series, (x, y), False, kind)


class TableUpdated(msgspec.Struct, frozen=True):
    """A table has new content: a whole state, as one of Polars, pandas or Arrow, a list of dicts or a dict of columns.

    ``key``: the column that identifies a row.
    """

    table: str
    rows: RowsLike
    key: str | None = None


Update = KpiUpdated | ChartDataUpdated | TableUpdated
