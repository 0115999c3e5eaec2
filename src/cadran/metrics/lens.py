"""Through which part of time a window is looked at: the present one, the one before, a part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from cadran.readable import Floats
from cadran.store import SeriesSnapshot

Mask = npt.NDArray[np.bool_]


class Seen(NamedTuple):
    """What a lens shows of some times: a mask, and the wall second at which it will show something else."""

    mask: Mask
    until: float


class Part(NamedTuple):
    """What a lens shows of a series: the points from ``start`` to ``stop``, until a wall second."""

    start: int
    stop: int
    until: float


class Lens(Protocol):
    """Decides which times lie in a window of ``window_secs``. NaN times lie in none."""

    @property
    def now(self) -> float:
        """The wall second at which it is looked."""
        ...

    def look(self, times: Floats, window_secs: float) -> Seen:
        """Return which of ``times`` are in the window."""
        ...

    def look_at(self, series: SeriesSnapshot, window_secs: float) -> Part:
        """Return which points are in the window, as ``look`` does, at the cost of a search."""
        ...


@dataclass(frozen=True, slots=True)
class Present:
    """``time + window > now``: rows of the future count, so that a producer's fast clock hides nothing.

    The sum is what is compared, never ``now - window``: with floats the two may differ, and the moment
    ``until`` at which a row leaves must be the moment at which the comparison turns.
    """

    now: float

    def look(self, times: Floats, window_secs: float) -> Seen:
        leaves = times + window_secs
        mask = leaves > self.now
        return Seen(mask, float(leaves[mask].min()) if mask.any() else math.inf)

    def look_at(self, series: SeriesSnapshot, window_secs: float) -> Part:
        start = num_reached(series, self.now, window_secs)
        return Part(start, len(series), _reaches(series, start, window_secs))


@dataclass(frozen=True, slots=True)
class Before:
    """The window before the present one."""

    now: float

    def look(self, times: Floats, window_secs: float) -> Seen:
        enters = times + window_secs
        leaves = enters + window_secs
        mask = (enters <= self.now) & (leaves > self.now)
        turns = np.concatenate((leaves[mask], enters[enters > self.now]))
        return Seen(mask, float(turns.min()) if turns.size else math.inf)

    def look_at(self, series: SeriesSnapshot, window_secs: float) -> Part:
        start = num_reached(series, self.now, window_secs, window_secs)
        stop = num_reached(series, self.now, window_secs)
        leaves = _reaches(series, start, window_secs, window_secs) if start < stop else math.inf
        return Part(start, stop, min(leaves, _reaches(series, stop, window_secs)))


@dataclass(frozen=True, slots=True)
class Between:
    """``low < time <= high``, whatever the window: one bucket of a sparkline."""

    now: float
    low: float
    high: float

    def look(self, times: Floats, window_secs: float) -> Seen:
        return Seen((times > self.low) & (times <= self.high), math.inf)

    def look_at(self, series: SeriesSnapshot, window_secs: float) -> Part:
        return Part(series.count(self.low, "right"), series.count(self.high, "right"), math.inf)


def ended_window(lens: Lens, times: Floats, window_secs: float, end: float) -> Mask:
    """Return which times lie in a window that ended at a wall second: ``end - window < time <= end``."""
    if isinstance(lens, Between):
        return lens.look(times, window_secs).mask
    if isinstance(lens, Before):
        end -= window_secs
    return (times > end - window_secs) & (times <= end)


def num_reached(series: SeriesSnapshot, now: float, *shifts: float) -> int:
    """Return how many points have ``x + shift + … <= now``, summed in this order."""
    # By a search for the difference, and then by the sum itself: with floats the two may differ by a few steps.
    count = series.count(now - sum(shifts), "right")
    while count and _reaches(series, count - 1, *shifts) > now:
        count = series.count(series.x_at(count - 1), "left")
    while count < len(series) and _reaches(series, count, *shifts) <= now:
        count = series.count(series.x_at(count), "right")
    return count


def _reaches(series: SeriesSnapshot, index: int, *shifts: float) -> float:
    """``x + shift + …`` of one point; infinite past the last."""
    if index >= len(series):
        return math.inf
    reached = series.x_at(index)
    for shift in shifts:  # not ``sum``, which corrects its rounding where Python is new enough
        reached += shift
    return reached
