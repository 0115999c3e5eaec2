"""Past and present as one series: no hole and no double at the seam, whatever came when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran.metrics.lens import Present
from cadran.metrics.results import MISSING
from cadran.metrics.splice import lacks_values, spliced
from cadran.readable import Points, SeriesReadable
from cadran.readable.splice import Spliced
from cadran.store import SeriesColumns, SeriesSnapshot

shop = cd.database("sqlite:///shop.db")
orders = shop.query("SELECT id, ts, amount FROM orders", time="ts", every="5s")
press = cd.channel("press")
LINE: Spliced = cd.splice(history=orders.series("amount"), live=press.series("amount"))


def points_of(xs: Any) -> Points:
    """Values that differ from point to point."""
    xs = np.asarray(xs, dtype=np.float64)
    return Points(xs, xs * 10)


def xs_of(value: object) -> list[float]:
    assert isinstance(value, SeriesSnapshot)
    assert (value.points.ys == value.points.xs * 10).all()
    xs: list[float] = value.points.xs.tolist()
    return xs


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_all_points_once_whatever_is_written_late_kept_short_or_comes_late(data: st.DataObject) -> None:
    num = data.draw(st.integers(1, 60))
    truth = list(range(num))
    began = data.draw(st.integers(0, num - 1))
    live = SeriesColumns()
    fed = truth[began:]
    cuts = sorted(data.draw(st.lists(st.integers(1, max(1, len(fed))), max_size=3)))
    for s, part in enumerate(np.split(np.array(fed, dtype=np.float64), [cut for cut in cuts if cut < len(fed)]), 1):
        live.extend(*points_of(part), s)
    for late in data.draw(st.lists(st.integers(0, began), max_size=3)):
        if late < began:  # it came late, and its neighbours did not come at all
            live.extend(*points_of([late]), 10)
    num_left = data.draw(st.integers(0, len(fed) - 1))
    live.drop_oldest(len(live) - len(fed) + num_left if num_left else 0, 11)
    # The database has all that was before the oldest point that is kept, and perhaps more.
    written = data.draw(st.integers(began + num_left, num))
    assert xs_of(spliced(LINE, (points_of(truth[:written]), live.snapshot()))) == truth


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_hole_of_the_present_is_the_history_s_to_fill_and_each_point_is_there_once(data: st.DataObject) -> None:
    num = data.draw(st.integers(80, 200))
    truth = list(range(num))
    began = data.draw(st.integers(0, 20))
    live = SeriesColumns()
    at, s, fed = began, 0, []
    while at < num:  # some come, then for a while none
        stop = min(num, at + data.draw(st.integers(2, 20)))
        for part in np.array_split(np.array(truth[at:stop], dtype=np.float64), 2):
            s += 1
            live.extend(*points_of(part), s)
        fed += truth[at:stop]
        at = stop + data.draw(st.integers(0, 80))
    written = data.draw(st.integers(began, num))
    shown = xs_of(spliced(LINE, (points_of(truth[:written]), live.snapshot())))
    assert shown == sorted(set(shown)), "each once"
    assert set(fed) <= set(shown), "what came is not lost"
    assert set(shown) <= set(truth)
    if written == num and live.snapshot().holes:
        assert shown[: truth.index(int(live.snapshot().holes[-1][1]))] == truth[: int(live.snapshot().holes[-1][1])]


def test_an_hour_in_which_others_wrote_is_filled_and_the_rest_is_the_present_s() -> None:
    live, xs = SeriesColumns(), np.arange(0.0, 10_000.0)
    parts = [xs[100:3_000], xs[6_600:]]
    for s, part in enumerate(part for whole in parts for part in np.split(whole, 4)):
        live.extend(*points_of(part), s + 1)
    history = points_of(np.delete(xs, np.arange(9_000, 10_000)))
    shown = spliced(LINE, (history, live.snapshot()))
    assert xs_of(shown) == xs.tolist()
    assert xs_of(spliced(LINE, (points_of(xs[:3_000]), live.snapshot()))) == [*xs[:3_000], *xs[6_600:]], "not yet read"
    assert xs_of(spliced(LINE, (points_of(xs[500:]), live.snapshot()))) == [*xs[100:3_000], *xs[6_600:]], (
        "a history that is shorter takes nothing away"
    )


def test_a_history_with_times_that_are_rounded_fills_no_hole() -> None:
    live, xs = SeriesColumns(), np.repeat(np.arange(0.0, 400.0, 20.0), 10) + np.tile(np.arange(10) / 1_000, 20)
    for s, part in enumerate(np.split(xs, 20)):  # ten at a time, every twenty seconds
        live.extend(*points_of(part), s + 1)
    assert xs_of(spliced(LINE, (points_of(np.round(xs + 0.0005, 2)), live.snapshot()))) == xs.tolist()


def test_until_the_present_has_a_point_the_past_is_all() -> None:
    assert xs_of(spliced(LINE, (points_of([1, 2]), MISSING))) == [1, 2]
    assert xs_of(spliced(LINE, (points_of([1, 2]), SeriesColumns().snapshot()))) == [1, 2]


def test_until_the_past_was_read_the_present_is_all() -> None:
    live = SeriesColumns()
    live.extend(*points_of([3, 4]), 1)
    assert xs_of(spliced(LINE, (MISSING, live.snapshot()))) == [3, 4]


def test_it_lacks_values_only_where_it_has_neither() -> None:
    assert not lacks_values(LINE, (MISSING, 1))
    assert not lacks_values(LINE, (1, MISSING))
    assert lacks_values(LINE, (MISSING, MISSING))
    assert lacks_values(LINE.latest(), (MISSING,))


def test_a_present_that_is_replaced_begins_anew() -> None:
    live = SeriesColumns()
    live.extend(*points_of([5, 6]), 1)
    live.replace(points_of([3, 4]), 2)
    assert xs_of(spliced(LINE, (points_of([1, 2, 3, 4, 5]), live.snapshot()))) == [1, 2, 3, 4]


def test_what_lies_before_the_seam_is_the_same_memory_each_time() -> None:
    past, live = SeriesColumns(), SeriesColumns()
    past.replace(points_of(np.arange(100_000)), 1)
    live.extend(*points_of([90_000]), 1)
    one = spliced(LINE, (past.snapshot(), live.snapshot()))
    live.extend(*points_of([100_001]), 2)
    other = spliced(LINE, (past.snapshot(), live.snapshot()))
    assert one.history.groups[0] is other.history.groups[0]
    assert xs_of(other)[-2:] == [90_000, 100_001]


def test_numbers_are_of_past_and_present() -> None:
    seen: list[float] = []

    @cd.metric(LINE.last("1h"))
    def total(rows: Points) -> float:
        seen.append(float(rows.xs.size))
        return float(rows.ys.sum())

    live = SeriesColumns()
    live.extend(*points_of([3_000, 3_600]), 1)
    whole = spliced(LINE, (points_of([1, 2, 3]), live.snapshot()))
    part = Present(3_602.5).look_at(whole, 3_600.0)
    assert xs_of(whole.window(part.start, part.stop)) == [3, 3_000, 3_600]
    assert total.inputs == (LINE.last("1h"),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"history": orders, "live": press.series("a")}, "history: expected a series"),
        ({"history": orders.series("amount"), "live": 3}, "live: expected a series"),
        ({"history": orders.series("amount"), "live": press.series("b", x="free")}, 'one over "free"'),
        ({"history": orders.series("amount"), "live": press.series("c", x="number")}, "one kind of x"),
        ({"history": orders.series("amount"), "live": press.series("a"), "name": ""}, "name: expected text"),
    ],
)
def test_what_can_t_be_one_series_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(cd.UsageError, match=message):
        cd.splice(**arguments)


def test_its_label_is_that_of_the_present_or_its_own() -> None:
    history: SeriesReadable = orders.series("amount")
    assert LINE.label == "amount"
    assert cd.splice(history=history, live=press.series("g"), name="Shocks").label == "Shocks"
    assert LINE.named("Other").label == "Other"
    assert LINE.named("Other") == LINE
