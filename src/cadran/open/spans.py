"""Which window of time a screen shows, and in which steps: by how often rows come and how far back they go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from cadran.readable import Floats

WINDOWS: dict[str, float] = {
    "5m": 300.0, "15m": 900.0, "1h": 3_600.0, "6h": 21_600.0, "24h": 86_400.0,
    "7d": 604_800.0, "30d": 2_592_000.0, "90d": 7_776_000.0, "365d": 31_536_000.0,
}  # fmt: skip
STEPS: dict[str, float] = {
    "1s": 1.0, "5s": 5.0, "10s": 10.0, "30s": 30.0, "1m": 60.0, "5m": 300.0, "15m": 900.0, "1h": 3_600.0,
    "6h": 21_600.0, "1d": 86_400.0, "7d": 604_800.0,
}  # fmt: skip
CALENDAR: dict[str, float] = {"month": 2_629_746.0, "year": 31_556_952.0}
"""Steps of the calendar, for data that is shown whole; about so many seconds."""
_WORDS = {
    "5m": "5 min", "15m": "15 min", "1h": "1 h", "6h": "6 h", "24h": "24 h", "7d": "7 days", "30d": "30 days",
    "90d": "90 days", "365d": "a year",
}  # fmt: skip
_STEP_WORDS = {
    "1s": "second", "5s": "5 seconds", "10s": "10 seconds", "30s": "30 seconds", "1m": "minute", "5m": "5 minutes",
    "15m": "15 minutes", "1h": "hour", "6h": "6 hours", "1d": "day", "7d": "week", "month": "month",
    "year": "year",
}  # fmt: skip
USUAL_SECS, USUAL_DAYS_SECS = 86_400.0, 30 * 86_400.0
LEAST_ROWS, LEAST_DATED_ROWS, MOST_ROWS = 12, 3, 20_000
NUM_STEPS = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """The last window of data that ended, which can be compared with the one before."""

    window: str
    until: str
    """The newest moment, as ISO 8601 text."""
    words: str
    """The window for people, such as *30 days to Jun 17, 2019*."""


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
    ended: Ended | None = None
    """What cards show of data without a window."""

    @property
    def words(self) -> str:
        """The window for people, such as *24 h*; empty for the whole period."""
        return "" if self.window is None else _WORDS[self.window]

    @property
    def step_words(self) -> str:
        """The step for people, as it follows *per*."""
        return _STEP_WORDS[self.step]


def span_of(newest: Floats, oldest_secs: float, now: float, *, is_date: bool = False, is_year: bool = False) -> Span:
    """Return the window and the step for rows of which these ``newest`` times are known, and the least of all.

    Times are seconds since 1970 UTC; ``newest`` is not empty. ``is_date``: all are whole days; ``is_year``: all are
    beginnings of years.
    """
    last = float(newest.max())
    whole = Span(None, None, False, step_for(max(1.0, last - oldest_secs), is_date=is_date, is_whole=True))
    if is_year:
        return replace(whole, step="year", ended=_ended(newest, oldest_secs, is_date=True, is_year=True))
    if last > now + USUAL_SECS:
        return whole  # the future: a calendar, or a clock that is wrong
    usual_secs = USUAL_DAYS_SECS if is_date else USUAL_SECS
    for needed in (2.0, 1.0):
        fitting = [
            name
            for name, secs in WINDOWS.items()
            if _fits(newest, oldest_secs, now, needed * secs, secs) and now - last <= secs / 2
            if not is_date or secs >= WINDOWS["7d"]
        ]
        if fitting:
            usual = [name for name in fitting if WINDOWS[name] <= usual_secs]
            window = usual[-1] if usual else fitting[0]
            secs = WINDOWS[window]
            return Span(window, _keep(secs), needed == 2.0, step_for(secs, is_date=is_date))
    return replace(whole, ended=_ended(newest, oldest_secs, is_date=is_date))


def _fits(
    newest: Floats, oldest_secs: float, end: float, reach_secs: float, secs: float, least_rows: int = LEAST_ROWS
) -> bool:
    """Whether a window that ends then holds enough rows and not too many, and the data reaches so far back."""
    begin, first = end - secs, float(newest.min())
    num = float((newest > begin).sum())
    if first > begin and first > oldest_secs:  # there are more rows than were looked at
        num = newest.size / max(1e-9, end - first) * secs
    return num >= least_rows and end - oldest_secs >= reach_secs * 0.98 and 2 * num <= MOST_ROWS


def _ended(newest: Floats, oldest_secs: float, *, is_date: bool, is_year: bool = False) -> Ended | None:
    last = float(newest.max())
    least, num_rows = (USUAL_SECS, LEAST_DATED_ROWS) if is_date else (0.0, LEAST_ROWS)
    num_rows = 1 if is_year else num_rows
    fitting = [
        name
        for name, secs in WINDOWS.items()
        if secs > least and _fits(newest, oldest_secs, last, 2 * secs, secs, num_rows)
    ]
    if not fitting:
        return None
    window, moment = fitting[-1], datetime.fromtimestamp(last, UTC)
    shown = f"{moment:%b} {moment.day}, {moment.year}"
    if is_year:
        return Ended(window, moment.date().isoformat(), f"{moment.year}")
    if WINDOWS[window] < USUAL_SECS:
        shown += f" {moment:%H:%M}"
    text = moment.date().isoformat() if last % USUAL_SECS == 0 else moment.replace(tzinfo=None).isoformat(" ")
    return Ended(window, text, f"{_WORDS[window]} to {shown}")


def step_for(span_secs: float, *, is_date: bool = False, is_whole: bool = False) -> str:
    """Return the step of which about sixty, at most, make the span; the calendar's for data shown whole.

    Times that are whole days have no smaller steps.
    """
    if is_whole and span_secs > 1.5 * CALENDAR["year"]:
        return "month" if span_secs <= 15 * CALENDAR["year"] else "year"
    fitting = {name: secs for name, secs in STEPS.items() if not is_date or secs >= USUAL_SECS}
    return next((name for name, secs in fitting.items() if secs * NUM_STEPS >= span_secs * 0.8), "7d")


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
    return usual if float((np.abs(gaps - usual) <= 0.2 * usual).mean()) >= 0.8 else None
