"""Frames: what viewers lack of one settled S, as messages. Worked out once for all who see and hold the same."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from time import perf_counter
from typing import TypeVar

from cadran.frames.alike_lines import AlikeLines, Found
from cadran.frames.blocks import Blocks
from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs
from cadran.frames.credit import Room
from cadran.frames.encode import notice_piece, panel_piece, welcome_pieces
from cadran.frames.fitting import FINE, LATER, fitted
from cadran.frames.guarded import GuardedPieces
from cadran.frames.holding import Held, Holding, Interned
from cadran.frames.lines import NOTHING, Lacking, Lines
from cadran.frames.long_tables import LongTables
from cadran.frames.message import message
from cadran.frames.plain_parts import PlainParts
from cadran.frames.round import Alike, Frame, PanelPart, Round
from cadran.frames.shown import Shown, ShownSeries, ShownTable
from cadran.frames.shown_pieces import shown_pieces
from cadran.frames.stage import Stage
from cadran.frames.steady import SteadyFrames, steady_of
from cadran.frames.times import times_of, times_once
from cadran.frames.viewer import Viewer
from cadran.frames.wire import BEAT, BEAT_SECS, COMMIT, FIRST, RESET, VERSION, Notice, PanelView, Welcome
from cadran.turn import Turn, endless

T = TypeVar("T")
Building = Generator[None, None, T]
"""Work that yields where a turn is over, and then returns what it made. Meanwhile the store stays as it is."""

Greeting = tuple[bool, bool, bool]
"""Whether a frame welcomes, forgets all data first, and goes on with what a viewer had before."""
_NO_GREETING: Greeting = (False, False, False)
_NO_TAILS: Mapping[int, Found] = {}
QUIET_SECS = 0.9
"""A viewer that was sent nothing for so long may be given a history that takes it long."""
FIRST_LOOKS_MAX = 128
"""So many panels that a viewer has nothing of are looked at for one frame, those with lines counting twice. The rest
comes with the next frames, at once."""
PANELS_TOGETHER = 64
"""So many panels are searched for lines that are alike at a time."""
PANELS_AT_ONCE = 16
"""So many panels are looked at before time is, and one where lines are worked out for it alone."""
ROOM_GRAIN = 1024
"""Bytes to which room is rounded, so that viewers of a like pace share frames."""


class FrameBuilder:
    """Builds frames from stages; encodes each piece once for all viewers."""

    def __init__(self, epoch: str, cache: PieceCache, costs: Costs | None = None, turn: Turn | None = None) -> None:
        self._epoch = epoch
        self._turn = turn or endless()
        self._cache = cache
        self._costs = costs or Costs(perf_counter)
        self._notices: dict[str, tuple[Notice, int]] = {}
        self._notice_s = 0
        self._guarded = GuardedPieces(cache)
        self._tables = LongTables(self._guarded, self._costs, self._turn)
        self.blocks = Blocks(self._guarded)
        self.lines = Lines(self._guarded, self.blocks)
        self.alike = AlikeLines(self._guarded, self.lines)
        self.interned = Interned()
        self._steady = SteadyFrames(self.alike, cache, self._costs, self.interned)
        self.num_frames_built = 0
        self.num_frames_sent = 0
        self.num_parts_built = 0
        """How often it was worked out what is lacking of one panel."""

    def take_is_fault_new(self) -> bool:
        """Whether some panel's state is another since the last call, by what was found when it was encoded."""
        is_new, self._guarded.is_fault_new = self._guarded.is_fault_new, False
        return is_new

    def forget_layout(self) -> None:
        """A layout is another, and what was encoded of the old one may never be asked for again."""
        self._cache.clear()
        self.blocks.clear()

    def build(
        self, viewer: Viewer, stage: Stage, now: Round, waiting: Collection[int] = ()
    ) -> Building[Sequence[bytes]]:
        """Return the messages that bring a viewer to S, none where it lacks nothing. It counts as sent.

        Yields whenever the turn is over. Until it has returned, the viewer and the stage stay as they are, too.

        ``now``: the same object for all viewers of one S and one moment. ``waiting``: of a paused viewer's panels,
        those whose sources or metrics have not answered yet. Histories for which its credit has no room come coarse
        first, or later.
        """
        greeting = _NO_GREETING
        if viewer.layout_revision != stage.revision:
            is_reset = viewer.layout_revision > 0 or not viewer.resumed
            greeting = (True, is_reset, viewer.resumed)
            if is_reset:
                viewer.forget()
            viewer.layout_revision = stage.revision
        held_before = viewer.holding
        if viewer.view.paused:
            frame = yield from self._frame_in_pause(viewer, stage, now, greeting, waiting)
        else:
            frame = yield from self._frame_of_present(viewer, stage, now, greeting)
            viewer.sent_s = now.s
        viewer.holding = frame.holding
        viewer.is_partial = frame.is_partial
        viewer.is_view_new = False
        if frame.is_empty:
            return ()
        if frame.is_put_off:
            self.lines.is_put_off = True
        base, viewer.framed_s = viewer.framed_s, frame.s
        self.num_frames_sent += 1
        messages = frame.messages(viewer.view.n, base)
        is_plain = greeting == _NO_GREETING and not viewer.view.paused
        if is_plain and len(messages) == 1 and not frame.is_partial and not frame.history_bytes:
            now.alike[viewer.seen, held_before, viewer.view.n, base] = Alike(frame, messages[0])
        return messages

    def repeat(self, viewer: Viewer, alike: Alike) -> None:
        """A viewer of the present is given the message that ``build`` returned for one that is like it."""
        frame = alike.frame
        viewer.holding = frame.holding
        viewer.sent_s = viewer.framed_s = frame.s
        frame.count_again()
        self.num_frames_sent += 1

    def count(self, now: Round) -> None:
        """Put what was sent in a round on the panels' accounts."""
        for frame in now.frames.values():
            if num_viewers := frame.take_count():
                self._costs.sent(frame.shares, num_viewers)

    def notify(self, notice: Notice, s: int) -> None:
        """Show a line to every viewer; one of the same key replaces it."""
        self._notices[notice.key] = (notice, s)
        self._notice_s = s

    def beat(self, viewer: Viewer, stage: Stage, now: Round) -> bytes:
        """Return the heartbeat: the server's time and the promises for what the viewer sees."""
        base = viewer.framed_s
        key = (stage.key, tuple(viewer.panels), base, viewer.view.n)
        beat = now.beats.get(key)
        if beat is None:
            pieces = times_of(viewer.panels, stage, now, now.at)
            beat = message(pieces, flags=BEAT | FIRST | COMMIT, view=viewer.view.n, s=base, base=base, at=now.at)
            now.beats[key] = beat
        return beat

    def epoch_of(self, stage: Stage) -> str:
        """The life of the store and of the layout: slots of another layout mean nothing."""
        return f"{self._epoch}.{stage.revision}"

    # --- frames ---

    def _frame_of_present(self, viewer: Viewer, stage: Stage, now: Round, greeting: Greeting) -> Building[Frame]:
        """What is lacking of the newest S. Depends on what the viewer sees, holds and has room for, on nothing else.

        A hidden viewer is welcomed, so that it beats. It sees nothing: nobody watched, the shapes may be old.
        """
        key = (viewer.seen, viewer.holding, greeting, viewer.refused if greeting[0] else ())
        frame = now.frames.get(key)
        if frame is None and greeting == _NO_GREETING and viewer.holding.notice_s >= self._notice_s:
            frame = self._steady.frame(viewer.seen, viewer.holding, stage, now)
            if frame is not None:
                now.frames[key] = frame
                self.num_frames_built += 1
                self.num_parts_built += len(viewer.seen.panels)
                if self._turn.is_over():
                    yield
        if frame is None:
            parts = yield from self._parts(viewer, stage, now)
            frame = now.frames[key] = yield from self._frame(viewer, stage, now, parts, greeting, now.at, now.s)
        if not frame.history_bytes:
            return frame
        is_quiet = viewer.sent_s >= now.s and now.mono - viewer.sent_mono >= QUIET_SECS
        room = viewer.credit.room(is_quiet=is_quiet)
        if frame.num_bytes <= room.history:
            return frame
        room = Room(*(num_bytes & -ROOM_GRAIN for num_bytes in room))
        fitting = now.frames.get((*key, room))
        if fitting is None:
            fixed_bytes = frame.num_bytes - sum(part.num_bytes for part in frame.parts)
            left = Room(*(num_bytes - fixed_bytes for num_bytes in room))
            part_at = partial(self._part_once, viewer, stage, now=now)
            parts = yield from fitted(frame.parts, part_at, left, self._turn)
            fitting = yield from self._frame(viewer, stage, now, parts, greeting, now.at, now.s)
            now.frames[(*key, room)] = fitting
        return fitting

    def _parts(self, viewer: Viewer, stage: Stage, now: Round) -> Building[list[PanelPart]]:
        """What is lacking of all panels that are seen; of those of which nothing is there, of so many only."""
        panels, status, held = viewer.seen.panels, viewer.holding.status, viewer.holding.held
        num_left = FIRST_LOOKS_MAX
        parts: list[PanelPart] = []
        plain = PlainParts(stage, viewer.holding, self._cache, self._costs, Held(now.s))
        for together in (panels,) if len(panels) <= PANELS_TOGETHER else _some_at_a_time(panels):
            tails = self.alike.find(stage, together, held, now)
            for index in together:
                is_first = index not in status and held.keys().isdisjoint(stage.slot_numbers_of[index])
                is_long, part = False, None
                if is_first and num_left <= 0:
                    account = self._costs.panel(stage.key, index)
                    part = PanelPart(index, [], {}, None, True, account, 0, 0, True, is_put_off=True)
                elif (part := plain.part(index, tails)) is not None:
                    self.num_parts_built += 1
                else:
                    is_long = bool(stage.lines_of[index])
                    if stage.tables_of[index]:
                        yield from self._tables.encode(stage, index, viewer.holding)
                    part = self._part_once(viewer, stage, index, FINE, now, tails)
                if is_first and part.pieces:
                    num_left -= 2 if stage.lines_of[index] else 1
                parts.append(part)
                if (is_long or len(parts) % PANELS_AT_ONCE == 0) and self._turn.is_over():
                    yield
        if self._turn.is_over():
            yield
        return parts

    def _part_once(
        self,
        viewer: Viewer,
        stage: Stage,
        index: int,
        coarser: int,
        now: Round,
        tails: Mapping[int, Found] = _NO_TAILS,
    ) -> PanelPart:
        view, holding = viewer.seen.panels[index], viewer.holding
        held = map(holding.held.get, stage.slot_numbers_of[index])
        key = (stage.key, index, view, coarser, holding.status.get(index), *held)
        part = now.parts.get(key)
        if part is None:
            part = now.parts[key] = self._part(stage, index, view, holding, now, coarser=coarser, tails=tails)
        return part

    def _frame_in_pause(
        self, viewer: Viewer, stage: Stage, now: Round, greeting: Greeting, waiting: Collection[int]
    ) -> Building[Frame]:
        """Only what was never seen, or is seen at another scale; all of the newest S where a refresh was asked for."""
        is_refresh = viewer.is_refresh_asked and not waiting
        paused_at = None if is_refresh else viewer.paused_at
        parts: list[PanelPart] = []
        for index, view in viewer.seen.panels.items():
            is_held = index in viewer.holding.status
            if is_refresh or is_held or (index not in waiting and index in stage.fresh):
                if stage.tables_of[index]:
                    yield from self._tables.encode(stage, index, viewer.holding, is_paused=not is_refresh)
                parts.append(self._part(stage, index, view, viewer.holding, now, paused_at=paused_at))
            if (stage.lines_of[index] or len(parts) % PANELS_AT_ONCE == 0) and self._turn.is_over():
                yield
        # A pause holds one S: a viewer that comes back from it lacks all that came since, whatever it looked at in it.
        s = now.s if paused_at is None or greeting[0] else viewer.framed_s
        frame = yield from self._frame(
            viewer, stage, now, parts, greeting, now.at if paused_at is None else paused_at, s
        )
        if is_refresh:
            viewer.is_refresh_asked = frame.is_partial  # what is still owed comes with the present, too
            viewer.paused_at = now.at
            viewer.sent_s = now.s
        now.frames[viewer] = frame
        return frame

    def _frame(
        self, viewer: Viewer, stage: Stage, now: Round, parts: list[PanelPart], greeting: Greeting, at: float, s: float
    ) -> Building[Frame]:
        self.num_frames_built += 1
        holding, (is_greeted, is_reset, _) = viewer.holding, greeting
        pieces = self._welcome(viewer, stage) if is_greeted else []
        if holding.notice_s < self._notice_s:
            pieces = pieces + [notice_piece(one) for one, since in self._notices.values() if since > holding.notice_s]
        data: list[bytes] = []
        held, status = dict(holding.held), dict(holding.status)
        for part in parts:
            data += part.pieces
            held.update(part.held)
            if part.status_s is not None:
                status[part.panel] = part.status_s
        if data:
            pieces = pieces + times_once(viewer.seen, stage, now, at) + data
        if len(parts) > PANELS_TOGETHER and self._turn.is_over():
            yield
        steady = steady_of(viewer.seen, stage, held, status, self._costs)
        if steady is None:
            now_holding = self.interned.holding(held, status, self._notice_s)
        else:
            now_holding = self.interned.steady(steady, status, self._notice_s, now.s)
        if len(parts) > PANELS_TOGETHER and self._turn.is_over():
            yield
        return Frame(pieces, parts, now_holding, flags=RESET if is_reset else 0, s=s, at=at)

    # --- pieces ---

    def _welcome(self, viewer: Viewer, stage: Stage) -> list[bytes]:
        welcome = Welcome(
            version=VERSION,
            epoch=self.epoch_of(stage),
            resumed=viewer.resumed,
            layout=stage.description.layout,
            beat_secs=BEAT_SECS,
            choices=dict(stage.choices.items),
            refused=viewer.refused,
            tokens_hash=stage.description.tokens_hash,
        )
        if viewer.refused:  # what one viewer said is kept for no other
            return welcome_pieces(welcome)
        return self._cache.get(("welcome", stage.key), stage.revision, viewer.resumed, lambda: welcome_pieces(welcome))

    def _part(
        self,
        stage: Stage,
        index: int,
        view: PanelView,
        holding: Holding,
        now: Round,
        *,
        paused_at: float | None = None,
        coarser: int = FINE,
        tails: Mapping[int, Found] = _NO_TAILS,
    ) -> PanelPart:
        """Work out what is lacking of a panel; what had to be encoded for it is put on its account.

        ``tails``: what is known to be lacking of lines, by slot.
        """
        self.num_parts_built += 1
        account = self._costs.panel(stage.key, index)
        if paused_at is None and index not in stage.fresh:
            return PanelPart(index, [], {}, None, True, account, 0, 0, True)
        cache = self._cache
        num, secs, num_bytes = cache.num_encodings, cache.encoding_secs, cache.encoded_bytes
        now_held: dict[int, Held] = {}
        data: list[bytes] = []
        lines: list[tuple[ShownSeries, Held | None]] = []
        for number in stage.slot_numbers_of[index]:
            shown, held = stage.shown[number], holding.held.get(number)
            if isinstance(shown, ShownSeries):
                tail = tails.get(number)
                if tail is None:
                    lines.append((shown, held))
                else:
                    now_held[number] = tail.held
                    data += tail.pieces
                    if tail.encoding_secs is not None:
                        num, secs = num - 1, secs - tail.encoding_secs
                        num_bytes -= tail.num_bytes
            else:
                slot_pieces, now_held[number] = self._state(stage, number, shown, held, now, paused_at)
                data += slot_pieces
        found: Lacking | None = NOTHING
        if lines and view.px > 0:
            is_later = coarser == LATER
            found = None if is_later else self.lines.lacking(stage, lines, view, now, paused_at, coarser)
        if found is not None:
            data += found.pieces
            now_held |= found.held
        status, status_s = stage.status_seen(index, view, now.at if paused_at is None else paused_at)
        held_s = holding.status.get(index)
        pieces = data
        is_first = held_s is None and (found is not None or (status is not None and status.state in _SAID_ALONE))
        # In a pause nothing is told but how a past stands that is looked at, or was.
        is_other = held_s is not None and held_s != status_s and (paused_at is None or min(held_s, status_s) < 0)
        if status is not None and (is_first or is_other):
            state = cache.get(("panel", stage.key, index), status_s, None, lambda: [panel_piece(index, status)])
            pieces, held_s = state + data, status_s
        if cache.num_encodings != num:
            self._costs.encoded(account, cache.encoding_secs - secs, cache.encoded_bytes - num_bytes)
        is_partial = found is None or found.is_partial or coarser != FINE
        history_bytes = 0 if found is None else found.history_bytes
        num_bytes = sum(map(len, pieces))
        return PanelPart(index, pieces, now_held, held_s, is_partial, account, num_bytes, history_bytes, found is None)

    def _state(
        self, stage: Stage, number: int, shown: Shown, held: Held | None, now: Round, paused_at: float | None
    ) -> tuple[list[bytes], Held]:
        """Return what is lacking of a value, a table or a curve, and what a viewer then holds of it."""
        if held is not None and paused_at is not None:
            return [], held
        if (held is not None and shown.changed_s <= held.s) or (shown.is_empty and shown.changed_s == 0):
            return [], Held(now.s)
        since = held.s if held is not None and isinstance(shown, ShownTable) else 0.0
        encode = partial(shown_pieces, number, shown, since)
        return self._guarded.get(shown, shown.changed_s, since, encode), Held(now.s)


def _some_at_a_time(panels: dict[int, PanelView]) -> Iterator[dict[int, PanelView]]:
    left = iter(panels.items())
    while some := dict(islice(left, PANELS_TOGETHER)):
        yield some


_SAID_ALONE = ("loading", "error")
"""States of a panel that are said before its lines are there: with any other, what it showed before is over."""
