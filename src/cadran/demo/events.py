"""What happened on the machine, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cadran.demo.history import SAMPLE_COLUMNS, Event
from cadran.demo.processes import Look, Running

NAMED_MAX = 4
"""More processes than this at once are counted, not named."""
_WATCHED = (("Processor", SAMPLE_COLUMNS.index("cpu")), ("Memory", SAMPLE_COLUMNS.index("memory")))
_BUSY_PERCENT, _CALM_PERCENT = 90.0, 75.0


class Events:
    """Names what is worth a line: the begin and the end of busy times, programs that began or ended."""

    def __init__(self) -> None:
        self._busy_since: dict[str, float] = {}

    def of_second(self, ts: float, values: Sequence[float | None]) -> Iterable[Event]:
        """What one row of the database tells."""
        for name, place in _WATCHED:
            value, since = values[place], self._busy_since.get(name)
            if value is None:
                continue
            if since is None and value >= _BUSY_PERCENT:
                self._busy_since[name] = ts
                yield Event(ts, "warning", f"{name} above {_BUSY_PERCENT:.0f} %")
            elif since is not None and value < _CALM_PERCENT:
                del self._busy_since[name]
                yield Event(ts, "info", f"{name} below {_CALM_PERCENT:.0f} % again, after {ts - since:.0f} s")

    def of_look(self, ts: float, look: Look) -> Iterable[Event]:
        """What a look at the processes tells."""
        for verb, processes in (("began", look.began), ("ended", look.ended)):
            yield from _named(ts, verb, processes)


def _named(ts: float, verb: str, processes: Sequence[Running]) -> Iterable[Event]:
    for one in processes[:NAMED_MAX]:
        yield Event(ts, "info", f"{one.name} {verb} (process {one.pid})")
    if (more := len(processes) - NAMED_MAX) > 0:
        yield Event(ts, "info", f"{more} more {'process' if more == 1 else 'processes'} {verb}")
