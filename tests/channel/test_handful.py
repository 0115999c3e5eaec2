"""Little that waits, and is usual, is taken as it was sent: it lands and is counted as what any drain gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cadran as cd
from cadran.channel import Channel, Taken
from cadran.channel.channel import FEW_ITEMS
from cadran.updates import Update

NAMES = "abcd"
SIZES = st.sampled_from([1, 3, 15, 16, 40, 100])
BATCHES = st.builds(
    lambda name, x0, num: cd.ChartDataUpdated.xy(name, x0 + np.arange(float(num)), np.ones(num)),
    st.sampled_from(NAMES),
    st.integers(0, 9),
    SIZES,
)
VALUES = st.builds(cd.KpiUpdated, st.sampled_from(NAMES), st.sampled_from([1.0, -0.0, float("nan"), 7.5]))
USUAL: st.SearchStrategy[Update] = st.one_of(BATCHES, VALUES)
ODD: list[Update] = [
    cd.KpiUpdated("a", "text"),
    cd.KpiUpdated("a", None),
    cd.KpiUpdated("a", 2**60 + 1),
    cd.KpiUpdated("a", 1.0, 5.0),
    cd.TableUpdated("rows", pl.DataFrame({"n": [1]})),
    cd.ChartDataUpdated.point("a", 1.0, 1.0),
    cd.ChartDataUpdated("a", [(3.0, 1.0), (2.0, 1.0)]),
    cd.ChartDataUpdated("a", [(3.0, 1.0), (float("nan"), 1.0)]),
    cd.ChartDataUpdated("a", [(3.0, 2**60 + 1)]),
    cd.ChartDataUpdated.xy("a", [*range(1_100), float("nan")], np.ones(1_101)),
    cd.ChartDataUpdated("a", [(3.0, 1.0)], replace=True),
    cd.ChartDataUpdated("a", []),
    cd.ChartDataUpdated("curve", [(3.0, 1.0)], x="free"),
]
SENDS = st.lists(
    st.one_of(
        st.lists(USUAL, max_size=6), st.lists(st.one_of(USUAL, st.sampled_from(ODD)), max_size=3), st.just("drain")
    ),
    max_size=25,
)
BOUNDS = st.sampled_from([(100_000, 64 * 1024 * 1024), (120, 1 << 20), (10_000, 20_000)])


def plain(taken: Taken) -> dict[str, Any]:
    drained = taken.whole()
    points = {
        name: (one.xs.tolist(), one.ys.tolist(), one.replace, one.x, one.is_sorted, len(one.blocks))
        for name, one in drained.points.items()
    }
    tables = {name: one.frame.to_dicts() for name, one in drained.tables.items()}
    return {"kpis": repr(drained.kpis), "points": points, "tables": tables, "num": drained.num_updates}


@given(SENDS, BOUNDS)
def test_a_handful_is_what_a_drain_gives(sends: list[Any], bounds: tuple[int, int]) -> None:
    one, other = (cd.channel("press", max_items=bounds[0], max_bytes=bounds[1]) for _ in range(2))
    for press in (one, other):  # so that the names are known
        press.send(*(cd.KpiUpdated(name, 0.0) for name in NAMES), *(cd.ChartDataUpdated(name, []) for name in NAMES))
        press.take()
    for send in [*sends, "drain"]:
        if send != "drain":
            for press in (one, other):
                press.send(*send)
            continue
        handful = one.take_handful()
        in_order = one.take_in_turns() if handful is None else handful.in_order()
        at_once = other.take_in_turns()
        assert in_order is not None
        assert at_once is not None
        assert plain(in_order) == plain(at_once)
        if handful is not None:
            drained = at_once.whole()
            assert list(handful.values) == list(drained.kpis)
            batches = {name: (repr(one.xs), repr(one.ys), False, one.x, True) for name, one in handful.batches.items()}
            assert batches == {name: (repr(p.xs), repr(p.ys), *p[1:4]) for name, p in drained.points.items()}
            assert not at_once.rejected
        assert (one._peaks, one._totals) == (other._peaks, other._totals)
    assert one.statistics() == other.statistics()


def usual() -> list[Update]:
    xs = np.arange(100.0)
    return [cd.KpiUpdated("k", 1.0), *(cd.ChartDataUpdated.xy(name, xs, xs) for name in NAMES)]


def sent(*updates: Update) -> Channel:
    press = cd.channel("press")
    press.send(*usual())
    press.take()
    press.send(*updates)
    return press


def test_the_usual_send_is_a_handful_and_rings_again() -> None:
    rings: list[int] = []
    press = sent()
    press.attach(lambda: rings.append(1))
    for number in range(3):
        press.send(*usual())
        assert len(rings) == number + 1
        handful = press.take_handful()
        assert handful is not None
        assert handful.values == {"k": 1.0}
        assert list(handful.batches) == list(NAMES)
        assert press.statistics().num_pending == 0
    nothing = press.take_handful()
    assert nothing is not None
    assert not nothing.items


@pytest.mark.parametrize(
    "updates",
    [
        [*usual(), *usual()],
        [cd.KpiUpdated("k", float(i)) for i in range(FEW_ITEMS + 1)],
        [cd.KpiUpdated("k", "text")],
        [cd.ChartDataUpdated.xy("a", np.arange(20_000.0), np.arange(20_000.0))],
    ],
    ids=["twice", "many", "text", "long"],
)
def test_what_is_not_usual_is_left_where_it_is(updates: list[Update]) -> None:
    press = sent(*updates)
    assert press.take_handful() is None
    taken = press.take_in_turns()
    while taken is None:
        taken = press.take_in_turns()
    assert taken.num_updates == len(updates)


@pytest.mark.parametrize("update", ODD)
def test_what_is_odd_is_no_handful(update: Update) -> None:
    assert sent(update).take_handful() is None


def test_a_drain_that_was_begun_is_gone_on_with() -> None:
    press = sent()
    press.send(*usual())
    assert press.num_pending  # put in order by who asks
    assert press.take_handful() is None
