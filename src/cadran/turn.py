"""A turn at the engine's loop: how long one step goes on with what can wait before it lets the loop do other things.

Long work is a generator that asks ``is_over`` after each piece of it, and yields where it is.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from cadran.timings import Stopwatch

T = TypeVar("T")

TURN_SECS = 0.002
"""With the longest piece of work that is done at once, a step stays below 5 ms."""


class Turn:
    """Begins with each step, or when it is first asked about. By a stopwatch that stands still it is never over: all is
    done in one step then."""

    __slots__ = ("_ends_secs", "_stopwatch", "secs")

    def __init__(self, stopwatch: Stopwatch, secs: float = TURN_SECS) -> None:
        self._stopwatch = stopwatch
        self.secs = secs
        self._ends_secs: float | None = None

    def begin(self, now_secs: float | None = None) -> None:
        """Another turn begins. ``now_secs``: what the stopwatch says, if it was just read."""
        self._ends_secs = None if now_secs is None else now_secs + self.secs

    def is_over(self, ahead_secs: float = 0.0) -> bool:
        """Whether what can wait goes on in the next step. ``ahead_secs``: what comes next takes so long at once."""
        now_secs = self._stopwatch()
        if self._ends_secs is None:
            self._ends_secs = now_secs + self.secs
        return now_secs + ahead_secs >= self._ends_secs


def endless() -> Turn:
    """Return a turn that is never over."""
    return Turn(lambda: 0.0)


def in_one_go(work: Generator[None, None, T]) -> T:
    """Do all of it, and return what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            made: T = end.value
            return made
