"""What counts as a number, and what is lost when it becomes a float64."""

from __future__ import annotations

import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeGuard

import numpy as np
import numpy.typing as npt

from cadran.errors import UsageError
from cadran.readable import Floats

EXACT_INT = 2**53
"""Every int up to this magnitude is exactly a float64."""

NUMBERS = "int, float, bool, Decimal, a NumPy number, a duration or None"


class Converted(NamedTuple):
    """Float64 values of shape (n,), and how many of them are not exactly what was given."""

    values: Floats
    num_lossy: int


def float_from_number(value: object) -> tuple[float, bool] | None:
    """Return (float64, whether something was lost), or None if ``value`` is not a number.

    A duration is its seconds. None gives NaN, and so do the NA and NaT of pandas and NumPy.
    """
    if type(value) is float:
        return value, False
    if value is None:
        return float("nan"), False
    if isinstance(value, np.generic | np.ndarray):
        if value.ndim != 0 or value.dtype.kind not in "biufmM":
            return None
        if value.dtype.kind in "mM":
            return _float_from_duration(value)
        item = value.item()
        if isinstance(item, np.generic):  # longdouble has no Python twin
            number = float(item)
            return number, bool(np.longdouble(number) != item and item == item)
        return float_from_number(item)
    if isinstance(value, int | float):  # bool is an int
        return _float_from_int(value) if isinstance(value, int) else (float(value), False)
    if isinstance(value, Decimal):
        return _float_from_decimal(value)
    if is_missing(value):
        return float("nan"), False
    if isinstance(value, timedelta):
        return value.total_seconds(), False
    if hasattr(value, "as_py"):  # one value of Arrow
        return float_from_number(value.as_py())
    return None


def is_missing(value: object) -> bool:
    """Whether ``value`` is what pandas or NumPy have for no value; pandas is never imported for it."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is getattr(pandas, "NA", pandas) or value is getattr(pandas, "NaT", pandas))


def _float_from_duration(value: np.generic | npt.NDArray[Any]) -> tuple[float, bool] | None:
    if bool(np.isnat(value)):
        return float("nan"), False
    return (float(floats_from_durations(np.asarray(value)).item()), False) if value.dtype.kind == "m" else None


def floats_from_durations(array: npt.NDArray[Any]) -> Floats:
    """Return an array of ``timedelta64``, of any unit and shape, as seconds; NaT is NaN."""
    seconds: Floats = array.astype("timedelta64[us]").astype(np.int64) / 1e6
    return np.where(np.isnat(array), np.nan, seconds)


def _float_from_int(value: int) -> tuple[float, bool]:
    try:
        number = float(value)
    except OverflowError:
        return (float("inf") if value > 0 else float("-inf")), True
    return number, int(number) != value


def _float_from_decimal(value: Decimal) -> tuple[float, bool]:
    if value.is_nan():
        return float("nan"), False
    number = float(value)  # past the range it is inf, without an error
    return number, value.is_finite() and number in (float("inf"), float("-inf"))


def floats_from_values(values: object, where: str) -> Converted:
    """Return a fresh float64 array of shape (n,) from any sequence of numbers.

    Raises ``UsageError`` naming ``where`` for other types and shapes.
    """
    array = _array_from(values, where)
    if array.ndim != 1:
        raise UsageError(f"{where}: expected one dimension of numbers, got shape {array.shape}")
    return convert_array(array, where, values)


def convert_array(array: npt.NDArray[Any], where: str, given: object) -> Converted:
    """Return ``array`` (any shape) as a fresh float64 array, NaN where masked; ``given`` is what it was made from."""
    if isinstance(array, np.ma.MaskedArray):
        plain = np.asarray(array.data)
        converted = convert_array(plain, where, plain)
        converted.values[np.ma.getmaskarray(array)] = np.nan
        return converted
    kind = array.dtype.kind
    if array.size == 0 and kind in "biufO":
        return Converted(array.astype(np.float64), 0)
    if kind == "O":
        return _convert_objects(array, where)
    if kind == "f" and array.dtype.itemsize <= 8:
        floats = array.astype(np.float64)
        is_exact = given is array or isinstance(given, np.ndarray)
        if is_exact or not bool((np.abs(floats) >= EXACT_INT).any()):
            return Converted(floats, 0)
        return _convert_objects(np.asarray(given, dtype=object).reshape(array.shape), where)  # ints among floats
    if kind == "b":
        return Converted(array.astype(np.float64), 0)
    if kind in "iu":
        floats = array.astype(np.float64)
        is_big = np.abs(floats) >= EXACT_INT
        num_lossy = 0
        if bool(is_big.any()):
            pairs = zip(floats[is_big].tolist(), array[is_big].tolist(), strict=True)
            num_lossy = sum(int(number) != whole for number, whole in pairs)
        return Converted(floats, num_lossy)
    if kind == "f":
        with np.errstate(over="ignore"):
            floats = array.astype(np.float64)
        return Converted(floats, int(((floats != array) & (array == array)).sum()))
    if kind == "m":
        return Converted(floats_from_durations(array), 0)
    raise UsageError(f"{where}: expected {NUMBERS}, got {_culprit(given)}{_hint(kind)}")


def _convert_objects(array: npt.NDArray[Any], where: str) -> Converted:
    floats = np.empty(array.shape, dtype=np.float64)
    flat, num_lossy = floats.reshape(-1), 0
    for index, value in enumerate(array.reshape(-1).tolist()):
        converted = float_from_number(value)
        if converted is None:
            raise UsageError(f"{where}: expected {NUMBERS}, got {describe(value)}{_hint_for(value)}")
        flat[index], is_lossy = converted
        num_lossy += is_lossy
    return Converted(floats, num_lossy)


def _array_from(values: object, where: str) -> npt.NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    if isinstance(values, str | bytes | dict | set | frozenset) or values is None or np.isscalar(values):
        raise UsageError(f"{where}: expected a sequence of numbers, got {describe(values)}")
    if not hasattr(values, "__array__") and not isinstance(values, list | tuple):
        try:
            values = list(values)  # type: ignore[call-overload]  # any iterable
        except TypeError:
            raise UsageError(f"{where}: expected a sequence of numbers, got {describe(values)}") from None
    return array_from_sequence(values, where)


def array_from_sequence(values: object, where: str) -> npt.NDArray[Any]:
    """``np.asarray`` with errors for people; masks stay."""
    if isinstance(values, np.ma.MaskedArray):
        return values
    try:
        return np.asarray(values)
    except (ValueError, TypeError, OverflowError) as problem:
        raise UsageError(f"{where}: expected rows of one length, all numbers, got {problem}") from None


def describe(value: object) -> str:
    """A value and its type, short enough for a message."""
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"


def _culprit(given: object) -> str:
    if isinstance(given, np.ndarray):
        return f"an array of {given.dtype}"
    if isinstance(given, list | tuple):
        for value in given:
            if isinstance(value, list | tuple | np.ndarray):
                inner = _culprit(value)
                if inner:
                    return inner
            elif float_from_number(value) is None:
                return describe(value)
        return ""
    return describe(given)


def _hint(kind: str) -> str:
    return "; send times as seconds since 1970 UTC, such as when.timestamp()" if kind in "Mm" else ""


def _hint_for(value: object) -> str:
    return _hint("M") if is_datetime(value) else ""


def is_datetime(value: object) -> TypeGuard[Any]:
    """Whether ``value`` is a moment that ``timestamp()`` turns into seconds."""
    return hasattr(value, "timestamp") and callable(value.timestamp)
