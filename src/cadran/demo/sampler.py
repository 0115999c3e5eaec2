"""Ten times a second: the machine's counters as updates for the screen, and as samples for the database."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from cadran.channel import Sender, Stop
from cadran.demo import counters
from cadran.demo.counters import CORES_SHOWN, Values
from cadran.demo.rates import Rates, share
from cadran.updates import ChartDataUpdated, KpiUpdated, Update

STEP_SECS = 0.1
SLOW_STEPS = 5
"""Every so many steps what costs more is read, and the numbers change: faster than that nobody can read them."""
DIGITS = {"load_1": 2, "load_5": 2, "load_15": 2, **dict.fromkeys(("cpu", "memory", "swap", "disk"), 1)}

Sample = tuple[float, Values]
"""Wall seconds, and what was seen."""


class Sampler:
    """Turns counters into values. ``read_fast`` and the others can be replaced by a test's own."""

    def __init__(
        self,
        read_fast: Callable[[], Values] = counters.fast_counters,
        read_slow: Callable[[], Values] = counters.slow_counters,
        read_levels: Callable[[], Values] = counters.levels,
    ) -> None:
        self._read_fast, self._read_slow, self._read_levels = read_fast, read_slow, read_levels
        self._fast, self._slow = Rates(), Rates()
        self._num_steps = 0

    def sample(self, mono: float) -> tuple[Values, bool]:
        """Return what is new at this step, and whether it is one of the slow ones."""
        values = _values_from(self._fast.add(mono, self._read_fast()))
        is_slow = self._num_steps % SLOW_STEPS == 0
        self._num_steps += 1
        if is_slow:
            values |= self._slow.add(mono, self._read_slow())
            values |= self._read_levels()
        return {name: _rounded(name, value) for name, value in values.items()}, is_slow


class Numbers:
    """The newest of each value, as KPIs: sent when a number on a card is due to change."""

    def __init__(self) -> None:
        self._latest: Values = {}

    def take(self, values: Values, is_due: bool) -> list[Update]:
        """Remember ``values``; return the KPIs where they are due."""
        self._latest |= values
        return [KpiUpdated(name, value) for name, value in self._latest.items()] if is_due else []


def stream(
    send: Sender,
    stop: Stop,
    samples: deque[Sample],
    *,
    sampler: Sampler | None = None,
    mono: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> None:
    """Sample until stopped: to the screen by ``send``, to the recorder by ``samples``."""
    sampler, numbers = sampler or Sampler(), Numbers()
    sampler.sample(mono())  # rates begin at the second step
    due = mono() + STEP_SECS
    while not stop.wait(max(0.0, due - mono())):
        now = wall()
        values, is_slow = sampler.sample(mono())
        points = [ChartDataUpdated.point(name, now, value) for name, value in values.items()]
        send(*points, *numbers.take(values, is_slow))
        samples.append((now, values))
        due = max(due + STEP_SECS, mono())  # steps that were missed are not made up for


def _values_from(rates: Values) -> Values:
    """From growth per second to what is shown: shares of the processor in per cent, bytes per second."""
    whole = rates.pop("cpu_all", None)
    values: Values = {"cpu": share(rates.pop("cpu_busy"), whole)} if "cpu_busy" in rates else {}
    for number in range(1, CORES_SHOWN + 1):
        if f"core_all.{number}" in rates:
            values[f"core_{number}"] = share(rates[f"core_busy.{number}"], rates[f"core_all.{number}"])
    for name, rate in rates.items():
        if name.startswith("cpu_"):
            values[name] = share(rate, whole)
        elif not name.startswith("core_"):
            values[name] = rate
    return values


def _rounded(name: str, value: float | None) -> float | None:
    """What differs by less than can be seen is equal, and so changes nothing."""
    return None if value is None else round(value, DIGITS.get(name, 0 if value >= 100 else 1))
