"""Values that the demonstration derives from others: each is recalculated only if what it reads has changed."""

from __future__ import annotations

import numpy as np

import cadran as cd
from cadran.demo.counters import Abilities

STRAINED, BUSY = 10.0, 40.0


class Measures:
    """The metrics over one channel."""

    def __init__(self, machine: cd.Channel, here: Abilities) -> None:
        @cd.metric(machine.series("cpu").last("1m"), machine.kpi("memory"))
        def headroom(cpu: cd.Points, memory: cd.Scalar) -> float | None:
            return headroom_of(cpu, memory)

        @cd.metric(headroom)
        def verdict(left: float | None) -> str | None:
            return verdict_of(left)

        self.headroom = headroom
        self.verdict = verdict
        self.busiest = None
        if here.num_cores > 1:
            cores = [machine.kpi(f"core_{number}") for number in range(1, here.num_cores_shown + 1)]
            self.busiest = cd.metric(*cores, name="busiest core")(busiest_of)


def headroom_of(cpu: cd.Points, memory: cd.Scalar) -> float | None:
    """Per cent left of what is scarcer: the processor, 19 of 20 moments of the last minute, or memory."""
    busy = cpu.ys[~np.isnan(cpu.ys)]
    used = [float(np.percentile(busy, 95))] if busy.size else []
    if isinstance(memory, float):
        used.append(memory)
    return round(100.0 - max(used), 1) if used else None


def verdict_of(left: float | None) -> str | None:
    """One word for the headroom."""
    if left is None:
        return None
    return "Strained" if left < STRAINED else "Busy" if left < BUSY else "Calm"


def busiest_of(*cores: cd.Scalar) -> float | None:
    """The greatest share of any one core."""
    known = [core for core in cores if isinstance(core, float)]
    return max(known) if known else None
