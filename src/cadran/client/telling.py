"""Warnings in a log, not one for each of many faults."""

from __future__ import annotations

import logging
import math

EVERY_SECS = 10.0

log = logging.getLogger("cadran")


class Telling:
    """Warns at most every 10 s; how often it would have is in the next line."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told_mono = -math.inf
        self._num_untold = 0

    def warn(self, message: str, now_mono: float) -> None:
        if now_mono - self._told_mono < EVERY_SECS:
            self._num_untold += 1
            return
        more = f" (and {self._num_untold:,} more since the last line)" if self._num_untold else ""
        self._told_mono, self._num_untold = now_mono, 0
        log.warning("%s: %s%s", self._name, message, more)
