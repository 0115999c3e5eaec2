"""A round that is over is let go of in portions: its thousands of parts would hold the loop for milliseconds."""

from __future__ import annotations

import itertools
import weakref

import pytest
from tests.engine.turning import NUM_PANELS, Bench, hurried

import cadran as cd
from cadran.frames import round as round_
from cadran.frames.costs import PanelCosts
from cadran.frames.holding import NOTHING_HELD
from cadran.frames.round import PARTS_AT_ONCE, Frame, PanelPart, Round
from cadran.turn import Turn

NUM_PARTS = 5 * PARTS_AT_ONCE + 1


class Account(PanelCosts):
    """One that says when it is gone."""

    __slots__ = ("__weakref__",)


def test_a_portion_of_what_a_round_held_goes_at_a_time() -> None:
    here: weakref.WeakSet[Account] = weakref.WeakSet()

    def part(index: int) -> PanelPart:
        account = Account()
        here.add(account)
        return PanelPart(index, [], {}, None, False, account, 0, 0, False)

    one = Round({}, 1, 0.0, 0.0)
    one.frames["all"] = Frame([], [part(index) for index in range(NUM_PARTS)], NOTHING_HELD, flags=0, s=1, at=0.0)
    one.parts = {index: part(index) for index in range(NUM_PARTS)}
    nums_here = [len(here)]
    over = Turn(itertools.count(1).__next__)
    over.begin(0.0)
    for _ in one.let_go(over):
        nums_here.append(len(here))
    assert max(sooner - later for sooner, later in itertools.pairwise(nums_here)) == PARTS_AT_ONCE
    assert nums_here[-1] <= 2 * PARTS_AT_ONCE, "of each kind a last portion, which goes with the round"


def test_what_a_round_held_goes_once_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_, "PARTS_AT_ONCE", 2)
    bench = Bench(hurried())
    bench.hello(1, range(NUM_PANELS))
    rounds = []
    for number in range(3):
        bench.press.send(cd.KpiUpdated("k0", float(number)))
        bench.pass_time(0.1)
        rounds.append(bench.core._serving._round)
    nums = [len(frame.parts) for one in rounds if one is not None for frame in one.frames.values()]
    assert len(nums) >= 3
    assert max(nums[:-1]) <= 2
    assert nums[-1] == NUM_PANELS
    assert not bench.core._serving._over
