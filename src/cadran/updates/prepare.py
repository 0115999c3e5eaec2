"""Check an update and turn it into what lands: float64 arrays, plain states, frames.

Everything that a producer can get wrong is raised here, before anything is queued.
"""

from __future__ import annotations

from math import inf
from typing import Any, TypeGuard

import msgspec
import numpy as np
import numpy.typing as npt

from cadran.errors import UsageError
from cadran.polars_when_used import pl
from cadran.readable import Floats, Scalar
from cadran.updates.held import TABLES, frame_from_held, is_column, is_indexed
from cadran.updates.numbers import (
    NUMBERS,
    array_from_sequence,
    convert_array,
    describe,
    float_from_number,
    floats_from_values,
)
from cadran.updates.times import MAX_TIME_SECS, TIMES, not_seconds, secs_from_objects, secs_from_time, secs_from_values
from cadran.updates.update import ChartDataUpdated, Columns, KpiUpdated, TableUpdated, XKind

MAX_TEXT_CHARS = 4_096
MAX_NAME_CHARS = 256
MAX_FREE_POINTS = 10_000
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
    converted = None if isinstance(at, bool) else secs_from_time(at)
    if converted is None:
        raise UsageError(f"{where}: expected {TIMES}, got {describe(at)}")
    number, is_lossy = converted
    if not np.isfinite(number):
        return None, 1
    if number > MAX_TIME_SECS:
        raise not_seconds(where, number)
    return number, int(is_lossy)


def _prepare_points(update: ChartDataUpdated) -> PreparedPoints:
    series = check_name(update.series, "ChartDataUpdated.series")
    where = f"ChartDataUpdated({series!r})"
    if update.x not in X_KINDS:
        raise UsageError(f"{where}.x: expected one of {', '.join(X_KINDS)}, got {describe(update.x)}")
    if not isinstance(update.replace, bool):
        raise UsageError(f"{where}.replace: expected True or False, got {describe(update.replace)}")
    xs, ys, num_lossy = _columns_from_points(update.points, update.x, where)
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
            raise not_seconds(f"{where} x", newest)
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


def _columns_from_points(points: Any, kind: XKind, where: str) -> tuple[Floats, Floats, int]:
    """Return xs and ys, both copies of shape (n,), and how many values are not exactly what was given."""
    if is_plain(points, 2):
        if points.shape[1] == 2:
            columns = points.T.copy()
            return columns[0], columns[1], 0
    elif isinstance(points, Columns):
        if is_plain(points.xs, 1) and is_plain(points.ys, 1) and points.xs.size == points.ys.size:
            return points.xs.copy(), points.ys.copy(), 0
        return _from_columns(points, kind, where)
    if type(points) is tuple and len(points) == 2 and (isinstance(points[0], str) or not hasattr(points[0], "__len__")):
        points = [points]
    elif (held := columns_from_held(points, where)) is not None:
        return _from_columns(held, kind, where)
    return _from_pairs(points, kind, f"{where}.points")


def _from_columns(points: Columns, kind: XKind, where: str) -> tuple[Floats, Floats, int]:
    if kind == "time" and type(points.xs).__name__ == "RangeIndex":
        advice = 'give it an index of times, or send it with x="number"'
        raise UsageError(f"{where} xs: expected times, got an index that only counts; {advice}")
    xs = secs_from_values(points.xs, f"{where} xs") if kind == "time" else floats_from_values(points.xs, f"{where} xs")
    ys = floats_from_values(points.ys, f"{where} ys")
    if xs.values.size != ys.values.size:
        got = f"{xs.values.size} xs and {ys.values.size} ys"
        raise UsageError(f"{where}: expected as many xs as ys, got {got}")
    return xs.values, ys.values, xs.num_lossy + ys.num_lossy


def columns_from_held(points: Any, where: str) -> Columns | None:
    """Return a column with an index, or a table of two columns, as xs and ys; None for anything else.

    Raises ``UsageError`` for other tables and columns.
    """
    if is_indexed(points) and is_column(points):
        return Columns(points.index, points)
    if not hasattr(points, "__arrow_c_stream__") and not is_indexed(points):
        return None
    if is_column(points):
        raise UsageError(f"{where}: expected x and y, got one column; use ChartDataUpdated.xy(series, xs, ys)")
    frame = frame_from_held(points, where)
    if frame is None or frame.width != 2:
        names = [] if frame is None else frame.columns
        raise UsageError(f"{where}: expected a table of two columns, x and y, got the columns {names}; select two")
    return Columns(*frame)


def is_plain(values: object, num_dimensions: int) -> TypeGuard[Floats]:
    """Whether a mere copy of ``values`` is what lands: float64 of this many dimensions, masks and units aside."""
    return type(values) is np.ndarray and values.dtype is _FLOAT64 and values.ndim == num_dimensions


def _from_pairs(points: Any, kind: XKind, where: str) -> tuple[Floats, Floats, int]:
    expected = "a sequence of (x, y) pairs or an array of shape (n, 2)"
    if isinstance(points, str | bytes | dict | set) or points is None:
        raise UsageError(f"{where}: expected {expected}, got {describe(points)}")
    if not hasattr(points, "__array__") and not isinstance(points, list | tuple):
        try:
            points = list(points)
        except TypeError:
            raise UsageError(f"{where}: expected {expected}, got {describe(points)}") from None
    array = _array_from_pairs(points, kind, where)
    if array.size == 0 and array.ndim <= 2:
        return np.empty(0), np.empty(0), 0
    if array.ndim != 2 or array.shape[1] != 2:
        raise UsageError(f"{where}: expected {expected}, got shape {array.shape}")
    if kind == "time" and array.dtype.kind == "O" and not isinstance(array, np.ma.MaskedArray):
        xs, ys = secs_from_objects(array[:, 0], where), convert_array(array[:, 1], where, array[:, 1])
        return xs.values, ys.values, xs.num_lossy + ys.num_lossy
    pairs = convert_array(array, where, points)
    return np.ascontiguousarray(pairs.values[:, 0]), np.ascontiguousarray(pairs.values[:, 1]), pairs.num_lossy


def _array_from_pairs(points: Any, kind: XKind, where: str) -> npt.NDArray[Any]:
    """Times beside numbers share no type of NumPy's: they stay the objects that they are."""
    try:
        array = array_from_sequence(points, where)
    except UsageError:
        if kind != "time" or not isinstance(points, list | tuple) or not all(_is_pair(point) for point in points):
            raise
        array = np.empty((0, 2), dtype="U")
    if kind == "time" and array.dtype.kind not in "biufcO" and not isinstance(points, np.ndarray):
        return np.array([tuple(point) for point in points], dtype=object)
    return array


def _is_pair(point: object) -> bool:
    return isinstance(point, list | tuple) and len(point) == 2


def _prepare_table(update: TableUpdated) -> PreparedTable:
    table = check_name(update.table, "TableUpdated.table")
    where = f"TableUpdated({table!r})"
    frame = frame_from_held(update.rows, f"{where}.rows")
    if frame is None:
        raise UsageError(f"{where}.rows: expected {TABLES}, got {describe(update.rows)}")
    key = update.key
    if key is not None and key not in frame.columns and frame.width:
        raise UsageError(f"{where}.key: expected one of the columns {frame.columns}, got {describe(key)}")
    return PreparedTable(table, frame, key)
