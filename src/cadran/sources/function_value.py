"""What a function source may give, and what it is kept as."""

from __future__ import annotations

import numpy as np

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Scalar
from cadran.updates.held import TABLES, frame_from_held
from cadran.updates.numbers import describe, float_from_number

RESULTS = f"a number, text, bool or None, {TABLES}"


def value_of(result: object, where: str) -> Scalar | pl.DataFrame:
    """Return a function's result as it is kept. Raises ``UsageError`` for what can't be shown."""
    if isinstance(result, str):
        if not result.isascii() and not _is_unicode(result):
            raise UsageError(f"{where}: expected valid Unicode, got {short(result)}")
        return str(result)
    if isinstance(result, bool | np.bool_):
        return bool(result)
    number = float_from_number(result)
    if number is not None:
        return number[0] if number[0] == number[0] else None
    frame = frame_from_held(result, where)
    if frame is None:
        raise UsageError(f"{where}: expected {RESULTS}, got {short(result)}")
    return frame


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
