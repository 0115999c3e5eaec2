"""How far apart the points of a view usually lie, where a database was written at other intervals than are held."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cadran.readable import Floats, Points
from cadran.store import SeriesColumns, SeriesSnapshot, buckets_of
from cadran.store.deep_snapshot import DeepSnapshot
from cadran.store.past import BLOCK_BUCKETS, PastBlock, PastBlocks, Place

HELD_X = 100_000.0
"""From here on there is a point a second; before, one every 20."""


def held(*parts: Floats) -> SeriesSnapshot:
    xs = np.concatenate(parts)
    columns = SeriesColumns()
    columns.replace(Points(xs, xs), 1)
    return columns.snapshot()


def block(xs: Floats, place: Place) -> PastBlock:
    found = buckets_of(Points(xs, xs), place.k, place.first_id, place.last_id)
    return PastBlock(np.array((found.ids, found.min, found.min, found.max, found.max)), place.last_id, 0.0)


def test_a_view_of_sparse_rows_before_dense_points_does_not_break_between_them() -> None:
    dense = np.arange(HELD_X, HELD_X + 500)
    sparse = np.arange(0.0, HELD_X, 20.0)
    places = [Place(1, float(number)) for number in range(40, math.ceil(HELD_X / 2 / BLOCK_BUCKETS))]
    shown = DeepSnapshot(held(dense), {place: block(sparse, place) for place in places})
    assert shown.cadence == 1.0
    assert shown.cadence_from(1, (HELD_X - 3_000) / 2) == pytest.approx(20.0, abs=2.0)
    assert shown.cadence_from(1, (HELD_X + 100) / 2) == 1.0
    assert shown.cadence_from(0, HELD_X - 3_000) == 1.0, "nothing was read at this level"


def test_what_is_held_may_be_sparse_and_then_dense() -> None:
    shown = DeepSnapshot(held(np.arange(0.0, HELD_X, 20.0), np.arange(HELD_X, HELD_X + 500)), {})
    assert shown.cadence_from(1, (HELD_X - 3_000) / 2) == 20.0
    assert shown.cadence_from(1, -math.inf) == 20.0
    assert shown.cadence_from(1, HELD_X / 2 + 32) == 1.0


def test_within_a_block_the_sparsest_part_counts_and_a_hole_does_not() -> None:
    place = Place(0, 0.0)
    xs = np.concatenate((np.arange(0.0, 256.0, 16.0), np.arange(256.0, 1024.0)))
    assert block(xs, place).cadence(place) == 16.0
    assert block(np.concatenate((np.arange(0.0, 300.0), np.arange(900.0, 1024.0))), place).cadence(place) == 1.0


def test_few_rows_are_looked_at_together_and_fewer_say_nothing() -> None:
    place = Place(0, 0.0)
    assert block(np.arange(0.0, 1000.0, 300.0), place).cadence(place) == 300.0
    assert math.isnan(block(np.array([5.0, 900.0]), place).cadence(place))
    assert math.isnan(DeepSnapshot(SeriesColumns().snapshot(), {}).cadence_from(0, 0.0))
    places = [Place(-6, float(number)) for number in range(40)]
    fine = DeepSnapshot(held(np.array([HELD_X])), {one: block(np.arange(0.0, 600.0, 20.0), one) for one in places})
    assert fine.cadence_from(-6, 0.0) == 20.0, "one or no row in a block"
    few = DeepSnapshot(held(np.array([HELD_X])), {})
    assert math.isnan(few.cadence_from(0, 0.0))


def test_what_others_look_at_beside_a_view_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    xs = np.concatenate((np.arange(0.0, 2_048.0), np.arange(2_048.0, HELD_X, 100.0)))
    dense = held(np.arange(HELD_X, HELD_X + 500))
    places = [Place(0, float(number)) for number in range(math.floor(HELD_X / BLOCK_BUCKETS))]
    blocks = {place: block(xs, place) for place in places}
    alone = DeepSnapshot(dense, {place: blocks[place] for place in places[:2]})
    num_looks = 0
    looked_at = PastBlock.cadence

    def counted(one: PastBlock, place: Place) -> float:
        nonlocal num_looks
        num_looks += 1
        return looked_at(one, place)

    monkeypatch.setattr(PastBlock, "cadence", counted)
    assert DeepSnapshot(dense, blocks).cadence_from(0, 100.0, 2_000.0) == alone.cadence_from(0, 100.0, 2_000.0) == 1.0
    assert num_looks == 4, "two blocks are in sight"
    assert DeepSnapshot(dense, blocks).cadence_from(0, 100.0, 4_000.0) == 100.0


def test_rows_that_others_look_at_beside_a_view_do_not_count() -> None:
    xs = np.concatenate((np.arange(0.0, 4_096.0, 8.0), np.arange(4_096.0, 65_536.0, 1_024.0)))
    place = Place(6, 0.0)
    wide = block(xs, place)._replace(points=Points(xs, xs))
    shown = DeepSnapshot(held(np.arange(HELD_X, HELD_X + 500)), {place: wide})
    assert shown.cadence_from(0, 100.0, 2_000.0) == 8.0
    assert shown.cadence_from(0, 10_000.0, 20_000.0) == 1_024.0


def test_a_block_knows_how_far_apart_its_points_are() -> None:
    blocks, place = PastBlocks(), Place(0, 0.0)
    blocks.add(place, block(np.arange(0.0, 1_024.0, 4.0), place))
    assert blocks.blocks[place].usual == 4.0
