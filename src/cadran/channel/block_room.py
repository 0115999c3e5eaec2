"""Memory for the blocks of a series, cut from pieces that a system hands out as huge pages."""

from __future__ import annotations

import numpy as np

from cadran.readable import Floats

HUGE_PAGE_BYTES = 2 * 1024 * 1024
PIECE_BYTES = 4 * HUGE_PAGE_BYTES
"""For so large an array NumPy asks for huge pages: a system makes the same memory ready in a third of the time."""
PIECES_FROM_POINTS = 262_144
"""With fewer points made, what stays unused of a huge page would be too much beside them."""


class BlockRoom:
    """Gives room for one block after the other. A piece is held until a store has let go of all its blocks."""

    __slots__ = ("_free", "_num_points")

    def __init__(self) -> None:
        self._free = np.empty(0)
        self._num_points = 0

    def block(self, num_points: int) -> tuple[Floats, Floats]:
        """Return room for the xs and ys of a block."""
        self._num_points += num_points
        if self._num_points <= PIECES_FROM_POINTS:
            return np.empty(num_points), np.empty(num_points)
        if self._free.size < 2 * num_points:
            self._free = _piece(2 * num_points)
        free, self._free = self._free, self._free[2 * num_points :]
        return free[:num_points], free[num_points : 2 * num_points]


def _piece(num_values: int) -> Floats:
    """Return room for at least so many values that begins with a huge page: nobody touches what lies before it."""
    num_bytes = max(PIECE_BYTES, 8 * num_values)
    room = np.empty((num_bytes + HUGE_PAGE_BYTES) // 8)
    first = -room.__array_interface__["data"][0] % HUGE_PAGE_BYTES // 8
    return room[first : first + num_bytes // 8]
