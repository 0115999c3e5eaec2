"""Histories go coarse to fine: as fine as there is room for, and none waits for ever."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.frames.costs import PanelCosts
from cadran.frames.credit import ANY_BYTES, Room
from cadran.frames.fitting import FINE, LATER, LEVELS, fitted
from cadran.frames.round import PanelPart
from cadran.turn import Turn, endless, in_one_go

FIXED_BYTES = 100
"""Of each panel's states."""


class Panels:
    """Panels with histories of these sizes, and what a viewer has of them: a level, or nothing."""

    def __init__(self, sizes: list[int], there: list[int | None] | None = None) -> None:
        self.sizes = sizes
        self.there = there or [None] * len(sizes)
        self.num_asked = 0

    def part_at(self, panel: int, level: int) -> PanelPart:
        self.num_asked += 1
        size = self.sizes[panel] >> level if level != LATER and self.there[panel] != level else 0
        account = PanelCosts()
        return PanelPart(panel, [bytes(1)], {}, level, level != FINE, account, FIXED_BYTES + size, size, level == LATER)

    def sent(self, room: Room) -> list[PanelPart]:
        fine = [self.part_at(panel, FINE) for panel in range(len(self.sizes))]
        return in_one_go(fitted(fine, self.part_at, room, endless()))


def levels(parts: list[PanelPart]) -> list[int | None]:
    """The level that each part is of; the tests' parts say it as their state's S."""
    return [part.status_s for part in parts]


def test_all_is_fine_where_there_is_room() -> None:
    assert levels(Panels([1_000, 2_000]).sent(Room(10_000, 10_000, 10_000))) == [FINE, FINE]


def test_each_gets_a_coarse_picture_before_any_gets_a_fine_one() -> None:
    assert levels(Panels([6_400] * 4).sent(Room(16_000, 1_000, 0))) == [6, 6, 6, 6]
    assert levels(Panels([6_400] * 4).sent(Room(16_000, 4_000, 0))) == [3, 3, 3, 3]


def test_what_is_left_makes_the_first_ones_finer() -> None:
    assert levels(Panels([6_400] * 4).sent(Room(16_000, 2_600, 0))) == [3, 3, 6, 6]


def test_where_not_even_coarse_ones_fit_some_come_later() -> None:
    assert levels(Panels([64_000] * 4).sent(Room(16_000, 2_500, 0))) == [6, 6, LATER, LATER]


def test_first_pictures_that_do_not_fit_come_before_any_is_finer() -> None:
    assert levels(Panels([64_000] * 4).sent(Room(16_000, 500, 3_000))) == [6, 6, LATER, LATER]
    assert levels(Panels([64_000] * 4).sent(Room(16_000, 500, ANY_BYTES))) == [6, 6, 6, 6]
    assert levels(Panels([64_000] * 4, [1, 6, 6, None]).sent(Room(16_000, 500, ANY_BYTES))) == [1, 6, 6, 6]


def test_one_alone_may_be_longer() -> None:
    panels = Panels([64_000] * 4, [6, 6, 6, 6])
    assert levels(panels.sent(Room(16_000, 2_000, 16_000))) == [3, 6, 6, 6]
    assert levels(panels.sent(Room(16_000, 2_000, ANY_BYTES))) == [FINE, 6, 6, 6]


def test_what_is_there_never_gets_coarser() -> None:
    assert levels(Panels([64_000, 64_000], [3, 1]).sent(Room(2_000, 500, 0))) == [3, 1]


@given(
    st.lists(st.tuples(st.integers(1, 100_000), st.sampled_from([None, *LEVELS])), max_size=12),
    st.integers(0, 50_000),
    st.integers(0, 50_000),
)
def test_states_always_go_and_histories_keep_to_the_room(
    panels: list[tuple[int, int | None]], most: int, history: int
) -> None:
    room = Room(most, min(most, history), 0)
    known = Panels([size for size, _ in panels], [there for _, there in panels])
    parts = known.sent(room)
    assert [part.panel for part in parts] == list(range(len(panels)))
    assert sum(part.history_bytes for part in parts) <= max(0, room.history - FIXED_BYTES * len(panels))


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=8))
def test_whoever_has_time_gets_all_in_the_end(sizes: list[int]) -> None:
    there: list[int | None] = [None] * len(sizes)
    for _ in range(len(LEVELS) * len(sizes)):
        for part in Panels(sizes, there).sent(Room(16_000, 500, ANY_BYTES)):
            if part.status_s != LATER:
                there[part.panel] = part.status_s
    assert there == [FINE] * len(sizes)


@pytest.mark.parametrize("there", [None, *LEVELS[1:]])
def test_the_time_is_looked_at_after_each_part_whatever_a_viewer_has(there: int | None) -> None:
    panels = Panels([6_400] * 50, [there] * 50)
    fine = [panels.part_at(panel, FINE) for panel in range(50)]
    always_over = Turn(itertools.count(1).__next__)
    nums_asked = [panels.num_asked]
    for _ in fitted(fine, panels.part_at, Room(16_000, 2_600, 0), always_over):
        nums_asked.append(panels.num_asked)
    assert max(later - sooner for sooner, later in itertools.pairwise(nums_asked)) <= 2
