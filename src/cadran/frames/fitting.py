"""What of all that is lacking goes now, where it is more than a viewer has room for: histories coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from cadran.frames.credit import Room
from cadran.frames.round import PanelPart
from cadran.turn import Turn

FINE = 0
LEVELS = (FINE, 1, 3, 6)
"""How many levels above that of its pixels a viewer's history may be: all, half, an eighth, a 64th of the buckets."""
LATER = -1
"""No history at all, for now."""
NONE = 100
"""Coarser than any level."""

PartAt = Callable[[int, int], PanelPart]
"""What is lacking of a panel, by its index, with histories so many levels coarser."""


def fitted(
    fine: Sequence[PanelPart], part_at: PartAt, room: Room, turn: Turn
) -> Generator[None, None, list[PanelPart]]:
    """Return parts that fit the room: states and tails all of them, histories as fine as there is room for.

    Where only coarse ones fit, each panel gets a coarse picture first; then one after the other gets a finer one.
    Yields whenever the turn is over.
    """
    fixed_bytes = sum(part.num_bytes - part.history_bytes for part in fine)
    left, one = room.history - fixed_bytes, room.one - fixed_bytes
    lacking = [part.panel for part in fine if part.history_bytes]
    levels: dict[int, int] = {}
    for panel in lacking:
        levels[panel] = yield from _level_there(panel, part_at, turn)
        if turn.is_over():
            yield
    chosen = {part.panel: part for part in fine}
    for level in LEVELS[1:]:
        # Never coarser than what is there already, for which only a tail is lacking.
        parts: list[PanelPart] = []
        for panel in lacking:
            parts.append(part_at(panel, min(level, levels[panel])))
            if turn.is_over():
                yield
        if sum(part.history_bytes for part in parts) <= left or level == LEVELS[-1]:
            levels = {panel: min(level, there) for panel, there in levels.items()}
            chosen.update((part.panel, part) for part in parts)
            break
    is_any = any(chosen[panel].is_waiting for panel in lacking)
    for panel in lacking:
        left -= chosen[panel].history_bytes
        if left < 0 and chosen[panel].history_bytes:
            left += chosen[panel].history_bytes
            chosen[panel] = part_at(panel, LATER)
            levels[panel] = NONE
            if turn.is_over():
                yield
    is_any = is_any or any(chosen[panel].history_bytes for panel in lacking)
    if not is_any:
        # First pictures may be longer than what delays the present but a little, or they would never come.
        for panel in lacking:
            if levels[panel] != NONE:
                continue
            part = part_at(panel, LEVELS[-1])
            if part.history_bytes <= one:
                one -= part.history_bytes
                is_any = True
                chosen[panel], levels[panel] = part, LEVELS[-1]
            if turn.is_over():
                yield
    for panel in lacking:
        for level in LEVELS:
            if level >= levels[panel]:
                break
            part = part_at(panel, level)
            if turn.is_over():
                yield
            more_bytes = part.history_bytes - chosen[panel].history_bytes
            # So may a finer one, alone, once each has a picture.
            if not part.is_waiting and (more_bytes <= left or (not is_any and more_bytes <= one)):
                left -= more_bytes
                is_any = True
                chosen[panel] = part
                break
    return [chosen[part.panel] for part in fine]


def _level_there(panel: int, part_at: PartAt, turn: Turn) -> Generator[None, None, int]:
    """The level of what a viewer has of a panel, of which but a tail is lacking; else the coarsest."""
    for level in LEVELS[1:]:
        if part_at(panel, level).is_tail:
            return level
        if turn.is_over():
            yield
    return LEVELS[-1]
