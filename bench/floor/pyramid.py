"""The least that answers for a history: minima and maxima of 8, 64, 512 … points, made beforehand."""

from __future__ import annotations

import math
import struct

import numpy as np

from bench.load import Floats

FACTOR = 8
HEAD = struct.Struct("<dddId")
"""x0, x1, x of the first row, number of rows, width of a row in x; then float32 minima and maxima."""


class Pyramid:
    """Rows by index: points are at equal distances, and never change."""

    def __init__(self, xs: Floats, ys: Floats) -> None:
        self._first_x, self._last_x, self._num = float(xs[0]), float(xs[-1]), xs.size
        self._levels: list[tuple[Floats, Floats]] = [(ys, ys)]
        while (low := self._levels[-1][0]).size > 1_000 * FACTOR:
            starts = np.arange(0, low.size, FACTOR)
            high = self._levels[-1][1]
            self._levels.append((np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)))

    def view(self, x0: float | None, x1: float | None, px: int) -> bytes:
        """Return the rows of a range, at least one and at most eight a pixel; None: all."""
        x0 = self._first_x if x0 is None else x0
        x1 = self._last_x if x1 is None else x1
        per_x = (self._num - 1) / (self._last_x - self._first_x)
        start = max(0, math.floor((x0 - self._first_x) * per_x))
        stop = min(self._num, math.ceil((x1 - self._first_x) * per_x) + 1)
        level = 0
        while level + 1 < len(self._levels) and (stop - start) / FACTOR ** (level + 1) >= px:
            level += 1
        width = FACTOR**level
        low, high = (column[start // width : -(-stop // width)].astype("<f4") for column in self._levels[level])
        first_x = self._first_x + start // width * width / per_x
        return HEAD.pack(x0, x1, first_x, low.size, width / per_x) + low.tobytes() + high.tobytes()
