"""What goes into a step of the core and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cadran.engine.report import ScreenReport
from cadran.jobs import Job, JobNews
from cadran.screen.choices import Said


class Close(NamedTuple):
    """End a viewer's connection. ``code`` as in RFC 6455."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Connected:
    """A viewer's connection opened."""

    viewer: int
    slug: str


@dataclass(frozen=True, slots=True)
class Received:
    """A viewer sent one text message."""

    viewer: int
    text: bytes
    mono: float | None = None
    """When it came; None: now."""
    superseded: tuple[bytes, ...] | None = ()
    """The views before it that were not taken, as it came while they waited; None: more than are kept."""
    has_followed: bool = False
    """One of those was not paused: a pause is another one than the pause before."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """A viewer's connection is gone."""

    viewer: int


@dataclass(frozen=True, slots=True)
class Rang:
    """Something is pending in a channel."""


@dataclass(frozen=True, slots=True)
class RefreshAsked:
    """The program called ``refresh()`` on a source."""

    source: str


@dataclass(frozen=True, slots=True)
class ChangeHinted:
    """A source says that it changed: a read may come before its interval has passed."""

    source: str


@dataclass(frozen=True, slots=True)
class RecalculationAsked:
    """The program called ``needs_recalculation()`` on a metric."""

    metric: object
    cause: str


@dataclass(frozen=True, slots=True)
class RepaintAsked:
    """The program called ``request_repaint()`` on a screen."""

    slug: str


@dataclass(frozen=True, slots=True)
class DescriptionChanged:
    """A screen has another description, or failed to get one (``error``)."""

    slug: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FeedFailed:
    """A channel's feeder raised; it is started again after a while."""

    source: str
    message: str


@dataclass(frozen=True, slots=True)
class InspectAsked:
    """Somebody wants the state of a whole screen, once."""

    id: int
    slug: str
    timeout_secs: float
    choices: Said = field(default_factory=dict, hash=False)
    """What of it is looked at, as an address says it."""


Input = (
    Connected
    | Received
    | Disconnected
    | Rang
    | RefreshAsked
    | ChangeHinted
    | RecalculationAsked
    | RepaintAsked
    | DescriptionChanged
    | FeedFailed
    | InspectAsked
    | JobNews
)


@dataclass(slots=True)
class Outputs:
    """What the core wants done."""

    deliveries: list[tuple[int, bytes | Close]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    cancels: list[Callable[[], None]] = field(default_factory=list)
    """Drivers to interrupt: quick and safe to call from any thread."""
    reports: list[tuple[int, ScreenReport]] = field(default_factory=list)
    wake_mono: float | None = None
    """Step again at this moment at the latest; None: only on an input."""
