"""Whole results compared by digest, so that the last one need not be kept.

The bytes digested are MessagePack of the columns' names, types and cells, then BLAKE2b; NaN equals NaN,
and 0.0 equals -0.0. Python's ``hash`` is not used: ``hash(-1) == hash(-2)``, and it changes between runs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import msgspec

from cadran.polars_when_used import pl
from cadran.readable import Scalar

_encoder = msgspec.msgpack.Encoder(decimal_format="string")


def digest_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Return 16 bytes for rows of plain values without NaN, as a database gives them."""
    return _digest((list(columns), rows))


def digest_frame(frame: pl.DataFrame) -> bytes:
    """Return 16 bytes for a frame: names, types and cells in order."""
    return _digest([(column.name, str(column.dtype), _cells(column)) for column in frame.get_columns()])


def digest_scalar(value: Scalar) -> bytes:
    """Return 16 bytes for a scalar. ``True`` and ``1.0`` differ: one is a state, the other a number."""
    if isinstance(value, float):
        value = math.nan if value != value else value + 0.0
    return _digest((type(value).__name__, value))


def _cells(column: pl.Series) -> list[object]:
    if column.dtype.is_float():
        # One NaN and one zero. (Polars leaves out an addition of 0.0, so that would keep the sign.)
        column = column.fill_nan(math.nan)
        column = column.set((column == 0.0).fill_null(False), 0.0)
    return column.to_list()


def _digest(value: object) -> bytes:
    return hashlib.blake2b(_encoder.encode(value), digest_size=16).digest()
