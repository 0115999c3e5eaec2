"""How long and how often to measure, and what."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from bench.contender import find_peer
from bench.results import FLOOR

LIFE_SECS = 900.0
LONG_SECS = 300.0
"""A child ends by itself after this and its windows, whatever happens to its parent."""
RATES = (10, 100, 1_000, 10_000)
"""Points a second and series of W1."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A run of the bench."""

    began: float
    is_quick: bool = False
    repeats: int = 2
    peers: tuple[str, ...] = ()
    """Measured in the first repeat only."""
    rates: tuple[int, ...] = RATES
    asked_window_secs: float | None = None
    """The window of those that have one; None: the usual one."""

    @property
    def settle_secs(self) -> float:
        """How long servers, viewers and pages may take to come to rest before a window begins."""
        return 0.7 if self.is_quick else 1.5

    @property
    def window_secs(self) -> float:
        """How long one figure of a live page is measured."""
        return self.asked_window_secs or (3.0 if self.is_quick else 10.0)

    @property
    def viewers_secs(self) -> float:
        """How long one figure of W2 is measured."""
        return self.asked_window_secs or (2.0 if self.is_quick else 5.0)

    @property
    def idle_secs(self) -> float:
        """A beat comes every 5 s: a window holds a whole number of them."""
        return 5.0 if self.is_quick else 10.0

    @property
    def long_secs(self) -> float:
        """How long W1LONG watches a page."""
        return self.asked_window_secs or LONG_SECS

    @property
    def life_secs(self) -> float:
        """After which a child of this run ends by itself."""
        return LIFE_SECS + 2 * self.window_secs

    def names(self, workload: str, repeat: int) -> tuple[str, ...]:
        """Return who takes part in a repeat: Cadran, its floor, then the peers that can."""
        return ("cadran", FLOOR, *(self.peers_in(workload) if repeat == 0 else ()))

    def peers_in(self, workload: str) -> tuple[str, ...]:
        """Return the peers that can do a workload."""
        return tuple(name for name in self.peers if workload in find_peer(name).workloads)


def say(text: str) -> None:
    """Report progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def watch_for(secs: float) -> None:
    """Let a window pass."""
    time.sleep(secs)
