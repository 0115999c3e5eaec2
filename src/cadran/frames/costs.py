"""What frames cost, by panel: encoding, handing over, bytes. All viewers of a panel share one account."""

from __future__ import annotations

from collections.abc import Collection

from cadran.timings import Durations, Histogram, Stopwatch
from cadran.turn import Turn, endless

HOLD_BOUNDS_SECS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
"""Buckets of how long the engine held its loop for one step."""


class PanelCosts:
    """One panel's account."""

    __slots__ = ("encoded_bytes", "encoding", "last_encoded_bytes", "sending", "sent_bytes")

    def __init__(self) -> None:
        self.encoding = Durations()
        """Each time that something of it was really encoded."""
        self.sending = Durations()
        """From the settled tick, or the step's beginning, until its new pieces were handed over."""
        self.encoded_bytes = 0
        self.last_encoded_bytes = 0
        self.sent_bytes = 0
        """To all viewers together, without the heads of messages."""


class Costs:
    """The accounts of all panels, and how long the engine held its loop.

    A step reads the stopwatch three times, twice more for each encoding, and now and then in long work to learn whether
    its turn is over: never for a viewer who gets what another got.
    """

    def __init__(self, stopwatch: Stopwatch, turn: Turn | None = None) -> None:
        self.stopwatch = stopwatch
        self._turn = turn or endless()
        self.hold = Histogram(HOLD_BOUNDS_SECS)
        self._panels: dict[tuple[str, int], PanelCosts] = {}
        self._unsent: set[PanelCosts] = set()
        self._began_secs = 0.0
        self._built_from_secs = 0.0

    def panel(self, stage: str, index: int) -> PanelCosts:
        """Return the account of a panel of a stage, by that one's key."""
        costs = self._panels.get((stage, index))
        if costs is None:
            costs = self._panels[stage, index] = PanelCosts()
        return costs

    def find(self, stage: str, index: int) -> PanelCosts | None:
        """Return the account of a panel, if anything was ever put on it."""
        return self._panels.get((stage, index))

    def forget(self, stages: Collection[str]) -> None:
        """These stages are gone, or their numbers mean other panels."""
        for key in [key for key in self._panels if key[0] in stages]:
            self._unsent.discard(self._panels.pop(key))

    def encoded(self, costs: PanelCosts, secs: float, num_bytes: int) -> None:
        """Something of a panel was encoded."""
        costs.encoding.add(secs)
        costs.encoded_bytes += num_bytes
        costs.last_encoded_bytes = num_bytes
        self._unsent.add(costs)

    # --- a step, by whoever lets the core live ---

    def begin_step(self) -> None:
        """The core is about to step."""
        self._began_secs = self._built_from_secs = self.stopwatch()
        self._turn.begin(self._began_secs)

    def settled(self) -> None:
        """S is settled: from here on frames are built."""
        self._built_from_secs = self.stopwatch()

    def end_step(self) -> None:
        """All that the step gave was handed over."""
        now_secs = self.stopwatch()
        self._turn.begin()
        self.hold.add(now_secs - self._began_secs)
        if self._unsent:
            for costs in self._unsent:
                costs.sending.add(now_secs - self._built_from_secs)
            self._unsent.clear()
