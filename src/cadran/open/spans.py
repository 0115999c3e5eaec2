"""Which window of time a screen shows, and in which steps: by how often rows come and how far back they go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cadran.readable import Floats

WINDOWS: dict[str, float] = {
    "5m": 300.0, "15m": 900.0, "1h": 3_600.0, "6h": 21_600.0, "24h": 86_400.0,
    "7d": 604_800.0, "30d": 2_592_000.0, "90d": 7_776_000.0, "365d": 31_536_000.0,
}  # fmt: skip
STEPS: dict[str, float] = {
    "1s": 1.0, "5s": 5.0, "10s": 10.0, "30s": 30.0, "1m": 60.0, "5m": 300.0, "15m": 900.0, "1h": 3_600.0,
    "6h": 21_600.0, "1d": 86_400.0, "7d": 604_800.0, "28d": 2_419_200.0,
}  # fmt: skip
_WORDS = {
    "5m": "5 min", "15m": "15 min", "1h": "1 h", "6h": "6 h", "24h": "24 h", "7d": "7 days", "30d": "30 days",
    "90d": "90 days", "365d": "a year",
}  # fmt: skip
_STEP_WORDS = {
    "1s": "second", "5s": "5 seconds", "10s": "10 seconds", "30s": "30 seconds", "1m": "minute", "5m": "5 minutes",
    "15m": "15 minutes", "1h": "hour", "6h": "6 hours", "1d": "day", "7d": "week", "28d": "4 weeks",
}  # fmt: skip
USUAL_SECS = 86_400.0
LEAST_ROWS, MOST_ROWS = 12, 20_000
NUM_STEPS = 60


@dataclass(frozen=True, slots=True)
class Span:
    """What a screen shows of time."""

    window: str | None
    """None: the whole period of the data, as it is old, or too short to have a window."""
    keep: str | None
    """So long rows stay: two windows, and what lies between two reads."""
    has_previous: bool
    """Whether the data goes back for two windows."""
    step: str
    """What is counted and added up is so for each step."""

    @property
    def words(self) -> str:
        """The window for people, such as *24 h*; empty for the whole period."""
        return "" if self.window is None else _WORDS[self.window]

    @property
    def step_words(self) -> str:
        """The step for people, as it follows *per*."""
        return _STEP_WORDS[self.step]


def span_of(newest: Floats, oldest_secs: float, now: float) -> Span:
    """Return the window and the step for rows of which these ``newest`` times are known, and the least of all.

    Times are seconds since 1970 UTC; ``newest`` is not empty.
    """
    last, first = float(newest.max()), float(newest.min())
    whole = Span(None, None, False, step_for(max(1.0, last - oldest_secs)))
    if last > now + USUAL_SECS:
        return whole  # the future: a calendar, or a clock that is wrong
    for needed in (2.0, 1.0):
        fitting = []
        for name, secs in WINDOWS.items():
            begin = now - secs
            num = float((newest > begin).sum())
            if first > begin and first > oldest_secs:  # there are more rows than were looked at
                num = newest.size / max(1e-9, now - first) * secs
            is_in_reach = now - oldest_secs >= needed * secs * 0.98
            if num >= LEAST_ROWS and now - last <= secs / 2 and is_in_reach and 2 * num <= MOST_ROWS:
                fitting.append(name)
        if fitting:
            usual = [name for name in fitting if WINDOWS[name] <= USUAL_SECS]
            window = usual[-1] if usual else fitting[0]
            secs = WINDOWS[window]
            return Span(window, _keep(secs), needed == 2.0, step_for(secs))
    return whole


def step_for(span_secs: float) -> str:
    """Return the step of which about sixty, at most, make the span; weeks are fine for some years."""
    found = next((name for name, secs in STEPS.items() if secs * NUM_STEPS >= span_secs * 0.8), "28d")
    return "7d" if found == "28d" and span_secs <= 5 * 366 * USUAL_SECS else found


def _keep(window_secs: float) -> str:
    hours = -(-window_secs * 2.5 // 3600)
    return f"{hours / 24:g}d" if hours % 24 == 0 else f"{hours:g}h"


def cadence_secs(times: Floats) -> float | None:
    """Return the usual distance of times that are all different and about evenly spaced; None for others."""
    known = np.sort(times[np.isfinite(times)])
    if known.size < 3:
        return None
    gaps = np.diff(known)
    if bool((gaps <= 0).any()):
        return None
    usual = float(np.median(gaps))
    return usual if float((np.abs(gaps - usual) <= 0.5 * usual).mean()) >= 0.8 else None
