"""SERIES pieces: buckets as bytes, each form as small as the data allows without a pixel that could tell.

Most pieces are the tails of a few buckets that every tick sends: those are packed in plain Python, which is several
times faster than a dozen NumPy calls on arrays of one. Both ways give the same bytes.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from operator import sub

import numpy as np

from cadran.frames.wire import (
    PIECE,
    SERIES,
    SERIES_F32,
    SERIES_FLAT,
    SERIES_HEAD,
    SERIES_REPLACE,
    SERIES_STEP,
    SERIES_STEPS,
    SERIES_U16,
    SERIES_U32,
)
from cadran.readable import Floats
from cadran.store import Buckets
from cadran.store.buckets import scaled

BUCKETS_PER_PIECE = 1_600
"""Four float64 columns of this many buckets stay below ``PIECE_BYTES_MAX``."""
OFFSET_MAX = 2**32 - 1
"""The farthest that a bucket's id may be from its piece's first."""
FEW_BUCKETS = 24
"""Up to here plain Python is faster than NumPy."""

VOUCHING_SHARE = 2.0**-6
"""A bucket whose values are apart by this share of the largest vouches for float32: rounding then moves nothing by
more than 2**-18 of what the axis must show at least, a 64th of a pixel on an axis 4,096 pixels high."""
ROUNDED_MAX = 2.0**17
"""Larger values are never rounded: with six digits before the point, those after it could be seen in a tooltip."""
ROUNDED_MIN = 2.0**-100
"""Below this, float32 begins to lose more than its last digit."""
F32_MAX = float(np.finfo(np.float32).max)

HEAD = struct.Struct("<" + f"{PIECE.format}{SERIES_HEAD.format}".replace("<", ""))
"""Of a piece and of its payload, in one."""
PADDING = [bytes(-number % 8) for number in range(8)]
"""By the number of bytes modulo 8."""
_F32S = [struct.Struct(f"<{number}f") for number in range(4 * FEW_BUCKETS + 1)]
_F64S = [struct.Struct(f"<{number}d") for number in range(4 * FEW_BUCKETS + 1)]


def series_pieces(
    slot: int, buckets: Buckets, first_id: float, *, replace: bool, cadence: float, newest_x: float
) -> list[bytes]:
    """Return SERIES pieces that say: for every id >= ``first_id`` the series is now these buckets.

    Values arrive as they are, or as the float32 nearest to them where ``VOUCHING_SHARE`` allows.
    """
    ids = buckets.ids
    flags = SERIES_REPLACE if replace else 0
    if ids.size <= FEW_BUCKETS and (not ids.size or float(ids[-1]) - first_id <= OFFSET_MAX):
        return [_piece_of_few(slot, buckets, first_id, flags, cadence, newest_x)]
    pieces: list[bytes] = []
    for start, stop in _parts_of(ids, first_id):
        is_whole = stop - start == ids.size
        part = buckets if is_whole else Buckets(buckets.k, *(column[start:stop] for column in buckets[1:]))
        first = first_id if not pieces else float(part.ids[0])
        pieces.append(_piece_of_many(slot, part, first, 0 if pieces else flags, cadence, newest_x))
    return pieces


def _parts_of(ids: Floats, first_id: float) -> list[tuple[int, int]]:
    """Cut ids into parts that fit a piece: in bytes, and each within 32 bits of its first (a producer's clock
    that is wrong by years puts points far apart)."""
    if ids.size <= BUCKETS_PER_PIECE and (not ids.size or float(ids[-1]) - first_id <= OFFSET_MAX):
        return [(0, ids.size)]
    parts: list[tuple[int, int]] = []
    start = 0
    while not parts or start < ids.size:
        stop = min(start + BUCKETS_PER_PIECE, ids.size)
        base = float(ids[start]) if parts else first_id
        stop = start + int(np.searchsorted(ids[start:stop], base + OFFSET_MAX, "right"))
        parts.append((start, stop))
        start = stop
    return parts


def _joined(
    slot: int,
    flags: int,
    k: int,
    num_buckets: int,
    first_id: float,
    cadence: float,
    newest_x: float,
    ids: bytes,
    values: bytes,
) -> bytes:
    num_bytes = SERIES_HEAD.size + len(ids) + len(values)
    spacing = spacing_of(cadence, k)
    head = HEAD.pack(SERIES, flags, slot, num_bytes, k, num_buckets, spacing, first_id, newest_x)
    return b"".join((head, ids, values, PADDING[num_bytes & 7]))


def spacing_of(cadence: float, k: int) -> float:
    """Return a cadence in buckets, within what float32 holds."""
    try:
        return min(scaled(cadence, -k), F32_MAX) if cadence == cadence else math.nan
    except OverflowError:
        return F32_MAX


# --- a few buckets, in plain Python ---


def _piece_of_few(slot: int, buckets: Buckets, first_id: float, flags: int, cadence: float, newest_x: float) -> bytes:
    ids: list[float] = buckets.ids.tolist()
    ids_flag, ids_bytes = ids_of_few(ids, first_id)
    k, _, first, low, high, last = buckets
    if (low is high and first is last) or not ids:
        values_flags, data = flat_values(first.tolist())
    else:
        values_flags, data = values_of_few(first.tolist(), low.tolist(), high.tolist(), last.tolist())
    flags |= ids_flag | values_flags
    return _joined(slot, flags, k, len(ids), first_id, cadence, newest_x, ids_bytes, data)


def values_of_few(first: list[float], lows: list[float], highs: list[float], lasts: list[float]) -> tuple[int, bytes]:
    """Flags and bytes of these columns."""
    peak = max(max(highs), -min(lows))
    needed = peak * VOUCHING_SHARE
    if needed >= 2 * ROUNDED_MIN and peak <= ROUNDED_MAX and min(map(sub, highs, lows)) >= needed:
        # As of most: each bucket vouches for float32 by itself, as none has a greater peak, or it is a gap.
        return SERIES_F32, _F32S[4 * len(first)].pack(*first, *lows, *highs, *lasts)
    if _are_same(lows, highs) and _are_same(first, lasts):
        return flat_values(first)
    values = (*first, *lows, *highs, *lasts)
    data = _as_f32(values, (lows, highs))
    return (0, _F64S[len(values)].pack(*values)) if data is None else (SERIES_F32, data)


def flat_values(values: list[float]) -> tuple[int, bytes]:
    """Flags and bytes of buckets of one value each."""
    data = _as_f32(values, None)
    return (SERIES_FLAT, _F64S[len(values)].pack(*values)) if data is None else (SERIES_FLAT | SERIES_F32, data)


def ids_of_few(ids: list[float], first_id: float) -> tuple[int, bytes]:
    """Flag and bytes of these ids, ascending whole numbers from ``first_id`` on."""
    num = len(ids)
    if not num or ids[-1] - first_id == num - 1:
        return 0, b""
    step = ids[1] - ids[0] if num > 1 else 1.0
    if num <= 2 or all(ids[i] - ids[i - 1] == step for i in range(2, num)):
        return SERIES_STEP, SERIES_STEPS.pack(int(ids[0] - first_id), int(step))
    offsets = [int(one - first_id) for one in ids]
    if offsets[-1] < 2**16:
        return SERIES_U16, struct.pack(f"<{num}H{-2 * num % 8}x", *offsets)
    return SERIES_U32, struct.pack(f"<{num}I{-4 * num % 8}x", *offsets)


def _are_same(ones: Sequence[float], others: Sequence[float]) -> bool:
    """Whether two columns of the same buckets are equal; they have NaN in the same places."""
    if ones == others:
        return True
    for one, other in zip(ones, others, strict=True):  # noqa: SIM110 a generator costs more than the comparisons
        if one != other and one == one:
            return False
    return True


def _as_f32(values: Sequence[float], spreads: tuple[list[float], list[float]] | None) -> bytes | None:
    """These values as float32, where that loses nothing or buckets of these lows and highs vouch for it."""
    layout = _F32S[len(values)]
    try:
        data = layout.pack(*values)
    except OverflowError:
        return None
    if _are_same(values, layout.unpack(data)):
        return data
    return data if spreads is not None and _do_few_vouch(*spreads) else None


def _do_few_vouch(lows: list[float], highs: list[float]) -> bool:
    for low, high in zip(lows, highs, strict=True):
        peak = high if high > -low else -low
        if not (ROUNDED_MIN <= peak <= ROUNDED_MAX and high - low >= peak * VOUCHING_SHARE):
            break
    else:
        return True
    # Some bucket does not by itself: it may be a gap, or next to one that does.
    spreads = [high - low for low, high in zip(lows, highs, strict=True)]
    end = len(spreads) - 1
    for i, low in enumerate(lows):
        high = highs[i]
        peak = high if high > -low else -low
        needed = (peak if peak > ROUNDED_MIN else ROUNDED_MIN) * VOUCHING_SHARE
        is_sure = spreads[i] >= needed or (i > 0 and spreads[i - 1] >= needed) or (i < end and spreads[i + 1] >= needed)
        if low == low and not (is_sure and peak <= ROUNDED_MAX):
            return False
    return True


# --- many, with NumPy ---


def _piece_of_many(slot: int, buckets: Buckets, first_id: float, flags: int, cadence: float, newest_x: float) -> bytes:
    ids_flag, ids_bytes = _ids_of_many(buckets.ids, first_id)
    _, _, first, low, high, last = buckets
    is_flat = not (low.size and low[0] < high[0]) and buckets.is_flat
    is_narrow, data = _values_of_many((first,) if is_flat else (first, low, high, last))
    flags |= ids_flag | (SERIES_FLAT if is_flat else 0) | (SERIES_F32 if is_narrow else 0)
    return _joined(slot, flags, buckets.k, buckets.ids.size, first_id, cadence, newest_x, ids_bytes, data)


def _ids_of_many(ids: Floats, first_id: float) -> tuple[int, bytes]:
    num = ids.size
    if not num or float(ids[-1]) - first_id == num - 1:
        return 0, b""
    steps = ids[1:] - ids[:-1]
    if num <= 2 or bool((steps == steps[0]).all()):
        return SERIES_STEP, SERIES_STEPS.pack(int(ids[0] - first_id), int(steps[0]) if num > 1 else 1)
    offsets = ids - first_id
    flag, kind = (SERIES_U16, "<u2") if offsets[-1] < 2**16 else (SERIES_U32, "<u4")
    data = offsets.astype(kind).tobytes()
    return flag, data + PADDING[len(data) & 7]


def _values_of_many(columns: Sequence[Floats]) -> tuple[bool, bytes]:
    """Whether the columns go as float32, and their bytes."""
    if _is_f32(columns[0][:1]) and all(map(_is_f32, columns)):
        is_narrow = True
    else:
        is_narrow = len(columns) == 4 and _do_many_vouch(columns[1], columns[2])
    kind = "<f4" if is_narrow else "<f8"
    return is_narrow, b"".join([column.astype(kind, copy=False).tobytes() for column in columns])


def _is_f32(column: Floats) -> bool:
    """Whether float32 holds these values."""
    with np.errstate(over="ignore"):
        is_same = column.astype("<f4") == column
    return bool(is_same.all()) or bool((is_same | np.isnan(column)).all())


def _do_many_vouch(lows: Floats, highs: Floats) -> bool:
    peak = max(float(np.fmax.reduce(highs)), -float(np.fmin.reduce(lows)))
    if not peak <= ROUNDED_MAX:
        return False
    spreads = highs - lows
    if spreads.min() >= max(peak, ROUNDED_MIN) * VOUCHING_SHARE:
        return True
    needed = np.maximum(np.maximum(highs, -lows), ROUNDED_MIN) * VOUCHING_SHARE
    is_sure = spreads >= needed
    is_sure[1:] |= spreads[:-1] >= needed[1:]
    is_sure[:-1] |= spreads[1:] >= needed[:-1]
    return bool((is_sure | np.isnan(lows)).all())
