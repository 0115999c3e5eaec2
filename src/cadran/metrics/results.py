"""What a metric may give, brought to the few kinds that the engine keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame
from cadran.readable import Points, Scalar
from cadran.store import SeriesSnapshot
from cadran.updates.held import TABLES, frame_from_held, is_column, is_indexed
from cadran.updates.numbers import float_from_number, floats_from_values, is_missing
from cadran.updates.times import secs_from_values


class _Missing:
    """The one value that says: nothing yet."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


class _Unread:
    """The one value of points that nothing is computed from: who shows them takes them from the store."""

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD = _Unread()

RESULT_HELP = f"a number, text, bool or None; {TABLES}; Points or an array of shape (n, 2)"


def result_of(value: object, name: str) -> object:
    """Return a user function's result as a scalar, a ``pl.DataFrame`` or ``Points``.

    Raises ``UsageError`` that names the function for anything else.
    """
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.str_):
        return str(value)
    if is_missing(value):
        return None
    if (number := float_from_number(value)) is not None:
        return number[0]
    if is_frame(value):
        return value.clone()  # or what a function later does to its own would be no change
    try:
        return _held(value, name)
    except UsageError as problem:
        raise UsageError(f"{name} should return {RESULT_HELP}; {str(problem).removeprefix(f'{name}: ')}") from None


def _held(value: Any, name: str) -> object:
    if isinstance(value, Points):
        return _points(value.xs, value.ys, name)
    if isinstance(value, np.ndarray) and value.dtype.names is None:
        if value.ndim != 2 or value.shape[1] != 2:
            raise UsageError(f"{name}: got an array of shape {value.shape}")
        return _points(value[:, 0], value[:, 1], name)
    if is_column(value):
        if not is_indexed(value):
            raise UsageError(f"{name}: got a column: take one value of it")
        if getattr(getattr(value.index, "dtype", None), "kind", "") == "M":
            return _points(value.index, value, name)
    frame = frame_from_held(value, name)
    if frame is None:
        what = "a column: take one value of it" if is_column(value) else type(value).__name__
        raise UsageError(f"{name}: got {what}")
    return frame


def scalar_of(value: object, name: str) -> Scalar:
    """Return a KPI's value; a table of one cell counts as that cell. Raises ``UsageError`` for other shapes."""
    if is_frame(value):
        if value.shape == (1, 1):
            return scalar_of(result_of(value.item(), name), name)
        rows, columns = value.shape
        raise UsageError(f"{name} should give one value for a KPI, got a table of {rows} rows and {columns} columns")
    if isinstance(value, Points | SeriesSnapshot):
        raise UsageError(f"{name} should give one value for a KPI, got a series: show {name}.latest()")
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return _float_of(value)
    raise UsageError(f"{name} should give a number, text, bool or None, got {type(value).__name__}")


def _float_of(value: int | Decimal) -> float:
    if isinstance(value, Decimal) and value.is_nan():
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _points(xs: Any, ys: Any, name: str) -> Points:
    points = Points(secs_from_values(xs, f"{name} xs").values, floats_from_values(ys, f"{name} ys").values)
    if points.xs.shape != points.ys.shape:
        raise UsageError(f"{name} should return xs and ys of one length, got {points.xs.shape} and {points.ys.shape}")
    keep = np.isfinite(points.xs)
    return points if bool(keep.all()) else Points(points.xs[keep], points.ys[keep])
