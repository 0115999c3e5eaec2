"""What most panels lack at most ticks: a new value, or the tail of one line, of a panel whose state is known."""

from __future__ import annotations

from collections.abc import Mapping

from cadran.frames.alike_lines import Found
from cadran.frames.cache import PieceCache
from cadran.frames.costs import Costs
from cadran.frames.encode import scalar_piece
from cadran.frames.holding import Held, Holding
from cadran.frames.round import PanelPart
from cadran.frames.shown import ShownScalar
from cadran.frames.stage import Stage


class PlainParts:
    """Makes the parts of one frame that are the very same however closely a panel is looked at."""

    def __init__(self, stage: Stage, holding: Holding, cache: PieceCache, costs: Costs, now: Held) -> None:
        """``now``: what a viewer then holds of a value."""
        self._stage = stage
        self._holding = holding
        self._cache = cache
        self._costs = costs
        self._now = now

    def part(self, index: int, tails: Mapping[int, Found]) -> PanelPart | None:
        """Return what is lacking of a panel; None where it must be looked at more closely.

        ``tails``: what is known to be lacking of lines, by slot.
        """
        stage = self._stage
        numbers = stage.slot_numbers_of[index]
        held_s = self._holding.status.get(index)
        if len(numbers) != 1 or held_s is None or held_s < stage.status_s[index] or index not in stage.fresh:
            return None
        number = numbers[0]
        account = self._costs.panel(stage.key, index)
        tail = tails.get(number)
        if tail is not None:
            pieces, num_bytes, held, secs = tail
        else:
            shown = stage.shown[number]
            if type(shown) is not ShownScalar or shown.unsendable is not None:
                return None
            held, found = self._now, self._value(number, shown)
            if found is None:
                return None
            pieces, secs = found
            num_bytes = sum(map(len, pieces))
        if secs is not None:
            self._costs.encoded(account, secs, num_bytes)
        return PanelPart(index, pieces, {number: held}, held_s, False, account, num_bytes, 0, False)

    def _value(self, number: int, shown: ShownScalar) -> tuple[list[bytes], float | None] | None:
        """Return the pieces of a value, none where the viewer has it, and how long it took to make them, if they were
        not there; None where it can't be sent."""
        had, s = self._holding.held.get(number), shown.changed_s
        if s <= (0 if had is None else had.s):
            return [], None
        cache = self._cache
        known = cache.find(shown, s, 0.0)
        if known is not None:
            return known, None
        began_secs = cache.stopwatch()
        try:
            pieces = [scalar_piece(number, shown.value, shown.base)]
        except Exception:  # whoever looks more closely finds it, and says so
            return None
        secs = cache.stopwatch() - began_secs
        cache.put(shown, s, 0.0, pieces, secs)
        return pieces, secs
