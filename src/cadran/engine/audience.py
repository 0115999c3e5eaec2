"""The viewers of one engine: what they say, what they watch, and what they may get now."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from cadran.clock import Instant
from cadran.demand import Leases
from cadran.engine.heard import heard, views_before
from cadran.engine.messages import Close, Received
from cadran.engine.resuming import held_by
from cadran.engine.traffic import Traffic
from cadran.frames.builder import FrameBuilder
from cadran.frames.round import Round
from cadran.frames.stage import Stage
from cadran.frames.viewer import HELLO_SECS_MAX, SILENT_SECS_MAX, Viewer
from cadran.frames.wire import BEAT_SECS, VERSION, Ack, Hello, Refresh, RefusedChoice, View
from cadran.screen.choices import Refused
from cadran.telling import Faults
from cadran.turn import Turn

PanelKey = tuple[str, int]
"""A stage's key and a panel's index."""
AwaitedBy = Callable[[Viewer], Collection[int]]
"""Give a viewer, get the panels that it waits for."""
Choose = Callable[[str, Mapping[str, Sequence[str]]], tuple[Stage, tuple[Refused, ...]]]
"""Give a screen's slug and what a viewer says of its choices, get the stage that it looks at."""

SILENT_BYTES_MAX = 2_048
"""Beats stop for a viewer that leaves this much unacknowledged: a silent one costs a constant."""

HOUSE_SECS = 1.0
"""How often ``keep_house`` is called while there are viewers."""
HOUSE_EARLY_SECS = 0.25
"""It is called so much earlier in a step that sends something: then it needs no step of its own."""

VIEWERS_AT_ONCE = 256
"""So many viewers who get what others got are served before time is looked at."""

_NO_LEASE: frozenset[PanelKey] = frozenset()


class Audience:
    """Viewers by id. Holds their leases; sends what the builder builds, within their credit."""

    def __init__(
        self, leases: Leases[PanelKey], builder: FrameBuilder, stage_of: Callable[[str], Stage], choose: Choose
    ) -> None:
        self._leases = leases
        self._builder = builder
        self._stage_of = stage_of
        self._choose = choose
        self._viewers: dict[int, Viewer] = {}
        self._touched: dict[int, Viewer] = {}
        """Those who said something since they were last given what they lack."""
        self.is_choice_new = True
        """Some viewer may have chosen another interval."""
        self.faults = Faults("a viewer")  # frames that could not be made
        self._gone = Traffic()
        self._sent: list[tuple[int, bytes | Close]] = []  # taken in each step

    def __len__(self) -> int:
        return len(self._viewers)

    @property
    def num_holdings(self) -> int:
        """How many different things viewers hold."""
        return len({viewer.holding for viewer in self._viewers.values()})

    @property
    def is_touched(self) -> bool:
        """Whether somebody may get something now that could not before."""
        return bool(self._touched)

    def touch_partial(self) -> None:
        """What some viewers wait for may be there now."""
        self._touched.update((viewer.id, viewer) for viewer in self._viewers.values() if viewer.is_partial)

    def look_again(self, is_concerned: Callable[[Stage, int], bool], now: Instant) -> None:
        """Work out once more what those lack who watch a panel of which this is true."""
        for viewer in self._viewers.values():
            if viewer.is_watching(now.mono) and viewer.panels:
                stage = self._stage_of(viewer.stage_key)
                if any(is_concerned(stage, panel) for panel in viewer.panels):
                    viewer.is_partial = True
                    self._touched[viewer.id] = viewer

    def viewers(self) -> Iterable[Viewer]:
        """All viewers."""
        return self._viewers.values()

    def stage_keys(self) -> set[str]:
        """The stages that somebody has before him, watching or not."""
        return {viewer.stage_key for viewer in self._viewers.values()}

    def num_watching(self, now: Instant, stage_key: str) -> Mapping[int, int]:
        """How many see each panel of a stage now: eyes alone, not what else holds a lease."""
        watching = Counter(
            v.seen for v in self._viewers.values() if v.stage_key == stage_key and v.is_watching(now.mono)
        )
        num_viewers: Counter[int] = Counter()
        for seen, num in watching.items():
            num_viewers.update(dict.fromkeys(seen.panels, num))
        return num_viewers

    def traffic(self) -> Traffic:
        """What was sent since the start, to viewers that are gone too."""
        total = self._gone
        for viewer in self._viewers.values():
            total = total.plus(viewer)
        return total

    # --- what viewers say ---

    def connect(self, viewer: int, slug: str, now: Instant) -> None:
        """A connection opened; the viewer has 10 s to say hello."""
        self._viewers[viewer] = Viewer(viewer, slug, now.mono, slug, heard_mono=now.mono, sent_mono=now.mono)

    def disconnect(self, viewer: int, now: Instant) -> None:
        """A connection is gone, and with it all that it held."""
        gone = self._viewers.pop(viewer, None)
        self._touched.pop(viewer, None)
        if gone is not None:
            self._gone = self._gone.plus(gone)
            self._leases.end(viewer, now.mono)
            self.is_choice_new = True

    def is_waiting(self, viewer_id: int) -> bool:
        """Whether an acknowledgement would free what a viewer lacks. Safe in any thread."""
        viewer = self._viewers.get(viewer_id)
        return viewer is None or viewer.is_waiting

    def receive(self, one: Received, s: int, now: Instant) -> Close | Refresh | None:
        """Take a viewer's message at the present S. Returns why to close it, or the refresh that it asks for."""
        viewer = self._viewers.get(one.viewer)
        if viewer is None:
            return None
        message = heard(one.text, one.superseded)
        if type(message) is Ack and viewer.said_hello:
            self._acknowledge(viewer, message, now, now.mono if one.mono is None else one.mono)
            return None
        if isinstance(message, Close):
            return message
        viewer.heard_mono = now.mono
        self._touched[viewer.id] = viewer
        match message:
            case Hello():
                return self._hello(viewer, message, s, now)
            case _ if not viewer.said_hello:
                return Close(1002, "the first message is hello")
            case View():
                self._set_view(viewer, message, now, one)
            case Refresh():
                if viewer.view.paused:
                    viewer.is_refresh_asked, viewer.asked_mono = True, now.mono
                    self._lease(viewer, now)
                return message
        self._lease(viewer, now)
        return None

    def _acknowledge(self, viewer: Viewer, ack: Ack, now: Instant, heard_mono: float) -> None:
        """What most messages say: this is kept short."""
        viewer.heard_mono = now.mono
        if ack.bytes > 0:
            viewer.credit.acked(int(min(ack.bytes, 2.0**53)), heard_mono)
        if viewer.is_waiting:
            self._touched[viewer.id] = viewer
        if viewer.leased is not viewer.seen.keys:
            self._lease(viewer, now)

    def lose_layout(self, slug: str, now: Instant) -> None:
        """A screen has another layout: what its viewers saw of the old one means nothing, until they say it again."""
        for viewer in self._viewers.values():
            if viewer.slug == slug:
                viewer.lose_layout(self._builder.interned)
                self._follow_choices(viewer, viewer.view)
                self._lease(viewer, now)

    def lose_states(self, slug: str) -> bool:
        """Let the next tick send a screen's viewers its panels' states again; return whether there are any. A pause
        holds what it shows: who has none of the states would be leased all panels, to get them."""
        viewers = [viewer for viewer in self._viewers.values() if viewer.slug == slug and not viewer.view.paused]
        for viewer in viewers:
            viewer.forget_states()
        return bool(viewers)

    def panels_of(self, viewer_id: int, refresh: Refresh) -> list[PanelKey]:
        """The panels that a refresh means."""
        viewer = self._viewers[viewer_id]
        panels = viewer.panels if refresh.panels is None else refresh.panels
        return [(viewer.stage_key, panel) for panel in panels]

    def _hello(self, viewer: Viewer, hello: Hello, s: int, now: Instant) -> Close | None:
        if viewer.said_hello:
            return Close(1002, "hello is said once")
        if hello.version != VERSION:
            return Close(1002, f"expected protocol version {VERSION}, got {hello.version}")
        viewer.said_hello = True
        stage = self._follow_choices(viewer, hello.view)
        if hello.epoch == self._builder.epoch_of(stage):
            viewer.resumed = True
            haves = [have for have in hello.have if 0 <= have.slot < len(stage.shown) and 0 <= have.s <= s]
            viewer.aside = held_by(haves, hello.view, stage, now.wall)
            viewer.sent_s = viewer.framed_s = max((have.s for have in haves), default=0.0)
        self._set_view(viewer, hello.view, now)
        self._lease(viewer, now)
        return None

    def _follow_choices(self, viewer: Viewer, view: View) -> Stage:
        """Return the stage of what the viewer chooses, and let it look at that."""
        stage, refused = self._choose(viewer.slug, view.choices)
        viewer.refused = tuple(RefusedChoice(name=name, why=why) for name, why in refused)
        viewer.look_at(stage.key, view.choices, self._builder.interned)
        return stage

    def _set_view(self, viewer: Viewer, view: View, now: Instant, one: Received | None = None) -> None:
        """``one``: the view as it was received, with all that it superseded while it waited."""
        if view.n < viewer.view.n:
            return
        before: Sequence[View] | None = () if one is None else views_before(one)
        if one is not None and one.has_followed:
            viewer.resume()
        if before is not None and all(one.choices == viewer.view.choices for one in (*before, view)):
            stage = self._stage_of(viewer.stage_key)
        else:  # what was chosen and taken back, too: the page has dropped what came meanwhile
            stage, before = self._follow_choices(viewer, view), ()
        num_panels = len(stage.panels)
        panels = tuple(panel for panel in view.panels if 0 <= panel.i < num_panels)
        if len(panels) != len(view.panels):
            view = msgspec.structs.replace(view, panels=panels)
        told = [panel for one in before for panel in one.panels if 0 <= panel.i < num_panels]
        viewer.set_view(view, now.wall, stage.slot_numbers_of, self._builder.interned, told)
        if not viewer.is_refresh_asked:
            viewer.asked_mono = now.mono
        self.is_choice_new = True

    def _lease(self, viewer: Viewer, now: Instant) -> None:
        if viewer.view.paused and not viewer.view.hidden:
            keys = viewer.keys_in_pause()
        else:
            keys = viewer.seen.keys if viewer.is_watching(now.mono) else _NO_LEASE
        if keys is not viewer.leased:
            viewer.leased = keys
            if self._leases.hold(viewer.id, keys, now.mono):
                self.is_choice_new = True  # of those who watch now

    # --- what viewers get ---

    def chosen_intervals(self, now: Instant) -> dict[str, float | None]:
        """For every source that a viewer watches the least interval chosen; None: as fast as the source."""
        choices = {(v.seen, v.view.refresh_secs) for v in self._viewers.values() if v.is_watching(now.mono)}
        chosen: dict[str, float | None] = {}
        for seen, wanted in choices:
            for source in self._stage_of(seen.stage_key).sources_seen(seen.panels) if seen.panels else ():
                known = chosen.get(source.id, math.inf)
                chosen[source.id] = None if known is None or wanted is None else min(known, wanted)
        return chosen

    def pump(
        self, now: Instant, round_: Round | None, turn: Turn, *, is_tick: bool, awaited_by: AwaitedBy
    ) -> Iterator[None]:
        """Send viewers what they lack of the settled S, as far as their credit goes; see ``take_sent``.

        Yields whenever the turn is over; until all is done, viewers, stages and store stay as they are.

        ``round_``: None where the store is no longer what it was at S, so that no frame can be built from it.
        ``is_tick``: S is new, which concerns all; else only those are looked at who said something, as nothing but
        an acknowledgement frees credit and all else that a viewer may wait for comes with a tick. ``awaited_by``:
        the panels in sight whose sources and metrics have not answered what a viewer waits for.
        """
        sent = self._sent
        viewers = list((self._viewers if is_tick else self._touched).values())
        self._touched.clear()
        stages: dict[str, Stage] = {}
        for number, viewer in enumerate(viewers):
            if number % VIEWERS_AT_ONCE == VIEWERS_AT_ONCE - 1 and turn.is_over():
                yield
            if not viewer.said_hello:
                continue
            if viewer.outgoing:
                self._emit(viewer, viewer.outgoing, now, sent)
            stage = stages.get(viewer.stage_key)
            if stage is None:
                stage = stages[viewer.stage_key] = self._stage_of(viewer.stage_key)
            if viewer.view.hidden and viewer.layout_revision == stage.revision:
                continue
            if round_ is not None and viewer.is_following and viewer.layout_revision == stage.revision:
                # What most viewers come to at most ticks: this is kept short.
                alike = round_.alike.get((viewer.seen, viewer.holding, viewer.view.n, viewer.framed_s))
                num_bytes = len(alike.message) if alike is not None else 0
                if alike is not None and viewer.sent_s < round_.s and viewer.credit.can_send(num_bytes, now.mono):
                    self._builder.repeat(viewer, alike)
                    viewer.is_blocked = False
                    viewer.credit.sent(num_bytes, now.mono)
                    viewer.sent_mono = now.mono
                    sent.append((viewer.id, alike.message))
                    continue
            if round_ is None or viewer.outgoing or not self._lacks(viewer, stage, round_.s, awaited_by):
                continue
            viewer.is_blocked = not viewer.credit.can_send(0, now.mono)
            if viewer.is_blocked:
                viewer.num_starved += is_tick
                continue
            waiting = awaited_by(viewer) if viewer.view.paused else ()
            try:
                messages = yield from self._builder.build(viewer, stage, round_, waiting)
            except Exception as error:  # a fault of ours, in what this one looks at and how: all others go on
                self.faults.fail("its frame could not be made; it is closed, and comes back", error, now.mono)
                sent.append((viewer.id, Close(1011, "a fault in what is looked at")))
                self.disconnect(viewer.id, now)
                continue
            if viewer.view.paused:
                self._lease(viewer, now)
            if messages:
                self._emit(viewer, messages, now, sent)
        if round_ is not None:
            self._builder.count(round_)

    def take_sent(self) -> list[tuple[int, bytes | Close]]:
        """Return what ``pump`` sent since the last call."""
        sent = self._sent.copy()
        self._sent.clear()
        return sent

    def _lacks(self, viewer: Viewer, stage: Stage, s: int, awaited_by: AwaitedBy) -> bool:
        if (not viewer.view.paused or viewer.is_refresh_asked) and viewer.has_older(stage.fresh):
            return False  # what came back into sight in the midst of this tick is looked at by the next one
        if viewer.layout_revision != stage.revision or viewer.is_view_new:
            return True
        if not viewer.view.paused:
            return viewer.sent_s < s or viewer.is_partial
        if viewer.is_partial or stage.owes_state(viewer.holding.status):
            return True
        if viewer.is_refresh_asked:
            return not awaited_by(viewer)
        unseen = [i for i in viewer.panels if i not in viewer.holding.status]
        return bool(unseen) and not set(unseen).issubset(awaited_by(viewer))

    def _emit(
        self, viewer: Viewer, messages: Sequence[bytes], now: Instant, sent: list[tuple[int, bytes | Close]]
    ) -> None:
        """Send what credit allows, and keep the rest of the frame for later."""
        credit, num_sent = viewer.credit, 0
        for data in messages:
            if not credit.can_send(len(data), now.mono):
                break
            credit.sent(len(data), now.mono)
            sent.append((viewer.id, data))
            num_sent += 1
        if num_sent:
            viewer.sent_mono = now.mono
        if num_sent < len(messages):
            viewer.outgoing = list(messages[num_sent:])
        elif viewer.outgoing:
            viewer.outgoing = []

    # --- what time does ---

    def keep_house(self, round_: Round, now: Instant) -> list[tuple[int, bytes | Close]]:
        """Beat, end the leases of silent viewers, close those that said no hello or were silent too long."""
        sent: list[tuple[int, bytes | Close]] = []
        for viewer in list(self._viewers.values()):
            if not viewer.said_hello:
                if now.mono - viewer.connected_mono >= HELLO_SECS_MAX:
                    sent.append((viewer.id, Close(1008, "no hello came within 10 s")))
                    self.disconnect(viewer.id, now)
                continue
            if now.mono - viewer.heard_mono >= SILENT_SECS_MAX:
                sent.append((viewer.id, Close(1000, "silent for 15 minutes")))
                self.disconnect(viewer.id, now)
                continue
            self._lease(viewer, now)
            if viewer.is_partial:
                self._touched[viewer.id] = viewer  # it may be quiet enough for what is owed
            if now.mono - viewer.sent_mono >= BEAT_SECS - HOUSE_SECS / 2 and not viewer.outgoing:
                stage = self._stage_of(viewer.stage_key)
                if viewer.credit.unacked_bytes <= SILENT_BYTES_MAX and viewer.layout_revision == stage.revision:
                    beat = self._builder.beat(viewer, stage, round_)
                    viewer.credit.sent(len(beat), now.mono)
                    sent.append((viewer.id, beat))
                viewer.sent_mono = now.mono
        return sent
