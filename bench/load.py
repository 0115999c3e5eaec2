"""The screen that contenders show, and the data that they are given: the same for all.

Peers import this with the Python of their own environment: nothing here may need more than NumPy.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STAMPS_PER_SEC = 10_000
"""The first KPI shows when it was sent, in tenths of a millisecond since the load began."""
HISTORY_PER_SEC = 1_000
"""Points a second of a history."""
HISTORY_END = 1_800_000_000.0
"""x of the end of a history, in seconds since 1970 UTC."""
SPIKE_EVERY = 1_000_003
"""Points between spikes of a history, which a picture that leaves points out loses."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Lines and KPIs, and how often they get something new; or a history."""

    began: float
    """Wall seconds from which stamps count."""
    num_lines: int = 12
    points_per_sec: int = 100
    """Of each line."""
    num_kpis: int = 8
    updates_per_sec: float = 30.0
    """How often there is something new, and how often a page is to be brought up to date."""
    window_secs: float = 60.0
    is_idle: bool = False
    """No data ever comes; what runs on a timer still runs ``updates_per_sec`` times a second."""
    num_charts: int = 0
    """Charts on the screen, where they are fewer than the lines; 0: one a line."""
    history_points: int = 0
    """Above 0: no KPIs and one chart of one line that holds ``history`` and never changes."""
    query_secs: float = 0.0
    """Above 0: the screen shows a SQL source that changes all the time and is read so often."""
    query_url: str = ""
    """Of a PostgreSQL server that is read in its stead, in each way that there is; empty: a SQLite file is read."""
    times_steps: bool = False
    """Cadran's server keeps the longest step of its engine."""
    ready_bytes: int = 0
    """A floor sends ready messages of so many bytes instead of data; 0: data."""
    first_bytes: int = 0
    """And one of so many bytes to a new viewer; 0: none."""

    @classmethod
    def of_json(cls, text: str) -> Load:
        """Return what ``to_json`` was given."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Return this as one line."""
        return json.dumps(asdict(self))


class Update(NamedTuple):
    """What is new at one moment."""

    stamp: int
    xs: Floats
    """Shape (n,): wall seconds, the same for all lines."""
    ys: Floats
    """Shape (num_lines, n)."""
    kpis: list[float]
    """The first is the stamp."""


class Generator:
    """Makes updates: the first holds the whole window, each later one what passed since the one before."""

    def __init__(self, load: Load, wall: Callable[[], float] = time.time) -> None:
        self._load = load
        self._wall = wall
        self._next_point: int | None = None
        self._speeds = 0.3 + np.arange(load.num_lines) / 10
        self._noise = np.random.default_rng(1).normal(0.0, 0.1, 4_096)

    def update(self) -> Update:
        """Return what is new now."""
        load, now = self._load, self._wall()
        end = math.floor(now * load.points_per_sec)
        start = end - int(load.window_secs * load.points_per_sec) if self._next_point is None else self._next_point
        self._next_point = end
        numbers = np.arange(start, end)
        xs = numbers / load.points_per_sec
        ys = np.sin(np.outer(self._speeds, xs % 10_000.0)) + self._noise[numbers % self._noise.size]
        values = [50.0 + 40.0 * math.sin(now + kpi) for kpi in range(1, load.num_kpis)]
        stamp = int((self._wall() - load.began) * STAMPS_PER_SEC)
        return Update(stamp, xs, ys, [float(stamp), *values])


class Pace:
    """Evenly spaced moments; one that was missed by more than a whole interval is left out."""

    def __init__(self, per_sec: float) -> None:
        self._interval_secs = 1.0 / per_sec
        self._next = time.monotonic()

    def secs_to_next(self) -> float:
        """Return how long to wait for the next moment."""
        self._next = max(self._next + self._interval_secs, time.monotonic() - self._interval_secs)
        return max(0.0, self._next - time.monotonic())


def history(num_points: int) -> tuple[Floats, Floats]:
    """Return xs (seconds, ``HISTORY_PER_SEC`` of them, the last at ``HISTORY_END``) and ys: waves, noise and spikes."""
    xs = np.arange(1 - num_points, 1, dtype=np.float64)
    xs /= HISTORY_PER_SEC
    ys = np.sin(xs * (2 * math.pi * 20 / (num_points / HISTORY_PER_SEC)))
    xs += HISTORY_END
    noise = np.random.default_rng(2).normal(0.0, 0.1, 65_536)
    for start in range(0, num_points, noise.size):
        part = ys[start : start + noise.size]
        part += noise[: part.size]
    ys[SPIKE_EVERY // 2 :: SPIKE_EVERY] += 3.0
    return xs, ys
