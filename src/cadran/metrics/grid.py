"""Buckets of time, fixed in absolute time: parts of days by the second, days by the calendar of a zone."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.readable.resample import DAY_SECS

Numbers = npt.NDArray[np.int64]
_FIRST_DAY = date(1970, 1, 1)
_MONDAY = 4
"""The first Monday after it, in days."""
TIME_SECS_MAX = 2e11
"""Times beyond the year 8000, before or after, are none."""


class Grid(Protocol):
    """Where buckets begin. Times are seconds since 1970 UTC, finite and within ``TIME_SECS_MAX``."""

    def numbers(self, times: Floats) -> Numbers:
        """Return in which buckets these times lie, by number."""
        ...

    def start(self, number: int) -> float:
        """Return when a bucket begins; it ends where the next one begins."""
        ...


class EqualGrid:
    """Buckets of one length, counted from 1970 UTC."""

    def __init__(self, every_secs: float) -> None:
        self._every_secs = every_secs

    def numbers(self, times: Floats) -> Numbers:
        numbers = np.floor(times / self._every_secs)
        # With floats a quotient may round up to the next whole number: the edge itself decides.
        numbers -= numbers * self._every_secs > times
        numbers += (numbers + 1) * self._every_secs <= times
        return numbers.astype(np.int64)

    def start(self, number: int) -> float:
        return number * self._every_secs


class DayGrid:
    """Buckets of whole days from midnight to midnight, 23 or 25 hours included; whole weeks begin on Mondays."""

    def __init__(self, num_days: int, zone: str) -> None:
        self._num_days = num_days
        self._first = _MONDAY if num_days % 7 == 0 else 0
        self._zone = ZoneInfo(zone)
        self._name = zone

    def numbers(self, times: Floats) -> Numbers:
        micros = pl.Series(np.floor(times * 1e6)).cast(pl.Int64).cast(pl.Datetime("us", "UTC"))
        days = micros.dt.convert_time_zone(self._name).dt.date().to_physical().to_numpy().astype(np.int64)
        found: Numbers = (days - self._first) // self._num_days
        return found

    def start(self, number: int) -> float:
        day = _FIRST_DAY + timedelta(days=number * self._num_days + self._first)
        # A midnight that a zone leaves out begins where the clock jumps; of two, the first one counts.
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return midnight.astimezone(UTC).timestamp()


def grid_of(every_secs: float, zone: str | None) -> Grid:
    """Return the grid of a description."""
    if zone is None:
        return EqualGrid(every_secs)
    return DayGrid(math.floor(every_secs / DAY_SECS), zone)
