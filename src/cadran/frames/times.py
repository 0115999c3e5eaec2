"""What TIMES pieces say: ages and promises of the sources behind panels."""

from __future__ import annotations

import math
from collections.abc import Collection

from cadran.frames.encode import TimesRow, times_piece
from cadran.frames.health import STATE_NUMBERS
from cadran.frames.holding import Seen
from cadran.frames.round import Round
from cadran.frames.stage import Stage

AGE_MAX = 3e38
"""Ages travel as float32; a datum may claim any time at all."""


def times_once(seen: Seen, stage: Stage, now: Round, at: float) -> list[bytes]:
    """Return what ``times_of`` returns, worked out once for all who see the same."""
    key = (seen, at)
    pieces = now.times.get(key)
    if pieces is None:
        pieces = now.times[key] = times_of(seen.panels, stage, now, at)
    return pieces


def times_of(panels: Collection[int], stage: Stage, now: Round, at: float) -> list[bytes]:
    """Return the TIMES piece of the sources of these panels, if they have any.

    ``at``: the header's time, to which ages and promises relate; in a pause it is earlier than now.
    """
    known = range(len(stage.panels))
    indexes = {source for panel in panels if panel in known for source in stage.panels[panel].sources}
    rows = []
    for index in sorted(indexes):
        one = now.health[stage.description.sources[index].id]
        rows.append(
            TimesRow(
                index,
                STATE_NUMBERS[one.state],
                _age(one.event_at, at),
                _age(one.changed_at, at),
                _age(one.checked_at, at),
                one.promise_secs + now.at - at,
            )
        )
    return [times_piece(rows)] if rows else []


def _age(wall: float | None, at: float) -> float:
    return math.nan if wall is None else max(-AGE_MAX, min(AGE_MAX, at - wall))
