"""What TIMES pieces say: ages and promises of the sources behind panels."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

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
        if seen.sources is None or seen.sources[0] != stage.revision:
            seen.sources = stage.revision, _sources_of(seen.panels, stage)
        pieces = now.times[key] = _pieces(seen.sources[1], stage, now, at)
    return pieces


def times_of(panels: Collection[int], stage: Stage, now: Round, at: float) -> list[bytes]:
    """Return the TIMES piece of the sources of these panels, if they have any.

    ``at``: the header's time, to which ages and promises relate; in a pause it is earlier than now.
    """
    return _pieces(_sources_of(panels, stage), stage, now, at)


def _sources_of(panels: Collection[int], stage: Stage) -> list[int]:
    known = range(len(stage.panels))
    return sorted({source for panel in panels if panel in known for source in stage.panels[panel].sources})


def _pieces(sources: Sequence[int], stage: Stage, now: Round, at: float) -> list[bytes]:
    rows = []
    for index in sources:
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
