"""What the steps of a core in virtual time take of the real one: compared within a run, never with a clock."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from types import FrameType

from cadran.clock import Instant
from cadran.engine.messages import Input, Outputs
from cadran.testing import LiveScreen


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


@contextmanager
def working(live: LiveScreen, *, counts_calls: bool = False) -> Iterator[Work]:
    """Measure all steps within. Counting calls makes each of them slower: those that are compared count alike."""
    work, step = Work(), live.core.step

    def called(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            work.num_calls += 1

    def measured(now: Instant, inputs: Iterable[Input] = ()) -> Outputs:
        began = perf_counter()
        if counts_calls:
            sys.setprofile(called)
        try:
            return step(now, inputs)
        finally:
            sys.setprofile(None)
            work.step_secs.append(perf_counter() - began)

    vars(live.core)["step"] = measured
    try:
        yield work
    finally:
        del vars(live.core)["step"]
