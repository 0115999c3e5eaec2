"""Columns that order rows in DuckDB: their values as it takes them back, and what is below all of them.

A text that is bound is read as a value of what it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.sources.driver import Ordered

_EXACT = "the exact values of what orders"
_AS_IT_IS: Mapping[str, object] = {
    "TINYINT": -(2**7),
    "SMALLINT": -(2**15),
    "INTEGER": -(2**31),
    "BIGINT": -(2**63),
    "UTINYINT": 0,
    "USMALLINT": 0,
    "UINTEGER": 0,
    "FLOAT": float("-inf"),
    "DOUBLE": float("-inf"),
    "VARCHAR": "",
    "DATE": date(1, 1, 1),
    "TIMESTAMP": datetime(1, 1, 2),
    "TIMESTAMP_S": datetime(1, 1, 2),
    "TIMESTAMP_MS": datetime(1, 1, 2),
    "TIMESTAMP WITH TIME ZONE": datetime(1, 1, 2, tzinfo=UTC),
}
"""By type: what is below all its values. They come back from Polars as they were."""
_WHOLE: Mapping[str, int] = {"HUGEINT": -(2**127), "UBIGINT": -1}
"""By type: what is below all its values, which are whole numbers of more than 63 bits."""
_AS_TEXT: Mapping[str, str] = {
    "UHUGEINT": "0",
    "UUID": "00000000-0000-0000-0000-000000000000",
    "TIMESTAMP_NS": "-infinity",
    "INTERVAL": "-178000000 years",
    "BLOB": "",
    "BIT": "0",
}
"""By type: what is below all its values, of which a table shows less than they hold."""
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_UNORDERED = re.compile(r"(ENUM|BOOLEAN|TIME)\b(?!STAMP)")


def needs_exact_text(dtype: str | None) -> bool:
    """Whether a type must be asked for as text too, to compare with its values."""
    return dtype is not None and dtype not in _AS_IT_IS


def exact_column(name: str) -> str:
    """Return what to select for that."""
    quoted = name.replace('"', '""')
    return f'CAST("{quoted}" AS VARCHAR) AS "{_EXACT}"'


def ordered(frame: pl.DataFrame, types: Mapping[str, str], column: str) -> Ordered:
    """Return rows with what orders them. Raises ``OutsideError`` for what can't."""
    dtype = types.get(column)
    if dtype is None:
        return Ordered(frame, (), ("",))
    if _UNORDERED.match(dtype):
        is_enum = dtype.startswith("ENUM")
        why = "which it compares in another order than it sorts it" if is_enum else "which does not grow"
        raise OutsideError(f"expected the column {column!r} to order its rows, got {dtype.partition('(')[0]}, {why}")
    if dtype in _AS_IT_IS:
        return Ordered(frame, frame[column].to_list(), (_AS_IT_IS[dtype],))
    texts: Sequence[str] = frame.get_columns()[-1].to_list()
    frame = frame.select(frame.columns[:-1])
    if dtype in _WHOLE:
        return Ordered(frame, [text and int(text) for text in texts], (_WHOLE[dtype],))
    if found := _DECIMAL.fullmatch(dtype):
        least = Decimal("-" + ("9" * (int(found[1]) - int(found[2])) or "0") + "." + "9" * int(found[2]))
        return Ordered(frame, [text and Decimal(text) for text in texts], (least,))
    return Ordered(frame, texts, (_AS_TEXT.get(dtype, ""),))
