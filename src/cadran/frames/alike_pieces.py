"""SERIES pieces of several lines whose points have the same x: their ids and heads are worked out once for all.

Each piece is the one that ``series_pieces`` gives of its line alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cadran.frames.series_pieces import (
    FEW_BUCKETS,
    HEAD,
    OFFSET_MAX,
    PADDING,
    ROUNDED_MAX,
    ROUNDED_MIN,
    VOUCHING_SHARE,
    do_few_vouch,
    ids_of_few,
    spacing_of,
)
from cadran.frames.wire import SERIES, SERIES_F32, SERIES_FLAT, SERIES_HEAD
from cadran.readable import Floats
from cadran.store import AlikeBuckets

Values = tuple[int, bytes]
"""Flags and columns of one line."""


def alike_pieces(
    slots: Sequence[int], buckets: AlikeBuckets, first_id: float, *, cadence: float, newest_x: float
) -> list[bytes | None]:
    """Return one piece a line: for every id >= ``first_id`` it is now these buckets, one at least.

    None for lines that must be packed alone: all if the buckets are many, and those with a NaN among several points
    of a bucket.
    """
    ids: list[float] = buckets.ids.tolist()
    if len(ids) > FEW_BUCKETS or ids[-1] - first_id > OFFSET_MAX:
        return [None] * len(slots)
    ids_flag, ids_bytes = ids_of_few(ids, first_id)
    spacing = spacing_of(cadence, buckets.k)
    pieces: list[bytes | None] = []
    for slot, values in zip(slots, _values(buckets), strict=True):
        if values is None:
            pieces.append(None)
            continue
        flags, data = values
        num_bytes = SERIES_HEAD.size + len(ids_bytes) + len(data)
        head = HEAD.pack(SERIES, flags | ids_flag, slot, num_bytes, buckets.k, len(ids), spacing, first_id, newest_x)
        pieces.append(b"".join((head, ids_bytes, data, PADDING[num_bytes & 7])))
    return pieces


def _values(buckets: AlikeBuckets) -> list[Values | None]:
    _, _, first, lows, highs, last = buckets
    if lows is highs:
        return _flat(first)
    num_lines = len(first)
    peaks = np.maximum(highs, -lows)
    if not peaks.max() <= ROUNDED_MAX:  # or NaN
        return [_values_alone(first[i], lows[i], highs[i], last[i]) for i in range(num_lines)]
    spreads, needed = highs - lows, np.maximum(peaks, ROUNDED_MIN) * VOUCHING_SHARE
    is_sure = spreads >= needed
    if not is_sure.all():  # each bucket by itself; its neighbour may vouch for it
        is_sure[:, 1:] |= spreads[:, :-1] >= needed[:, 1:]
        is_sure[:, :-1] |= spreads[:, 1:] >= needed[:, :-1]
    narrow = np.array((first, lows, highs, last), "<f4").transpose(1, 0, 2).tobytes()
    size = len(narrow) // num_lines
    are_safe: list[bool] = np.logical_and.reduce(is_sure, axis=1).tolist()
    return [
        (SERIES_F32, narrow[i * size : (i + 1) * size])
        if is_safe
        else _values_alone(first[i], lows[i], highs[i], last[i])
        for i, is_safe in enumerate(are_safe)
    ]


def _values_alone(first: Floats, lows: Floats, highs: Floats, last: Floats) -> Values | None:
    if not (lows == lows).all():
        return None
    is_flat = bool((lows == highs).all() and (first == last).all())
    values = first if is_flat else np.concatenate((first, lows, highs, last))
    with np.errstate(over="ignore"):
        narrow = values.astype("<f4")
    is_narrow = bool((narrow == values).all()) or (not is_flat and do_few_vouch(lows.tolist(), highs.tolist()))
    flags = (SERIES_FLAT if is_flat else 0) | (SERIES_F32 if is_narrow else 0)
    return flags, (narrow if is_narrow else values).tobytes()


def _flat(values: Floats) -> list[Values | None]:
    """Of buckets of one point each, which may be NaN."""
    with np.errstate(over="ignore"):
        narrow = values.astype("<f4")
    is_narrow = ((narrow == values) | (values != values)).all(axis=1).tolist()
    return [
        (SERIES_FLAT | SERIES_F32, narrow[i].tobytes()) if is_narrow[i] else (SERIES_FLAT, values[i].tobytes())
        for i in range(len(values))
    ]
