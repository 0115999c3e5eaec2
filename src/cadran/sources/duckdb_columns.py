"""How results of DuckDB become frames: columnar, as Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cadran.polars_when_used import pl
from cadran.sources.plain import plain_frame

_KNOWN_TYPE = re.compile(
    r"BOOLEAN|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\([\d,]+\)|VARCHAR|DATE|TIME|BLOB|UUID|ENUM\(.*\)"
    r"|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?"
)
"""Types that Polars takes over; intervals are asked for as microseconds, and all others as text."""


class ArrowStream:
    """A relation or a frame as Arrow, and nothing else.

    Polars remembers the types of what it is given, and DuckDB complains of those at exit; DuckDB asks pyarrow for help
    where it is given a frame as such.
    """

    def __init__(self, relation: Any) -> None:
        self._relation = relation

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._relation.__arrow_c_stream__(requested_schema)


def frame_of(relation: Any, further: Iterable[str] = ()) -> pl.DataFrame:
    """Return a relation's rows as a frame of plain columns; ``further`` ones to select stand behind them."""
    types = [str(one) for one in relation.types]
    selected = [_known(name, dtype) for name, dtype in zip(relation.columns, types, strict=True)]
    frame = plain_frame(pl.DataFrame(ArrowStream(relation.project(", ".join([*selected, *further])))))
    intervals = [name for name, dtype in zip(frame.columns, types, strict=False) if dtype == "INTERVAL"]
    return frame.with_columns(frame[name].cast(pl.Duration("us")) for name in intervals) if intervals else frame


def _known(name: str, dtype: str) -> str:
    """Return what to select for a column of a result."""
    quoted = '"' + name.replace('"', '""') + '"'
    if dtype == "INTERVAL":  # as psycopg does: a month has 30 days, and a year 365
        months = f"CAST(datepart('year', {quoted}) * 12 + datepart('month', {quoted}) AS INTEGER)"
        days = f"(datepart('year', {quoted}) * 365 + datepart('month', {quoted}) * 30)"
        return f"epoch_us({quoted} - to_months({months})) + {days} * 86400000000 AS {quoted}"
    return quoted if _KNOWN_TYPE.fullmatch(dtype) else f"CAST({quoted} AS VARCHAR) AS {quoted}"
