"""What is common takes short ways through a channel, and lands, is counted and fails as by the full check."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadran.channel import Channel, channel
from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated
from cadran.updates.update import XKind


class Odd(float):
    """A float that fails when it is compared."""

    def __le__(self, other: float) -> bool:
        raise RuntimeError("no")

    __ge__ = __lt__ = __gt__ = __sub__ = __le__


FLOATS = st.one_of(
    st.floats(),
    st.sampled_from([math.nan, math.inf, -math.inf, 1e11, -1e11, 1.1e11, -1.1e11, 1.7e12, 1.7e18, -0.0, 1.7e9]),
)
NUMBERS = st.one_of(
    FLOATS,
    st.just(Odd(2.0)),
    st.floats(0, 10).map(np.float64),
    st.floats(width=32).map(np.float32),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.none(),
    st.decimals(),
    st.just(Fraction(1, 3)),
    st.just(1j),
    st.text(max_size=3),
    st.just(Decimal("1e400")),
    st.just(np.array(2.0)),
    st.just(np.array([2.0])),
)
TEXTS = st.one_of(st.text(max_size=5), st.integers(0, 5_000).map(lambda num: "x" * num), st.just("\ud800"))
PAIRS = st.one_of(
    st.tuples(NUMBERS, NUMBERS),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: [pair]),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: [list(pair)]),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: (pair,)),
    st.tuples(NUMBERS),
    st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3),
    st.just([()]),
)
KINDS: st.SearchStrategy[XKind] = st.sampled_from(["time", "number", "free"])


def outcome(press: Channel, update: Any) -> object:
    """What came of a send: all that landed and was counted, or the message of the error."""
    before = press.statistics()
    try:
        press.send(update)
    except UsageError as problem:
        return str(problem)
    after, drained = press.statistics(), press.drain()
    kpis = {key: (repr(kpi.value), kpi.at) for key, kpi in drained.kpis.items()}
    points = {name: (repr(p.xs.tolist()), repr(p.ys.tolist()), *p[1:]) for name, p in drained.points.items()}
    lossy = after.num_lossy_values - before.num_lossy_values
    return kpis, points, lossy, after.num_rejected_points - before.num_rejected_points


@given(PAIRS, KINDS, st.booleans())
def test_a_point_lands_as_by_the_full_check(points: Any, kind: XKind, replace: bool) -> None:
    known = channel("press")
    known.send(ChartDataUpdated("s", [], x=kind))
    update = ChartDataUpdated("s", points, replace, kind)
    assert outcome(known, update) == outcome(channel("press"), update), "a name that is new takes the full check"


@given(FLOATS, FLOATS, st.sampled_from(["time", "number"]), st.booleans())
def test_a_pair_of_floats_lands_as_by_the_full_check(x: float, y: float, kind: XKind, is_listed: bool) -> None:
    known = channel("press")
    known.send(ChartDataUpdated("s", [], x=kind))
    update = ChartDataUpdated("s", [(x, y)] if is_listed else (x, y), x=kind)
    assert outcome(known, update) == outcome(channel("press"), update)


COLUMNS = st.one_of(
    st.lists(FLOATS, max_size=5).map(np.array),
    st.lists(st.floats(0, 1e11), max_size=5).map(lambda xs: np.sort(np.array(xs, dtype=np.float64))),
    st.lists(st.floats(0, 9), min_size=3, max_size=3).map(np.array),
    st.lists(st.integers(0, 9), max_size=3).map(np.array),
    st.lists(NUMBERS, max_size=3),
    st.just(np.arange(6.0)[::2]),
    st.just(np.ones((3, 1))),
    st.just(np.float64(1.0)),
    st.just(np.ma.MaskedArray([1.0, 2.0, 3.0], [True, False, True])),
)


@given(COLUMNS, COLUMNS, KINDS, st.booleans())
@example(np.array([1.0, math.nan]), np.array([1.0, 2.0]), "time", False)
@example(np.array([1.0, math.inf]), np.array([1.0, 2.0]), "number", False)
@example(np.array([1.0, 1.1e11]), np.array([1.0, 2.0]), "time", False)
@example(np.array([1.0, 1.1e11]), np.array([1.0, 2.0]), "number", False)
@example(np.array([2.0, 1.0]), np.array([1.0, 2.0]), "number", False)
@example(np.array([1.0, 2.0]), np.array([1, 2**60 + 1]), "number", False)
@example(np.array([1.0, 2.0]), np.ma.MaskedArray([1.0, 2.0], [True, False]), "number", False)
def test_two_columns_land_as_by_the_full_check(xs: Any, ys: Any, kind: XKind, replace: bool) -> None:
    known = channel("press")
    known.send(ChartDataUpdated("s", [], x=kind))
    known.drain()
    update = ChartDataUpdated.xy("s", xs, ys, replace=replace, x=kind)
    assert outcome(known, update) == outcome(channel("press"), update)


def test_two_columns_that_took_the_short_way_are_copies() -> None:
    press = channel("press")
    xs = np.arange(100.0)
    for _ in range(2):
        press.send(ChartDataUpdated.xy("s", xs, xs))
    xs[:] = -1.0
    landed = press.drain().points["s"]
    assert landed.xs.tolist() == landed.ys.tolist() == 2 * list(range(100))


@given(st.one_of(NUMBERS, TEXTS), st.one_of(st.none(), NUMBERS))
def test_a_kpi_lands_as_by_the_full_check(value: Any, at: Any) -> None:
    known = channel("press")
    known.send(KpiUpdated("k", 1.0))
    known.drain()
    for update in (KpiUpdated("k", value, at), KpiUpdated("k", value)):
        assert outcome(known, update) == outcome(channel("press"), update)


@pytest.mark.parametrize("odd", [None, 3, [], object(), ("k", 1.0), KpiUpdated, ChartDataUpdated])
def test_what_is_no_update_is_an_error(odd: Any) -> None:
    press = channel("press")
    for updates in ((odd,), (KpiUpdated("k", 1.0), odd)):
        with pytest.raises(UsageError, match=r"expected KpiUpdated, ChartDataUpdated or TableUpdated, got"):
            press.send(*updates)
    assert press.statistics().num_sent == 0


def test_no_updates_are_none() -> None:
    press = channel("press")
    press.send()
    assert press.statistics().num_sent == 0


def test_a_list_of_one_pair_may_be_used_again() -> None:
    press, points = channel("press"), [(1.0, 1.0)]
    press.send(ChartDataUpdated.point("v", 0.0, 0.0))
    for x in range(2, 5):
        press.send(ChartDataUpdated("v", points))
        points[0] = (float(x), float(x))
    assert press.drain().points["v"].xs.tolist() == [0.0, 1.0, 2.0, 3.0]


SENDS = st.lists(
    st.one_of(
        st.tuples(st.just("point"), st.sampled_from("ab"), st.floats(-100, 100)),
        st.tuples(st.just("batch"), st.sampled_from("ab"), st.sampled_from([1, 15, 16, 100, 600])),
        st.tuples(st.just("late"), st.sampled_from("ab"), st.sampled_from([1, 15, 16, 100])),
        st.tuples(st.just("whole"), st.sampled_from("ab"), st.sampled_from([0, 3, 100])),
        st.tuples(st.just("run"), st.sampled_from("ab"), st.sampled_from([10, 1_100])),
        st.tuples(st.just("drain"), st.just(""), st.just(0)),
    ),
    max_size=25,
)


@given(SENDS)
def test_any_mix_lands_in_the_order_of_arrival(sends: list[tuple[str, str, float]]) -> None:
    press, newest = channel("press"), {"a": 0.0, "b": 0.0}
    sent: dict[str, tuple[bool, list[float]]] = {}

    def check() -> None:
        drained = press.drain()
        assert {name: (p.replace, p.xs.tolist()) for name, p in drained.points.items()} == sent
        for points in drained.points.values():
            assert np.array_equal(points.ys, points.xs)
            assert not points.is_sorted or points.xs.tolist() == sorted(points.xs.tolist())
            assert not points.xs.size or points.newest_x == max(points.xs)
        sent.clear()

    for what, name, size in sends:
        if what == "drain":
            check()
            continue
        if what in ("point", "late"):
            xs = [float(size)] if what == "point" else [float(x) for x in range(int(size), 0, -1)]
        else:
            xs = [newest[name] + x for x in range(int(size))]
            newest[name] += size
        is_whole, before = sent.get(name, (False, []))
        sent[name] = (is_whole or what == "whole", xs if what == "whole" else before + xs)
        if what in ("point", "run"):
            for x in xs:
                press.send(ChartDataUpdated.point(name, x, x))
        else:
            press.send(ChartDataUpdated.xy(name, np.array(xs), np.array(xs), replace=what == "whole"))
    check()


def test_what_ascends_is_known_to() -> None:
    press = channel("press")
    press.send(ChartDataUpdated.xy("v", np.arange(100.0, 0.0, -1.0), np.zeros(100)))
    press.send(ChartDataUpdated("v", [], replace=True))
    for start in range(0, 3_000, 300):
        xs = np.arange(start, start + 100.0)
        press.send(ChartDataUpdated.xy("v", xs, xs))
        for x in range(start + 100, start + 300):
            press.send(ChartDataUpdated.point("v", float(x), 0.0))
    points = press.drain().points["v"]
    assert points.is_sorted
    assert points.xs.tolist() == list(range(3_000))
