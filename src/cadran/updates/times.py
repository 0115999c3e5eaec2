"""Times in every form that people hold, as seconds since 1970 UTC.

The one rule for naive times is here too: they are UTC, wherever they come from and whatever zone a machine or a screen
is in. Finer than a microsecond is cut off, for a float64 has no room for it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from cadran.errors import UsageError
from cadran.readable import Floats
from cadran.updates.numbers import (
    Converted,
    array_from_sequence,
    convert_array,
    describe,
    float_from_number,
    is_missing,
)

TIMES = "seconds since 1970 UTC, a datetime, a date, ISO 8601 text or None"
MAX_TIME_SECS = 1e11
"""The year 5138. A time beyond it was meant in milliseconds or finer."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?", re.ASCII)
_MICROS = np.dtype("datetime64[us]")


def secs_from_time(value: object) -> tuple[float, bool] | None:
    """Return (seconds since 1970 UTC, whether something was lost), or None for what is no time. A gap gives NaN."""
    if type(value) is float:
        return value, False
    if isinstance(value, str):
        return _secs_from_text(str(value))
    if isinstance(value, np.datetime64):
        return secs_from_datetimes(np.asarray(value)).item(), False
    if (converted := float_from_number(value)) is not None:  # NaT is a gap, and a datetime by its class
        return None if _is_duration(value) else converted
    if isinstance(value, datetime):
        return ((value if value.tzinfo is not None else value.replace(tzinfo=UTC)) - _EPOCH).total_seconds(), False
    if isinstance(value, date):
        return float((value - _EPOCH.date()).days * 86_400), False
    if hasattr(value, "as_py"):  # one value of Arrow
        return secs_from_time(value.as_py())
    return None


def _secs_from_text(text: str) -> tuple[float, bool] | None:
    if not _ISO.fullmatch(text):
        return None
    try:
        return secs_from_time(datetime.fromisoformat(text))
    except ValueError:
        return None


def secs_from_datetimes(array: npt.NDArray[Any]) -> Floats:
    """Return an array of ``datetime64``, of any unit and shape, as seconds since 1970 UTC; NaT is NaN."""
    seconds: Floats = array.astype(_MICROS).astype(np.int64) / 1e6
    return np.where(np.isnat(array), np.nan, seconds)


def secs_from_values(values: object, where: str) -> Converted:
    """Return a sequence of times of shape (n,) as fresh float64 seconds. Raises ``UsageError`` naming ``where``."""
    array = array_from_sequence(values, where)
    if array.ndim != 1:
        raise UsageError(f"{where}: expected one dimension of times, got shape {array.shape}")
    kind = array.dtype.kind
    if kind == "M":
        return Converted(secs_from_datetimes(array), 0)
    if kind in "OUT" and not isinstance(array, np.ma.MaskedArray):
        objects = array
        if kind != "O" and not isinstance(values, np.ndarray):  # numbers beside text have become text
            objects = np.empty(array.shape, dtype=object)
            objects[:] = list(values)  # type: ignore[call-overload]
        return secs_from_objects(objects, where)
    return convert_array(array, where, values)


def secs_from_objects(array: npt.NDArray[Any], where: str) -> Converted:
    """As ``secs_from_values``, of an array of any objects of shape (n,)."""
    seconds, num_lossy = np.empty(array.shape, dtype=np.float64), 0
    for index, value in enumerate(array.tolist()):
        if (converted := secs_from_time(value)) is None:
            raise UsageError(f"{where}: expected times ({TIMES}), got {describe(value)}")
        seconds[index], is_lossy = converted
        num_lossy += is_lossy
    return Converted(seconds, num_lossy)


def _is_duration(value: object) -> bool:
    """Whether ``value`` is a length of time: a number of seconds where one is asked for, but never a moment."""
    return isinstance(value, timedelta | np.timedelta64) and not is_missing(value)


def not_seconds(where: str, x: float) -> UsageError:
    """What to raise for a time that was meant in a finer unit."""
    return UsageError(f"{where}: expected seconds since 1970, got {x:.15g}; if it is milliseconds, divide by 1000")
