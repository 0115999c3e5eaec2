"""One view out of what several blocks gave: rows of different levels, and points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from cadran.readable import Floats
from cadran.store.buckets import Buckets, Columns, bucketed, edges_of, ids_at, reduced

RAW = -10_000
"""The k of a piece that holds points."""


class Piece(NamedTuple):
    """What a view passes over of one block: rows of level k, or the columns xs and ys where k is ``RAW``."""

    k: int
    columns: Floats | Sequence[Floats]

    @property
    def num_rows(self) -> int:
        """How many rows or points."""
        return int(self.columns[0].size)


def joined(pieces: Iterable[Piece], k: int) -> Buckets:
    """Return the buckets of level k of pieces in ascending x, none of which is coarser.

    A bucket whose points lie in several pieces is one bucket.
    """
    found = [
        _columns(piece_k, [piece.columns for piece in run], k)
        for piece_k, run in groupby((piece for piece in pieces if piece.num_rows), key=attrgetter("k"))
    ]
    if not found:
        none = np.empty(0)
        return Buckets(k, none, none, none, none, none)
    columns = found[0] if len(found) == 1 else _end_to_end(found)
    edges = edges_of(columns[0])
    return Buckets(k, *(columns if edges.size > columns[0].size else reduced(columns, edges)))


def _end_to_end(blocks: Sequence[Columns]) -> Columns:
    ids, first, low, high, last = map(np.concatenate, zip(*blocks, strict=True))
    return ids, first, low, high, last


def _columns(piece_k: int, blocks: Sequence[Any], k: int) -> Columns:
    """Return id, first, min, max and last of one run of alike blocks; an id may come several times in a row."""
    if piece_k == RAW:
        xs, ys = blocks[0] if len(blocks) == 1 else map(np.concatenate, zip(*blocks, strict=True))
        _, ids, first, low, high, last = bucketed(xs, ys, k)
        return ids, first, low, high, last
    rows = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=1)
    ids = rows[0] if piece_k == k else ids_at(rows[0], k - piece_k)
    return ids, rows[1], rows[2], rows[3], rows[4]
