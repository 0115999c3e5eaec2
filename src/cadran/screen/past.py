"""Which lines reach back past what is held: those whose past a database still has."""

from __future__ import annotations

from typing import NamedTuple

from cadran.readable import Readable, TableSeries
from cadran.readable.splice import Chunked, Spliced
from cadran.sources.database import Query


class PastOf(NamedTuple):
    """Where the past of a line lies: two columns of a query's rows."""

    query: Query
    x: str
    y: str


def past_of(readable: Readable[object]) -> PastOf | None:
    """Return where the past of a line can be read; None where only what is held can be shown."""
    match readable:
        case Spliced(history=Chunked(of=TableSeries(of=Query() as query, x=x, y=y))) if query.past_sql is not None:
            return PastOf(query, x, y)
    return None
