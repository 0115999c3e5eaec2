"""What a metric may give, brought to the few kinds that the engine keeps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from cadran.errors import UsageError
from cadran.metrics.frames import frame_from
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Points, Scalar
from cadran.store import SeriesSnapshot


class _Missing:
    """The one value that says: nothing yet."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()

RESULT_HELP = (
    "a number, text, bool or None; a polars, pandas or Arrow table, a list of dicts or a dict of columns; "
    "Points or an array of shape (n, 2)"
)


def result_of(value: object, name: str) -> object:
    """Return a user function's result as a scalar, a ``pl.DataFrame`` or ``Points``.

    Raises ``UsageError`` that names the function for anything else.
    """
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, np.generic) and value.ndim == 0:
        item = value.item()  # a long double has no Python twin: its item is itself
        return float(item) if isinstance(item, np.floating) else result_of(item, name)
    if isinstance(value, int | Decimal):
        return _float_of(value)
    if is_frame(value):
        return value.clone()  # or what a function later does to its own would be no change
    if isinstance(value, Points):
        return _points(value.xs, value.ys, name)
    if isinstance(value, np.ndarray):
        if value.ndim != 2 or value.shape[1] != 2:
            raise UsageError(f"{name} should return {RESULT_HELP}, got an array of shape {value.shape}")
        return _points(value[:, 0], value[:, 1], name)
    if (held := frame_from(value)) is not None:
        return _frame(held, name)
    if isinstance(value, Mapping) or (isinstance(value, list) and all(isinstance(row, Mapping) for row in value)):
        return _frame(value, name)
    if isinstance(value, pl.Series):
        raise UsageError(f"{name} should return {RESULT_HELP}, got a column: take one value of it")
    raise UsageError(f"{name} should return {RESULT_HELP}, got {type(value).__name__}")


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
    try:
        points = Points(np.array(xs, dtype=np.float64), np.array(ys, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} should return points of numbers: {error}") from error
    if points.xs.ndim != 1 or points.xs.shape != points.ys.shape:
        raise UsageError(f"{name} should return xs and ys of one length, got {points.xs.shape} and {points.ys.shape}")
    keep = np.isfinite(points.xs)
    return points if bool(keep.all()) else Points(points.xs[keep], points.ys[keep])


def _frame(value: Any, name: str) -> pl.DataFrame:
    try:
        return pl.DataFrame(value, infer_schema_length=None, strict=False)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"{name} returned rows that do not make a table: {error}") from error
