"""What panels accept, and the hint that each wrong argument deserves."""

from __future__ import annotations

from typing import TypeGuard

from cadran.errors import UsageError
from cadran.metrics.metric import Metric
from cadran.polars_when_used import is_frame
from cadran.readable import (
    Aggregate,
    Arithmetic,
    CounterRate,
    Delta,
    KpiOf,
    Points,
    Previous,
    Quantile,
    Rate,
    Readable,
    RowValue,
    SeriesAggregate,
    SeriesOf,
    SeriesReadable,
    Source,
    TableReadable,
    ValueAgo,
)
from cadran.screen.layout import XKind
from cadran.sources import Database, FunctionSource, TableFunction

_SCALARS = (
    Aggregate,
    Arithmetic,
    CounterRate,
    Delta,
    KpiOf,
    Previous,
    Quantile,
    Rate,
    RowValue,
    SeriesAggregate,
    ValueAgo,
)


def require_readable(where: str, value: object) -> Readable[object]:
    """Return ``value`` if it describes data; raises ``UsageError`` with a hint for what people pass instead."""
    if isinstance(value, Readable):
        return value
    raise UsageError(f"{where} shows a source, a part of one, or a metric; {_hint(value)}")


def require_value(where: str, value: object) -> Readable[object]:
    """Return ``value`` if it can be one value, for a KPI."""
    readable = require_readable(where, value)
    is_source = isinstance(readable, Source) and not isinstance(readable, TableFunction)  # a query may give one cell
    if isinstance(readable, TableReadable) and not is_source and not isinstance(readable, Metric):
        raise UsageError(
            f"{where} shows one value, got the table {readable.label!r}: "
            'use .count(), .sum("column"), .mean("column") or a metric that reads it'
        )
    return readable


def require_table(where: str, value: object) -> Readable[object]:
    """Return ``value`` if it can be rows, for bars, pies and tables."""
    readable = require_readable(where, value)
    if isinstance(readable, SeriesReadable):
        raise UsageError(f"{where} shows rows, got the series {readable.label!r}: use ui.line(…), or a table")
    if isinstance(readable, _SCALARS) or _gives_one_value(readable):
        raise UsageError(
            f'{where} shows rows, got the single value {readable.label!r}: use ui.kpi(…), or group it with by="column"'
        )
    return readable


def is_points(readable: Readable[object]) -> TypeGuard[Readable[Points]]:
    """Whether ``readable`` can be points: a series, or a metric that may return one."""
    return isinstance(readable, SeriesReadable | Metric) and not isinstance(readable, TableReadable)


def require_points(where: str, value: object) -> Readable[Points]:
    """Return ``value`` if it can be points, for lines and histories."""
    readable = require_readable(where, value)
    if is_points(readable):
        return readable
    if isinstance(readable, TableReadable):
        raise UsageError(
            f'{where} draws series, got the table {readable.label!r}: use .series("column") or .series("y", x="x")'
        )
    hint = f'press.series("{readable.key}")' if isinstance(readable, KpiOf) else "a series such as press.series(…)"
    raise UsageError(f"{where} draws series, got the single value {readable.label!r}: use {hint}")


def x_kind_of(where: str, readable: Readable[Points], x: XKind | None) -> XKind:
    """Return the x of ``readable``; ``x`` says it for a metric, which cannot."""
    if not isinstance(readable, SeriesReadable):
        return x or "time"
    if x is not None and x != readable.x_kind:
        hint = ""
        if isinstance(readable, SeriesOf):
            hint = f'; say it where it is named: .series("{readable.series}", x="{x}")'
        raise UsageError(f'{where} has x="{x}", but {readable.label!r} is over "{readable.x_kind}"{hint}')
    return readable.x_kind


def _gives_one_value(readable: Readable[object]) -> bool:
    return isinstance(readable, FunctionSource) and readable.gives == "scalar"


def _hint(value: object) -> str:
    if isinstance(value, Database):
        return f"got {value!r}: name what to read of it, with .query(…)"
    if isinstance(value, Source):
        return f'got {value.label!r}: name a part of it, such as .kpi("name"), .series("name") or .table("name")'
    if is_frame(value):
        return "got rows that were already read: pass the source or the metric itself"
    if callable(value):
        name = getattr(value, "__name__", repr(value))
        return f"got the function {name}: make it a metric with @cd.metric(…), or a source with @cd.source(every=…)"
    return f"got {value!r}: pass the metric itself, not the result of calling it"
