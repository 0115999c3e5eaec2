"""What the steps of a core in virtual time take of the real one: compared within a run, never with a clock.

Other programs on the machine do not count: while a thread that could run is not let, no time passes here.
"""

from __future__ import annotations

import math
import resource
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from types import FrameType
from typing import NamedTuple, Self

from cadran.clock import Instant
from cadran.engine.messages import Input, Outputs
from cadran.testing import LiveScreen

_WHO = getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)
"""Where a system tells of no thread by itself, it is all of them."""


@dataclass(slots=True)
class Work:
    """Of a stretch of a run."""

    step_secs: list[float] = field(default_factory=list)
    """Real seconds that each step held its thread, whether it worked or waited."""
    num_calls: int = 0
    """Of Python functions, where they are counted."""

    @property
    def secs(self) -> float:
        return sum(self.step_secs)

    def quantile_secs(self, share: float) -> float:
        """The time that this share of the steps does not exceed."""
        return sorted(self.step_secs)[max(0, math.ceil(share * len(self.step_secs)) - 1)]


class Spent(NamedTuple):
    """What this thread has taken so far."""

    cpu_secs: float
    wall_secs: float
    num_waits: int
    """How often it gave up its turn by itself."""

    @classmethod
    def so_far(cls) -> Self:
        return cls(thread_time(), perf_counter(), resource.getrusage(_WHO).ru_nvcsw)

    def secs_since(self, before: Spent) -> float:
        """Seconds in which it worked; in which it worked or waited, if it did wait."""
        if self.num_waits == before.num_waits:
            return self.cpu_secs - before.cpu_secs
        return self.wall_secs - before.wall_secs


@contextmanager
def working(live: LiveScreen, *, counts_calls: bool = False) -> Iterator[Work]:
    """Measure all steps within. Counting calls makes each of them slower: those that are compared count alike."""
    work, step = Work(), live.core.step

    def called(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            work.num_calls += 1

    def measured(now: Instant, inputs: Iterable[Input] = ()) -> Outputs:
        began = Spent.so_far()
        if counts_calls:
            sys.setprofile(called)
        try:
            return step(now, inputs)
        finally:
            sys.setprofile(None)
            work.step_secs.append(Spent.so_far().secs_since(began))

    vars(live.core)["step"] = measured
    try:
        yield work
    finally:
        del vars(live.core)["step"]
