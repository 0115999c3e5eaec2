"""Series on the wire: what is read back is what was packed, in no more bytes than the data needs."""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadran.frames import series_pieces as packing
from cadran.frames.message import PIECE_BYTES_MAX, message, split_message
from cadran.frames.series_pieces import BUCKETS_PER_PIECE, FEW_BUCKETS, series_pieces
from cadran.frames.wire import MESSAGE_BYTES_MAX, PIECE, SERIES, SERIES_F32, SERIES_HEAD
from cadran.readable import Floats
from cadran.store import Buckets
from cadran.testing.held import SeriesHeld, joined, read_series

FIRST_ID = 14_320_000_000.0
HEAD_BYTES = PIECE.size + SERIES_HEAD.size


def buckets_of(groups: list[list[float]], ids: list[float], k: int = -4) -> Buckets:
    """The buckets of these values, NaN for none."""
    present = [[value for value in group if value == value] or [math.nan] for group in groups]
    rows = np.array([(one[0], min(one), max(one), one[-1]) for one in present], np.float64).reshape(-1, 4)
    return Buckets(k, np.array(ids, np.float64), *(np.ascontiguousarray(column) for column in rows.T))


def pack(buckets: Buckets, first_id: float | None = None) -> list[bytes]:
    first = first_id if first_id is not None else float(buckets.ids[0])
    return series_pieces(3, buckets, first, replace=True, cadence=0.1, newest_x=8.95e8)


def read(pieces: list[bytes]) -> SeriesHeld:
    held = None
    for one in split_message(message(pieces, flags=0, view=0, s=1.0, base=0.0, at=0.0))[1]:
        assert (one.kind, one.target) == (SERIES, 3)
        held = joined(held, bytes(one.payload), one.flags)
    assert held is not None
    return held


def assert_says(held: SeriesHeld, buckets: Buckets) -> None:
    """Ids as they are; values as they are, or as float32 where the least and greatest of buckets are far apart."""
    assert held.k == buckets.k
    assert held.ids.tolist() == buckets.ids.tolist()
    with np.errstate(all="ignore"):
        spreads = np.nan_to_num(buckets.max - buckets.min, nan=0.0)
        padded = np.concatenate(([0.0], spreads, [0.0]))
        around = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
        for name in ("first", "min", "max", "last"):
            true, got = getattr(buckets, name), getattr(held, name)
            is_same = (true == got) | (np.isnan(true) & np.isnan(got))
            is_rounded = (true.astype(np.float32) == got) & (np.abs(true) <= 2.0**17)
            assert (is_same | is_rounded).all(), name
            error = np.abs(true - got)[~is_same]
            assert (error <= np.abs(true[~is_same]) * 2.0**-24 + 2.0**-149).all(), name
            assert (error <= around[~is_same] * 2.0**-18).all(), f"{name}: a pixel could tell"


ANY = st.floats(allow_nan=True, allow_infinity=True)
NOISE = st.floats(-10, 10)
NEAR_A_BASE = st.floats(0, 1).map(lambda value: 101_325.0 + value)
COUNTS = st.integers(0, 2**24).map(float)
GROUPS = st.one_of(*(st.lists(st.lists(kind, min_size=1, max_size=3), max_size=40) for kind in (ANY, NOISE, COUNTS)))
MIXED = st.lists(st.lists(st.one_of(ANY, NOISE, NEAR_A_BASE, COUNTS), min_size=1, max_size=3), max_size=40)


class Drawn(NamedTuple):
    first_id: float
    buckets: Buckets


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    groups = draw(st.one_of(GROUPS, MIXED))
    first_id = float(draw(st.integers(-(2**40), 2**40)))
    furthest = draw(st.sampled_from([1, 2, 3, 9_000, 2**33]))
    first = first_id + draw(st.integers(0, furthest - 1))
    if draw(st.booleans()):
        steps = [draw(st.integers(1, furthest))] * len(groups)
    else:
        steps = draw(st.lists(st.integers(1, furthest), min_size=len(groups), max_size=len(groups)))
    ids = [first + offset for offset in np.cumsum([0, *steps])[: len(groups)].tolist()]
    return Drawn(first_id, buckets_of(groups, ids, draw(st.integers(-1000, 972))))


@given(drawn())
@example(Drawn(0.0, buckets_of([], [])))
@example(Drawn(-5.0, buckets_of([[-0.0, 0.0], [math.nan], [math.inf, -math.inf]], [-5.0, -3.0, 2.0**33])))
@example(Drawn(0.0, buckets_of([[101_325.1, 101_325.2], [0.0, 0.1]], [0.0, 1.0])))
def test_what_is_read_back_is_what_was_packed(one: Drawn) -> None:
    assert_says(read(pack(one.buckets, one.first_id)), one.buckets)


@given(drawn())
def test_few_and_many_are_packed_into_the_same_bytes(one: Drawn) -> None:
    first_id, buckets = one
    if buckets.ids.size > FEW_BUCKETS or (buckets.ids.size and buckets.ids[-1] - first_id > packing.OFFSET_MAX):
        return
    rest = (3, buckets, first_id, 0, 0.1, 8.95e8)
    assert packing._piece_of_few(*rest) == packing._piece_of_many(*rest)


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_any_size_on_any_base_reads_back_within_what_a_pixel_shows(seed: int) -> None:
    random = np.random.default_rng(seed)
    for num in (1, 3, FEW_BUCKETS, 200):
        size, base = 10.0 ** random.uniform(-8, 8, 2)
        noise = base * random.integers(-1, 2) + size * random.normal(size=(num, 3))
        if seed % 2:  # a source that drops out now and then
            noise[random.random(noise.shape) < 0.05] = 0.0
        buckets = buckets_of(noise.tolist(), (FIRST_ID + np.arange(num)).tolist())
        assert_says(read(pack(buckets)), buckets)


def flags_of(buckets: Buckets) -> int:
    return split_message(message(pack(buckets), flags=0, view=0, s=1.0, base=0.0, at=0.0))[1][0].flags


@pytest.mark.parametrize("num", [1, 3, FEW_BUCKETS + 1])
def test_values_are_rounded_only_where_buckets_vouch_for_it(num: int) -> None:
    ids = [FIRST_ID + i for i in range(num)]

    def is_narrow(*values: float) -> bool:
        return bool(flags_of(buckets_of([list(values)] * num, ids)) & SERIES_F32)

    assert is_narrow(0.1, 0.2), "these are as far apart as large"
    assert is_narrow(-20.1, -21.3)
    assert not is_narrow(0.1), "one value says nothing of the axis"
    assert not is_narrow(101_325.1, 101_326.2), "float32 would step by a 128th"
    assert not is_narrow(140_000.1, 0.1), "too many digits in a tooltip"
    assert is_narrow(16_777_215.0, 3.0), "counters are exact"
    assert not is_narrow(16_777_217.0, 3.0), "whole numbers stay whole"
    assert is_narrow(math.inf, 0.5)
    assert not is_narrow(math.inf, 0.1)
    assert not is_narrow(1e300, 0.5)
    assert not is_narrow(1e-42, 3e-42), "float32 has few digits there"


def test_one_value_beside_many_is_vouched_for_by_its_neighbour() -> None:
    """The newest bucket often holds but one point."""
    for num in (2, 30):
        ids = [FIRST_ID + i for i in range(num + 1)]
        assert flags_of(buckets_of([[0.1, 0.3]] * num + [[0.7]], ids)) & SERIES_F32
        assert not flags_of(buckets_of([[0.1, 0.3]] * num + [[0.7], [0.7]], [*ids, ids[-1] + 1])) & SERIES_F32
        for groups in ([[0.1, 0.3]] * num + [[100.1]], [[100.1], *[[0.1, 0.3]] * num]):
            assert not flags_of(buckets_of(groups, ids)) & SERIES_F32, "the neighbour's spread is nothing beside it"


@pytest.mark.parametrize(
    ("ids", "num_bytes"),
    [
        ([0.0], 0),
        ([0.0, 1.0, 2.0], 0),
        ([5.0], 8),
        ([0.0, 3.0, 6.0, 9.0], 8),
        ([1.0, 3.0, 4.0, 9.0], 8),
        ([1.0, 3.0, 4.0, 9.0, 11.0], 16),
        ([1.0, 3.0, 70_000.0], 16),
        ([float(i) for i in range(1_000)], 0),
        ([float(i // 2 * 3 + i % 2) for i in range(1_000)], 2_000),
    ],
)
def test_ids_take_no_more_bytes_than_their_order_needs(ids: list[float], num_bytes: int) -> None:
    buckets = buckets_of([[0.5]] * len(ids), [FIRST_ID + one for one in ids])
    (one,) = pack(buckets, FIRST_ID)
    values = 4 * len(ids)
    assert len(one) == HEAD_BYTES + num_bytes + values + -values % 8
    assert_says(read([one]), buckets)


def test_the_tail_of_a_line_costs_half_of_what_four_float64_do() -> None:
    (one,) = pack(buckets_of([[0.1, 0.7, 0.3]], [FIRST_ID]))
    assert len(one) == HEAD_BYTES + 16


@pytest.mark.parametrize("num", [BUCKETS_PER_PIECE, BUCKETS_PER_PIECE + 1, 3 * BUCKETS_PER_PIECE + 5])
def test_long_ones_come_in_pieces_that_fit_a_message(num: int) -> None:
    random = np.random.default_rng(1)
    ids = FIRST_ID + np.cumsum(random.integers(1, 70_000, num))
    buckets = buckets_of((1e6 + random.normal(size=(num, 2))).tolist(), ids.tolist())
    pieces = pack(buckets, FIRST_ID)
    assert len(pieces) >= math.ceil(num / BUCKETS_PER_PIECE)
    assert max(map(len, pieces)) <= min(PIECE_BYTES_MAX + PIECE.size, MESSAGE_BYTES_MAX)
    assert_says(read(pieces), buckets)


def test_points_in_1970_and_now_are_two_pieces_not_the_years_between() -> None:
    buckets = buckets_of([[0.1], [0.2], [0.3]], [-7.0, 0.0, 1.79e9 * 16])
    pieces = pack(buckets, -7.0)
    assert sum(map(len, pieces)) < 200
    assert_says(read(pieces), buckets)
    far = buckets_of([[0.1]], [2.0**40])
    assert_says(read(pack(far, 0.0)), far)


@pytest.mark.parametrize("cadence", [math.nan, 0.0, 0.1, 1e300, 1e-300])
@pytest.mark.parametrize("k", [-1000, -4, 0, 972])
def test_cadence_and_newest_x_arrive_at_any_scale(cadence: float, k: int) -> None:
    buckets = buckets_of([[1.0]], [4.0], k)
    (one,) = series_pieces(3, buckets, 4.0, replace=False, cadence=cadence, newest_x=math.nan)
    held = read([one])
    assert math.isnan(held.newest_x)
    in_buckets = cadence / 2.0**k
    if math.isnan(cadence):
        assert math.isnan(held.cadence)
    elif 1e-30 < in_buckets < 1e30:
        assert held.cadence == pytest.approx(cadence, rel=2**-24)
    else:
        assert (held.cadence > 1e30 * 2.0**k) == (in_buckets > 1), "it stays longer, or shorter, than any bucket"


def test_a_piece_that_is_cut_short_is_refused() -> None:
    (one,) = pack(buckets_of([[0.1, 0.2], [0.1, 0.3], [0.5]], [FIRST_ID, FIRST_ID + 1, FIRST_ID + 7]))
    payload, flags = one[PIECE.size :], one[1]
    assert read_series(payload, flags).ids.size == 3
    for num_bytes in range(0, len(payload) - 7, 4):
        with pytest.raises((ValueError, struct.error)):
            read_series(payload[:num_bytes], flags)


def test_the_same_data_gives_the_same_bytes_wherever_it_lies_in_memory() -> None:
    wide: Floats = np.arange(2_000.0)
    for num in (3, 500):
        strided = Buckets(0, *(wide[: 2 * num : 2] for _ in range(5)))
        packed = Buckets(0, *(np.ascontiguousarray(column) for column in strided[1:]))
        assert pack(strided) == pack(packed)
