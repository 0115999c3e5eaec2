"""Through which part of time a window is looked at: the present one, the one before, a part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from cadran.readable import Floats

Mask = npt.NDArray[np.bool_]


class Seen(NamedTuple):
    """What a lens shows of some times: a mask, and the wall second at which it will show something else."""

    mask: Mask
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


@dataclass(frozen=True, slots=True)
class Part:
    """``low < time <= high``, whatever the window: one bucket of a sparkline."""

    now: float
    low: float
    high: float

    def look(self, times: Floats, window_secs: float) -> Seen:
        return Seen((times > self.low) & (times <= self.high), math.inf)
