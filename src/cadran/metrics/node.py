"""One value of the graph: what it is now, why, and how it is doing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from cadran.jobs import WAIT_SECS_MAX, Job, JobBegan, JobWaits, words_of_wait
from cadran.metrics.leaf import key_of
from cadran.metrics.results import MISSING
from cadran.readable import Readable
from cadran.store import Key
from cadran.timings import Durations


@dataclass(frozen=True, slots=True)
class NodeFault:
    """Why a value could not be computed."""

    message: str
    since: float
    """Wall seconds."""
    next_try: float | None = None
    """Wall seconds; None where it waits for its data to change."""


@dataclass(slots=True)
class Run:
    """A recalculation that is under way elsewhere."""

    job: Job
    input_s: int
    """The S of the inputs that it works on."""
    started_mono: float
    cause: str
    until: float
    is_late: bool = False
    is_waiting: bool = False
    """It waits for a thread."""
    is_hung: bool = False
    """It is past its time-out, or has waited too long."""

    @property
    def limit_mono(self) -> float:
        """When it hangs."""
        return self.started_mono + (WAIT_SECS_MAX if self.is_waiting else self.job.timeout_secs)

    def words(self) -> str:
        """Return what is said of it once it hangs."""
        if self.is_waiting:
            return words_of_wait(self.job.label)
        return f"{self.job.label} has not returned within {self.job.timeout_secs:g} s; it starts again once it has"

    def follow(self, one: JobWaits | JobBegan, mono: float) -> None:
        """It waits for a thread, or has one at last."""
        self.is_waiting = isinstance(one, JobWaits)
        if not self.is_waiting:
            self.started_mono, self.is_hung = mono, False


@dataclass(slots=True, eq=False)
class Node:
    """A readable's present value in one engine."""

    readable: Readable[object]
    inputs: tuple[Node, ...]
    value: object = MISSING
    changed_s: int = 0
    """The S since which the value is this."""
    input_s: int = -1
    """The S up to which the inputs' changes are in the value; -1: never computed."""
    until: float = math.inf
    """Wall second from which the value may be another, by time alone."""
    reads_to: float = math.inf
    """The greatest x of stored series that the value depends on."""
    asked: str | None = None
    """A cause given by the program: recalculate whatever the inputs say."""
    fault: NodeFault | None = None
    retry_mono: float = math.inf
    """When a failed recalculation is tried again."""
    num_failures: int = 0
    num_recalculations: int = 0
    num_late: int = 0
    """Recalculations for which a tick did not wait."""
    cause: str = ""
    """Of the last recalculation."""
    times: Durations = field(default_factory=Durations)
    """How long its recalculations took; of a call made elsewhere, until its end came back."""
    run: Run | None = field(default=None)
    key: Key | None = None
    """Under which the store has what a source gives directly; None for what is computed."""

    def __post_init__(self) -> None:
        if not self.inputs:
            self.key = key_of(self.readable)

    @property
    def label(self) -> str:
        """The readable's name."""
        return self.readable.label

    @property
    def is_leaf(self) -> bool:
        """Whether a source gives this value directly."""
        return not self.inputs

    @property
    def is_behind(self) -> bool:
        """Whether a newer value is being computed for longer than a tick waits."""
        return self.run is not None and self.run.is_late
