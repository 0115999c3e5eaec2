"""Rows in another order, the values that a column has, and those of the newest and the oldest row."""

from __future__ import annotations

import numpy as np

from cadran.metrics.computed import column_of
from cadran.metrics.results import result_of
from cadran.polars_when_used import pl
from cadran.readable import Scalar
from cadran.readable.ordered import Distinct, RowValue, Sorted
from cadran.store.rows import seconds_of


def sorted_rows(readable: Sorted, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows by a column; NaN counts as no value."""
    if not frame.columns:
        return frame
    column = column_of(frame, readable.column, readable)
    by = column.fill_nan(None) if column.dtype.is_float() else column
    order = by.to_frame("by").select(
        pl.arg_sort_by("by", descending=readable.descending, nulls_last=True, maintain_order=True)
    )
    return frame[order["by"]]


def distinct_values(readable: Distinct, frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each value, ascending, no value last."""
    if not frame.columns:
        return pl.DataFrame(schema={readable.column: pl.String})
    column = column_of(frame, readable.column, readable)
    return column.unique().sort(nulls_last=True).to_frame()


def row_value(readable: RowValue, frame: pl.DataFrame) -> Scalar:
    """Return a cell of the newest or the oldest row, of equally old ones of the last or the first; times in seconds."""
    if not frame.height:
        return None
    column = column_of(frame, readable.column, readable)
    at = frame.height - 1 if readable.is_newest else 0
    time = readable.of.time_column
    if time is not None and time in frame.columns:
        times = seconds_of(frame[time])
        if not bool(np.isnan(times).all()):
            last = times.size - 1
            at = last - int(np.nanargmax(times[::-1])) if readable.is_newest else int(np.nanargmin(times))
    cell = column[at : at + 1]
    if cell.null_count():
        return None
    if cell.dtype in (pl.Date, pl.Datetime):
        return float(seconds_of(cell)[0])
    if isinstance(cell.dtype, pl.Duration):
        return float(cell.cast(pl.Duration("us")).to_physical()[0]) / 1e6
    if cell.dtype.is_numeric() or cell.dtype in (pl.Boolean, pl.String):
        value = result_of(cell[0], readable.label)
        return None if isinstance(value, float) and value != value else value  # type: ignore[return-value]
    return str(cell[0])
