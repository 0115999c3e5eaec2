"""Frames: what viewers lack of one settled S, as messages. Worked out once for all who see and hold the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from time import perf_counter

from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs
from cadran.frames.encode import (
    TimesRow,
    curve_pieces,
    notice_piece,
    panel_piece,
    scalar_piece,
    table_pieces,
    times_piece,
    welcome_pieces,
)
from cadran.frames.health import STATE_NUMBERS
from cadran.frames.holding import NOTHING_SEEN, Held, Holding, Interned
from cadran.frames.message import message
from cadran.frames.round import Frame, PanelPart, Round
from cadran.frames.series_frames import lack_of, lacking_pieces
from cadran.frames.shown import Shown, ShownCurve, ShownScalar, ShownSeries, ShownTable
from cadran.frames.stage import Stage
from cadran.frames.viewer import Viewer
from cadran.frames.wire import BEAT, BEAT_SECS, COMMIT, FIRST, RESET, VERSION, Notice, PanelView, Welcome
from cadran.screen.slots import Slot
from cadran.words import describe_error

GREETINGS_NONE = (False, False)


class FrameBuilder:
    """Builds frames from stages; encodes each piece once for all viewers."""

    def __init__(self, epoch: str, cache: PieceCache, costs: Costs | None = None) -> None:
        self._epoch = epoch
        self._cache = cache
        self._costs = costs or Costs(perf_counter)
        self._notices: dict[str, tuple[Notice, int]] = {}
        self._notice_s = 0
        self.interned = Interned()
        self.is_fault_new = False
        """Some panel's state is another, by what was found when it was encoded."""
        self.num_frames_built = 0
        self.num_frames_sent = 0
        self.num_parts_built = 0
        """How often it was worked out what is lacking of one panel."""

    def build(self, viewer: Viewer, stage: Stage, now: Round, waiting: Collection[int] = ()) -> Sequence[bytes]:
        """Return the messages that bring a viewer to S, none where it lacks nothing. It counts as sent.

        ``now``: the same object for all viewers of one S and one moment. ``waiting``: of a paused viewer's panels,
        those whose sources or metrics have not answered yet.
        """
        greeting = GREETINGS_NONE
        if viewer.layout_revision != stage.revision:
            is_reset = viewer.layout_revision > 0 or not viewer.resumed
            greeting = (True, is_reset)
            if is_reset:
                viewer.forget()
            viewer.layout_revision = stage.revision
        if viewer.view.paused:
            frame = self._frame_in_pause(viewer, stage, now, greeting, waiting)
        else:
            # A hidden viewer is welcomed, so that it beats. It sees nothing: nobody watched, the shapes may be old.
            key = (viewer.seen, viewer.holding, greeting, greeting[0] and viewer.resumed)
            found = now.frames.get(key)
            if found is None:
                found = now.frames[key] = self._frame_of_present(viewer, stage, now, greeting)
            frame = found
            viewer.sent_s = now.s
        viewer.holding = frame.holding
        viewer.is_partial = frame.is_partial
        viewer.is_view_new = False
        if frame.is_empty:
            return ()
        base, viewer.framed_s = viewer.framed_s, now.s
        self.num_frames_sent += 1
        return frame.messages(viewer.view.n, base)

    def count(self, now: Round) -> None:
        """Put what was sent in a round on the panels' accounts."""
        for frame in now.frames.values():
            frame.count()

    def notify(self, notice: Notice, s: int) -> None:
        """Show a line to every viewer; one of the same key replaces it."""
        self._notices[notice.key] = (notice, s)
        self._notice_s = s

    def beat(self, viewer: Viewer, stage: Stage, now: Round) -> bytes:
        """Return the heartbeat: the server's time and the promises for what the viewer sees."""
        base = viewer.framed_s
        key = (viewer.panels and viewer.seen, viewer.view.hidden and viewer.id, base, viewer.view.n)
        beat = now.beats.get(key)
        if beat is None:
            pieces = self._times(viewer.panels, stage, now, now.at)
            beat = message(pieces, flags=BEAT | FIRST | COMMIT, view=viewer.view.n, s=base, base=base, at=now.at)
            now.beats[key] = beat
        return beat

    def epoch_of(self, stage: Stage) -> str:
        """The life of the store and of the layout: slots of another layout mean nothing."""
        return f"{self._epoch}.{stage.revision}"

    # --- frames ---

    def _frame_of_present(self, viewer: Viewer, stage: Stage, now: Round, greeting: tuple[bool, bool]) -> Frame:
        """What is lacking of the newest S. Depends on what the viewer sees and holds, and on nothing else of it."""
        parts: list[PanelPart] = []
        holding = viewer.holding
        for index, view in viewer.seen.panels.items():
            numbers = stage.slot_numbers_of[index]
            key = (stage.slug, index, view, holding.status.get(index), *map(holding.held.get, numbers))
            part = now.parts.get(key)
            if part is None:
                part = now.parts[key] = self._part(stage, index, view, holding, now)
            parts.append(part)
        return self._frame(viewer, stage, now, parts, greeting, now.at)

    def _frame_in_pause(
        self, viewer: Viewer, stage: Stage, now: Round, greeting: tuple[bool, bool], waiting: Collection[int]
    ) -> Frame:
        """Only what was never seen, or is seen at another scale; all of the newest S where a refresh was asked for."""
        is_refresh = viewer.is_refresh_asked and not waiting
        paused_at = None if is_refresh else viewer.paused_at
        parts = [
            self._part(stage, index, view, viewer.holding, now, paused_at=paused_at)
            for index, view in viewer.seen.panels.items()
            if is_refresh or index not in waiting or index in viewer.holding.status
        ]
        frame = self._frame(viewer, stage, now, parts, greeting, now.at if paused_at is None else paused_at)
        if is_refresh:
            viewer.is_refresh_asked = False
            viewer.paused_at = now.at
            viewer.sent_s = now.s
        now.frames[viewer] = frame
        return frame

    def _frame(
        self,
        viewer: Viewer,
        stage: Stage,
        now: Round,
        parts: list[PanelPart],
        greeting: tuple[bool, bool],
        seen_at: float,
    ) -> Frame:
        self.num_frames_built += 1
        holding = viewer.holding
        is_greeted, is_reset = greeting
        pieces = self._welcome(viewer, stage) if is_greeted else []
        if holding.notice_s < self._notice_s:
            pieces = pieces + [notice_piece(one) for one, since in self._notices.values() if since > holding.notice_s]
        data = [piece for part in parts for piece in part.pieces]
        if data:
            pieces = pieces + self._times_once(viewer, stage, now, seen_at) + data
        held, status = dict(holding.held), dict(holding.status)
        for index, part in zip(viewer.seen.panels if len(parts) == len(viewer.seen.panels) else (), parts, strict=False):
            if part.status_s is not None:
                status[index] = part.status_s
        for part in parts:
            held.update(part.held)
        now_holding = self.interned.holding(held, status, self._notice_s)
        return Frame(pieces, parts, now_holding, flags=RESET if is_reset else 0, s=now.s, at=seen_at)
