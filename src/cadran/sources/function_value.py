"""What a function source may give, and what it is kept as."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Scalar
from cadran.updates.numbers import describe, float_from_number
from cadran.updates.tables import check_frame, frame_from_columns, frame_from_dicts

RESULTS = "a number, text, bool or None, a polars DataFrame, a list of dicts or a dict of columns"


def value_of(result: object, where: str) -> Scalar | pl.DataFrame:
    """Return a function's result as it is kept. Raises ``UsageError`` for what can't be shown."""
    if is_frame(result):
        check_frame(result, where)
        return result.clone()
    if isinstance(result, str):
        if not result.isascii() and not _is_unicode(result):
            raise UsageError(f"{where}: expected valid Unicode, got {short(result)}")
        return str(result)
    if isinstance(result, bool | np.bool_):
        return bool(result)
    number = float_from_number(result)
    if number is not None:
        return number[0] if number[0] == number[0] else None
    if isinstance(result, list | tuple):
        return frame_from_dicts(result, where)
    if isinstance(result, Mapping):
        columns: dict[str, list[object]] = {}
        for name, values in result.items():
            if not isinstance(name, str) or isinstance(values, str | bytes) or not hasattr(values, "__len__"):
                raise UsageError(f"{where}: expected a dict of column to list, got {short(name)}: {short(values)}")
            columns[name] = list(values)
        return frame_from_columns(columns, where)
    raise UsageError(f"{where}: expected {RESULTS}, got {short(result)}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def short(value: object) -> str:
    """A value for a message."""
    if is_frame(value):
        return f"a DataFrame of {value.height} rows"
    return describe(value)
