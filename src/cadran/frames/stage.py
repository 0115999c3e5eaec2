"""A screen in one engine: its slots' shapes and its panels' states, shared by all its viewers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cadran.frames.health import Health
from cadran.frames.pasts import Past
from cadran.frames.shown import Shown, ShownScalar, ShownSeries, ShownTable
from cadran.frames.status import capped_rows, next_status, num_rejected, panel_state, slow_secs, status_of_past
from cadran.frames.wire import PanelStatus, PanelView
from cadran.metrics.graph import Graph
from cadran.metrics.node import Node
from cadran.readable import Readable, Source
from cadran.screen.choices import NO_CHOICES, Choices
from cadran.screen.layout import Panel
from cadran.screen.slots import Description, Slot, roots_of
from cadran.store import Store
from cadran.turn import Turn
from cadran.words import describe_error

PANELS_AT_ONCE = 16
"""So many panels are brought up to date before time is looked at."""


class Stage:
    """One description, alive. ``revision`` tells viewers that the layout is another; ``shown``: its slots' shapes."""

    def __init__(
        self,
        slug: str,
        description: Description,
        graph: Graph,
        store: Store,
        revision: int,
        shown: Sequence[Shown],
        *,
        key: str = "",
        choices: Choices = NO_CHOICES,
    ) -> None:
        self.slug = slug
        self.key = key or slug
        """Names it among all stages: the slug, and what its viewers chose."""
        self.choices = choices
        self.revision = revision
        self.description = description
        self._graph = graph
        self._store = store
        self.shown: tuple[Shown, ...] = tuple(shown)
        panels = description.layout.panels
        slots_of: list[list[Slot]] = [[] for _ in panels]
        for slot in description.slots:
            slots_of[slot.panel].append(slot)
        self.slots_of: tuple[tuple[Slot, ...], ...] = tuple(map(tuple, slots_of))
        self.slot_numbers_of = tuple([tuple([slot.slot for slot in slots]) for slots in self.slots_of])
        self.roots_of: tuple[frozenset[Readable[object]], ...] = tuple(
            [frozenset([readable for slot in slots for readable in roots_of(slot)]) for slots in self.slots_of]
        )
        self._shown_of = tuple([tuple([self.shown[slot.slot] for slot in slots]) for slots in self.slots_of])
        self.lines_of = tuple([tuple([o for o in shown if isinstance(o, ShownSeries)]) for shown in self._shown_of])
        self.tables_of = tuple([tuple([o for o in shown if isinstance(o, ShownTable)]) for shown in self._shown_of])
        self._deep_panels = frozenset(i for i, lines in enumerate(self.lines_of) if any(line.past for line in lines))
        self.panels_of_lines = tuple(index for index, lines in enumerate(self.lines_of) if lines)
        ids_of = {numbers: frozenset(description.sources[i].id for i in numbers) for numbers in _distinct(panels)}
        self.source_ids_of = tuple(ids_of[panel.sources] for panel in panels)
        self._under: list[tuple[Node, ...] | None] = [None] * len(panels)
        self._is_plain = tuple(map(_is_plain, self._shown_of))
        self._computed_under: list[tuple[Node, ...]] = [()] * len(panels)
        """Those of them that sources do not give, once they were asked for."""
        self.status: list[PanelStatus | None] = [None] * len(panels)
        self.status_s: list[int] = [0] * len(panels)
        self.states_s = 0
        """The S of the last of them."""
        self.past_status: list[PanelStatus | None] = [None] * len(panels)
        """What is said instead to those who look at a past that could not be read."""
        self.past_status_s: list[int] = [0] * len(panels)
        self.is_live: list[bool] = [False] * len(panels)
        """Whether a panel's state is live and nothing but that."""
        self.fresh: frozenset[int] = frozenset()
        """The panels whose shapes and states are those of the settled S: what somebody watches."""

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The layout's panels."""
        return self.description.layout.panels

    def sources_of(self, panel: int) -> tuple[Source, ...]:
        """The sources that a panel shows."""
        return tuple(self.description.sources[index] for index in self.panels[panel].sources)

    def sources_seen(self, panels: Iterable[int]) -> set[Source]:
        """The sources of several panels; numbers that are no panel's are ignored."""
        known = range(len(self.panels))
        seen = _distinct(self.panels[panel] for panel in panels if panel in known)
        return {self.description.sources[index] for numbers in seen for index in numbers}

    def shows_past(self, panel: int, pasts: Collection[Past]) -> bool:
        """Whether a line of a panel reaches back into any of these pasts."""
        return any(line.past is not None and line.past in pasts for line in self.lines_of[panel])

    def under(self, panel: int) -> tuple[Node, ...]:
        """All nodes that a panel needs."""
        nodes = self._under[panel]
        if nodes is None:
            found = dict.fromkeys(node for root in self.roots_of[panel] for node in self._graph.under(root))
            nodes = self._under[panel] = tuple(found)
            self._computed_under[panel] = tuple(node for node in nodes if not node.is_leaf)
        return nodes

    def refresh(
        self, panels: Iterable[int], health: Mapping[str, Health], now_wall: float, turn: Turn
    ) -> Iterator[None]:
        """Bring the shapes and states of these panels, and of no others, up to the settled store.

        Yields whenever the turn is over; until all is done the store stays as it is, and nobody looks at a shape.
        """
        panels = tuple(panels)
        if len(panels) != len(self.fresh) or not self.fresh.issuperset(panels):
            self.fresh = frozenset(panels)
        troubled = {name for name, one in health.items() if one.state != "live" or one.is_noted}
        rejecting = {name for name, one in health.items() if one.rejected}
        is_calm = not (troubled or rejecting)
        for number, panel in enumerate(panels, 1):
            if number % PANELS_AT_ONCE == 0 and turn.is_over():
                yield
            shown = self._shown_of[panel]
            if is_calm and self._is_plain[panel] and self._stays_plain(panel, shown[0]):
                continue
            for one in shown:
                try:
                    if isinstance(one, ShownTable):
                        for _ in one.refresh():
                            if turn.is_over():
                                yield
                    else:
                        one.refresh()
                except Exception as error:  # a value may be of any kind, and fail in any way when it is looked at
                    one.fault = describe_error(one.nodes[0].label, error)
            is_rejecting = bool(rejecting) and not rejecting.isdisjoint(self.source_ids_of[panel])
            rejected = num_rejected(self.under(panel), health) if is_rejecting else None
            old = self.status[panel]
            is_as_before = self.is_live[panel] and old is not None and old.num_rejected == rejected
            if is_as_before and self._stays_live(panel, shown, troubled):
                self._tell_of_past(panel, shown)
                continue
            sources = [(source.label, health[source.id]) for source in self.sources_of(panel)]
            state, fault = panel_state(sources, shown, self.under(panel), now_wall)
            notes = slow_secs(sources), capped_rows(sources), rejected
            status = next_status(old, state, fault, now_wall, *notes)
            if status is not None:
                self.status[panel] = status
                self.status_s[panel] = self.states_s = self._store.next_s()
                self.is_live[panel] = state == "live" and not any(one.is_noted for _, one in sources)
            self._tell_of_past(panel, shown)
        for panel in self._deep_panels - self.fresh:  # nobody watches, but in a pause somebody may look back
            for line in self.lines_of[panel]:
                line.unread = None if line.past is None else line.past.fault
            self._tell_of_past(panel, self._shown_of[panel])

    def _stays_plain(self, panel: int, one: Shown) -> bool:
        """Whether the one value or line of a live panel, which a source gives, could be taken over and is not odd.

        What ``refresh`` does of any panel comes to the same.
        """
        old = self.status[panel]
        if not self.is_live[panel] or old is None or old.num_rejected is not None:
            return False
        if isinstance(one, ShownSeries) and one.is_stored:  # as most lines: there is nothing to take over
            is_empty = not one.columns.num_points
        else:
            try:
                one.refresh()
            except Exception as error:  # as in ``refresh``
                one.fault = describe_error(one.nodes[0].label, error)
            is_empty = one.is_empty
        return not (is_empty or one.fault or one.unsendable or one.unmade)

    def _tell_of_past(self, panel: int, shown: tuple[Shown, ...]) -> None:
        """Take note of a past that could not be read, or can again: who follows the present hears nothing of it."""
        old = self.past_status[panel]
        if old is None and not any(line.unread for line in self.lines_of[panel]):
            return
        status = status_of_past(self.status[panel], shown)
        if status != old:
            self.past_status[panel] = status
            self.past_status_s[panel] = self.states_s = self._store.next_s()

    def status_seen(self, panel: int, view: PanelView, at: float) -> tuple[PanelStatus | None, int]:
        """Return what is said of a panel to those who look at it like this at a wall second, and since which S:
        below 0 where it is said of a past that they see."""
        said = self._said_of_past(panel) if panel in self._deep_panels else None
        if said is not None and any(line.unread and line.is_past_seen(view, at) for line in self.lines_of[panel]):
            return said
        return self.status[panel], self.status_s[panel]

    def owes_state(self, told: Mapping[int, int]) -> bool:
        """Whether somebody was told of a past what is no longer so. ``told``: the S of the states, by panel."""
        for panel in self._deep_panels:
            if (s := told.get(panel, 0)) < 0:
                said = self._said_of_past(panel)
                if said is None or said[1] != s:
                    return True
        return False

    def _said_of_past(self, panel: int) -> tuple[PanelStatus | None, int] | None:
        """What is said to those who look at a past that could not be read, if it could not."""
        if not any(line.unread for line in self.lines_of[panel]):
            return None
        status = self.past_status[panel]
        return (self.status[panel], -self.status_s[panel]) if status is None else (status, -self.past_status_s[panel])

    def _stays_live(self, panel: int, shown: tuple[Shown, ...], troubled: set[str]) -> bool:
        """Whether nothing of a live panel is in any way odd, so that its state need not be worked out again."""
        if troubled and not troubled.isdisjoint(self.source_ids_of[panel]):
            return False
        for node in self._computed_under[panel]:  # it is live: they were looked at
            if node.fault is not None or node.run is not None:
                return False
        is_empty = bool(shown)
        for one in shown:
            if one.fault or one.unsendable or one.unmade:
                return False
            is_empty = is_empty and one.is_empty
        return not is_empty


def _is_plain(shown: tuple[Shown, ...]) -> bool:
    """Whether a panel has one value or one line alone, as a source gives it."""
    if len(shown) != 1 or not isinstance(shown[0], ShownScalar | ShownSeries):
        return False
    is_deep = isinstance(shown[0], ShownSeries) and shown[0].past is not None
    return not is_deep and all(node.is_leaf for node in shown[0].nodes)


def _distinct(panels: Iterable[Panel]) -> set[tuple[int, ...]]:
    """The places of their sources; most panels of a screen have the same."""
    return {panel.sources for panel in panels}
