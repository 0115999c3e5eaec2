"""Check an update and turn it into what lands: float64 arrays, plain states, frames.

Everything that a producer can get wrong is raised here, before anything is queued.
"""

from __future__ import annotations

from math import inf
from typing import Any, TypeGuard

import msgspec
import numpy as np

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Floats, Scalar
from cadran.updates.numbers import (
    NUMBERS,
    Converted,
    array_from_sequence,
    convert_array,
    describe,
    float_from_number,
    floats_from_values,
    is_datetime,
)
from cadran.updates.tables import check_frame, frame_from_dicts
from cadran.updates.update import ChartDataUpdated, Columns, KpiUpdated, TableUpdated, XKind

MAX_TEXT_CHARS = 4_096
MAX_NAME_CHARS = 256
MAX_FREE_POINTS = 10_000
MAX_TIME_SECS = 1e11
"""The year 5138. A time beyond it was meant in milliseconds or finer."""
SORTED_POINTS_MIN = 1_024
"""A batch of so many is put in order by its sender: the engine, which serves all others, would be held by it."""
_FLOAT64 = np.dtype(np.float64)
X_KINDS = ("time", "number", "free")


class PreparedKpi(msgspec.Struct, frozen=True, gc=False):
    """A KPI value as it lands. ``num_lossy``: 1 if the number given was not exactly a float64."""

    key: str
    value: Scalar
    at: float | None
    num_lossy: int = 0


class PreparedPoints(msgspec.Struct, frozen=True, gc=False):
    """Points as they land: ``xs`` finite, ``ys`` with NaN for gaps; both copied, of shape (n,).

    In the order given, but for a long batch, which is in ascending x unless it is a curve.
    """

    series: str
    xs: Floats
    ys: Floats
    replace: bool
    x: XKind
    num_lossy: int = 0
    num_rejected: int = 0
    is_sorted: bool = False
    """Known to be in ascending x, so that nobody need look again."""


class PreparedTable(msgspec.Struct, frozen=True, gc=False):
    """A table's whole state as it lands."""

    table: str
    frame: pl.DataFrame
    key: str | None


Prepared = PreparedKpi | PreparedPoints | PreparedTable


def prepare(update: object) -> Prepared:
    """Return what ``update`` lands as. Raises ``UsageError`` with where, expected and got, and nothing else."""
    try:
        return _prepare(update)
    except UsageError:
        raise
    except Exception as problem:  # an object that fails when it is looked at
        got = f"one that raised {type(problem).__name__}: {problem}"
        raise UsageError(f"send: expected an update that can be read, got {got}") from problem


def _prepare(update: object) -> Prepared:
    if isinstance(update, KpiUpdated):
        return _prepare_kpi(update)
    if isinstance(update, ChartDataUpdated):
        return _prepare_points(update)
    if isinstance(update, TableUpdated):
        return _prepare_table(update)
    raise UsageError(f"send: expected KpiUpdated, ChartDataUpdated or TableUpdated, got {describe(update)}")


def check_name(name: object, where: str) -> str:
    """Return ``name`` as plain text of 1 to 256 characters."""
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARS:
        raise UsageError(f"{where}: expected text of 1 to {MAX_NAME_CHARS} characters, got {describe(name)}")
    return _valid_text(name, where)


def _valid_text(text: str, where: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{where}: expected valid Unicode, got {describe(text)}; a lone surrogate is in it") from None
    return str(text)


def _prepare_kpi(update: KpiUpdated) -> PreparedKpi:
    key = check_name(update.key, "KpiUpdated.key")
    where = f"KpiUpdated({key!r}).value"
    at, num_lossy = _prepare_at(update.at, f"KpiUpdated({key!r}).at")
    value: Any = update.value
    if isinstance(value, str):
        if len(value) > MAX_TEXT_CHARS:
            got = f"{len(value):,} characters"
            raise UsageError(f"{where}: expected at most {MAX_TEXT_CHARS:,} characters, got {got}; send a short state")
        return PreparedKpi(key, _valid_text(value, where), at, num_lossy)
    if isinstance(value, bool | np.bool_):
        return PreparedKpi(key, bool(value), at, num_lossy)
    converted = float_from_number(value)
    if converted is None:
        raise UsageError(f"{where}: expected {NUMBERS}, or text, got {describe(value)}")
    number, is_lossy = converted
    return PreparedKpi(key, number if number == number else None, at, num_lossy + is_lossy)


def _prepare_at(at: object, where: str) -> tuple[float | None, int]:
    if at is None:
        return None, 0
    converted = None if isinstance(at, bool) else float_from_number(at)
    if converted is None:
        hint = "; use .timestamp()" if is_datetime(at) else ""
        raise UsageError(f"{where}: expected seconds since 1970 UTC or None, got {describe(at)}{hint}")
    number, is_lossy = converted
    if not np.isfinite(number):
        return None, 1
    if number > MAX_TIME_SECS:
        raise _not_seconds(where, number)
    return number, int(is_lossy)


def _not_seconds(where: str, x: float) -> UsageError:
    return UsageError(f"{where}: expected seconds since 1970, got {x:.15g}; if it is milliseconds, divide by 1000")


def _prepare_points(update: ChartDataUpdated) -> PreparedPoints:
    series = check_name(update.series, "ChartDataUpdated.series")
    where = f"ChartDataUpdated({series!r})"
    if update.x not in X_KINDS:
        raise UsageError(f"{where}.x: expected one of {', '.join(X_KINDS)}, got {describe(update.x)}")
    if not isinstance(update.replace, bool):
        raise UsageError(f"{where}.replace: expected True or False, got {describe(update.replace)}")
    xs, ys, num_lossy = _columns_from_points(update.points, where)
    num_rejected = 0
    is_sorted = is_finite_and_ascending(xs)
    if not is_sorted:
        is_kept = np.isfinite(xs)
        num_rejected = int(xs.size - np.count_nonzero(is_kept))
        if num_rejected:
            xs, ys = xs[is_kept], ys[is_kept]
    if update.x == "time" and xs.size:
        newest = xs.item(-1) if is_sorted else float(xs.max())
        if newest > MAX_TIME_SECS:
            raise _not_seconds(f"{where} x", newest)
    if update.x == "free" and xs.size > MAX_FREE_POINTS:
        advice = 'thin it out, or send it with x="number"'
        raise UsageError(f"{where}: expected at most {MAX_FREE_POINTS:,} points, got {xs.size:,}; {advice}")
    if not is_sorted and update.x != "free" and xs.size >= SORTED_POINTS_MIN:
        order = np.argsort(xs, kind="stable")
        xs, ys, is_sorted = xs[order], ys[order], True
    is_whole = update.replace or update.x == "free"
    return PreparedPoints(series, xs, ys, is_whole, update.x, num_lossy, num_rejected, is_sorted)


def is_finite_and_ascending(xs: Floats) -> bool:
    """Whether all ``xs`` are finite and none is less than the one before it, in one pass.

    A NaN compares as false with both its neighbours, and what is infinite stands at an end.
    """
    if 0 in (xs[1:] >= xs[:-1]).tobytes():  # a byte of each; NumPy's own ways to look at them take as long again
        return False
    return not xs.size or -inf < xs.item(0) <= xs.item(-1) < inf


def _columns_from_points(points: Any, where: str) -> tuple[Floats, Floats, int]:
    """Return xs and ys, both copies of shape (n,), and how many values are not exactly what was given."""
    if is_plain(points, 2):
        if points.shape[1] == 2:
            columns = points.T.copy()
            return columns[0], columns[1], 0
    elif isinstance(points, Columns):
        if is_plain(points.xs, 1) and is_plain(points.ys, 1) and points.xs.size == points.ys.size:
            return points.xs.copy(), points.ys.copy(), 0
        xs, ys = floats_from_values(points.xs, f"{where} xs"), floats_from_values(points.ys, f"{where} ys")
        if xs.values.size != ys.values.size:
            got = f"{xs.values.size} xs and {ys.values.size} ys"
            raise UsageError(f"{where}: expected as many xs as ys, got {got}")
        return xs.values, ys.values, xs.num_lossy + ys.num_lossy
    if type(points) is tuple and len(points) == 2 and not hasattr(points[0], "__len__"):
        points = [points]
    pairs = _pairs_from(points, f"{where}.points")
    return np.ascontiguousarray(pairs.values[:, 0]), np.ascontiguousarray(pairs.values[:, 1]), pairs.num_lossy


def is_plain(values: object, num_dimensions: int) -> TypeGuard[Floats]:
    """Whether a mere copy of ``values`` is what lands: float64 of this many dimensions, masks and units aside."""
    return type(values) is np.ndarray and values.dtype is _FLOAT64 and values.ndim == num_dimensions


def _pairs_from(points: Any, where: str) -> Converted:
    expected = "a sequence of (x, y) pairs or an array of shape (n, 2)"
    if isinstance(points, str | bytes | dict | set) or points is None:
        raise UsageError(f"{where}: expected {expected}, got {describe(points)}")
    if not hasattr(points, "__array__") and not isinstance(points, list | tuple):
        try:
            points = list(points)
        except TypeError:
            raise UsageError(f"{where}: expected {expected}, got {describe(points)}") from None
    array = array_from_sequence(points, where)
    if array.size == 0 and array.ndim <= 2:
        return Converted(np.empty((0, 2)), 0)
    if array.ndim != 2 or array.shape[1] != 2:
        raise UsageError(f"{where}: expected {expected}, got shape {array.shape}")
    return convert_array(array, where, points)


def _prepare_table(update: TableUpdated) -> PreparedTable:
    table = check_name(update.table, "TableUpdated.table")
    where = f"TableUpdated({table!r})"
    rows: Any = update.rows
    if is_frame(rows):
        check_frame(rows, where)
        frame = rows.clone()
    elif isinstance(rows, list | tuple):
        frame = frame_from_dicts(rows, f"{where}.rows")
    else:
        raise UsageError(f"{where}.rows: expected a polars DataFrame or a list of dicts, got {describe(rows)}")
    key = update.key
    if key is not None and key not in frame.columns and frame.width:
        raise UsageError(f"{where}.key: expected one of the columns {frame.columns}, got {describe(key)}")
    return PreparedTable(table, frame, key)
