"""Row U12: the bucket of the present is kept and told apart; numbers of a resampled series leave it out."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics.shown import PRESS, ROWS, SERIES, shown, until

import cadran as cd
from cadran import testing
from cadran.metrics.lens import Before
from cadran.readable import Last, Points, Readable, ValueAgo
from cadran.readable.finished import finished, finished_to
from cadran.screen.layout import BarPanel, KpiPanel, LinePanel

times_lists = st.lists(st.integers(0, 120).map(float), max_size=30)
SPAN_SECS = 10.0


def rows(times: list[float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"ts": sorted(times), "amount": [2.0] * len(times)}, schema={"ts": pl.Float64, "amount": pl.Float64}
    )


def mark_of(buckets: Readable[Any]) -> Readable[Any]:
    mark = finished_to(buckets)
    assert mark is not None
    return mark


def pairs(points: Points) -> list[tuple[float, float]]:
    return list(zip(points.xs.tolist(), points.ys.tolist(), strict=True))


@given(times_lists, st.lists(st.floats(0, 130), min_size=2, max_size=8))
def test_u12_finished_buckets_never_change_unless_rows_come_late(times: list[float], moments: list[float]) -> None:
    count = ROWS.resample("10s").count()
    seen: dict[float, float] = {}
    for now in sorted(moments):
        frame = rows([time for time in times if time <= now])
        ended = dict(pairs(shown(count.finished(), frame, now=now)))
        assert seen.items() <= ended.items()
        seen = ended
        everything = pairs(shown(count, frame, now=now))
        limit = shown(mark_of(count), frame, now=now)
        assert list(ended.items()) == [(x, y) for x, y in everything if x < limit]
        assert limit <= now < limit + SPAN_SECS


@given(times_lists, st.floats(0, 130))
def test_u12_what_has_ended_holds_until_the_next_bucket_ends(times: list[float], now: float) -> None:
    frame = rows([time for time in times if time <= now])
    count = ROWS.resample("10s").count()
    for readable in (count.finished(), mark_of(count), count.latest()):
        assert until(readable, frame, now) == (now // SPAN_SECS + 1) * SPAN_SECS


def test_u12_numbers_are_of_finished_buckets() -> None:
    frame = rows([1.0, 2.0, 11.0, 12.0, 13.0, 21.0])  # 2, 3, and 1 in the bucket that has just begun
    count = ROWS.resample("10s").count()
    assert pairs(shown(count, frame, now=22.0)) == [(0.0, 2.0), (10.0, 3.0), (20.0, 1.0)]
    numbers: dict[str, Any] = {
        "latest": count.latest(), "delta": count.delta(), "min": count.min(), "max": count.max(), "mean": count.mean(),
        "quantile": count.quantile(0.0), "rate": count.rate("1m"), "of a window": count.last("1m").latest(),
        "delta of one": count.delta(over="1m"),
    }  # fmt: skip
    found = {name: shown(readable, frame, now=22.0) for name, readable in numbers.items()}
    assert found == {
        "latest": 3.0, "delta": 1.0, "min": 2.0, "max": 3.0, "mean": 2.5, "quantile": 2.0, "rate": 0.1,
        "of a window": 3.0, "delta of one": 1.0,
    }  # fmt: skip
    assert shown(count.latest(), frame, now=30.0) == 1.0
    assert shown(count.latest(), frame, now=9.9) is None


def test_u12_a_day_of_25_hours_ends_when_it_ends() -> None:
    zone = ZoneInfo("Europe/Paris")
    at = [datetime(2026, 10, day, 12, tzinfo=zone).timestamp() for day in (24, 25, 26)]
    midnight = datetime(2026, 10, 26, tzinfo=zone).timestamp()
    count = ROWS.resample("1d", zone="Europe/Paris").count()
    assert shown(count.latest(), rows(at[:2]), now=midnight - 1.0) == 1.0
    assert pairs(shown(count.finished(), rows(at[:2]), now=midnight - 1.0))[-1][0] == midnight - 49 * 3600.0
    assert pairs(shown(count.finished(), rows(at[:2]), now=midnight))[-1][0] == midnight - 25 * 3600.0


@pytest.mark.parametrize(
    "windowed",
    [
        ROWS.last("20s"),
        ROWS.last("20s").where(amount=2.0),
        ROWS.last("20s").sort("amount"),
        ROWS.where(amount=2.0).last("20s").where(amount=2.0),
    ],
)
def test_u12_a_bucket_that_a_window_cuts_is_left_out_whatever_follows_the_window(windowed: Any) -> None:
    frame = rows([81.0, 85.0, 95.0])
    assert pairs(shown(windowed.resample("10s").count(), frame, now=103.0)) == [(90.0, 1.0), (100.0, 0.0)]
    series = windowed.series("amount").resample("10s").count()
    assert pairs(shown(series, frame, now=103.0)) == [(90.0, 1.0), (100.0, 0.0)]


def test_u12_the_window_before_holds_what_had_ended_by_its_end() -> None:
    frame = rows([4.0, 14.0, 15.0, 24.0, 25.0, 26.0, 31.0])
    latest = ROWS.resample("10s").count().last("20s").latest()
    assert shown(latest, frame, now=45.0) == 1.0
    assert shown(latest, frame, now=45.0, lens=Before(45.0)) == 2.0  # at 25 it was that of 10 to 20
    of_window = ROWS.last("20s").resample("10s").count().latest()
    assert shown(of_window, frame, now=45.0, lens=Before(45.0)) == 2.0


def test_u12_a_mark_is_of_buckets_only() -> None:
    count = ROWS.last("1h").resample("1m").count()
    assert finished_to(count) == finished_to(count.last("5m")) == finished_to(count.table().tail(3))
    assert finished_to(SERIES) is None
    assert finished_to(ROWS.tail(3)) is None
    assert finished_to(count.finished()) is None
    assert finished(SERIES.last("5m")) == SERIES.last("5m")


def test_u12_of_past_and_present_the_mark_is_that_of_the_present() -> None:
    fed = PRESS.series("per 10 s")
    live, past = SERIES.resample("10s").count(), ROWS.resample("10s").count()
    both = cd.splice(history=past, live=live)
    assert finished_to(both) == finished_to(both.last("5m")) == mark_of(live)
    assert finished_to(cd.splice(history=past, live=fed)) is None, "what is fed has no buckets"
    assert finished(both) == cd.splice(history=past.finished(), live=live.finished())
    assert both.latest() == finished(both).latest() != cd.splice(history=ROWS.series("amount"), live=fed).latest()
    plain = cd.splice(history=ROWS.series("amount"), live=fed)
    assert finished(plain) is plain


def test_u12_a_splice_of_buckets_marks_the_unfinished_one() -> None:
    orders = testing.fake_source("orders", every="1s", time="ts", key="id")
    begin = 1_800_000_000.0
    orders.value = pl.DataFrame({"id": [1, 2], "ts": [begin - 25.0, begin - 15.0]})
    press = cd.channel("press")

    @cd.screen("Orders", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        both = cd.splice(history=orders.resample("10s").count(), live=press.series("v").resample("10s").count())
        ui.kpi("card", both.latest())
        ui.line("line", both)

    with testing.open(screen) as live:
        viewer = live.viewer()
        for _ in range(25):  # one a second: 10, 10, and 5 so far
            press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, 1.0))
            live.advance("1s")
        line = viewer.panel("line")
        assert isinstance(line, LinePanel)
        assert viewer.picture.scalars[line.series[0].finished_slot or 0][0] == begin + 20.0
        (reported,) = live.report("line").series
        assert reported.finished_to == begin + 20.0
        assert [y for _, y in reported.points][-3:] == [10.0, 10.0, 5.0]
        assert viewer.value("card") == 10.0


def test_u12_an_ended_range_ends_its_last_bucket_nowhere() -> None:
    count = Last(ROWS, 30.0, until=55.0).resample("10s").count()
    mark = mark_of(count)
    assert (shown(mark, rows([41.0]), now=99.0), until(mark, rows([41.0]), 99.0)) == (50.0, math.inf)
    assert pairs(shown(count, rows([31.0, 41.0, 51.0, 61.0]), now=99.0)) == [(30.0, 1.0), (40.0, 1.0), (50.0, 1.0)]


def test_u12_a_card_a_line_and_bars_on_a_screen() -> None:
    orders = testing.fake_source("orders", every="1s", time="ts", key="id")
    orders.value = pl.DataFrame(schema={"id": pl.Int64, "ts": pl.Float64})
    count = orders.resample("10s").count()

    @cd.screen("Orders", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("per 10 s", count, compare="10s")
        ui.line("line", count, PRESS.series("v"), orders.resample("10s").count().last("1m"))
        ui.bar("bars", count.table())

    with testing.open(screen) as live:
        viewer = live.viewer()
        assert viewer.state("bars") == viewer.state("line") == "empty"  # a mark alone is nothing to show
        begin = live.clock.now().wall // 10 * 10
        live.advance(begin + 10.0 - live.clock.now().wall)
        for place in range(25):  # one a second: 10, 10, and 5 so far
            new = pl.DataFrame({"id": [place], "ts": [live.clock.now().wall]})
            orders.value = pl.concat([orders.value, new])
            live.advance("1s")
        line, bar = viewer.panel("line"), viewer.panel("bars")
        assert isinstance(line, LinePanel)
        assert isinstance(bar, BarPanel)
        slots = [one.finished_slot for one in line.series]
        assert slots[1] is None
        assert slots[0] == slots[2] is not None
        mark = slots[0] or 0
        assert viewer.picture.scalars[mark][0] == begin + 30.0
        assert viewer.picture.scalars[bar.finished_slot or 0][0] == begin + 30.0
        reported = live.report("line").series
        assert [one.finished_to for one in reported] == [begin + 30.0, None, begin + 30.0]
        assert reported[0].points[-1] == (begin + 30.0, 5.0)
        assert viewer.rows("bars")[-1] == (begin + 30.0, 5.0)
        assert (viewer.value("per-10-s"), viewer.previous("per-10-s")) == (10.0, 10.0)
        live.advance("5.1s")
        assert viewer.picture.scalars[mark][0] == begin + 40.0
        assert viewer.value("per-10-s") == 5.0
        card = viewer.panel("per-10-s")
        assert isinstance(card, KpiPanel)
        spark = viewer.picture.series[card.spark_slot or 0]
        assert [round(id * 2**spark.k) // 10 * 10 - begin for id in spark.ids] == [10.0, 20.0, 30.0]


def test_u12_the_value_ago_is_that_of_the_bucket_that_had_ended() -> None:
    series = Points(np.array([5.0, 15.0, 25.0, 31.0]), np.array([1.0, 2.0, 4.0, 8.0]))
    mean = SERIES.resample("10s").mean()
    ago = ValueAgo(finished(mean), 10.0)
    assert [shown(mean.latest(), series, now=now) for now in (32.0, 39.9, 40.0)] == [4.0, 4.0, 8.0]
    assert [shown(ago, series, now=now) for now in (32.0, 39.9, 40.0)] == [2.0, 2.0, 4.0]
    assert until(ago, series, 32.0) == 40.0


def test_u12_a_bucket_ends_though_nothing_comes() -> None:
    press = cd.channel("press")

    @cd.screen("Mean", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("mean", press.series("v").resample("10s").mean())
        ui.line("line", press.series("v").resample("10s").mean())

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.ChartDataUpdated.point("v", live.clock.now().wall, 5.0))
        live.advance("1s")
        assert viewer.value("mean") is None
        live.advance("9.1s")
        assert viewer.value("mean") == 5.0
