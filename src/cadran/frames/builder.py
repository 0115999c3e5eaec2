"""Frames: what one viewer lacks of one settled S, as messages."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from time import perf_counter
from typing import NamedTuple

from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs
from cadran.frames.encode import (
    TimesRow,
    curve_pieces,
    notice_piece,
    panel_piece,
    scalar_piece,
    series_pieces,
    table_pieces,
    times_piece,
    welcome_pieces,
)
from cadran.frames.health import STATE_NUMBERS, Health
from cadran.frames.message import message
from cadran.frames.shown import Shown, ShownCurve, ShownScalar, ShownSeries, ShownTable
from cadran.frames.span import Range, range_of
from cadran.frames.stage import Stage
from cadran.frames.viewer import Held, Viewer
from cadran.frames.wire import (
    BEAT,
    BEAT_SECS,
    COMMIT,
    FIRST,
    HEADER,
    MESSAGE_BYTES_MAX,
    RESET,
    VERSION,
    Notice,
    PanelView,
    Welcome,
)
from cadran.screen.slots import Slot
from cadran.store import NEVER, id_of
from cadran.words import describe_error


class Alike(NamedTuple):
    """What a viewer gets of one panel, and what it then holds."""

    pieces: list[bytes]
    num_bytes: int
    status_s: int | None
    held: dict[int, Held]


class FrameBuilder:
    """Builds frames from stages; encodes each piece once for all viewers."""

    def __init__(self, epoch: str, cache: PieceCache, costs: Costs | None = None) -> None:
        self._epoch = epoch
        self._cache = cache
        self._costs = costs or Costs(perf_counter)
        self._notices: dict[str, tuple[Notice, int]] = {}
        self._notice_s = 0
        self._round: Mapping[str, Health] | None = None
        self._alike: dict[Hashable, Alike] = {}
        self._times_alike: dict[Hashable, list[bytes]] = {}
        self._joined: dict[Hashable, bytes] = {}
        self._joined_s = -1
        self.is_fault_new = False
        """Some panel's state is another, by what was found when it was encoded."""

    def build(
        self,
        viewer: Viewer,
        stage: Stage,
        health: Mapping[str, Health],
        s: int,
        at: float,
        waiting: Collection[int] = (),
    ) -> list[bytes]:
        """Return the messages that bring a viewer to S, none where it lacks nothing. It counts as sent.

        ``at``: the present wall second, at which S still is the state. ``health``: the same object for all viewers
        of one S and one moment, a new one for the next. ``waiting``: of a paused viewer's panels, those whose sources
        or metrics have not answered yet.
        """
        if health is not self._round:
            self._round = health
            self._alike.clear()
            self._times_alike.clear()
        pieces: list[bytes] = []
        flags = 0
        if viewer.layout_revision != stage.revision:
            if viewer.layout_revision or not viewer.resumed:
                flags = RESET
                viewer.forget()
            viewer.layout_revision = stage.revision
            pieces += self._welcome(viewer, stage)
        base = viewer.framed_s
        # While paused only what was never seen, or is seen at another scale, is sent.
        is_held = viewer.view.paused and not (viewer.is_refresh_asked and not waiting)
        if viewer.held_notice_s < self._notice_s:
            pieces += [notice_piece(one) for one, since in self._notices.values() if since > viewer.held_notice_s]
            viewer.held_notice_s = self._notice_s
        data: list[bytes] = []
        seen_at = viewer.paused_at if is_held and viewer.paused_at is not None else at
        # A hidden viewer is welcomed, so that it beats. It gets no data: nobody watched, so the shapes may be old.
        for index in () if viewer.view.hidden else viewer.panels:
            is_awaited = is_held and index in waiting and index not in viewer.held_status
            if 0 <= index < len(stage.panels) and not is_awaited:
                data += self._panel_once(viewer, stage, index, s, seen_at, is_held)
        viewer.is_view_new = False
        if not is_held:
            viewer.is_refresh_asked = False
            viewer.paused_at = at if viewer.view.paused else None
        if data:
            pieces += self._times_once(viewer, stage, health, seen_at, at)
        pieces += data
        if not is_held:
            viewer.sent_s = s
        if not pieces:
            return []
        viewer.framed_s = s
        viewer.num_frames += 1
        return self._messages(pieces, flags=flags, view=viewer.view.n, s=s, base=base, at=seen_at)

    def notify(self, notice: Notice, s: int) -> None:
        """Show a line to every viewer; one of the same key replaces it."""
        self._notices[notice.key] = (notice, s)
        self._notice_s = s

    def beat(self, viewer: Viewer, stage: Stage, health: Mapping[str, Health], s: int, now_wall: float) -> bytes:
        """Return the heartbeat: the server's time and the promises for what the viewer sees."""
        pieces = self._times(viewer, stage, health, now_wall, now_wall)
        base = viewer.framed_s
        return message(pieces, flags=BEAT | FIRST | COMMIT, view=viewer.view.n, s=base, base=base, at=now_wall)

    def epoch_of(self, stage: Stage) -> str:
        """The life of the store and of the layout: slots of another layout mean nothing."""
        return f"{self._epoch}.{stage.revision}"

    # --- pieces ---

    def _welcome(self, viewer: Viewer, stage: Stage) -> list[bytes]:
        welcome = Welcome(
            version=VERSION,
            epoch=self.epoch_of(stage),
            resumed=viewer.resumed,
            layout=stage.description.layout,
            beat_secs=BEAT_SECS,
        )
        key = ("welcome", stage.slug, stage.revision, viewer.resumed)
        return self._cache.get(key, lambda: welcome_pieces(welcome))

    def _times(
        self, viewer: Viewer, stage: Stage, health: Mapping[str, Health], at: float, now_wall: float
    ) -> list[bytes]:
        """``at``: the header's time, to which ages and promises relate; in a pause it is earlier than now."""
        known = range(len(stage.panels))
        indexes = {source for panel in viewer.panels if panel in known for source in stage.panels[panel].sources}
        if not indexes:
            return []
        rows = []
        for index in sorted(indexes):
            one = health[stage.description.sources[index].id]
            rows.append(
                TimesRow(
                    index,
                    STATE_NUMBERS[one.state],
                    _age(one.event_at, at),
                    _age(one.changed_at, at),
                    _age(one.checked_at, at),
                    one.promise_secs + now_wall - at,
                )
            )
        return [times_piece(rows)]

    def _times_once(
        self, viewer: Viewer, stage: Stage, health: Mapping[str, Health], at: float, now_wall: float
    ) -> list[bytes]:
        key = ("times", stage.slug, at, *viewer.panels)
        pieces = self._times_alike.get(key)
        if pieces is None:
            pieces = self._times_alike[key] = self._times(viewer, stage, health, at, now_wall)
        return pieces

    def _panel_once(self, viewer: Viewer, stage: Stage, index: int, s: int, at: float, is_held: bool) -> list[bytes]:
        """Viewers who see a panel alike, and hold the same of it, lack the same: it is worked out once a round."""
        if is_held:
            pieces = self._counted(viewer, stage, index, s, at, is_held)
            self._costs.panel(stage.slug, index).sent_bytes += sum(map(len, pieces))
            return pieces
        numbers = stage.slot_numbers_of[index]
        held = viewer.held
        key = (stage.slug, index, viewer.panels[index], viewer.held_status.get(index), *map(held.get, numbers))
        alike = self._alike.get(key)
        if alike is None:
            pieces = self._counted(viewer, stage, index, s, at, is_held)
            now_held = {number: held[number] for number in numbers if number in held}
            alike = Alike(pieces, sum(map(len, pieces)), viewer.held_status.get(index), now_held)
            self._alike[key] = alike
        else:
            held.update(alike.held)
            if alike.status_s is not None:
                viewer.held_status[index] = alike.status_s
        if alike.num_bytes:
            self._costs.panel(stage.slug, index).sent_bytes += alike.num_bytes
        return alike.pieces

    def _counted(self, viewer: Viewer, stage: Stage, index: int, s: int, at: float, is_held: bool) -> list[bytes]:
        """As ``_panel``; what had to be encoded for it is put on the panel's account."""
        cache = self._cache
        num, secs, num_bytes = cache.num_encodings, cache.encoding_secs, cache.encoded_bytes
        pieces = self._panel(viewer, stage, index, s, at, is_held)
        if cache.num_encodings != num:
            account = self._costs.panel(stage.slug, index)
            self._costs.encoded(account, cache.encoding_secs - secs, cache.encoded_bytes - num_bytes)
        return pieces

    def _panel(self, viewer: Viewer, stage: Stage, index: int, s: int, at: float, is_held: bool) -> list[bytes]:
        pieces: list[bytes] = []
        status = stage.status[index]
        status_s = stage.status_s[index]
        is_first = index not in viewer.held_status
        if status is not None and (is_first or (viewer.held_status[index] < status_s and not is_held)):
            pieces += self._cache.get(("panel", stage.slug, index, status_s), lambda: [panel_piece(index, status)])
            viewer.held_status[index] = status_s
        view = viewer.panels[index]
        for slot in stage.slots_of[index]:
            pieces += self._slot(viewer, stage, slot, view, s, at, is_held)
        return pieces

    def _slot(
        self, viewer: Viewer, stage: Stage, slot: Slot, view: PanelView, s: int, at: float, is_held: bool
    ) -> list[bytes]:
        shown, number = stage.shown[slot.slot], slot.slot
        if isinstance(shown, ShownSeries):
            return self._series(viewer, stage, shown, view, s, at, is_held)
        held = viewer.held.get(number)
        if held is not None and (is_held or shown.changed_s <= held.s):
            return []
        viewer.held[number] = Held(s)
        if shown.is_empty and shown.changed_s == 0:
            return []
        since = held.s if held is not None else 0.0
        key: Hashable = ("state", stage.slug, stage.revision, number, shown.changed_s, self._variant(shown, since))
        return self._guarded(shown, key, lambda: _state_pieces(number, shown, since))

    def _variant(self, shown: Shown, since: float) -> float:
        return since if isinstance(shown, ShownTable) else 0.0

    def _series(
        self, viewer: Viewer, stage: Stage, shown: ShownSeries, view: PanelView, s: int, at: float, is_held: bool
    ) -> list[bytes]:
        number, columns = shown.spec.slot, shown.columns
        if view.px <= 0:
            return []
        held = viewer.held.get(number)
        until = None
        if is_held:
            until = viewer.paused_at if shown.spec.x == "time" else None if held is None else held.newest
        wanted = range_of(shown.spec, view, columns, at, until)
        replace = (
            held is None
            or held.k != wanted.k
            or wanted.low < held.low
            or wanted.high > held.high
            or (not wanted.is_windowed and columns.evicted_s > held.s)
        )
        if not replace and (is_held or columns.changed_s <= held.s):  # type: ignore[union-attr]
            return []
        if not len(columns) and held is None:
            viewer.held[number] = Held(s, wanted.k, wanted.low, wanted.high, -math.inf)
            return []
        from_id = wanted.low
        if not replace and held is not None:
            x0 = columns.changes.since(held.s)
            last_x = columns.last_x
            if x0 == NEVER:
                return []
            if x0 > -math.inf and last_x is not None:
                from_id = max(wanted.low, _tail_from(id_of(x0, wanted.k), id_of(last_x, wanted.k)))
            else:
                replace = True
        low = wanted.low if replace or held is None else held.low
        newest = columns.last_x if until is None else until
        viewer.held[number] = Held(s, wanted.k, low, wanted.high, -math.inf if newest is None else newest)
        if from_id > wanted.high:
            return []
        key = ("series", stage.slug, stage.revision, number, wanted.k, from_id, wanted.high, replace, columns.changed_s)
        return self._guarded(shown, key, lambda: _series_state(number, shown, wanted, from_id, replace))

    def _guarded(self, shown: Shown, key: Hashable, encode: Callable[[], list[bytes]]) -> list[bytes]:
        def guarded() -> list[bytes]:
            pieces, fault = [], None
            try:
                pieces = encode()
            except Exception as error:  # too large to send, or odd in another way: this panel's fault alone
                fault = describe_error(shown.nodes[0].label, error)
            if fault != shown.unsendable:
                shown.unsendable, self.is_fault_new = fault, True
            return pieces

        return self._cache.get(key, guarded)

    # --- messages ---

    def _messages(
        self, pieces: Sequence[bytes], *, flags: int, view: int, s: int, base: float, at: float
    ) -> list[bytes]:
        groups: list[list[bytes]] = [[]]
        room = MESSAGE_BYTES_MAX - HEADER.size
        for one in pieces:
            if len(one) > room and groups[-1]:
                groups.append([])
                room = MESSAGE_BYTES_MAX - HEADER.size
            groups[-1].append(one)
            room -= len(one)
        if self._joined_s != s:
            self._joined.clear()
            self._joined_s = s
        messages: list[bytes] = []
        for position, group in enumerate(groups):
            all_flags = (FIRST | flags if position == 0 else 0) | (COMMIT if position == len(groups) - 1 else 0)
            key = (all_flags, view, base, at, *group)
            joined = self._joined.get(key)
            if joined is None:
                joined = message(group, flags=all_flags, view=view, s=s, base=base, at=at)
                if len(self._joined) < JOINED_MAX:
                    self._joined[key] = joined
            messages.append(joined)
        return messages


JOINED_MAX = 256
"""Distinct messages of one S that are kept for viewers who need the same."""


def _state_pieces(slot: int, shown: Shown, since: float) -> list[bytes]:
    match shown:
        case ShownScalar():
            return [scalar_piece(slot, shown.value, shown.base)]
        case ShownTable():
            return table_pieces(slot, shown.table, since)
        case ShownCurve(points=points) if points is not None:
            return curve_pieces(slot, points)
    return []


def _series_state(slot: int, shown: ShownSeries, wanted: Range, from_id: float, replace: bool) -> list[bytes]:
    columns = shown.columns
    buckets = columns.view(wanted.k, from_id, wanted.high)
    newest_x = math.nan if columns.last_x is None else columns.last_x
    return series_pieces(slot, buckets, from_id, replace=replace, cadence=columns.cadence, newest_x=newest_x)


def _tail_from(changed_id: float, last_id: float) -> float:
    """Round down to a tail of 2**j buckets: few variants, whatever the number of viewers."""
    if changed_id > last_id:
        return changed_id
    num_buckets = int(last_id - changed_id) + 1
    return last_id + 1 - float(1 << (num_buckets - 1).bit_length())


def _age(wall: float | None, at: float) -> float:
    return math.nan if wall is None else max(-AGE_MAX, min(AGE_MAX, at - wall))


AGE_MAX = 3e38
"""Ages travel as float32; a datum may claim any time at all."""
