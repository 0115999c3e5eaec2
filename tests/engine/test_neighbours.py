"""A range that a viewer chose comes with its neighbours, so that a line crosses it; not with what lies beyond a gap."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.past_shop import DAY, NOW, Shop, look

import cadran as cd
from cadran import testing
from cadran.readable import Points
from cadran.store import SeriesColumns, id_of
from cadran.testing import HeadlessViewer, LiveScreen


def line_of(press: cd.Channel) -> cd.DashboardScreen:
    @cd.screen("Press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"), window="10m")

    return screen


def feed(press: cd.Channel, xs: list[float]) -> None:
    press.send(cd.ChartDataUpdated("v", [(x, x - NOW) for x in xs]))


def ys_at(live: LiveScreen, viewer: HeadlessViewer, x0: float, x1: float) -> list[float]:
    """What is held of a range, as seconds since the beginning."""
    viewer.zoom("v", NOW + x0, NOW + x1)
    live.advance("1s")
    held = viewer.series("v")
    assert held is not None
    ys: list[float] = held.last.tolist()
    return ys


def test_a_range_between_two_points_has_both() -> None:
    press = cd.channel("press")
    with testing.open(line_of(press)) as live:
        viewer = live.viewer()
        feed(press, [NOW - 60.0 + 20.0 * i for i in range(4)])
        live.advance("1s")
        assert ys_at(live, viewer, -35.0, -30.0) == [-40.0, -20.0]
        assert ys_at(live, viewer, -50.0, -30.0) == [-60.0, -40.0, -20.0]
        assert ys_at(live, viewer, -70.0, -50.0) == [-60.0, -40.0]
        assert ys_at(live, viewer, -0.5, 30.0) == [-20.0, 0.0]


def test_what_lies_beyond_a_gap_is_not_joined() -> None:
    press = cd.channel("press")
    with testing.open(line_of(press)) as live:
        viewer = live.viewer()
        feed(press, [NOW - 300.0 + i for i in range(20)] + [NOW - 100.0 + i for i in range(100)])
        live.advance("1s")
        assert ys_at(live, viewer, -250.0, -150.0) == []
        assert ys_at(live, viewer, -282.5, -281.7) == [-283.0, -282.0, -281.0]
        assert ys_at(live, viewer, -281.5, -150.0) == [-282.0, -281.0]
        assert ys_at(live, viewer, -100.5, -99.5) == [-100.0, -99.0]


def test_the_point_after_the_range_comes_when_there_is_one() -> None:
    press = cd.channel("press")
    with testing.open(line_of(press)) as live:
        viewer = live.viewer()
        feed(press, [NOW - 60.0 + 20.0 * i for i in range(4)])
        live.advance("1s")
        assert ys_at(live, viewer, -5.0, 5.0) == [-20.0, 0.0]
        feed(press, [NOW + 20.0])
        live.advance("1s")
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist() == [-20.0, 0.0, 20.0]
        feed(press, [NOW + 10.0])  # late, and nearer
        live.advance("1s")
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist() == [-20.0, 0.0, 10.0]
        num_pieces = viewer.num_data_pieces
        feed(press, [NOW + 40.0, NOW + 60.0])
        live.advance("1s")
        assert viewer.num_data_pieces == num_pieces, "what is not in sight costs nothing"


def test_in_a_pause_nothing_newer_is_shown_beside_a_range() -> None:
    press = cd.channel("press")
    with testing.open(line_of(press)) as live:
        viewer = live.viewer()
        feed(press, [NOW - 60.0 + 20.0 * i for i in range(4)])
        live.advance("1s")
        viewer.change(paused=True)
        live.advance("1s")
        feed(press, [NOW + 2.0])
        live.advance("1s")
        assert ys_at(live, viewer, -25.0, -5.0) == [-40.0, -20.0, 0.0]
        assert ys_at(live, viewer, -5.0, 1.0) == [-20.0, 0.0]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_widened_range_has_one_point_more_at_either_end(data: st.DataObject) -> None:
    xs = np.array(sorted(data.draw(st.lists(st.integers(-500, 500), min_size=1, max_size=40))), dtype=np.float64)
    k = data.draw(st.integers(-3, 3))
    low, high = sorted((data.draw(st.integers(-600, 600)), data.draw(st.integers(-600, 600))))
    columns = SeriesColumns()
    columns.replace(Points(xs, xs), 1)
    ids = np.floor(xs * 2.0**-k)
    cadence = columns.snapshot().cadence
    most = math.inf if math.isnan(cadence) else max(1.0, 2.5 * cadence * 2.0**-k)
    before, after = ids[ids < low], ids[ids > high]
    low_found, high_found = columns.snapshot().widened(k, low, high)
    near = [low - one <= most for one in before[-1:]]
    assert low_found == (before[-1] if any(near) else low)
    near = [one - high <= most for one in after[:1]]
    assert high_found == (after[0] if any(near) else high)


@pytest.mark.parametrize("days", [400.0, 14.0])
def test_a_range_of_the_past_has_those_that_were_read_with_it(shop: Shop, days: float) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer(px=600)
        live.advance("2s")
        x0, x1 = NOW - (days + 0.1) * DAY, NOW - (days - 0.3) * DAY
        look(live, viewer, x0, x1)
        held = viewer.series("amount")
        assert held is not None
        ids = np.floor(shop.points.xs * 2.0**-held.k)
        low, high = id_of(x0, held.k), id_of(x1, held.k)
        assert held.ids[0] == ids[ids < low][-1]
        assert held.ids[-1] == ids[ids > high][0]
        assert held.ids.size == np.unique(ids[(ids >= low) & (ids <= high)]).size + 2


def test_between_two_rows_of_the_past_both_are_there_and_closer_looks_ask_for_nothing(
    shop: Shop,
) -> None:
    orders = shop.paged()
    xs = shop.points.xs
    index = int(xs.searchsorted(NOW - 400 * DAY))
    middle, apart = float(xs[index : index + 2].mean()), float(xs[index + 1] - xs[index])
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer(px=1_000)
        live.advance("2s")
        look(live, viewer, middle - 3 * DAY, middle + 3 * DAY)
        look(live, viewer, middle - apart / 4, middle + apart / 4)
        num_queries = orders.asked.num_queries
        for part in (4, 40, 400):
            look(live, viewer, middle - apart / part, middle + apart / part, 0.5)
            held = viewer.series("amount")
            assert held is not None
            assert held.ids.tolist() == [id_of(float(x), held.k) for x in xs[index : index + 2]]
            np.testing.assert_allclose(held.last, shop.points.ys[index : index + 2], rtol=1e-6)
            assert 2.5 * held.cadence > apart, "the line does not break"
        assert orders.asked.num_queries <= num_queries + 2, "but for what is read again in its interval"


@pytest.mark.parametrize("pauses", ["before it looks", "before it is all read"])
@pytest.mark.parametrize("part", [4, 400])
def test_between_two_rows_that_nobody_read_both_are_there_in_a_pause_too(shop: Shop, pauses: str, part: int) -> None:
    orders, xs = shop.paged(), shop.points.xs
    index = int(xs.searchsorted(NOW - 400 * DAY))
    middle, apart = float(xs[index : index + 2].mean()), float(xs[index + 1] - xs[index])
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer(px=1_000)
        live.advance("2s")
        viewer.change(paused=pauses == "before it looks")
        look(live, viewer, middle - apart / part, middle + apart / part, 0.04)
        viewer.change(paused=True)
        live.advance("2s")
        held = viewer.series("amount")
        assert held is not None
        assert held.ids.tolist() == [id_of(float(x), held.k) for x in xs[index : index + 2]]
        assert 2.5 * held.cadence > apart, "the line does not break"
        told = (viewer.num_data_pieces, orders.asked.num_queries)
        live.advance("20m")
        assert (viewer.num_data_pieces, orders.asked.num_queries) == told, "and then it is a picture that stays"
