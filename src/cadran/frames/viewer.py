"""One pair of eyes: what it sees, what it has, what it may get. Constant memory, no queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cadran.frames.credit import Credit
from cadran.frames.wire import PanelView, View

ACK_SECS_MAX = 30.0
"""A viewer that acknowledged nothing for so long is not watching."""
SILENT_SECS_MAX = 900.0
"""And after so long its connection is closed."""
HELLO_SECS_MAX = 10.0


class Held(NamedTuple):
    """What a viewer has of a slot once all that was sent arrives."""

    s: float
    k: int = 0
    low: float = 0.0
    high: float = float("inf")
    newest: float = float("inf")
    """x of the newest point that it has: where a pause ends for a line that is not over time."""


@dataclass(slots=True, eq=False)
class Viewer:
    """The server's whole memory of a viewer."""

    id: int
    slug: str
    connected_mono: float
    view: View = field(default_factory=lambda: View(n=0, hidden=True))
    said_hello: bool = False
    layout_revision: int = 0
    """Of the layout that it has; 0: none yet."""
    resumed: bool = False
    panels: dict[int, PanelView] = field(default_factory=dict)
    """The visible panels."""
    last_views: dict[int, PanelView] = field(default_factory=dict)
    """How each panel was last seen, visible or not."""
    held: dict[int, Held] = field(default_factory=dict)
    """By slot."""
    held_status: dict[int, int] = field(default_factory=dict)
    """S of the state that it has, by panel."""
    sent_s: float = 0.0
    """The S up to which it lacks nothing, whether or not a frame was needed for that."""
    framed_s: float = 0.0
    """The S of its last frame: the base of the next."""
    outgoing: list[bytes] = field(default_factory=list)
    """The messages of a frame that has begun; the next one waits for its commit."""
    credit: Credit = field(default_factory=Credit)
    starved_s: float = -1.0
    """The S of which it last got no frame for want of credit."""
    num_starved: int = 0
    """Settled states that it did not get for that."""
    num_frames: int = 0
    heard_mono: float = 0.0
    sent_mono: float = 0.0
    paused_at: float | None = None
    """Wall second at which the pause began."""
    is_view_new: bool = False
    """The view changed since the last frame."""
    held_notice_s: int = 0
    """S of the newest notice that it has."""
    asked_mono: float = 0.0
    """When it asked for what it waits for in a pause: a refresh, or panels not seen before."""
    is_refresh_asked: bool = False
    """A refresh in a pause: one new frame is due."""

    def is_watching(self, now_mono: float) -> bool:
        """Whether its panels hold leases."""
        return (
            self.said_hello
            and not self.view.hidden
            and not self.view.paused
            and now_mono - self.heard_mono < ACK_SECS_MAX
        )

    def set_view(self, view: View, now_wall: float) -> set[int]:
        """Take over a view. Returns the panels whose x changed: their series are sent anew."""
        if view.n < self.view.n:
            return set()
        panels = {panel.i: panel for panel in view.panels}
        # Panels out of sight are compared with the last view of them: the same one again needs no resend.
        changed = {i for i, panel in panels.items() if self.last_views.get(i, panel) != panel}
        self.last_views.update(panels)
        if view.paused and self.paused_at is None:
            # A viewer that reconnects in a pause keeps it; nobody pauses in the future.
            self.paused_at = now_wall if view.paused_at is None else min(view.paused_at, now_wall)
        elif not view.paused:
            self.paused_at = None
        self.panels = panels
        self.view = view
        self.is_view_new = True
        return changed

    def forget(self) -> None:
        """Everything must be sent again."""
        self.held.clear()
        self.held_status.clear()
        self.sent_s = self.framed_s = 0.0
