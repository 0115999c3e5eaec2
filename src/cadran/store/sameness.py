"""How much of a series is the same as of another: what of it must be told anew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cadran.readable import Floats, Points
from cadran.store.snapshot import SeriesSnapshot


def num_left_of(old: SeriesSnapshot, xs: Floats) -> int:
    """Return how many points of a whole state, with these ascending x, lie before all that a series has."""
    first_x = old.first_x
    if first_x is None:
        return 0
    return max(0, int(xs.searchsorted(first_x, "right")) - old.count(first_x, "right"))


def num_same_of(old: SeriesSnapshot, xs: Floats, ys: Floats) -> Iterator[int]:
    """Yield how many points at the beginning of a series are these: so far, block by block, and at last in all."""
    index = 0
    for block in old.blocks():
        size = min(block.xs.size, xs.size - index)
        part = slice(index, index + size)
        same = _num_equal(Points(block.xs[:size], block.ys[:size]), Points(xs[part], ys[part]))
        index += same
        if same < block.xs.size:
            break
        yield index
    yield index


def num_shared_of(old: SeriesSnapshot, new: SeriesSnapshot) -> tuple[int, int]:
    """Return how many points left ``old`` at its beginning, and how many that follow are those with which ``new``
    begins. What lies in the same memory is not looked at."""
    first_x = new.first_x
    if first_x is None or not len(old):
        return 0, 0
    num_gone = old.count(first_x, "left")
    num_same = 0
    while num_gone + num_same < len(old) and num_same < len(new):
        one, other = next(old.blocks(num_gone + num_same)), next(new.blocks(num_same))
        size = min(one.xs.size, other.xs.size)
        part = slice(0, size)
        if _is_same_memory(one.xs, other.xs) and _is_same_memory(one.ys, other.ys):
            num_same += size
            continue
        same = _num_equal(Points(one.xs[part], one.ys[part]), Points(other.xs[part], other.ys[part]))
        num_same += same
        if same < size:
            break
    return (num_gone, num_same) if num_same else (0, 0)


def _is_same_memory(one: Floats, other: Floats) -> bool:
    """Whether two columns begin at the same place: what lies there never changes while both are there."""
    return bool(one.__array_interface__["data"][0] == other.__array_interface__["data"][0])


def _num_equal(old: Points, new: Points) -> int:
    """Return how many points at the beginning are equal, of two series of one length. NaN equals NaN."""
    # A window that moved differs from its first point on.
    if not old.xs.size or old.xs[0] != new.xs[0]:
        return 0
    same = (old.xs == new.xs) & ((old.ys == new.ys) | (np.isnan(old.ys) & np.isnan(new.ys)))
    return same.size if bool(same.all()) else int(np.argmin(same))
