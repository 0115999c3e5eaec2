"""What a process that serves alone sets for all its threads, so that none holds the loops of the others for long."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SWITCH_SECS = 0.001
"""So long a thread keeps the interpreter while others wait for it. Python's own 5 ms are all that a loop may be held:
each thread that computes would add as much to every wait."""
LONG_SECS = 0.003
"""What was found to be in use is set aside by a full collection that took longer."""
ASIDE_GROWTH = 1.25
"""No more is set aside before there is so many times as much as the last time. Else what refers to itself, and was in
use only at that moment, would pile up with each collection."""
UNSEEN_GROWTH = 1.02
"""Once there is so many times as much, what has come since is set aside without a look, as when a thousand charts are
seen for the first time: to look through it would hold all threads, and find nothing."""
GARBAGE_MAX = 100
"""But not if the last look found more garbage than so many objects."""
ALL_AGAIN_SECS = 3_600.0
ALL_AGAIN_GROWTH = 4.0
"""Once so much time has passed, or there is so many times as much, all is looked through again: that bounds what may
have become garbage since it was set aside."""


@contextmanager
def own_process() -> Iterator[None]:
    """Set it, and take it back at the end."""
    switch_secs = sys.getswitchinterval()
    gc.collect()
    gc.freeze()  # what was imported and described stays to the end
    garbage = SettingAside(sys.getallocatedblocks())
    gc.callbacks.append(garbage)
    sys.setswitchinterval(min(switch_secs, SWITCH_SECS))
    try:
        yield
    finally:
        sys.setswitchinterval(switch_secs)
        gc.callbacks.remove(garbage)
        gc.unfreeze()


class SettingAside:
    """Keeps full collections of garbage short where a program has made much that stays.

    To look through all of it every few seconds would hold all threads for tens of milliseconds each time. What is set
    aside is freed as ever once nothing refers to it; what refers to itself waits until all is looked through again.
    """

    def __init__(self, num_blocks_aside: int = 0) -> None:
        """``num_blocks_aside``: how much there is, if it was set aside already."""
        self._num_blocks_max = 0.0
        self._due_mono = 0.0
        self._began_secs = 0.0
        self._num_found = 0
        """Objects that were garbage at the last look."""
        self._is_unseen = False
        """Whether the collection that runs has nothing to look at."""
        self._looks_through_all()
        self._num_blocks_aside = num_blocks_aside
        """How much there was when something was last set aside, since all was looked through; 0 for never."""

    def __call__(self, phase: str, info: Mapping[str, int]) -> None:
        """Is called by the interpreter before and after each collection, which no other thread interrupts."""
        if info["generation"] < 2:
            return
        if phase == "start":
            is_due = time.monotonic() >= self._due_mono or sys.getallocatedblocks() > self._num_blocks_max
            if self._num_blocks_aside and is_due:
                gc.unfreeze()
                self._looks_through_all()
            self._is_unseen = bool(self._num_blocks_aside) and self._num_found <= GARBAGE_MAX
            self._is_unseen = self._is_unseen and self._set_aside_if_grown(UNSEEN_GROWTH)
            self._began_secs = time.thread_time()
        elif not self._is_unseen:
            self._num_found = info["collected"]
            if time.thread_time() - self._began_secs > LONG_SECS:
                self._set_aside_if_grown(ASIDE_GROWTH)

    def _set_aside_if_grown(self, growth: float) -> bool:
        """Set aside all that is there, if that is so many times as much as the last time."""
        num_blocks = sys.getallocatedblocks()
        if num_blocks < growth * self._num_blocks_aside:
            return False
        gc.freeze()
        self._num_blocks_aside = num_blocks
        return True

    def _looks_through_all(self) -> None:
        self._num_blocks_aside = 0
        self._num_blocks_max = ALL_AGAIN_GROWTH * sys.getallocatedblocks()
        self._due_mono = time.monotonic() + ALL_AGAIN_SECS
