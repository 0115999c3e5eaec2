"""What a process that serves alone sets for all its threads, so that none holds the loops of the others for long."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

SWITCH_SECS = 0.001
"""So long a thread keeps the interpreter while others wait for it. Python's own 5 ms are all that a loop may be held:
each thread that computes would add as much to every wait."""
NEW_OBJECTS = 500
"""With so many more objects than there were, Python looks through the newest for garbage: what refers to itself, and to
which nothing else refers. All other garbage is freed at once."""
NEW_LOOKS = 2
"""After so many of these looks comes one through what they left; what is left then is old. Each holds all threads, up
to 2 µs an object that is not in the processor's cache: few at a time."""
OLD_LOOKS = 2**31 - 1
"""What is old Python would look through by itself after so many more: never. Tens of milliseconds each would take."""
ALL_AGAIN_SECS = 3_600.0
ALL_AGAIN_GROWTH = 1.5
ALL_AGAIN_BYTES = 2**28
"""Once so much time has passed, or the process takes so many times as much memory and so many bytes more, all is looked
through: that bounds what may have become garbage since it was old."""


@contextmanager
def own_process() -> Iterator[Garbage]:
    """Set it, and take it back at the end. Give what is yielded a chance to look every second or so."""
    switch_secs, thresholds = sys.getswitchinterval(), gc.get_threshold()
    gc.collect()
    gc.freeze()  # what was imported and described stays to the end
    if all(thresholds):  # else nobody wants looks, or this Python goes through what is old little by little
        gc.set_threshold(NEW_OBJECTS, NEW_LOOKS, OLD_LOOKS)
    sys.setswitchinterval(min(switch_secs, SWITCH_SECS))
    try:
        yield Garbage()
    finally:
        sys.setswitchinterval(switch_secs)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


class Garbage:
    """Looks through what is old as rarely as memory allows."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._due_mono = 0.0
        self._num_bytes_max = 0.0
        self._looked()

    def look_if_due(self) -> None:
        """Ask for this from one thread."""
        is_due = time.monotonic() >= self._due_mono or self._process.memory_info().rss > self._num_bytes_max
        if is_due and gc.isenabled() and all(gc.get_threshold()):
            gc.collect()
            self._looked()

    def _looked(self) -> None:
        self._due_mono = time.monotonic() + ALL_AGAIN_SECS
        self._num_bytes_max = ALL_AGAIN_GROWTH * self._process.memory_info().rss + ALL_AGAIN_BYTES
