"""Lines in a log, not one for each of many faults."""

from __future__ import annotations

import logging
import math

EVERY_SECS = 10.0
CAUSES_MAX = 64
"""So many causes have lines of their own; all others share one."""

log = logging.getLogger("cadran")


class Telling:
    """Warns at most every 10 s; how often it would have is in the next line."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told_mono = -math.inf
        self._num_untold = 0

    def warn(self, message: str, now_mono: float) -> None:
        """Say that something is odd."""
        self._tell(logging.WARNING, message, None, now_mono)

    def fail(self, message: str, error: BaseException, now_mono: float) -> None:
        """Say that something failed, and where."""
        self._tell(logging.ERROR, message, error, now_mono)

    def _tell(self, level: int, message: str, error: BaseException | None, now_mono: float) -> None:
        if now_mono - self._told_mono < EVERY_SECS:
            self._num_untold += 1
            return
        more = f" (and {self._num_untold:,} more since the last line)" if self._num_untold else ""
        self._told_mono, self._num_untold = now_mono, 0
        log.log(level, "%s: %s%s", self._name, message, more, exc_info=error)


class Faults:
    """Faults of one kind, counted; the log has a line of each cause at most every 10 s."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._by_cause: dict[str, Telling] = {}
        self.num = 0
        """Since the start."""

    def fail(self, message: str, error: BaseException, now_mono: float) -> None:
        """Count one more, of which the log is told unless it was told of the same cause a moment ago."""
        self.num += 1
        cause = _cause_of(error)
        if cause not in self._by_cause and len(self._by_cause) >= CAUSES_MAX:
            cause = ""
        telling = self._by_cause.setdefault(cause, Telling(self._name))
        telling.fail(message, error, now_mono)


def _cause_of(error: BaseException) -> str:
    """Return what is the same for faults of one kind that come from one line of code."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return type(error).__qualname__ + ("" if at is None else f" {at.tb_frame.f_code.co_filename}:{at.tb_lineno}")
