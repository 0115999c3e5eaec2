"""How long and how often to measure."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of the bench."""

    is_quick: bool
    repeats: int
    contenders: tuple[str, ...]
    """The floor is among them."""
    began: float

    @property
    def settle_secs(self) -> float:
        """How long servers, viewers and pages may take to come to rest before a window begins."""
        return 0.7 if self.is_quick else 1.5

    @property
    def window_secs(self) -> float:
        """How long one figure of the age and of the viewers is measured."""
        return 2.0 if self.is_quick else 4.0

    @property
    def idle_secs(self) -> float:
        """A beat comes every 5 s: a window holds a whole number of them."""
        return 3.0 if self.is_quick else 10.0


def say(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


def watch_for(secs: float) -> None:
    """Let a window pass."""
    time.sleep(secs)
