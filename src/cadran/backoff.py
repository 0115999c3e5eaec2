"""How long to wait after a failure: exponential with full jitter, capped.

After "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015): a wait drawn evenly between
zero and the exponential bound spreads those who fail together.
"""

from __future__ import annotations

import random
from collections.abc import Callable

BASE_SECS = 0.5
CAP_SECS = 30.0

Rng = Callable[[], float]
"""Returns a number in [0, 1)."""


class Backoff:
    """The waits after failures in a row."""

    def __init__(self, rng: Rng = random.random, *, base_secs: float = BASE_SECS, cap_secs: float = CAP_SECS) -> None:
        self._rng, self._base_secs, self._cap_secs = rng, base_secs, cap_secs
        self.num_failures = 0
        """Failures since the last success."""

    @property
    def bound_secs(self) -> float:
        """The longest wait after the failures so far; 0 after none."""
        if self.num_failures == 0:
            return 0.0
        return min(self._cap_secs, self._base_secs * 2.0 ** min(self.num_failures - 1, 64))

    def next_secs(self) -> float:
        """Count one more failure and return the seconds to wait before the next try."""
        self.num_failures += 1
        return self._rng() * self.bound_secs

    def reset(self) -> None:
        """It worked: the next failure is a first one."""
        self.num_failures = 0
