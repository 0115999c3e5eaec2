"""Tables as people hold them: Polars, pandas, Arrow, NumPy, lists and dicts, all as one frame.

Other libraries are known by what they offer (``__arrow_c_stream__``, an index beside columns) and never imported here.
What lands is the same whatever it came in: text for categories, UTC for aware times, microseconds for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame, pl
from cadran.updates.numbers import describe
from cadran.updates.tables import check_frame, column_from_values, frame_from_dicts, text_of_blob

TABLES = "a table of Polars, pandas or Arrow, a list of dicts or a dict of columns"
_INDEX_NAME = "time"
"""What an index of times without a name is called."""


def frame_from_held(value: Any, where: str) -> pl.DataFrame | None:
    """Return a table as a frame of its own, or None for what is no table.

    Raises ``UsageError`` naming the column that no table can show.
    """
    if is_frame(value):
        check_frame(value, where)
        return value.clone()
    if is_indexed(value):
        return _frame_from_indexed(value, where)
    if hasattr(value, "__arrow_c_stream__"):
        return None if is_column(value) else _frame_from_stream(value, where)
    if isinstance(value, np.ndarray):
        names = value.dtype.names
        return None if names is None or value.ndim != 1 else _frame({n: value[n] for n in names}, where)
    if isinstance(value, list | tuple):
        return frame_from_dicts(value, where)
    if isinstance(value, Mapping):
        return _frame(value, where)
    if hasattr(value, "collect_schema"):
        raise UsageError(f"{where}: expected {TABLES}, got a lazy frame; call its collect()")
    return None


def is_indexed(value: object) -> bool:
    """Whether ``value`` is a table or a column of pandas: with an index beside its values."""
    return hasattr(value, "iloc") and hasattr(value, "index")


def is_column(value: object) -> bool:
    """Whether ``value`` is one column of Polars, pandas or Arrow rather than a table."""
    if is_indexed(value):
        return not hasattr(value, "columns")
    return hasattr(value, "__arrow_c_stream__") and not (hasattr(value, "columns") or hasattr(value, "num_columns"))


def _frame_from_indexed(value: Any, where: str) -> pl.DataFrame | None:
    index = value.index
    if is_column(value):
        if type(index).__name__ == "RangeIndex" and index.name is None:
            return None
        columns = _columns_of_index(index, where) or {"index": index}
        name = "value" if value.name is None else value.name
        return _frame(_beside(columns, [(name, value)], where), where)
    pairs = [(name, value.iloc[:, place]) for place, name in enumerate(value.columns)]
    return _frame(_beside(_columns_of_index(index, where), pairs, where), where)


def _columns_of_index(index: Any, where: str) -> dict[str, object]:
    """An index that has a name is a column, and so is one of times; one that only counts or was left over is none."""
    columns: dict[str, object] = {}
    for level, name in enumerate(index.names):
        values = index.get_level_values(level)
        if name is None and getattr(values.dtype, "kind", "") == "M":
            name = _INDEX_NAME
        if name is not None:
            columns = _beside(columns, [(name, values)], where)
    return columns


def _beside(columns: dict[str, object], pairs: Iterable[tuple[object, object]], where: str) -> dict[str, object]:
    for name, values in pairs:
        text = str(name) if isinstance(name, int | np.integer) and not isinstance(name, bool) else name
        if not isinstance(text, str):
            raise UsageError(f"{where}: expected column names as text, got {describe(name)}; rename it")
        if text in columns:
            raise UsageError(f"{where}: expected columns of different names, got {text!r} twice; rename one")
        columns[text] = values
    return columns


def _frame_from_stream(value: Any, where: str) -> pl.DataFrame:
    try:
        frame = pl.DataFrame(_Stream(value))
    except BaseException as problem:
        raise _refused(problem, where) from None
    check_frame(frame, where)
    return pl.DataFrame([_plain(column) for column in frame])


class _Stream:
    """Only the protocol of a value, so that no other way of reading it is taken."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._value.__arrow_c_stream__(requested_schema)


def _refused(problem: BaseException, where: str) -> UsageError:
    """The error for a stream that can't be read; whatever else was raised goes on."""
    if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":  # which is no Exception
        reason = str(problem).partition("\n")[0][:200]
        return UsageError(f"{where}: expected Arrow data that can be read, got {reason}; cast or drop that column")
    raise problem


def _frame(columns: Mapping[str, object], where: str) -> pl.DataFrame:
    series: list[pl.Series] = []
    for name, values in columns.items():
        if not isinstance(name, str):
            raise UsageError(f"{where}: expected column names as text, got {describe(name)}")
        if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
            raise UsageError(f"{where}: expected a dict of column to list, got {describe(name)}: {describe(values)}")
        series.append(_column(name, values, where))
    lengths = {one.name: len(one) for one in series}
    if len(set(lengths.values())) > 1:
        raise UsageError(f"{where}: expected columns of one length, got {lengths}")
    frame = pl.DataFrame(series)
    check_frame(frame, where)
    return frame


def _column(name: str, values: Any, where: str) -> pl.Series:
    """Return one column. What Arrow has no type for goes by its Python values, or is refused by them."""
    if isinstance(values, pl.Series):
        return values.alias(name)
    if type(values) is np.ndarray and values.dtype.kind in "biuf" and values.ndim == 1 and values.dtype.itemsize <= 8:
        return pl.Series(name, values.copy())
    if is_column(values) and hasattr(values, "__arrow_c_stream__") and not _is_extension(values):
        try:
            return _plain(pl.Series(_Stream(values)).alias(name))
        except BaseException as problem:  # such as Python objects of several types, or an Arrow that is not installed
            _refused(problem, where)
    if hasattr(values, "to_pylist"):  # an array of Arrow: its scalars are none of Python's
        return column_from_values(name, values.to_pylist(), where)
    cells = list(values)
    if is_indexed(values):  # pandas has NaN for no value, among numbers too
        cells = [None if isinstance(cell, float) and cell != cell else cell for cell in cells]
    return column_from_values(name, cells, where)


def _is_extension(values: Any) -> bool:
    """Whether these are periods or intervals of pandas: Arrow would make bare integers of them."""
    return type(getattr(values, "dtype", None)).__name__ in ("PeriodDtype", "IntervalDtype")


def _plain(column: pl.Series) -> pl.Series:
    """A column of Arrow as it would be had it come as a list, but for decimals, which stay exact."""
    dtype = column.dtype
    if dtype in (pl.Categorical, pl.Enum):
        return column.cast(pl.String)
    if dtype == pl.Binary:
        blobs = [None if blob is None else text_of_blob(blob) for blob in column.to_list()]
        return pl.Series(column.name, blobs, dtype=pl.String)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            return column.cast(pl.Datetime("us", dtype.time_zone)).dt.convert_time_zone("UTC")
        return column.cast(pl.Datetime("us"))
    return column.cast(pl.Duration("us")) if isinstance(dtype, pl.Duration) else column
