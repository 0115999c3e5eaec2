"""Frames like the one before: of the same panels, each of one value or line, of which nothing but the new is lacking.

What is found is what a look at each panel gives, byte for byte. Where anything is otherwise, each is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cadran.frames.alike_lines import AlikeLines, Found
from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs, PanelCosts, Share
from cadran.frames.encode import scalar_piece
from cadran.frames.holding import Held, Holding, Interned, Seen
from cadran.frames.round import Frame, Round
from cadran.frames.shown import ShownScalar, ShownSeries
from cadran.frames.stage import Stage
from cadran.frames.times import times_once
from cadran.frames.wire import PanelView

PANELS_MAX = 64
"""A frame of more panels is built part by part."""


class _Lines(NamedTuple):
    """Lines that are looked at in the same way."""

    view: PanelView
    shown: tuple[ShownSeries, ...]


class Plan:
    """What stays the same from frame to frame for all who see the same of a stage."""

    def __init__(self, seen: Seen, stage: Stage, costs: Costs) -> None:
        self.revision = stage.revision
        self.entries: list[tuple[int, ShownScalar | None, PanelCosts]] = []
        """In the order of a frame: a slot, its value where it is one, and its panel's account."""
        self.value_slots: list[int] = []
        lines: dict[tuple[object, ...], tuple[PanelView, list[ShownSeries]]] = {}
        self.is_plain = 0 < len(seen.panels) <= PANELS_MAX
        """Whether there are only panels of one value, or of one line beside others that are looked at alike."""
        for index, view in seen.panels.items() if self.is_plain else ():
            numbers = stage.slot_numbers_of[index]
            shown = stage.shown[numbers[0]] if len(numbers) == 1 else None
            value = shown if type(shown) is ShownScalar else None
            if value is not None:
                self.value_slots.append(numbers[0])
            elif isinstance(shown, ShownSeries) and view.px > 0:
                spec = shown.spec
                like = (view.px, view.span, view.x0, view.x1, spec.x, spec.window_secs)
                lines.setdefault(like, (view, []))[1].append(shown)
            else:
                self.is_plain = False
                break
            self.entries.append((numbers[0], value, costs.panel(stage.key, index)))
        self.lines = [_Lines(view, tuple(alike)) for view, alike in lines.values()]
        self.line_slots = [tuple(one.spec.slot for one in alike.shown) for alike in self.lines]
        self.num_lines = sum(map(len, self.line_slots))
        self.is_plain = self.is_plain and all(len(alike.shown) > 1 for alike in self.lines)


class Steady(NamedTuple):
    """All that a viewer holds, where it has the state of each panel, all values of one S, and alike lines alike."""

    plan: Plan
    states_s: int
    """The S of the last state of a panel."""
    value: Held | None
    lines: tuple[Held, ...]

    def held(self) -> dict[int, Held]:
        """By slot."""
        plan = self.plan
        held = {} if self.value is None else dict.fromkeys(plan.value_slots, self.value)
        for slots, one in zip(plan.line_slots, self.lines, strict=True):
            held.update(dict.fromkeys(slots, one))
        return held


def steady_of(
    seen: Seen, stage: Stage, held: Mapping[int, Held], status: Mapping[int, int], costs: Costs
) -> Steady | None:
    """Say what somebody holds in short, if that can be."""
    plan = seen.plan
    if plan is None or plan.revision != stage.revision:
        plan = seen.plan = Plan(seen, stage, costs)
    if not plan.is_plain or len(held) != len(plan.entries) or status.keys() != seen.panels.keys():
        return None
    if any(s != stage.status_s[index] for index, s in status.items()):
        return None
    value = held.get(plan.value_slots[0]) if plan.value_slots else None
    lines = tuple(held.get(slots[0], _NOTHING) for slots in plan.line_slots)
    steady = Steady(plan, stage.states_s, value, lines)
    return steady if steady.held() == held else None


_NOTHING = Held(-1.0)


class SteadyFrames:
    """Makes frames of the newest S for those whose holdings are ``Steady``."""

    def __init__(self, alike: AlikeLines, cache: PieceCache, costs: Costs, interned: Interned) -> None:
        self._alike = alike
        self._cache = cache
        self._costs = costs
        self._interned = interned

    def frame(self, seen: Seen, holding: Holding, stage: Stage, now: Round) -> Frame | None:
        """Return what is lacking; None where some panel must be looked at."""
        steady = holding.steady
        if steady is None or steady.plan is not seen.plan or steady.plan.revision != stage.revision:
            return None
        if steady.states_s != stage.states_s or not stage.fresh.issuperset(seen.panels):
            return None
        found = self._tails(steady, now)
        values = None if found is None else self._values(steady)
        if found is None or values is None:
            return None
        data: list[bytes] = []
        shares: list[Share] = []
        for slot, shown, account in steady.plan.entries:
            if shown is None:
                pieces, num_bytes, _, _ = found[slot]
            elif (value := values.get(slot)) is None:
                continue
            else:
                pieces, num_bytes = value, len(value[0])
            data += pieces
            shares.append((account, num_bytes))
        lines = tuple([found[slots[0]].held for slots in steady.plan.line_slots])
        held = Steady(steady.plan, steady.states_s, steady.value and Held(now.s), lines)
        pieces = times_once(seen, stage, now, now.at) + data if data else []
        now_holding = self._interned.steady(held, holding.status, holding.notice_s, now.s)
        return Frame(pieces, [], now_holding, flags=0, s=now.s, at=now.at, shares=shares)

    def _tails(self, steady: Steady, now: Round) -> dict[int, Found] | None:
        """Return the tails of all lines, by slot; None where one of them must be looked at alone."""
        plan = steady.plan
        for (_, alike), had in zip(plan.lines, steady.lines, strict=True):
            track = alike[0].columns.x_track
            # Who lacks more than the newest batch may lack more of one line than of the others.
            if track is None or not track.is_all_since(had.s):
                return None
            for line in alike:
                columns = line.columns
                if columns.x_track is not track or line.unsendable is not None or columns.evicted_s > had.s:
                    return None
        found: dict[int, Found] = {}
        for (view, alike), had in zip(plan.lines, steady.lines, strict=True):
            self._alike.find_group(alike, view, had, now, found)
        notes: list[tuple[PanelCosts, float, int]] = []
        for slot, shown, account in plan.entries:
            if shown is None and (tail := found.get(slot)) is not None and tail.encoding_secs is not None:
                notes.append((account, tail.encoding_secs, tail.num_bytes))
        self._costs.encoded_each(notes)
        return found if len(found) == plan.num_lines else None

    def _values(self, steady: Steady) -> dict[int, list[bytes]] | None:
        """Return the pieces of the values that are others, by slot; None where one can't be sent."""
        since = 0.0 if steady.value is None else steady.value.s
        cache = self._cache
        pieces_of: dict[int, list[bytes]] = {}
        made: list[tuple[ShownScalar, float, list[bytes]]] = []
        accounts: list[PanelCosts] = []
        began_secs: float | None = None
        for slot, shown, account in steady.plan.entries:
            if shown is None or shown.changed_s <= since:
                continue
            if shown.unsendable is not None:
                return None
            pieces = cache.find(shown, shown.changed_s, 0.0)
            if pieces is None:
                if began_secs is None:
                    began_secs = cache.stopwatch()
                try:
                    pieces = [scalar_piece(slot, shown.value, shown.base)]
                except Exception:  # whoever looks more closely finds it, and says so
                    return None
                made.append((shown, shown.changed_s, pieces))
                accounts.append(account)
            pieces_of[slot] = pieces
        if began_secs is not None:
            secs = (cache.stopwatch() - began_secs) / len(made)
            cache.put_each(made, 0.0, secs)
            notes = [(account, secs, len(one[2][0])) for account, one in zip(accounts, made, strict=True)]
            self._costs.encoded_each(notes)
        return pieces_of
