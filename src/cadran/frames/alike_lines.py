"""The tails of lines whose points have the same x: looked at once for all of them, before panel by panel.

What is found is what ``Lines`` finds of each line alone. A line that is in any way not like the others is left to it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cadran.frames.alike_pieces import alike_pieces
from cadran.frames.guarded import GuardedPieces
from cadran.frames.holding import Held
from cadran.frames.lines import Lines
from cadran.frames.round import Round
from cadran.frames.series_frames import Lack, lack_of
from cadran.frames.shown import ShownSeries
from cadran.frames.stage import Stage
from cadran.frames.wire import PanelView
from cadran.readable import Floats
from cadran.store import SeriesColumns, alike_bucketed, cadence_of
from cadran.store.buckets import bounds_of
from cadran.store.snapshot import CADENCE_POINTS
from cadran.store.spacings import cells_of, greatest


def _shared_from(columns: SeriesColumns) -> float:
    """Return from which x on all points of a series are those of its track."""
    return max(columns.x_since, -math.inf if columns.first_x is None else columns.first_x)


class Found(NamedTuple):
    """What is lacking of one line, all of it a tail."""

    pieces: list[bytes]
    num_bytes: int
    held: Held
    """What a viewer then holds."""
    encoding_secs: float | None
    """Its share; None where it was encoded before."""


class AlikeLines:
    """Finds the tails that may be had together; puts what it encodes where ``Lines`` looks for it."""

    def __init__(self, guarded: GuardedPieces, lines: Lines) -> None:
        self._guarded = guarded
        self._lines = lines
        self.num_encoded = 0
        """Tails that were encoded together with others."""

    def find(
        self, stage: Stage, panels: Mapping[int, PanelView], held: Mapping[int, Held], now: Round
    ) -> dict[int, Found]:
        """Return what is lacking, by slot, of lines of these panels of which ``held`` is there."""
        groups: dict[Hashable, tuple[PanelView, Held, list[ShownSeries]]] = {}
        # Most lines are like the one before: then nothing is looked up.
        last_track, last_had, last_like, is_all = None, None, None, False
        group: list[ShownSeries] = []
        for index in stage.panels_of_lines:
            view = panels.get(index)
            if view is None or view.px <= 0 or index not in stage.fresh:
                continue
            for shown in stage.lines_of[index]:
                columns, spec = shown.columns, shown.spec
                track, had = columns.x_track, held.get(spec.slot)
                if track is None or had is None or columns.changed_s <= had.s or shown.unsendable:
                    continue
                if columns.evicted_s > had.s:  # what left may have to be taken off its picture
                    continue
                like = (view.px, view.span, view.x0, view.x1, spec.x, spec.window_secs)
                if track is last_track and had is last_had and is_all and like == last_like:
                    group.append(shown)
                    continue
                last_track, last_had, last_like, is_all = track, had, like, track.is_all_since(had.s)
                since = track.x0 if is_all else columns.changes.since(had.s)
                _, _, group = groups.setdefault((track, had, since, like), (view, had, []))
                group.append(shown)
        found: dict[int, Found] = {}
        for view, had, alike in groups.values():
            if len(alike) > 1:
                self.find_group(alike, view, had, now, found)
        return found

    def find_group(
        self, group: Sequence[ShownSeries], view: PanelView, had: Held, now: Round, found: dict[int, Found]
    ) -> None:
        """Add what is lacking of lines that are looked at alike, got the same points, and of which ``had`` is there."""
        lack = lack_of(group[0], view, had, now.s, now.at, now.mono, is_paused=False, coarser=0)
        wanted = lack.wanted
        if not lack.is_sent or lack.replace or not wanted.is_windowed or wanted.high != math.inf:
            return
        cache, variant = self._guarded.cache, wanted.variant(lack.from_id, False)
        unmade: list[ShownSeries] = []
        for shown in group:
            known = cache.find(shown, shown.columns.changed_s, variant)
            if known is None:
                unmade.append(shown)
            else:
                found[shown.spec.slot] = Found(known, sum(map(len, known)), lack.held, None)
        if len(unmade) < 2:
            return
        began_secs = cache.stopwatch()
        try:
            made = self._made(unmade, lack)
        except Exception:  # whatever is odd about one of them is found, and said, where each is looked at alone
            return
        secs = (cache.stopwatch() - began_secs) / max(1, len(made))
        for shown, pieces in made:
            found[shown.spec.slot] = Found(pieces, len(pieces[0]), lack.held, secs)
        cache.put_each([(shown, shown.columns.changed_s, pieces) for shown, pieces in made], variant, secs)
        self.num_encoded += len(made)

    def _made(self, group: list[ShownSeries], lack: Lack) -> list[tuple[ShownSeries, list[bytes]]]:
        """Encode those of a group that have the same x where it matters: as far back as cadence and tail look."""
        low_x, high_x = bounds_of(lack.wanted.k, lack.from_id, math.inf)
        first = min((shown.columns for shown in group), key=_shared_from)
        tail = first.tail_points(low_x)
        newest = first.tail_newest(CADENCE_POINTS)
        if tail is None or newest is None or tail.xs.item(-1) >= high_x:
            return []
        # Cadence looks back further than a tail, and must be the same too.
        low_x = min(low_x, newest.xs.item(0))
        num_points, last_x = tail.xs.size, tail.xs.item(-1)
        begins_x, wanted = first.first_x, lack.wanted
        cells = cells_of(*wanted[:3], begins_x, last_x)
        usual = first.spacings.look(first.snapshot, cells)
        alike: list[ShownSeries] = []
        values: list[Floats] = []
        for shown in group:
            columns = shown.columns
            first_x = columns.first_x
            is_shared = first_x is not None and columns.x_since < low_x and first_x < low_x
            if first_x != begins_x:
                begins_x, cells = first_x, cells_of(*wanted[:3], first_x, last_x)
            asked, rate = columns.spacings.answered
            if asked != cells:
                rate = columns.spacings.look(columns.snapshot, cells)
            if is_shared and rate == usual:  # further back their points may have come at other rates
                ys = columns.tail_values(num_points)
                if ys is not None:
                    alike.append(shown)
                    values.append(ys)
        if len(alike) < 2 or num_points * len(alike) > self._lines.rows_left:
            return []
        buckets = alike_bucketed(tail.xs, np.array(values), wanted.k)
        slots = [shown.spec.slot for shown in alike]
        cadence = greatest(cadence_of(newest, CADENCE_POINTS), usual)
        pieces = alike_pieces(slots, buckets, lack.from_id, cadence=cadence, newest_x=last_x)
        made = [(shown, [piece]) for shown, piece in zip(alike, pieces, strict=True) if piece is not None]
        self._lines.pass_over(num_points * len(made))
        return made
