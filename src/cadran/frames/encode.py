"""Payloads: the present state of one slot, panel or source as bytes. Encoded once for all viewers."""

from __future__ import annotations

import math
import struct
from collections.abc import Generator, Iterable, Sequence
from typing import NamedTuple

import msgspec

from cadran.errors import UsageError
from cadran.frames.message import PIECE_BYTES_MAX, piece
from cadran.frames.series_pieces import series_pieces as series_pieces
from cadran.frames.wire import (
    CURVE,
    CURVE_HEAD,
    NOTICE,
    PANEL,
    PIECE,
    SCALAR,
    SCALAR_BOOL,
    SCALAR_GAP,
    SCALAR_HEAD,
    SCALAR_NUMBER,
    SCALAR_TEXT,
    TABLE,
    TIMES,
    TIMES_ROW,
    WELCOME,
    WELCOME_MORE,
    Cell,
    Notice,
    PanelStatus,
    TableColumn,
    TableRows,
    Welcome,
)
from cadran.readable import Points, Scalar
from cadran.store import TableState
from cadran.turn import in_one_go

_json = msgspec.json.Encoder()
_NUMBER = struct.Struct("<" + f"{PIECE.format}{SCALAR_HEAD.format}".replace("<", "") + f"{-SCALAR_HEAD.size % 8}x")
"""Of a piece of one number, and of its payload, in one."""


class TimesRow(NamedTuple):
    """What a TIMES piece says of one source; ages in seconds, NaN for never."""

    source: int
    state: int
    event_age: float
    changed_age: float
    checked_age: float
    promise_secs: float


def scalar_piece(slot: int, value: Scalar, base: Scalar) -> bytes:
    """Return a SCALAR piece. NaN is a gap."""
    if type(value) is float and base is None and value == value:  # as most are
        return _NUMBER.pack(SCALAR, 0, slot, SCALAR_HEAD.size, value, math.nan, SCALAR_NUMBER, 0)
    previous = float(base) if isinstance(base, float | bool) else math.nan
    text = b""
    if isinstance(value, str):
        kind, number, text = SCALAR_TEXT, math.nan, value.encode()
    elif isinstance(value, bool):
        kind, number = SCALAR_BOOL, float(value)
    elif value is None or value != value:
        kind, number = SCALAR_GAP, math.nan
    else:
        kind, number = SCALAR_NUMBER, value
    return piece(SCALAR, slot, SCALAR_HEAD.pack(number, previous, kind, len(text)) + text)


def curve_pieces(slot: int, points: Points) -> list[bytes]:
    """Return the CURVE pieces of a whole curve: each says from which point on it is now this."""
    pieces: list[bytes] = []
    for start in range(0, max(1, points.xs.size), CURVE_POINTS_PER_PIECE):
        xs, ys = (column[start : start + CURVE_POINTS_PER_PIECE] for column in points)
        pieces.append(piece(CURVE, slot, CURVE_HEAD.pack(xs.size, start) + xs.tobytes() + ys.tobytes()))
    return pieces


CURVE_POINTS_PER_PIECE = (PIECE_BYTES_MAX - CURVE_HEAD.size) // 16


def table_pieces(slot: int, table: TableState, since_s: float) -> list[bytes]:
    """Return TABLE pieces with the order of all rows and those that changed after ``since_s``."""
    return in_one_go(table_pieces_in_portions(slot, table, since_s))


def table_pieces_in_portions(slot: int, table: TableState, since_s: float) -> Generator[None, None, list[bytes]]:
    """Return what ``table_pieces`` does, and yield after each portion of a long table."""
    replace = since_s < table.reset_s or since_s <= 0
    columns = tuple(TableColumn(name=name, type=type_) for name, type_ in table.columns)  # type: ignore[arg-type]
    changed = [row for row in table.order if replace or table.rows[row].s > since_s]
    return (yield from _table_parts(slot, table, columns, changed, replace))


def _table_parts(
    slot: int, table: TableState, columns: tuple[TableColumn, ...], row_ids: Sequence[int], replace: bool
) -> Generator[None, None, list[bytes]]:
    rows: dict[str, tuple[Cell, ...]] = {}
    said = TableRows(columns=columns, order=table.order, rows=rows, replace=replace, num_rows=table.num_rows)
    num_bytes = (yield from _rows_bytes(table, row_ids)) if len(row_ids) > ROWS_AT_ONCE else 0
    if num_bytes <= PIECE_BYTES_MAX:
        rows |= _rows_of(table, row_ids)
        payload = _json.encode(said)
        num_bytes = len(payload)
        if num_bytes <= PIECE_BYTES_MAX:
            return [piece(TABLE, slot, payload)]
    else:
        num_bytes += len(_json.encode(said))
    if len(row_ids) <= 1:
        num_columns = len(table.columns)
        raise UsageError(f"a row of {num_columns} columns takes {num_bytes} bytes, too many: show fewer columns")
    # Each part says the order of all rows again: what is left of a piece beside it says how many parts there are.
    num_order_bytes = len(_json.encode(table.order))
    num_parts = -(-(num_bytes - num_order_bytes) // max(1, PART_FILLED * PIECE_BYTES_MAX - num_order_bytes))
    num_rows = -(-len(row_ids) // max(2, min(int(num_parts), len(row_ids))))
    pieces: list[bytes] = []
    for start in range(0, len(row_ids), num_rows):
        yield
        part = row_ids[start : start + num_rows]
        pieces += yield from _table_parts(slot, table, columns, part, replace and not start)
    return pieces


def _rows_of(table: TableState, row_ids: Iterable[int]) -> dict[str, tuple[Cell, ...]]:
    return {str(row): table.rows[row].cells for row in row_ids}


def _rows_bytes(table: TableState, row_ids: Sequence[int]) -> Generator[None, None, int]:
    """Return how many bytes these rows take in a payload: more than one portion of them."""
    num_bytes = -1  # a comma before each portion but the first
    for start in range(0, len(row_ids), ROWS_AT_ONCE):
        yield
        num_bytes += len(_json.encode(_rows_of(table, row_ids[start : start + ROWS_AT_ONCE]))) - 1
    return num_bytes


ROWS_AT_ONCE = 1_000
"""So many rows of a table are encoded at a time."""
PART_FILLED = 0.9
"""How full a part of a table is aimed to be: rows are not all of one length, and one too long is cut again."""


def times_piece(rows: Iterable[TimesRow]) -> bytes:
    """Return a TIMES piece."""
    return piece(TIMES, 0, b"".join(TIMES_ROW.pack(*row) for row in rows))


def panel_piece(panel: int, status: PanelStatus) -> bytes:
    """Return a PANEL piece."""
    return piece(PANEL, panel, _json.encode(status))


def notice_piece(notice: Notice) -> bytes:
    """Return a NOTICE piece."""
    return piece(NOTICE, 0, _json.encode(notice))


def welcome_pieces(welcome: Welcome) -> list[bytes]:
    """Return the WELCOME, in several pieces where the layout is long."""
    payload = _json.encode(welcome)
    parts = [payload[at : at + PIECE_BYTES_MAX] for at in range(0, len(payload), PIECE_BYTES_MAX)]
    return [piece(WELCOME, 0, part, WELCOME_MORE if part is not parts[-1] else 0) for part in parts]
