"""Whole results compared by digest, so that the last one need not be kept.

A frame is digested column by column, without making Python values: BLAKE2b over names, types, heights, which cells are
null, and the cells' own bytes; of texts their lengths, then all of them. NaN equals NaN, and 0.0 equals -0.0. Python's
``hash`` is not used: ``hash(-1) == hash(-2)``, and it changes between runs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

import msgspec
import numpy as np

from cadran.polars_when_used import pl
from cadran.readable import Scalar

_encoder = msgspec.msgpack.Encoder(decimal_format="string")


def digest_frame(frame: pl.DataFrame) -> bytes:
    """Return 16 bytes for a frame: names, types and cells in order."""
    state = hashlib.blake2b(digest_size=16)
    for column in frame.get_columns():
        state.update(_encoder.encode((column.name, str(column.dtype), len(column), column.null_count())))
        for part in _parts(column):
            state.update(part)
    return state.digest()


def digest_scalar(value: Scalar) -> bytes:
    """Return 16 bytes for a scalar. ``True`` and ``1.0`` differ: one is a state, the other a number."""
    if isinstance(value, float):
        value = math.nan if value != value else value + 0.0
    return hashlib.blake2b(_encoder.encode((type(value).__name__, value)), digest_size=16).digest()


def _parts(column: pl.Series) -> Iterator[bytes]:
    dtype = column.dtype
    if dtype == pl.String:
        lengths = column.str.len_bytes()
        yield from _nulls(column)
        yield _filled(lengths, 0).to_numpy().tobytes()
        yield str(column.str.join("").item() or "").encode()
    elif dtype.is_numeric() and not isinstance(dtype, pl.Decimal):
        yield from _nulls(column)
        numbers = _filled(column, 0).to_numpy()
        if dtype.is_float():
            numbers = numbers + 0.0  # one zero
            numbers[np.isnan(numbers)] = np.nan  # and one NaN
        yield np.ascontiguousarray(numbers).tobytes()
    elif dtype == pl.Boolean:
        yield from _nulls(column)
        yield np.packbits(_filled(column, False).to_numpy()).tobytes()
    elif dtype in (pl.Date, pl.Datetime, pl.Time, pl.Duration):
        yield from _parts(column.to_physical())
    else:
        yield _encoder.encode(column.to_list())


def _filled(column: pl.Series, value: int) -> pl.Series:
    return column.fill_null(value) if column.null_count() else column


def _nulls(column: pl.Series) -> Iterator[bytes]:
    if column.null_count():
        yield np.packbits(column.is_null().to_numpy()).tobytes()
