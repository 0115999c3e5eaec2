"""Updates as an Arrow IPC stream: the columns of a table, or ``x`` and one column for each series."""

from __future__ import annotations

import io
from typing import Any

from cadran.errors import UsageError
from cadran.polars_when_used import pl
from cadran.updates.arrow_walls import check_stream
from cadran.updates.tables import check_frame
from cadran.updates.update import ChartDataUpdated, TableUpdated, Update, XKind

TEXT_FACTOR = 4
"""Views may share their bytes: all text of a stream is at most so many times as long as the stream."""


def decode_points(body: bytes, *, x: str = "x", kind: XKind = "time", replace: bool = False) -> list[Update]:
    """Return one update for each column beside ``x``. A null is a gap; dates and times are seconds since 1970 UTC.

    Raises ``UsageError`` naming the column that no line can show.
    """
    frame = frame_from_stream(body)
    if x not in frame.columns or frame.width < 2:
        raise UsageError(f"Arrow: expected a column {x!r} and at least one of values, got {frame.columns}")
    xs = _x_from(frame[x])
    return [ChartDataUpdated.xy(one.name, xs, _floats_from(one), replace=replace, x=kind) for one in frame.drop(x)]


def decode_table(body: bytes, table: str, key: str | None = None) -> list[Update]:
    """Return the whole state of a table."""
    return [TableUpdated(table, frame_from_stream(body), key)]


def frame_from_stream(body: bytes) -> pl.DataFrame:
    """Return what a stream holds. Raises ``UsageError`` for one that is broken, packed, nested or swollen."""
    check_stream(body)
    try:
        frame = pl.read_ipc_stream(io.BytesIO(body))
    except BaseException as problem:  # its panics are no Exceptions
        if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
            reason = str(problem).partition("\n")[0][:200]
            raise UsageError(f"Arrow: expected an IPC stream that can be read, got {reason}") from None
        raise
    check_frame(frame, "Arrow")
    num_chars = sum(_num_bytes_of(column) for column in frame)
    if num_chars > TEXT_FACTOR * len(body):
        raise UsageError(f"Arrow: expected text as long as it is sent, got {num_chars:,} bytes of it in {len(body):,}")
    return frame


def frame_to_stream(frame: pl.DataFrame) -> bytes:
    """Return a frame as a stream that ``frame_from_stream`` takes; categories become text."""
    names = [name for name, dtype in frame.schema.items() if dtype in (pl.Categorical, pl.Enum)]
    stream = io.BytesIO()
    (frame.cast(dict.fromkeys(names, pl.String)) if names else frame).write_ipc_stream(stream)
    return stream.getvalue()


def _num_bytes_of(column: pl.Series) -> int:
    if column.dtype == pl.String:
        return int(column.str.len_bytes().sum())
    return int(column.bin.size().sum()) if column.dtype == pl.Binary else 0


def _x_from(column: pl.Series) -> Any:
    dtype = column.dtype
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return column.cast(pl.Datetime("us")).to_physical().cast(pl.Float64).to_numpy() / 1e6
    return _floats_from(column)


def _floats_from(column: pl.Series) -> Any:
    if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
        advice = "drop it, or send a table"
        raise UsageError(f"Arrow: column {column.name!r}: expected numbers, got {column.dtype}; {advice}")
    return column.cast(pl.Float64).to_numpy()
