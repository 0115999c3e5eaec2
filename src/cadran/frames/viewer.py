"""One pair of eyes: what it sees, what it has, what it may get. Constant memory, no queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from msgspec import structs

from cadran.frames.credit import Credit
from cadran.frames.holding import NOTHING_HELD, NOTHING_SEEN, Held, Holding, Interned, Seen
from cadran.frames.wire import PanelView, RefusedChoice, View

ACK_SECS_MAX = 30.0
"""A viewer that acknowledged nothing for so long is not watching."""
SILENT_SECS_MAX = 900.0
"""And after so long its connection is closed."""
HELLO_SECS_MAX = 10.0

LEVEL_LOST = 10_000
"""No series is held at this level: it must be sent whole."""
LINE_LOST = Held(0.0, LEVEL_LOST)
"""What is drawn of a line is not known: it must be replaced, even by nothing."""


@dataclass(slots=True, eq=False)
class Viewer:
    """The server's whole memory of a viewer."""

    id: int
    slug: str
    connected_mono: float
    stage_key: str
    """What it looks at: the screen, as all see it who choose the same."""
    refused: tuple[RefusedChoice, ...] = ()
    """What of its choices is ignored."""
    view: View = field(default_factory=lambda: View(n=0, hidden=True))
    said_hello: bool = False
    layout_revision: int = 0
    """Of the layout that it has; 0: none yet."""
    resumed: bool = False
    panels: dict[int, PanelView] = field(default_factory=dict)
    """The visible panels."""
    last_views: dict[int, PanelView] = field(default_factory=dict)
    """How each panel was last seen, visible or not."""
    seen: Seen = NOTHING_SEEN
    """The same panels as one object, shared by all who see them so; none while it is hidden."""
    holding: Holding = NOTHING_HELD
    """What it has of the visible panels, shared by all who have the same."""
    aside: dict[int, Held] = field(default_factory=dict)
    """What it has of slots that are out of sight."""
    aside_status: dict[int, int] = field(default_factory=dict)
    """S of the states that it has of panels out of sight."""
    leased: frozenset[tuple[str, int]] | None = None
    """What its leases are on; None where that must be worked out again."""
    sent_s: float = 0.0
    """The S up to which it lacks nothing, whether or not a frame was needed for that."""
    framed_s: float = 0.0
    """The S of its last frame: the base of the next."""
    is_partial: bool = False
    """Something of ``sent_s`` is still owed."""
    is_blocked: bool = False
    """It was not given what it lacks, for want of credit."""
    outgoing: list[bytes] = field(default_factory=list)
    """The messages of a frame that has begun; the next one waits for its commit."""
    credit: Credit = field(default_factory=Credit)
    num_starved: int = 0
    """Settled states that it did not get for want of credit."""
    heard_mono: float = 0.0
    sent_mono: float = 0.0
    paused_at: float | None = None
    """Wall second at which the pause began."""
    is_view_new: bool = False
    """The view changed since the last frame."""
    asked_mono: float = 0.0
    """When it asked for what it waits for in a pause: a refresh, or panels not seen before."""
    is_refresh_asked: bool = False
    """A refresh in a pause: one new frame is due."""

    @property
    def is_waiting(self) -> bool:
        """Whether it could be given more if it had more credit."""
        return self.is_blocked or self.is_partial or bool(self.outgoing)

    @property
    def is_following(self) -> bool:
        """Whether it has all of the S that it was sent last, and follows the present."""
        return not (self.is_view_new or self.is_partial or self.outgoing or self.view.paused or self.view.hidden)

    def is_watching(self, now_mono: float) -> bool:
        """Whether its panels hold leases."""
        return (
            self.said_hello
            and not self.view.hidden
            and not self.view.paused
            and now_mono - self.heard_mono < ACK_SECS_MAX
        )

    def has_older(self, fresh: frozenset[int]) -> bool:
        """Whether it has a state of a panel in sight that is not among those of the settled S."""
        seen = self.seen.panels.keys()
        return not fresh.issuperset(seen) and not fresh.issuperset(seen & self.holding.status.keys())

    def look_at(self, stage_key: str, choices: dict[str, tuple[str, ...]], interned: Interned) -> None:
        """It chose otherwise: it is welcomed again, and sent all, whatever came of that. ``set_view`` follows."""
        self.stage_key = stage_key
        self.lose_layout(interned)
        self.forget()  # in a pause too: what it never saw is looked at once
        self.view = structs.replace(self.view, choices=choices)
        self.layout_revision = 0

    def set_view(
        self,
        view: View,
        now_wall: float,
        slot_numbers_of: Sequence[Sequence[int]],
        interned: Interned,
        told: Iterable[PanelView] = (),
    ) -> None:
        """Take over a view of panels that exist. The series of those whose x changed must be sent anew.

        ``told``: how panels were seen in views between the last one and this, in their order.
        """
        if view.n < self.view.n:
            return
        panels = {panel.i: panel for panel in view.panels}
        # Panels out of sight are compared with the last view of them: the same one again needs no resend.
        changed: list[int] = []
        for panel in chain(told, panels.values()):
            if self.last_views.setdefault(panel.i, panel) != panel:
                self.last_views[panel.i] = panel
                changed.append(panel.i)
        if view.paused and view.paused_at != self.view.paused_at:
            self.resume()  # it is another pause than the one before, whether or not what was said between is known
        if view.paused and self.paused_at is None:
            # A viewer that reconnects in a pause keeps it; nobody pauses in the future, or ever so long ago.
            self.paused_at = now_wall if view.paused_at is None else max(0.0, min(view.paused_at, now_wall))
        elif not view.paused:
            self.resume()
        self.seen = interned.seen(self.stage_key, () if view.hidden else panels.values())
        if changed or panels.keys() != self.panels.keys():
            self._sort_out(panels, changed, slot_numbers_of, interned)
        self.panels = panels
        self.view = view
        self.is_view_new = True

    def keys_in_pause(self) -> frozenset[tuple[str, int]]:
        """Return what a pause looks at: everything once for a refresh, and a panel first seen in it."""
        status = self.holding.status
        return frozenset((s, i) for s, i in self.seen.keys if self.is_refresh_asked or i not in status)

    def resume(self) -> None:
        """A pause is over."""
        self.paused_at = None
        self.is_refresh_asked = False  # or it would move a pause to come

    def _sort_out(
        self,
        panels: dict[int, PanelView],
        changed: Sequence[int],
        slot_numbers_of: Sequence[Sequence[int]],
        interned: Interned,
    ) -> None:
        """Put aside what it has of panels that are out of sight now, and take out what it has of those in sight."""
        held = {**self.aside, **self.holding.held}
        status = {**self.aside_status, **self.holding.status}
        for panel in changed:
            for slot in slot_numbers_of[panel]:
                if slot in held:
                    held[slot] = held[slot]._replace(k=LEVEL_LOST)
        in_sight = {slot: held.pop(slot) for panel in panels for slot in slot_numbers_of[panel] if slot in held}
        states = {panel: status.pop(panel) for panel in panels if panel in status}
        self.aside, self.aside_status = held, status
        self.holding = interned.holding(in_sight, states, self.holding.notice_s)

    def forget(self) -> None:
        """All data must be sent again; notices it keeps."""
        self.holding = Holding({}, {}, self.holding.notice_s) if self.holding.notice_s else NOTHING_HELD
        self.aside = {}
        self.aside_status = {}
        self.sent_s = self.framed_s = 0.0

    def lose_layout(self, interned: Interned) -> None:
        """There is another layout: what it saw of the old one means nothing, until it says it again."""
        self.view = structs.replace(self.view, panels=())
        self.panels = {}
        self.last_views.clear()
        self.seen = interned.seen(self.stage_key, ())
        self.resumed = False

    def forget_states(self) -> None:
        """The panels' states must be sent again."""
        self.holding = Holding(self.holding.held, {}, self.holding.notice_s)
        self.aside_status = {}
        self.is_view_new = True
