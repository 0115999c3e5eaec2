"""A table as viewers see it: rows with small ids, and the S at which each last changed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.store.rows import seconds_of

Cell = float | int | str | bool | None
ROWS_AT_ONCE = 500
"""So many rows are looked at at a time: less than a millisecond."""


class ShownRow(NamedTuple):
    """One row: its cells, and the S since which they are these."""

    cells: tuple[Cell, ...]
    s: int


class TableState:
    """Gives rows ids so that only a changed row travels.

    With a key column a row is known by its key; without, by its content.
    """

    def __init__(self, key: str | None, max_rows: int, *, time: str | None = None) -> None:
        self._key = key
        self._time = time
        self._max_rows = max_rows
        self._ids: dict[object, int] = {}
        self._next_id = 0
        self._dtypes: list[pl.DataType] = []
        self.columns: tuple[tuple[str, str], ...] = ()
        """Names and types: ``number``, ``text``, ``bool`` or ``time``."""
        self.order: tuple[int, ...] = ()
        self.rows: dict[int, ShownRow] = {}
        self.num_rows = 0
        self.changed_s = 0
        self.reset_s = 0
        """The S at which the columns last changed: older rows say nothing."""

    def replace(self, frame: pl.DataFrame, s: int) -> bool:
        """Show the head of this frame; return whether anything changed."""
        for _ in self.replacing(frame, s):
            pass
        return self.changed_s == s

    def replacing(self, frame: pl.DataFrame, s: int) -> Iterator[None]:
        """Do what ``replace`` does in portions, and yield after each; what is shown is the old until all is done."""
        shown = self._timed(frame.head(self._max_rows))
        columns = tuple((name, column_type(dtype)) for name, dtype in shown.schema.items())
        rows: list[tuple[Cell, ...]] = []
        for start in range(0, shown.height if columns else 0, ROWS_AT_ONCE):
            if start:
                yield
            part = shown if shown.height <= ROWS_AT_ONCE else shown.slice(start, ROWS_AT_ONCE)
            rows += zip(*(_cells(part[name]) for name, _ in columns), strict=True)
        is_long = len(rows) > ROWS_AT_ONCE
        if is_long:
            yield
        identities = self._identities(frame.columns, rows)
        is_reset, dtypes = columns != self.columns, shown.dtypes
        # A row's types belong to its identity, or 1 and 1.0 would be one row.
        are_ids_lost = is_reset or (dtypes != self._dtypes and self._key not in shown.columns)
        old_ids, old_rows = ({} if are_ids_lost else self._ids), ({} if is_reset else self.rows)
        ids: dict[object, int] = {}
        kept: dict[int, ShownRow] = {}
        order: list[int] = []
        next_id, is_changed = self._next_id, is_reset
        for start in range(0, len(rows), ROWS_AT_ONCE):
            if is_long:
                yield
            there = slice(start, start + ROWS_AT_ONCE)
            for identity, cells in zip(identities[there], rows[there], strict=True):
                row_id = old_ids.get(identity)
                if row_id is None:
                    row_id, next_id = next_id, next_id + 1
                old = old_rows.get(row_id)
                if old is None or old.cells != cells:
                    old, is_changed = ShownRow(cells, s), True
                kept[row_id] = old
                ids[identity] = row_id
                order.append(row_id)
        if is_reset:
            self.columns, self.reset_s = columns, s
        is_changed = is_changed or tuple(order) != self.order or frame.height != self.num_rows
        self._dtypes, self._next_id = dtypes, next_id
        self._ids, self.rows, self.order, self.num_rows = ids, kept, tuple(order), frame.height
        if is_changed:
            self.changed_s = s

    def _timed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The column that the source calls its time, as a time: it may be numbers of seconds, or text."""
        if self._time is None or self._time not in frame.columns:
            return frame
        try:
            micros = pl.Series(self._time, seconds_of(frame[self._time]) * 1e6).fill_nan(None)
        except OutsideError:
            return frame
        return frame.with_columns(micros.cast(pl.Int64, strict=False).cast(pl.Datetime("us")))

    def _identities(self, names: list[str], rows: list[tuple[Cell, ...]]) -> list[object]:
        at = names.index(self._key) if self._key in names else None
        bases: list[object] = list(rows) if at is None else [row[at] for row in rows]
        if len(set(bases)) == len(bases):
            return bases
        seen: Counter[object] = Counter()
        identities: list[object] = []
        for base in bases:
            seen[base] += 1
            identities.append(base if seen[base] == 1 else (base, seen[base]))
        return identities


def column_type(dtype: pl.DataType) -> str:
    """Return the wire's type of a column."""
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "bool"
    return "time" if dtype in (pl.Date, pl.Datetime) else "text"


def _cells(column: pl.Series) -> list[Cell]:
    if column.dtype in (pl.Date, pl.Datetime):
        # Naive times are UTC by rule; aware ones are instants already.
        return [None if v is None else v / 1e6 for v in column.cast(pl.Datetime("us")).to_physical().to_list()]
    if column.dtype.is_decimal():
        column = column.cast(pl.Float64)
    return column.to_list() if _are_plain(column) else [_cell(value) for value in column.to_list()]


def _are_plain(column: pl.Series) -> bool:
    """Whether all values are cells as they are."""
    if column.dtype == pl.String:
        return not bool((column.str.len_bytes() > CELL_CHARS_MAX).any())
    if column.dtype.is_float():
        return bool(column.is_finite().all())
    if column.dtype.is_integer():
        extremes = column.min(), column.max()
        return all(not isinstance(value, int) or abs(value) <= EXACT_MAX for value in extremes)
    return bool(column.dtype == pl.Boolean)


def _cell(value: object) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no words for these: NaN is a gap, infinities are shown as such.
        return None if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if isinstance(value, int) and abs(value) > EXACT_MAX:
        return str(value)  # a number of the page would be another one
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= CELL_CHARS_MAX else text[:CELL_CHARS_MAX] + "…"


EXACT_MAX = 2**53 - 1
CELL_CHARS_MAX = 1_000
"""Longer texts are cut, visibly, so that one cell can't fill a frame."""
