"""What a viewer lacks of one line: its tail since an S, or all of a range anew."""

from __future__ import annotations

import math
from typing import NamedTuple

from cadran.frames.holding import Held
from cadran.frames.shown import ShownSeries
from cadran.frames.span import Range, range_of
from cadran.frames.viewer import LEVEL_LOST
from cadran.frames.wire import PanelView
from cadran.store import ALWAYS, NEVER, SeriesColumns, id_of


class Lack(NamedTuple):
    """A part of a line to send, and what the viewer holds once it has it."""

    wanted: Range
    from_id: float
    replace: bool
    is_sent: bool
    """Whether anything must be sent at all."""
    held: Held
    is_partial: bool = False
    """What lies further back is still being read."""
    keeps_rest: bool = False
    """What a viewer has of it further back must stay."""


def lack_of(
    shown: ShownSeries,
    view: PanelView,
    held: Held | None,
    s: int,
    at: float,
    mono: float,
    *,
    is_paused: bool,
    coarser: int,
) -> Lack:
    """Return what is lacking at S and the wall second ``at`` of a line that is drawn, of which ``held`` is there.

    ``is_paused``: nothing newer than ``at`` is shown, and what is there stays as it is. ``coarser``: so many
    levels above the one of the pixels. ``mono``: the monotonic second.
    """
    columns = shown.columns
    until = None
    if is_paused:
        until = at if shown.spec.x == "time" else None if held is None or held.newest == math.inf else held.newest
    wanted = range_of(shown.spec, view, columns, at, until)
    if coarser:
        low, high = (math.floor(math.ldexp(end, -coarser)) if abs(end) < math.inf else end for end in wanted[1:3])
        wanted = Range(wanted.k + coarser, low, high, wanted.is_windowed)
    if is_paused and held is not None:
        is_fixed = view.x0 is not None or (wanted.is_windowed and shown.spec.x == "time")
        if not held.owes_beside and _keeps(columns, held, wanted, until, is_fixed=is_fixed):
            return Lack(wanted, wanted.low, False, False, held)
    if shown.past is None and view.x0 is None:  # as most: all of it is there, or nothing more will be
        return _lack_of(columns, wanted, held, s, until, is_paused=is_paused, is_deep=False)
    whole, is_kept = wanted, held is not None and _covers(held, wanted)
    wanted, is_asking, owes_beside = shown.reach(whole, at, mono, is_coarse=coarser > 0, is_kept=is_kept)
    is_partial = wanted.low > whole.low
    if is_partial and held is not None and is_kept:
        lack = _lack_while_read(columns, whole, wanted.low, held, s, is_paused=is_paused)
        if lack.held.left_s < math.inf:  # what is missing may be another than the viewer has
            is_asking = shown.reach(whole, at, mono, is_coarse=coarser > 0).is_asking
        return lack._replace(is_partial=is_asking)
    if is_partial and held is not None and shown.past is not None and shown.past.is_young(wanted.k, mono):
        return Lack(whole, whole.low, False, False, held, is_partial=True)
    if view.x0 is not None and not is_partial and wanted.high < math.inf:
        wanted = _widened(columns, wanted, until)
    lack = _lack_of(columns, wanted, held, s, until, is_paused=is_paused, is_deep=shown.past is not None)
    if is_partial:
        return lack._replace(is_partial=True)
    if lack.held.owes_beside != owes_beside:  # in a pause nothing else says that of a range that is there
        lack = lack._replace(held=lack.held._replace(owes_beside=owes_beside))
    return lack._replace(is_partial=True) if owes_beside and is_paused else lack


def _widened(columns: SeriesColumns, wanted: Range, until: float | None) -> Range:
    """A range that was chosen, with its neighbours: the line between them and what is in sight is seen in part."""
    low, high = columns.snapshot().widened(wanted.k, wanted.low, wanted.high)
    if until is not None:
        high = max(wanted.high, min(high, id_of(until, wanted.k)))
    return wanted._replace(low=low, high=high)


def _keeps(columns: SeriesColumns, held: Held, wanted: Range, until: float | None, *, is_fixed: bool) -> bool:
    """Whether who pauses has all of the picture: what left since then, or came late, is in no pause.

    ``is_fixed``: its range is the same whatever points there are.
    """
    if held.k == LEVEL_LOST or held.high == -math.inf:
        return False
    if is_fixed:
        return _covers(held, wanted)
    if held.high < math.inf and until is not None and held.high < id_of(until, held.k):
        return False  # of an earlier pause
    if held.k == wanted.k or wanted.is_windowed:
        return held.k == wanted.k
    # A finer level is owed to who holds a coarser one, but not of other points.
    changed_x = columns.changed_from(held.s, wanted.k, wanted.low)
    is_another = columns.evicted_s > held.s or (changed_x != NEVER and changed_x <= held.newest)
    return held.k < wanted.k or is_another


def _covers(held: Held, wanted: Range) -> bool:
    return held.k == wanted.k and held.low <= wanted.low and wanted.high <= held.high


def _lack_while_read(
    columns: SeriesColumns, whole: Range, from_id: float, held: Held, s: int, *, is_paused: bool
) -> Lack:
    """What changed from an id on, of a picture that is whole already. What lies left of it was there, and is read
    again: what the viewer has of it stays, as it is better than nothing."""
    nothing = Lack(whole, whole.low, False, False, held, is_partial=True, keeps_rest=True)
    if is_paused or from_id > whole.high or columns.changed_s <= held.s:
        return nothing
    changed_x = columns.changed_from(held.s, whole.k, whole.low)
    changed_id = id_of(changed_x, whole.k)
    left_s = min(held.left_s, held.s) if changed_id < from_id else held.left_s
    newest = held.newest if columns.last_x is None else columns.last_x
    if not whole.is_windowed:  # with its neighbours
        whole = whole._replace(low=held.low, high=max(whole.high, held.high) if held.high < math.inf else whole.high)
    now_held = Held(s, whole.k, whole.low, whole.high, newest, left_s)
    tail_id = changed_id if columns.last_x is None else tail_from(columns, held.s, whole)
    if changed_x == NEVER or tail_id > whole.high:
        return nothing._replace(held=now_held)
    return nothing._replace(wanted=whole, from_id=max(from_id, tail_id), is_sent=True, held=now_held)


def _lack_of(
    columns: SeriesColumns,
    wanted: Range,
    held: Held | None,
    s: int,
    until: float | None,
    *,
    is_paused: bool,
    is_deep: bool,
) -> Lack:
    newest = columns.last_x if until is None else until
    now_held = Held(s, wanted.k, wanted.low, wanted.high, -math.inf if newest is None else newest)
    if wanted.low > wanted.high:  # nothing of it is there yet: what the viewer has is better than nothing
        return Lack(wanted, wanted.low, False, False, now_held if held is None else held)
    if held is None:
        return Lack(wanted, wanted.low, True, is_deep or bool(len(columns)), now_held)
    if not _covers(held, wanted) or (
        not is_paused and columns.evicted_s > held.s and shows_what_left(columns, wanted, held.s, is_deep=is_deep)
    ):
        return Lack(wanted, wanted.low, True, True, now_held)
    if is_paused:
        return Lack(wanted, wanted.low, False, False, held)
    held_s = min(held.s, held.left_s)
    if columns.changed_s <= held_s:
        return Lack(wanted, wanted.low, False, False, now_held)
    changed_x = columns.changed_from(held_s, wanted.k, wanted.low)
    if changed_x == ALWAYS or columns.last_x is None:
        return Lack(wanted, wanted.low, True, True, now_held)
    from_id = _tail_after(changed_x, columns.last_x, wanted)
    return Lack(wanted, from_id, False, from_id < math.inf, now_held)


def shows_what_left(columns: SeriesColumns, wanted: Range, s: float, *, is_deep: bool) -> bool:
    """Whether points that left after ``s`` were in a range, by more than its own movement; of a line that reaches
    back they are in its past."""
    if wanted.is_windowed:
        return not is_deep and id_of(columns.left_x(s), wanted.k) > wanted.low
    if columns.first_x is None:
        return True
    first_id = id_of(columns.first_x, wanted.k)
    return wanted.low == first_id or (wanted.low < first_id and not is_deep)


def tail_from(columns: SeriesColumns, s: float, wanted: Range) -> float:
    """Return the first bucket of a tail with all that changed after ``s``; ``inf`` where nothing did."""
    last_x = columns.last_x
    return math.inf if last_x is None else _tail_after(columns.changed_from(s, wanted.k, wanted.low), last_x, wanted)


def _tail_after(changed_x: float, last_x: float, wanted: Range) -> float:
    if changed_x == NEVER:
        return math.inf
    from_id = max(wanted.low, _tail_from(id_of(changed_x, wanted.k), id_of(last_x, wanted.k)))
    return from_id if from_id <= wanted.high else math.inf


def _tail_from(changed_id: float, last_id: float) -> float:
    """Round down to a tail of 2**j buckets: few variants, whatever the number of viewers."""
    if changed_id > last_id:
        return changed_id
    num_buckets = int(last_id - changed_id) + 1
    return last_id + 1 - float(1 << (num_buckets - 1).bit_length())
