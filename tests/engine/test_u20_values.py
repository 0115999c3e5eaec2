"""U20: bad values. No exception at the producer, no dead stream, gaps where there is no number: what viewers get."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen
from cadran.testing import HeadlessViewer, LiveScreen, SeriesHeld

pd: Any = import_module("pandas")


def screen_of(press: Channel) -> DashboardScreen:
    @cd.screen("Values", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("A", press.kpi("a"))
        ui.line("V", press.series("v"), window="60s")
        ui.line("N", press.series("n", x="number"))
        ui.line("C", press.series("c", x="free"))
        ui.table("T", press.table("t", key="id"))

    return screen


@pytest.fixture
def press() -> Channel:
    return cd.channel("press")


@pytest.fixture
def live(press: Channel) -> Iterator[LiveScreen]:
    with testing.open(screen_of(press)) as live:
        yield live


def series(viewer: HeadlessViewer, key: str = "v") -> SeriesHeld:
    held = viewer.series(key)
    assert held is not None
    return held


KPIS: list[tuple[Any, Any]] = [
    (1, 1.0),
    (True, True),
    (np.float32(0.5), 0.5),
    (np.int64(7), 7.0),
    (np.bool_(False), False),
    (Decimal("1.25"), 1.25),
    (Decimal("NaN"), None),
    (Decimal("1e400"), math.inf),
    (10**400, math.inf),
    (-(10**400), -math.inf),
    (2**53 + 1, float(2**53)),
    (math.nan, None),
    (np.nan, None),
    (None, None),
    (math.inf, math.inf),
    (-math.inf, -math.inf),
    (-0.0, 0.0),
    (5e-324, 5e-324),
    ("running", "running"),
    ("", ""),
    ("Größe ∞ 🙂", "Größe ∞ 🙂"),
]


@pytest.mark.parametrize(("given", "shown"), KPIS)
def test_u20_kpis(live: LiveScreen, press: Channel, given: Any, shown: Any) -> None:
    viewer = live.viewer()
    press.send(cd.KpiUpdated("a", 123.0))
    live.settle()
    press.send(cd.KpiUpdated("a", given))
    live.settle()
    assert viewer.value("a") == shown
    assert type(viewer.value("a")) is type(shown)
    press.send(cd.KpiUpdated("a", 5.0))
    live.settle()
    assert viewer.value("a") == 5.0


def test_u20_none_and_nan_are_gaps_in_a_line_and_infinities_are_values(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    values = [1.0, None, 2.0, math.nan, math.inf, -math.inf, Decimal("3.5"), True]
    press.send(cd.ChartDataUpdated("v", [(now - 8 + i, value) for i, value in enumerate(values)]))
    live.settle()
    shown = series(viewer).last.tolist()
    expected = [1.0, math.nan, 2.0, math.nan, math.inf, -math.inf, 3.5, 1.0]
    assert np.array_equal(shown, expected, equal_nan=True)


def test_u20_a_gap_within_a_bucket_hides_no_value(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer(px=6)
    start = math.floor(live.clock.now().wall / 8) * 8 - 16
    press.send(cd.ChartDataUpdated("v", [(start, math.nan), (start + 1, 3.0), (start + 2, 1.0), (start + 3, math.nan)]))
    live.settle()
    held = series(viewer)
    assert held.k == 3
    assert (held.first[0], held.min[0], held.max[0], held.last[0]) == (3.0, 1.0, 3.0, 1.0)


def test_u20_points_without_a_finite_x_are_left_out_and_the_rest_is_there(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    press.send(cd.ChartDataUpdated("v", [(math.nan, 1.0), (now, 2.0), (-math.inf, 3.0), (None, 4.0)]))
    live.settle()
    assert series(viewer).last.tolist() == [2.0]
    assert viewer.state("v") == "live"


def test_u20_late_points_land_in_order(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    press.send(cd.ChartDataUpdated("v", [(now - 10, 1.0), (now - 1, 3.0)]))
    live.settle()
    frames = viewer.num_frames
    press.send(cd.ChartDataUpdated("v", [(now - 5, 2.0)]))
    live.settle()
    assert viewer.num_frames == frames + 1
    assert series(viewer).last.tolist() == [1.0, 2.0, 3.0]


def test_u20_unordered_points_are_put_in_order(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    order = [5, 1, 4, 0, 3, 2]
    press.send(cd.ChartDataUpdated("v", [(now - 10 + i, float(i)) for i in order]))
    live.settle()
    assert series(viewer).last.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_u20_equal_x_are_all_kept(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    for value in (5.0, -2.0, 3.0):
        press.send(cd.ChartDataUpdated("n", [(1.0, value)], x="number"))
        live.settle()
    press.send(cd.ChartDataUpdated("n", [(0.0, 0.0), (2.0, 0.0)], x="number"))
    live.settle()
    held = series(viewer, "n")
    at = held.ids.tolist().index(1.0 / 2.0**held.k)
    assert [column[at] for column in (held.first, held.min, held.max, held.last)] == [5.0, -2.0, 5.0, 3.0]


def test_u20_a_line_that_becomes_empty_is_empty_for_its_viewers(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    press.send(cd.ChartDataUpdated("v", [(now, 1.0)]))
    live.settle()
    press.send(cd.ChartDataUpdated("v", [], replace=True))
    live.settle()
    assert series(viewer).ids.size == 0
    assert viewer.state("v") == "empty"


def test_u20_replace_shows_the_new_points_only(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    press.send(cd.ChartDataUpdated("v", [(now - 3, 1.0), (now - 2, 2.0), (now - 1, 3.0)]))
    live.settle()
    for points in ([(now - 3, 1.0), (now - 2, 2.0)], [(now - 3, 1.0)], [(now - 4, 9.0), (now - 1, 8.0)]):
        press.send(cd.ChartDataUpdated("v", points, replace=True))
        live.settle()
        assert series(viewer).last.tolist() == [y for _, y in points]


def test_u20_a_free_curve_is_shown_in_the_order_given(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    press.send(cd.ChartDataUpdated("c", [(1.0, 0.0), (0.0, 1.0), (-1.0, math.nan), (0.0, -1.0)], x="free"))
    live.settle()
    slot = viewer.panel("c").series[0].slot  # type: ignore[union-attr]
    xs, ys = viewer.picture.curves[slot]
    assert xs.tolist() == [1.0, 0.0, -1.0, 0.0]
    assert np.array_equal(ys, [0.0, 1.0, math.nan, -1.0], equal_nan=True)


def test_u20_cells_of_a_table(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    frame = pl.DataFrame(
        {
            "id": [1, 2, 3],
            "x": [math.nan, math.inf, None],
            "big": [2**63 - 1, -(2**63), 0],
            "text": ["a", None, "\x00"],
            "flag": [True, None, False],
        }
    )
    press.send(cd.TableUpdated("t", frame, key="id"))
    live.settle()
    # A page counts exactly up to 2**53: larger whole numbers go as texts, with all their digits.
    assert viewer.rows("t") == [
        (1, None, str(2**63 - 1), "a", True),
        (2, "∞", str(-(2**63)), None, None),
        (3, None, 0, "\x00", False),
    ]
    press.send(cd.TableUpdated("t", [{"id": 1, "x": 1.0}], key="id"))
    live.settle()
    assert viewer.rows("t") == [(1, 1.0)]


def test_u20_duplicate_keys_are_different_rows(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    press.send(cd.TableUpdated("t", [{"id": 1, "x": 1.0}, {"id": 1, "x": 2.0}, {"id": None, "x": 3.0}], key="id"))
    live.settle()
    assert viewer.rows("t") == [(1, 1.0), (1, 2.0), (None, 3.0)]
    press.send(cd.TableUpdated("t", [{"id": 1, "x": 2.0}, {"id": 1, "x": 2.0}], key="id"))
    live.settle()
    assert viewer.rows("t") == [(1, 2.0), (1, 2.0)]


def test_u20_a_refused_update_changes_nothing(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    press.send(cd.KpiUpdated("a", 1.0))
    live.settle()
    for bad in (object(), [1], b"bytes", 1j, {"a": 1}):
        with pytest.raises(cd.UsageError):
            press.send(cd.KpiUpdated("a", 2.0), cd.KpiUpdated("a", bad))  # type: ignore[arg-type]
    live.settle()
    assert viewer.value("a") == 1.0
    press.send(cd.KpiUpdated("a", 3.0))
    live.settle()
    assert viewer.value("a") == 3.0


def test_u20_arrays_are_copied_at_send(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = live.clock.now().wall
    points = np.array([[now - 1, 1.0], [now, 2.0]])
    press.send(cd.ChartDataUpdated("v", points))
    points[:] = 0.0
    live.settle()
    assert series(viewer).last.tolist() == [1.0, 2.0]


def test_u20_late_unordered_and_missing_rows_of_pandas_are_shown_as_of_a_list(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    now = math.floor(live.clock.now().wall)
    times = pd.to_datetime([now - 3, None, now - 5, now - 4, now - 1], unit="s", utc=True)
    values = pd.array([3, 9, 1, pd.NA, 5], dtype="Int64")
    press.send(cd.ChartDataUpdated("v", [(now - 2, 4.0)]))
    live.settle()
    press.send(cd.ChartDataUpdated("v", pd.Series(values, index=times)))
    live.settle()
    assert np.array_equal(series(viewer).last, [1.0, math.nan, 3.0, 4.0, 5.0], equal_nan=True)
    assert press.statistics().num_rejected_points == 1
    status = viewer.status("v")
    assert status is not None
    assert status.num_rejected == 1
    press.send(cd.ChartDataUpdated.point("v", pd.Timestamp(now, unit="s"), pd.Timedelta(6, "s")))
    live.settle()
    assert series(viewer).last[-1] == 6.0
    assert viewer.state("v") == "live"


def test_u20_a_table_of_pandas_is_shown_as_of_a_list(live: LiveScreen, press: Channel) -> None:
    viewer = live.viewer()
    frame = pd.DataFrame(
        {"x": [math.nan, math.inf], "c": pd.Categorical(["a", None])}, index=pd.Index([1, 2], name="id")
    )
    press.send(cd.TableUpdated("t", frame, key="id"))
    live.settle()
    assert viewer.rows("t") == [(1, None, "a"), (2, "∞", None)]
