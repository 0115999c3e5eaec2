"""The memory of a series' changes: from which x on is it another than at S?"""

from __future__ import annotations

from bisect import bisect_right

NEVER = float("inf")
ALWAYS = float("-inf")


class ChangeLog:
    """Answers ``since(s)``: the least x0 of all changes after S, exactly or a little lower.

    Only changes that are not covered by a later one with a lower x0 are kept, so x0 rises with S.
    Past ``max_entries`` the two oldest become one (the later S, the lower x0): an old viewer is then
    told a little more than it needs, which is harmless because pieces are idempotent.
    """

    def __init__(self, max_entries: int = 512) -> None:
        self._max_entries = max_entries
        self._s: list[int] = []
        self._x0: list[float] = []

    def add(self, s: int, x0: float) -> None:
        """At ``s``, everything at ``x >= x0`` changed. ``s`` never decreases; ``ALWAYS`` is a reset."""
        while self._x0 and self._x0[-1] >= x0:
            self._x0.pop()
            self._s.pop()
        self._s.append(s)
        self._x0.append(x0)
        if len(self._s) > self._max_entries:
            self._thin()

    def since(self, s: float) -> float:
        """Return the least x0 changed after ``s``; ``NEVER`` where nothing was."""
        index = bisect_right(self._s, s)
        return self._x0[index] if index < len(self._x0) else NEVER

    def _thin(self) -> None:
        half = len(self._s) // 2
        # Pairs of the older half merge: (s1, x1), (s2, x2) become (s2, x1), as x1 <= x2.
        self._s = self._s[1:half:2] + self._s[half - half % 2 :]
        self._x0 = self._x0[0 : half - 1 : 2] + self._x0[half - half % 2 :]
