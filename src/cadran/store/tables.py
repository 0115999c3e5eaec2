"""A table as viewers see it: rows with small ids, and the S at which each last changed."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.store.rows import seconds_of

Cell = float | int | str | bool | None


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
        shown = self._timed(frame.head(self._max_rows))
        columns = tuple((name, column_type(dtype)) for name, dtype in shown.schema.items())
        rows = list(zip(*(_cells(shown[name]) for name, _ in columns), strict=True)) if columns else []
        if columns != self.columns:
            self.columns, self.reset_s = columns, s
            self._ids.clear()
            self.rows.clear()
            self.order = ()
            self.changed_s = s
        if shown.dtypes != self._dtypes:  # a row's types belong to its identity, or 1 and 1.0 would be one row
            self._dtypes = shown.dtypes
            if self._key not in shown.columns:
                self._ids.clear()
        ids: dict[object, int] = {}
        kept: dict[int, ShownRow] = {}
        order: list[int] = []
        for identity, cells in zip(self._identities(frame.columns, rows), rows, strict=True):
            row_id = self._ids.get(identity)
            if row_id is None:
                row_id, self._next_id = self._next_id, self._next_id + 1
            old = self.rows.get(row_id)
            kept[row_id] = old if old is not None and old.cells == cells else ShownRow(cells, s)
            ids[identity] = row_id
            order.append(row_id)
        changed = tuple(order) != self.order or frame.height != self.num_rows
        changed = changed or any(row.s == s for row in kept.values())
        self._ids, self.rows, self.order, self.num_rows = ids, kept, tuple(order), frame.height
        if changed:
            self.changed_s = s
        return self.changed_s == s

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
    return bool(column.dtype.is_integer() or column.dtype == pl.Boolean)


def _cell(value: object) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no words for these: NaN is a gap, infinities are shown as such.
        return None if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= CELL_CHARS_MAX else text[:CELL_CHARS_MAX] + "…"


CELL_CHARS_MAX = 1_000
"""Longer texts are cut, visibly, so that one cell can't fill a frame."""
