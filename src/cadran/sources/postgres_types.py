"""How PostgreSQL's binary values become columns. Types that are not here are asked for as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any

from cadran.polars_when_used import pl
from cadran.sources.plain import unique_names
from cadran.updates.tables import text_of_blob

_BOOL, _BYTEA, _NUMERIC = 16, 17, 1700
_INTEGERS = frozenset({20, 21, 23, 26})
_FLOATS = frozenset({700, 701})
_TEXTS = frozenset({18, 19, 25, 1042, 1043, 705})
_DATE, _TIME, _TIMESTAMP, _TIMESTAMPTZ, _INTERVAL = 1082, 1083, 1114, 1184, 1186
_KNOWN = _INTEGERS | _FLOATS | _TEXTS
_KNOWN |= {_BOOL, _BYTEA, _NUMERIC, _DATE, _TIME, _TIMESTAMP, _TIMESTAMPTZ, _INTERVAL}
_ASKED_AS = {790: "CAST({} AS numeric)", 869: "textin(inet_out({}))"}
"""money, whose text is written as the server's country does, and inet, whose cast to text adds /32."""
_PADDED_TEXT = 1042
_EPOCH_DAYS = 10_957
"""From 1970 to 2000, where PostgreSQL's times begin."""
_EPOCH_MICROS = _EPOCH_DAYS * 86_400_000_000
_DAYS_MAX, _MICROS_MAX = 2**31 - 1, 2**63 - 1
"""Infinity; less infinity is one less than its negative."""


def _loader(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(import_module(f"psycopg.types.{module}"), name)


LOADERS: dict[int, Callable[[], Any]] = {
    # Times are whole numbers on the wire, and stay so: no Python object for each.
    _DATE: _loader("numeric", "Int4BinaryLoader"),
    **dict.fromkeys((_TIME, _TIMESTAMP, _TIMESTAMPTZ), _loader("numeric", "Int8BinaryLoader")),
    **dict.fromkeys(_TEXTS, _loader("string", "TextBinaryLoader")),
}
"""By type: returns the class that reads its binary form. (Registered last, so those of psycopg for text stay.)"""


def is_known(oid: int) -> bool:
    """Whether a type becomes a column as it is."""
    return oid in _KNOWN


def asked_as(oid: int) -> str:
    """Return what to select for a column of a type, with ``{}`` for its name."""
    return "{}" if oid in _KNOWN else _ASKED_AS.get(oid, "CAST({} AS text)")


def columns_of(description: Sequence[Any], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Return rows as a frame. Each column has the type that the database says, also without rows."""
    names = unique_names(column.name for column in description)
    oids = [column.type_code for column in description]
    if {_NUMERIC, _BYTEA}.isdisjoint(oids):
        raw = pl.DataFrame(rows, schema=dict(zip(names, map(_raw_type, oids), strict=True)), orient="row")
        series = raw.get_columns()
    else:
        values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        series = [
            _numeric(name, one, column.scale)
            if oid == _NUMERIC
            else _blobs(name, one)
            if oid == _BYTEA
            else pl.Series(name, one, dtype=_raw_type(oid))
            for name, oid, one, column in zip(names, oids, values, description, strict=True)
        ]
    return pl.DataFrame([_timed(one, oid) for one, oid in zip(series, oids, strict=True)])


def _raw_type(oid: int) -> Any:
    if oid in _TEXTS:
        return pl.String()
    if oid in _FLOATS:
        return pl.Float64()
    if oid == _BOOL:
        return pl.Boolean()
    return pl.Duration("us") if oid == _INTERVAL else pl.Int64()


def _timed(column: pl.Series, oid: int) -> pl.Series:
    if oid == _DATE:
        finite = column.set((column >= _DAYS_MAX) | (column < -_DAYS_MAX), None)
        return (finite + _EPOCH_DAYS).cast(pl.Int32).cast(pl.Date)
    if oid in (_TIMESTAMP, _TIMESTAMPTZ):
        finite = column.set((column >= _MICROS_MAX) | (column < -_MICROS_MAX), None)
        return (finite + _EPOCH_MICROS).cast(pl.Datetime("us", "UTC" if oid == _TIMESTAMPTZ else None))
    if oid == _PADDED_TEXT:
        return column.str.strip_chars_end(" ")
    if oid == _TIME:  # 24:00:00 is one moment past what a time can be
        return (column.clip(0, 86_399_999_999) * 1_000).cast(pl.Time)
    return column


def _numeric(name: str, values: Sequence[Decimal | None], scale: int | None) -> pl.Series:
    """Whole numbers stay whole where they fit, such as the sum of integers."""
    exponents = {value.as_tuple().exponent for value in values if value is not None}
    if exponents <= {0} and (exponents or scale == 0):
        whole = [None if value is None else int(value) for value in values]
        if all(value is None or -(2**63) <= value < 2**63 for value in whole):
            return pl.Series(name, whole, dtype=pl.Int64)
    return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)


def _blobs(name: str, values: Sequence[bytes | None]) -> pl.Series:
    texts = [None if value is None else text_of_blob(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)
