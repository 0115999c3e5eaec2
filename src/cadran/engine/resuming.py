"""What a viewer still has when it comes back, by what it says."""

from __future__ import annotations

import math
from collections.abc import Iterable

from cadran.frames.holding import Held
from cadran.frames.shown import ShownSeries
from cadran.frames.stage import Stage
from cadran.frames.viewer import LINE_LOST
from cadran.frames.wire import Have, View
from cadran.store import id_of

LEVEL_SAID_MAX = 200
"""No line is held at a level further from 0; a viewer may say anything."""


def held_by(haves: Iterable[Have], view: View, stage: Stage, now_wall: float) -> dict[int, Held]:
    """Return what a viewer that resumes has, by slot.

    A line that it does not name may still be drawn there, of another range: it must be replaced, even by nothing.
    Nothing tells up to where a line out of sight goes, as it may be looked at otherwise when it is seen again; in
    a pause a line goes up to its beginning.
    """
    held = {slot: LINE_LOST for slot, shown in enumerate(stage.shown) if isinstance(shown, ShownSeries)}
    held |= {have.slot: Held(have.s, have.k, have.low) for have in haves}
    if view.paused:
        until = now_wall if view.paused_at is None else max(0.0, min(view.paused_at, now_wall))
        for slot, one in held.items():
            shown = stage.shown[slot]
            if isinstance(shown, ShownSeries) and shown.spec.x == "time" and abs(one.k) <= LEVEL_SAID_MAX:
                held[slot] = one._replace(high=id_of(until, one.k))
    in_sight = {panel.i for panel in view.panels}
    for panel, slots in enumerate(stage.slot_numbers_of):
        if panel not in in_sight:
            held.update((slot, held[slot]._replace(high=-math.inf)) for slot in slots if slot in held)
    return held
