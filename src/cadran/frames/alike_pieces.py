"""SERIES pieces of several lines whose points have the same x: their ids and heads are worked out once for all.

Each piece is the one that ``series_pieces`` gives of its line alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cadran.frames.series_pieces import (
    FEW_BUCKETS,
    HEAD,
    OFFSET_MAX,
    PADDING,
    flat_values,
    ids_of_few,
    spacing_of,
    values_of_few,
)
from cadran.frames.wire import SERIES, SERIES_HEAD
from cadran.store import AlikeBuckets


def alike_pieces(
    slots: Sequence[int], buckets: AlikeBuckets, first_id: float, *, cadence: float, newest_x: float
) -> list[bytes | None]:
    """Return one piece a line: for every id >= ``first_id`` it is now these buckets, one at least.

    None for lines that must be packed alone: all if the buckets are many, and those with a NaN among several points
    of a bucket.
    """
    k, ids = buckets.k, buckets.ids
    if len(ids) > FEW_BUCKETS or ids[-1] - first_id > OFFSET_MAX:
        return [None] * len(slots)
    ids_flag, ids_bytes = ids_of_few(ids, first_id)
    spacing, is_flat = spacing_of(cadence, k), buckets.min is buckets.max
    first: list[list[float]] = buckets.first.tolist()
    lows, highs, lasts = (first,) * 3 if is_flat else (one.tolist() for one in buckets[3:])
    pieces: list[bytes | None] = []
    for i, slot in enumerate(slots):
        if is_flat:
            flags, data = flat_values(first[i])
        elif (low_sum := sum(lows[i])) != low_sum and any(map(math.isnan, lows[i])):
            pieces.append(None)
            continue
        else:
            flags, data = values_of_few(first[i], lows[i], highs[i], lasts[i])
        num_bytes = SERIES_HEAD.size + len(ids_bytes) + len(data)
        head = HEAD.pack(SERIES, flags | ids_flag, slot, num_bytes, k, len(ids), spacing, first_id, newest_x)
        pieces.append(b"".join((head, ids_bytes, data, PADDING[num_bytes & 7])))
    return pieces
