"""When what comes from elsewhere was measured, as far as its sender says."""

from __future__ import annotations

from typing import NamedTuple

from cadran.errors import UsageError

AGE_SHOWN_SECS = 1.0
"""What is younger counts as measured on arrival: no network is quicker than that for certain."""


class Arrival(NamedTuple):
    """When updates came, by the receiver's own clock, and how long they waited at their sender.

    Ages and waits, not times, so that a sender's clock may be wrong.
    """

    wall: float
    """Seconds since 1970 UTC."""
    waited_secs: float = 0.0

    def at(self, at: float | None, age: float | None, where: str) -> float | None:
        """Return when a KPI was measured; None means on arrival. Raises ``UsageError`` for an age below zero."""
        if age is None:
            age = 0.0
        elif at is not None or not age >= 0.0:
            raise UsageError(f"{where}: expected either at, or an age of at least 0 seconds, got {age!r} (at={at!r})")
        age_secs = age + self.waited_secs
        return self.wall - age_secs if at is None and age_secs >= AGE_SHOWN_SECS else at
