"""How long the engine's steps take by the clock and by the processor: exact, within its server, for the bench alone."""

from __future__ import annotations

import time

from cadran.frames.costs import Costs


class StepTimes:
    """The longest step since it was last asked. The engine is not changed but for two clocks that are read."""

    def __init__(self) -> None:
        self._began = (0.0, 0.0)
        self._longest_secs = self._longest_cpu_secs = 0.0
        begin, end = Costs.begin_step, Costs.end_step

        def begin_step(costs: Costs) -> None:
            self._began = (time.perf_counter(), time.thread_time())
            begin(costs)

        def end_step(costs: Costs) -> None:
            end(costs)
            self.add(time.perf_counter() - self._began[0], time.thread_time() - self._began[1])

        for name, method in {"begin_step": begin_step, "end_step": end_step}.items():
            setattr(Costs, name, method)

    def add(self, secs: float, cpu_secs: float) -> None:
        """Take in one step."""
        self._longest_secs = max(self._longest_secs, secs)
        self._longest_cpu_secs = max(self._longest_cpu_secs, cpu_secs)

    def take(self) -> list[float]:
        """Return the longest in milliseconds, by the clock and by the processor, and forget them."""
        found = [1000 * self._longest_secs, 1000 * self._longest_cpu_secs]
        self._longest_secs = self._longest_cpu_secs = 0.0
        return found
