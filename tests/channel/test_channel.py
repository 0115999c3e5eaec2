from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from cadran.channel import KpiLanded, channel
from cadran.errors import ClosedError, UsageError
from cadran.readable import KpiOf, SeriesOf, TableOf
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated, prepare


def test_a_channel_says_what_it_is() -> None:
    press = channel("press", expect="2s", keep="10m")
    assert (press.id, press.label, press.expect_secs, press.keep_secs) == ("channel:press", "press", 2.0, 600.0)
    assert channel("other").expect_secs is None
    assert channel("other") != channel("other")


@pytest.mark.parametrize("name", ["", "a/b", " a", "a\n", 3, None, "a" * 300])
def test_a_name_must_fit_a_path(name: Any) -> None:
    with pytest.raises(UsageError, match=r"channel: expected a name .* got"):
        channel(name)


@pytest.mark.parametrize(
    "bound",
    [{"max_items": 0}, {"max_bytes": -1}, {"max_items": True}, {"max_bytes": "64 MiB"}, {"keep_points": 0}],
)
def test_bounds_are_ints_above_zero(bound: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"expected an int of at least 1, got"):
        channel("press", **bound)


def test_descriptions_are_equal_values() -> None:
    press = channel("press")
    assert press.kpi("t") == press.kpi("t") == KpiOf(press, "t")
    assert press.series("v", x="number") == SeriesOf(press, "v", "number")
    assert press.table("rows", time="ts", key="id") == TableOf(press, "rows", "ts", "id")
    assert press.series("w", label="Vibration").label == "Vibration"


def test_a_drain_takes_all_that_is_pending() -> None:
    press = channel("press")
    press.send(KpiUpdated("t", 1), KpiUpdated("state", "ok"), ChartDataUpdated.point("v", 1, 10))
    press.send(KpiUpdated("t", math.nan, at=5.0))
    press.send(ChartDataUpdated("v", [(2, 20), (0.5, None)]))
    press.send(ChartDataUpdated.xy("v", np.arange(100.0), np.arange(100.0)))
    press.send(ChartDataUpdated.point("v", 3.0, 30.0))
    press.send(TableUpdated("rows", [{"a": 1}], key="a"))
    drained = press.drain()
    assert drained.kpis == {"t": KpiLanded(None, 5.0), "state": KpiLanded("ok", None)}
    points = drained.points["v"]
    xs, ys = points.xs, points.ys
    assert xs.tolist() == [1.0, 2.0, 0.5, *range(100), 3.0]
    assert ys[:2].tolist() == [10.0, 20.0]
    assert math.isnan(ys[2])
    assert (points.replace, points.x) == (False, "time")
    assert drained.tables["rows"].frame.equals(pl.DataFrame({"a": [1]}))
    assert drained.tables["rows"].key == "a"
    assert drained.num_updates == 8
    again = press.drain()
    assert (again.kpis, again.points, again.tables, again.num_updates) == ({}, {}, {}, 0)


def test_a_replacement_drops_what_came_before_it() -> None:
    press = channel("press")
    for x in range(3):
        press.send(ChartDataUpdated.point("v", float(x), 1.0))
    press.send(ChartDataUpdated("v", [(9, 9)], replace=True))
    press.send(ChartDataUpdated.point("v", 10.0, 10.0))
    landed = press.drain().points["v"]
    assert (landed.xs.tolist(), landed.replace) == ([9.0, 10.0], True)
    press.send(ChartDataUpdated("v", [], replace=True))
    landed = press.drain().points["v"]
    assert (landed.xs.tolist(), landed.replace) == ([], True)
    assert press.statistics().num_dropped_points == 0


def test_a_free_curve_is_the_last_one() -> None:
    press = channel("press")
    press.send(ChartDataUpdated("c", [(1, 1), (0, 0)], x="free"))
    press.send(ChartDataUpdated.point("c", 5.0, 5.0, kind="free"))
    landed = press.drain().points["c"]
    assert (landed.xs.tolist(), landed.replace, landed.x) == ([5.0], True, "free")


def test_a_series_keeps_one_kind_of_x() -> None:
    press = channel("press")
    press.series("v", x="number")
    with pytest.raises(UsageError, match=r"series 'v': expected x='number' as before, got x='time'"):
        press.send(ChartDataUpdated.point("v", 1.0, 1.0))
    with pytest.raises(UsageError, match=r"expected x='number'"):
        press.series("v")
    with pytest.raises(UsageError, match=r"series 'w'"):
        press.send(ChartDataUpdated("w", []), ChartDataUpdated("w", [], x="number"))
    press.send(ChartDataUpdated.point("w", 1.0, 1.0, kind="number"))
    assert press.drain().points.keys() == {"w"}


def test_one_bad_update_and_none_is_applied() -> None:
    press = channel("press")
    with pytest.raises(UsageError):
        press.send(KpiUpdated("t", 1.0), ChartDataUpdated.point("v", 1.0, 1.0), KpiUpdated("t", object()))  # type: ignore[arg-type]
    assert press.num_pending == 0
    assert press.statistics().num_sent == 0


@pytest.mark.parametrize("key", [[], {}, None, 3, ""])
def test_a_bad_name_is_a_usage_error_on_the_fast_path_too(key: Any) -> None:
    press = channel("press")
    for update in (KpiUpdated(key, 1.0), ChartDataUpdated.point(key, 1.0, 1.0)):
        with pytest.raises(UsageError, match=r"expected text of 1 to 256 characters"):
            press.send(update)


def test_a_time_in_milliseconds_is_a_usage_error_on_the_fast_path_too() -> None:
    press = channel("press")
    press.send(ChartDataUpdated.point("v", 1_763_000_000.0, 1.0), ChartDataUpdated.point("n", 1e12, 1.0, kind="number"))
    with pytest.raises(UsageError, match="if it is milliseconds, divide by 1000"):
        press.send(ChartDataUpdated.point("v", 1_763_000_000_000.0, 2.0))
    press.send(ChartDataUpdated.point("n", 2e12, 2.0, kind="number"))
    assert press.num_pending == 3


def test_the_fast_forms_land_as_the_checked_ones_do() -> None:
    forms: list[Any] = [1.5, 2, True, None, "ok", math.nan, math.inf, np.float64(3.5), np.int8(4), 2**60 + 1, "é" * 300]
    for value in forms:
        press = channel("press")
        press.send(KpiUpdated("k", "first"))
        press.send(KpiUpdated("k", value))
        landed, prepared = press.drain().kpis["k"].value, prepare(KpiUpdated("k", value))
        assert landed == prepared.value  # type: ignore[union-attr]
        assert type(landed) is type(prepared.value)  # type: ignore[union-attr]
    pairs: list[Any] = [(1.0, 2.0), (1, 2), (np.float64(1), None), (math.nan, 1.0), [(1.0, 2.0)], [[1.0, 2]], []]
    for points in pairs:
        press = channel("press")
        press.send(ChartDataUpdated("s", [(0, 0)]))
        press.send(ChartDataUpdated("s", points))
        got, checked = press.drain().points["s"], prepare(ChartDataUpdated("s", points))
        assert np.array_equal(got.xs[1:], checked.xs)  # type: ignore[union-attr]
        assert np.array_equal(got.ys[1:], checked.ys, equal_nan=True)  # type: ignore[union-attr]


def test_u20_bad_values_are_counted_and_the_stream_goes_on() -> None:
    press = channel("press")
    bad: list[Any] = [
        (math.nan, 1.0),
        (math.inf, 1.0),
        (None, 1),
        (1.0, math.nan),
        (1, 10**400),
        (0.5, 1.0),
        (0.5, 1.0),
    ]
    for x, y in bad:
        press.send(ChartDataUpdated.point("v", x, y))
    press.send(ChartDataUpdated("v", bad))
    press.send(KpiUpdated("k", 2**53 + 1))
    drained, counts = press.drain(), press.statistics()
    assert drained.points["v"].xs.tolist() == [1.0, 1.0, 0.5, 0.5] * 2
    assert (counts.num_rejected_points, counts.num_lossy_values) == (6, 3)


def test_after_close_only_what_is_pending_comes_out() -> None:
    press = channel("press")
    press.send(KpiUpdated("t", 1.0))
    press.close()
    press.close()
    with pytest.raises(ClosedError, match=r"channel 'press' is closed"):
        press.send(KpiUpdated("t", 2.0))
    assert press.drain().kpis["t"].value == 1.0
    assert press.is_closed


def test_a_channel_rings_once_per_drain() -> None:
    press, rings = channel("press"), [0]

    def wake() -> None:
        rings[0] += 1

    press.send(KpiUpdated("t", 1.0))
    detach = press.attach(wake)
    assert rings == [1]  # for what came before
    press.send(KpiUpdated("t", 2.0))
    assert rings == [1]
    press.drain()
    assert rings == [1]
    for _ in range(5_000):
        press.send(KpiUpdated("t", 3.0))
    assert rings == [2]
    press.drain()
    detach()
    detach()
    press.send(KpiUpdated("t", 4.0))
    assert rings == [2]
    assert press.attach(wake) is not None
    assert rings == [3]


def test_a_second_engine_is_an_error() -> None:
    press = channel("press")
    detach = press.attach(lambda: None)
    with pytest.raises(UsageError, match=r"expected no engine attached, got a second"):
        press.attach(lambda: None)
    detach()
    press.attach(lambda: None)


def test_a_producer_does_not_fail_for_its_engine(caplog: pytest.LogCaptureFixture) -> None:
    press = channel("press")

    def wake() -> None:
        raise RuntimeError("the loop is closed")

    press.attach(wake)
    press.send(KpiUpdated("t", 1.0))
    press.send(KpiUpdated("t", 2.0))
    assert press.drain().kpis["t"].value == 2.0
    assert len(caplog.records) == 1


def test_statistics_count_what_came_and_went() -> None:
    press = channel("press")
    for value in range(10):
        press.send(KpiUpdated("t", value), ChartDataUpdated.point("v", value, value))
    counts = press.statistics()
    assert (counts.num_sent, counts.num_drained, counts.num_merged_kpis, counts.num_pending) == (20, 0, 9, 11)
    press.drain()
    counts = press.statistics()
    assert (counts.num_sent, counts.num_drained, counts.num_pending, counts.pending_bytes) == (20, 20, 0, 0)
    assert counts.peak_pending == 11
    assert counts.peak_pending_bytes > 0


def test_a_drain_says_what_was_lost_so_far() -> None:
    press = channel("press", max_items=10)
    for start in (0, 100):
        press.send(ChartDataUpdated.point("v", math.nan, 1.0))
        press.send(ChartDataUpdated.xy("v", np.arange(start, start + 100.0), np.zeros(100)))
        drained, counts = press.drain(), press.statistics()
        assert drained.num_dropped_ever == counts.num_dropped_points == 90 * (start // 100 + 1)
        assert drained.num_rejected_ever == counts.num_rejected_points == start // 100 + 1
