"""Counters that only grow, as rates over the last second: fine steps in time, without the noise of short ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping


class Rates:
    """Keeps the counters of the last ``window_secs``. After a pause (a sleeping laptop) it begins anew."""

    def __init__(self, window_secs: float = 1.0, pause_secs: float = 3.0) -> None:
        self._window_secs = window_secs
        self._pause_secs = pause_secs
        self._held: deque[tuple[float, Mapping[str, float | None]]] = deque()  # bounded by the window

    def add(self, now: float, counters: Mapping[str, float | None]) -> dict[str, float | None]:
        """Return each counter's growth per second. None: it is new, it is gone, or it went back."""
        held = self._held
        if held and now - held[-1][0] > self._pause_secs:
            held.clear()
        held.append((now, counters))
        while len(held) > 2 and now - held[1][0] >= self._window_secs:
            held.popleft()
        then, before = held[0]
        if now <= then:
            return dict.fromkeys(counters)
        return {name: _rate(value, before.get(name), now - then) for name, value in counters.items()}


def _rate(value: float | None, before: float | None, secs: float) -> float | None:
    if value is None or before is None or value < before:
        return None
    return (value - before) / secs


def share(part: float | None, whole: float | None) -> float | None:
    """Per cent, between 0 and 100; None where there is no whole."""
    if part is None or not whole:
        return None
    return min(100.0, max(0.0, 100.0 * part / whole))
