"""Work that the core asks for and never does itself: a read, a user's function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One call to make elsewhere. Its end comes back to the core as a ``JobDone``."""

    label: str
    """For thread names and messages."""
    run: Callable[[], object] | Callable[[], Awaitable[object]]
    is_async: bool
    timeout_secs: float
    """After this the core counts it as hung; whoever runs it does not stop it."""
    is_ours: bool = False
    """The engine's own work: it runs apart from user functions, so that neither can starve the other."""


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job's end: a value, or the error that it raised."""

    job: Job
    value: object = None
    error: BaseException | None = None
