"""What viewers see and what they have, as shared objects: who sees and holds the same lacks the same.

Both are interned by content, so that viewers who came at different times end up with the very same objects, and
one look at their identity says that what was worked out for one is right for all.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

from cadran.frames.wire import PanelView

if TYPE_CHECKING:
    from cadran.frames.steady import Plan, Steady


class Held(NamedTuple):
    """What a viewer has of a slot once all that was sent arrives."""

    s: float
    k: int = 0
    low: float = 0.0
    high: float = float("inf")
    newest: float = float("inf")
    """x of the newest point that it has: where a pause ends for a line that is not over time."""
    left_s: float = float("inf")
    """What lies left of what is being read again is that of this S, if that is older."""
    owes_beside: bool = False
    """What lies beside a range that was chosen was still to be read: the line may come from there, or go there."""


class Seen:
    """The visible panels of one stage, each as it is looked at. Never changed once made."""

    __slots__ = ("__weakref__", "keys", "panels", "plan", "sources", "stage_key")

    def __init__(self, stage_key: str, panels: tuple[PanelView, ...]) -> None:
        self.stage_key = stage_key
        self.panels = {panel.i: panel for panel in panels}
        self.keys = frozenset((stage_key, panel.i) for panel in panels)
        """What it holds leases on while it is watched."""
        self.plan: Plan | None = None
        """What stays the same from frame to frame, once that was worked out."""
        self.sources: tuple[int, Sequence[int]] | None = None
        """The revision of a layout, and which of its sources these panels have."""


class Holding:
    """Slots, panel states and notices that a viewer has. Never changed once made."""

    __slots__ = ("__weakref__", "_held", "notice_s", "status", "steady")

    def __init__(
        self, held: Mapping[int, Held] | None, status: Mapping[int, int], notice_s: int, steady: Steady | None = None
    ) -> None:
        """``held``: by slot; None where ``steady`` says it."""
        self._held = held
        self.status = status
        """S of the state that it has, by panel; below 0 where that is said of a past."""
        self.notice_s = notice_s
        """S of the newest notice that it has."""
        self.steady = steady
        """The same in short, where that can be."""

    @property
    def held(self) -> Mapping[int, Held]:
        """What it has, by slot."""
        if self._held is None:
            assert self.steady is not None
            self._held = self.steady.held()
        return self._held


class Interned:
    """The sights and holdings of all viewers of one engine; each lives as long as somebody has it."""

    def __init__(self) -> None:
        self._seen: WeakValueDictionary[Hashable, Seen] = WeakValueDictionary()
        self._holdings: WeakValueDictionary[Hashable, Holding] = WeakValueDictionary()
        self._steady: dict[Hashable, Holding] = {}
        """Those in short, of one S: the frames of the next make others."""
        self._steady_s = -1

    def seen(self, stage_key: str, panels: Iterable[PanelView]) -> Seen:
        """Return the one object for these panels, in whatever order they are named."""
        ordered = tuple(sorted(panels, key=lambda panel: panel.i))
        key = (stage_key, ordered)
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = Seen(stage_key, ordered)
        return found

    def holding(self, held: Mapping[int, Held], status: Mapping[int, int], notice_s: int) -> Holding:
        """Return the one object of this content; the mappings are never changed afterwards."""
        key = (tuple(sorted(held.items())), tuple(sorted(status.items())), notice_s)
        found = self._holdings.get(key)
        if found is None:
            found = self._holdings[key] = Holding(held, status, notice_s)
        return found

    def steady(self, steady: Steady, status: Mapping[int, int], notice_s: int, s: int) -> Holding:
        """Return the one object of this content after a frame of S ``s``, as long as that is the newest."""
        if s != self._steady_s:
            self._steady.clear()
            self._steady_s = s
        key = (steady, notice_s)
        found = self._steady.get(key)
        if found is None:
            found = self._steady[key] = Holding(None, status, notice_s, steady)
        return found


NOTHING_HELD = Holding({}, {}, 0)
NOTHING_SEEN = Seen("", ())
