"""What a viewer lacks of a line whose past is read block by block."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import cadran as cd
from cadran.frames.holding import Held
from cadran.frames.pasts import DeepColumns, Past, Pasts
from cadran.frames.series_frames import Lack, lack_of
from cadran.frames.shown import Reached
from cadran.frames.span import Range
from cadran.frames.wire import PanelView
from cadran.readable import Points
from cadran.screen.past import PastOf
from cadran.store import SeriesColumns
from cadran.store.past import BLOCK_BUCKETS, PastBlock, Place

HELD_X = 2.5 * BLOCK_BUCKETS
"""Points are held from here on; three blocks of level 0 begin before."""


class Deep:
    """A line that reaches back over three blocks, without an engine."""

    def __init__(self) -> None:
        query = cd.database("sqlite:///nowhere.db").query("SELECT ts, amount FROM o", time="ts", every="5s")
        self._pasts = Pasts()
        self.past: Past = self._pasts.of(PastOf(query, "ts", "amount"))
        self.columns = DeepColumns(self.past)
        self.columns.extend(HELD_X + np.arange(100.0), np.ones(100), 1)
        self.spec = SimpleNamespace(x="time", window_secs=None)

    def read(self, number: int, value: float, s: int) -> None:
        ids = np.arange(BLOCK_BUCKETS) + float(number * BLOCK_BUCKETS)
        rows = np.array((ids, *([np.full(BLOCK_BUCKETS, value)] * 4)))
        place = Place(0, float(number))
        self.past.blocks.add(place, PastBlock(rows, place.last_id, 0.0))
        self.columns.note(s, place, has_points=False)

    def forget(self, number: int) -> None:
        blocks = {place: block for place, block in self.past.blocks.blocks.items() if place.number != number}
        self.past.blocks._blocks = blocks

    def reach(self, wanted: Range, at: float, mono: float, *, is_coarse: bool, is_kept: bool = False) -> Reached:
        reach = self.past.reach(wanted.k, wanted.low, wanted.high, HELD_X, mono, is_kept=is_kept)
        return Reached(wanted._replace(low=reach.low), bool(reach.missing))

    def lack(self, held: Held | None, s: int) -> Lack:
        view = PanelView(i=0, px=2_500, x0=10.0, x1=HELD_X + 90.0)
        shown: Any = self
        return lack_of(shown, view, held, s, HELD_X + 100, 0.0, is_paused=False, coarser=0)


def test_what_is_there_is_sent_and_what_lies_left_of_it_stays_until_it_is_read() -> None:
    deep = Deep()
    for number in range(3):
        deep.read(number, 1.0, 2 + number)
    whole = deep.lack(None, 5)
    assert whole.replace
    assert not whole.is_partial
    deep.forget(1)
    deep.read(2, 2.0, 6)
    part = deep.lack(whole.held, 6)
    assert part.is_sent
    assert part.is_partial
    assert not part.replace, "the picture of before stays"
    assert part.from_id >= 2 * BLOCK_BUCKETS
    assert not deep.lack(part.held, 6).is_sent, "nothing is sent twice"


def test_a_change_left_of_what_is_being_read_is_sent_once_that_was_read() -> None:
    deep = Deep()
    for number in range(3):
        deep.read(number, 1.0, 2 + number)
    whole = deep.lack(None, 5)
    deep.forget(1)
    deep.read(0, 2.0, 6)  # another value, of which nothing is sent: the block beside it is missing
    part = deep.lack(whole.held, 6)
    assert part.from_id >= 2 * BLOCK_BUCKETS
    deep.read(1, 1.0, 7)
    last = deep.lack(part.held, 7)
    assert not last.is_partial
    assert last.is_sent
    assert last.replace or last.from_id <= 10


@pytest.mark.parametrize(
    ("since", "is_resumed"),
    [*((since, False) for since in ("nothing", "newer", "left", "late", "others")), ("nothing", True)],
)
def test_what_is_owed_finer_comes_in_a_pause_too_but_not_of_other_points(since: str, is_resumed: bool) -> None:
    columns = SeriesColumns()
    columns.extend(np.arange(1_000.0), np.ones(1_000), 1)
    shown: Any = SimpleNamespace(
        columns=columns,
        past=None,
        spec=SimpleNamespace(x="time", window_secs=None),
        reach=lambda wanted, *_, **__: Reached(wanted, False),
    )
    view = PanelView(i=0, px=1_000)
    coarse = lack_of(shown, view, None, 1, 999.0, 0.0, is_paused=False, coarser=3)
    if is_resumed:  # nothing is known of its newest point
        coarse = coarse._replace(held=coarse.held._replace(newest=math.inf))
    match since:
        case "newer":
            columns.extend(np.array([1_000.0]), np.ones(1), 2)
        case "left":
            columns.keep_newest(100, 2)
        case "late":
            columns.extend(np.array([0.5]), np.ones(1), 2)
        case "others":
            columns.replace(Points(np.arange(100.0), np.zeros(100)), 2)
    lack = lack_of(shown, view, coarse.held, 2, 999.0, 0.0, is_paused=True, coarser=0)
    assert lack.is_sent == (since in ("nothing", "newer"))
    if lack.is_sent:
        assert lack.held.k == coarse.held.k - 3
        assert lack.replace
    again = lack_of(shown, view, lack.held, 2, 999.0, 0.0, is_paused=True, coarser=0)
    assert not again.is_sent
