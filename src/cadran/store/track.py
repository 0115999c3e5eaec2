"""What series have in common that got points at the same x."""

from __future__ import annotations


class Track:
    """One batch of points with the same x, behind all that its series had: another object for each batch."""

    __slots__ = ("before_s", "from_s", "x0")

    def __init__(self, x0: float, before_s: int, from_s: int) -> None:
        self.x0 = x0
        """The first x of the batch."""
        self.before_s = before_s
        """The S at which the last of the series had changed before."""
        self.from_s = from_s
        """The S at which the first of them got its points."""

    def take_in(self, before_s: int, from_s: int) -> None:
        """One more series got these points."""
        if before_s > self.before_s:
            self.before_s = before_s
        if from_s < self.from_s:
            self.from_s = from_s

    def is_all_since(self, s: float) -> bool:
        """Whether this batch is all that changed of each of its series after S, so that it begins at ``x0``."""
        return self.before_s <= s < self.from_s
