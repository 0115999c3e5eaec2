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


def backoff_secs(
    num_failures: int, rng: Rng = random.random, *, base_secs: float = BASE_SECS, cap_secs: float = CAP_SECS
) -> float:
    """Return the seconds to wait after ``num_failures`` failures in a row; 0 after none."""
    if num_failures < 1:
        return 0.0
    return rng() * bound_secs(num_failures, base_secs=base_secs, cap_secs=cap_secs)


def bound_secs(num_failures: int, *, base_secs: float = BASE_SECS, cap_secs: float = CAP_SECS) -> float:
    """Return the longest that ``backoff_secs`` may give."""
    return min(cap_secs, base_secs * 2.0 ** min(num_failures - 1, 64))
