"""Work that the core asks for and never does itself: a read, a user's function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

WAIT_SECS_MAX = 30.0
"""A job that waits so long for a thread is no secret any more: its panels say so. It goes on waiting."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One call to make elsewhere. Its end comes back to the core as a ``JobDone``.

    Where no thread is free, it is ``JobWaits`` first and ``JobBegan`` once there is one; most begin at once, and then
    nothing is said.
    """

    label: str
    """For thread names and messages."""
    run: Callable[[], object] | Callable[[], Awaitable[object]]
    is_async: bool
    timeout_secs: float
    """So long after it began the core counts it as hung; whoever runs it does not stop it."""
    is_ours: bool = False
    """The engine's own work: it runs apart from user functions, so that neither can starve the other."""


@dataclass(frozen=True, slots=True)
class JobWaits:
    """No thread is free for a job."""

    job: Job


@dataclass(frozen=True, slots=True)
class JobBegan:
    """A job that had to wait for a thread has one."""

    job: Job


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job's end: a value, or the error that it raised."""

    job: Job
    value: object = None
    error: BaseException | None = None


JobNews = JobWaits | JobBegan | JobDone


def words_of_wait(label: str) -> str:
    """Return what is said of a job that has waited too long."""
    return f"{label} has waited {WAIT_SECS_MAX:g} s for a thread: other reads and metrics take all of them, and long"
