"""Which buckets a viewer needs of a line: the range that it looks at and the level of its pixels."""

from __future__ import annotations

import math
from typing import NamedTuple

from cadran.frames.wire import PanelView
from cadran.screen.slots import SeriesSlot
from cadran.store import SeriesColumns, id_of, level_for
from cadran.store.spacings import cell_of

PX_MAX = 16_384
"""No screen is wider; a viewer that claims more gets buckets for so many pixels."""


class Range(NamedTuple):
    """Buckets ``low <= id <= high`` of level k; ``high`` is infinite while the present is followed."""

    k: int
    low: float
    high: float
    is_windowed: bool
    """Whether old points leave by the window's movement alone."""

    def variant(self, from_id: float, replace: bool) -> tuple[int, float, float, bool, float]:
        """Return on what the pieces from ``from_id`` on depend: how far apart points lie is of all that is seen."""
        return self.k, from_id, self.high, replace, cell_of(self.low)


def range_of(slot: SeriesSlot, view: PanelView, columns: SeriesColumns, at: float, held_until: float | None) -> Range:
    """Return the range of a line at the wall second ``at``.

    ``held_until``: the greatest x that a paused viewer may see.
    """
    first_x, last_x = columns.first_x, columns.last_x
    if first_x is None or last_x is None:
        first_x = last_x = at if slot.x == "time" else 0.0
    high = math.inf
    if view.x0 is not None and view.x1 is not None and view.x1 > view.x0:
        x0, x1, is_windowed = view.x0, view.x1, False
        high = x1
    else:
        span = view.span if view.span is not None and view.span > 0 else slot.window_secs
        is_windowed = span is not None
        x1 = at if slot.x == "time" and is_windowed else last_x if held_until is None else min(last_x, held_until)
        x0 = x1 - span if span is not None else first_x
    k = level_for(x1 - x0, max(1, min(view.px, PX_MAX)), max(abs(x0), abs(x1)))
    if held_until is not None:
        high = min(high, held_until)
    low_id = id_of(x0, k) if is_windowed or view.x0 is not None else id_of(first_x, k)
    return Range(k, low_id, high if high == math.inf else id_of(high, k), is_windowed)
