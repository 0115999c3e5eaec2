"""Columns that order rows in PostgreSQL: their values as the server takes them back, and what is below all of them.

A text that is bound has no type of its own: the server reads it as a value of what it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.sources.driver import Ordered

EXACT = "the exact values of what orders"
"""Name of a further column, last."""
_BOOL, _ENDLESS = 16, 705
_TIMES = {1083: "time", 1266: "time with time zone"}
_EXACT_AS_TEXT = frozenset({17, 1186, 1700})
"""bytea, interval and numeric: a table shows less of them than they hold."""
_LEAST: Mapping[int, object] = {
    20: -(2**63),
    21: -(2**15),
    23: -(2**31),
    26: 0,
    700: float("-inf"),
    701: float("-inf"),
    1082: date(1, 1, 1),
    1114: datetime(1, 1, 2),
    1184: datetime(1, 1, 2, tzinfo=UTC),
    1186: "-170000000 years",
    1700: "-Infinity",
    2950: "00000000-0000-0000-0000-000000000000",
    3220: "0/0",  # a place in the log
    5069: "0",  # a transaction
}
"""By type. Others are texts here, and nothing is below the empty one."""


def needs_exact_text(oid: int) -> bool:
    """Whether a type must be asked for as text too, to compare with its values."""
    return oid in _EXACT_AS_TEXT


def ordered(frame: pl.DataFrame, types: Mapping[str, int], column: str) -> Ordered:
    """Return rows with what orders them. Raises ``OutsideError`` for what can't grow with each row."""
    oid = types.get(column)
    if oid is None:
        return Ordered(frame, (), ("",))
    if oid == _BOOL or oid in _TIMES:
        what = _TIMES.get(oid, "bool")
        raise OutsideError(f"expected the column {column!r} to grow with each row, which no {what} can")
    values: Sequence[object]
    if oid in _EXACT_AS_TEXT:
        values = frame.get_columns()[-1].to_list()
        frame = frame.select(frame.columns[:-1])
    else:
        values = frame[column].to_list()
    return Ordered(frame, values, (_LEAST.get(oid, ""),))
