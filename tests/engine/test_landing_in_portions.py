"""What a channel gives all at once lands in portions: no step does more than its share, and nothing is another."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.engine.turning import hurried
from tests.store.small_blocks import small_blocks

import cadran as cd
from cadran import testing
from cadran.channel import Channel, PointsLanded
from cadran.channel.series_backlog import SeriesBacklog
from cadran.clock import Instant
from cadran.engine import landing
from cadran.engine.landing import WORK_PER_PORTION, WORK_PER_STEP, portions_of
from cadran.engine.listening import LANDING_SECS
from cadran.engine.messages import Rang
from cadran.store import Key, SeriesSnapshot, Store
from cadran.store.chunks import Chunk
from cadran.testing import LiveScreen


def channel_of(name: str) -> Channel:
    return cd.channel(name, keep="1000d", max_items=10_000_000, max_bytes=1 << 30)


def screen_of(press: Channel, other: Channel) -> cd.DashboardScreen:
    @cd.screen("Landing")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("last", press.kpi("k9999"))
        ui.kpi("other", other.kpi("value"))
        ui.line("v", press.series("v"))

    return screen


def chunks_of(snapshot: SeriesSnapshot) -> set[Chunk]:
    return {chunk for group in snapshot.history.groups for chunk in group.chunks}


def work_max(live: LiveScreen) -> int:
    return live.statistics().work_per_step_max


def test_ten_thousand_values_at_once_land_in_steps_of_bounded_work() -> None:
    press, other = channel_of("press"), channel_of("other")
    with testing.open(screen_of(press, other)) as live:
        viewer = live.viewer()
        press.send(*(cd.KpiUpdated(f"k{i}", float(i)) for i in range(10_000)))
        steps, ticks = live.num_steps, live.statistics().num_ticks
        live.settle()
        assert live.num_steps - steps >= 10_000 * landing.KPI_WORK // (WORK_PER_STEP + WORK_PER_PORTION)
        assert live.statistics().num_ticks - ticks <= 2, "a tick waits for what lands within a moment"
        assert 0 < work_max(live) <= WORK_PER_STEP + WORK_PER_PORTION
        assert viewer.value("last") == 9_999.0


def test_points_of_short_batches_count_as_they_are_copied() -> None:
    press = channel_of("press")
    for start in range(0, 30_000, 1_000):
        xs = np.arange(start, start + 1_000.0)
        press.send(*(cd.ChartDataUpdated.xy(f"v{number}", xs, xs, x="number") for number in range(12)))
    store, works = Store(), []
    for portion in portions_of(press.id, press.take(), store):
        store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None)
        works.append(portion.work)
    assert sum(works) >= 12 * 30_000 // landing.COPIED_PER_WORK
    assert max(works) <= WORK_PER_PORTION


def test_long_batches_count_as_they_are_copied_behind_what_a_tail_holds() -> None:
    press, store = channel_of("press"), Store()
    nums: list[int] = []
    for num_points in (100, 40_000, 40_000):
        xs = np.arange(num_points) + 1e6 * len(nums)
        press.send(*(cd.ChartDataUpdated.xy(f"v{number}", xs, xs, x="number") for number in range(12)))
        works = []
        for portion in portions_of(press.id, press.take(), store):
            store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None)
            works.append(portion.work)
        nums.append(len(works))
        assert max(works) <= WORK_PER_PORTION
    assert nums == [1, 12, 1], "behind chunks alone nothing is copied"


def test_a_step_whose_turn_is_over_lands_little() -> None:
    press, other = channel_of("press"), channel_of("other")
    with testing.open(screen_of(press, other), stopwatch=hurried()) as live:
        viewer = live.viewer()
        press.send(*(cd.KpiUpdated(f"k{i}", float(i)) for i in range(10_000)))
        live.settle()
        assert viewer.value("last") == 9_999.0
        assert 0 < work_max(live) <= WORK_PER_PORTION


@pytest.mark.parametrize("is_much", [False, True])
def test_what_took_a_good_part_of_a_step_to_land_is_looked_at_in_the_next(is_much: bool) -> None:
    press, other = channel_of("press"), channel_of("other")
    with testing.open(screen_of(press, other), stopwatch=hurried()) as live:
        live.viewer()
        live.advance("1s")
        num_ticks, s = live.core.num_ticks, live.core.store.s
        num_kpis = (WORK_PER_STEP // 2 if is_much else WORK_PER_PORTION // 2) // landing.KPI_WORK
        press.send(*(cd.KpiUpdated(f"k{9_999 - i}", float(i)) for i in range(num_kpis)))
        while live.core.store.s == s:
            live._step()
        is_begun = live.core.num_ticks > num_ticks or live.core.graph.is_under_way or live.core.is_busy
        assert is_begun is not is_much


def test_late_points_all_over_a_long_history_land_in_portions_that_touch_few_chunks() -> None:
    press, store = channel_of("press"), Store()
    xs = np.arange(200 * 32_768.0)
    press.send(cd.ChartDataUpdated.xy("v", xs, np.zeros(xs.size), x="number"))
    store.apply(press.id, press.drain(), now_wall=0.0, keep_secs=None)
    late = np.random.default_rng(1).uniform(0.0, xs[-1], 5_000)
    press.send(cd.ChartDataUpdated.xy("v", late, np.ones(5_000), x="number"))
    series = store.series(Key(press.id, "series", "v"))
    assert series is not None
    num_touched: list[int] = []
    for portion in portions_of(press.id, press.take(), store):
        before = series.snapshot()
        store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None)
        num_touched.append(len(chunks_of(series.snapshot()) - chunks_of(before)))
        assert portion.work <= WORK_PER_PORTION
    assert sum(num_touched) >= 190
    assert max(num_touched) <= landing.LATE_SPAN // landing.POINTS_PER_CHUNK + 2
    assert float(series.points.ys.sum()) == 5_000.0


def test_what_was_taken_is_looked_at_portion_by_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the drain nor the first portion makes blocks of all series."""
    num_landed = [0]
    landed = SeriesBacklog.landed

    def counted(self: SeriesBacklog) -> PointsLanded:
        num_landed[0] += 1
        return landed(self)

    monkeypatch.setattr(SeriesBacklog, "landed", counted)
    press = channel_of("press")
    press.send(*(cd.ChartDataUpdated.point(f"v{i}", float(i), 1.0) for i in range(5_000)))
    portions = portions_of(press.id, press.take(), Store())
    num_before = num_landed[0]
    first = next(portions)
    assert num_before == 0
    assert 0 < num_landed[0] == len(first.drained.points) <= WORK_PER_PORTION / landing.SERIES_WORK
    assert num_landed[0] + sum(len(portion.drained.points) for portion in portions) == 5_000


def test_a_flood_on_one_channel_does_not_keep_another_waiting() -> None:
    press, other = channel_of("press"), channel_of("other")
    with testing.open(screen_of(press, other)) as live:
        live.viewer()
        live.advance("1s")
        press.send(*(cd.KpiUpdated(f"k{i}", float(i)) for i in range(100_000)))
        other.send(cd.KpiUpdated("value", 5.0))
        live.core.step(live.clock.now())
        assert live.core.store.cell(Key(other.id, "kpi", "value")) is not None
        assert live.core.store.cell(Key(press.id, "kpi", "k99999")) is None


@pytest.mark.parametrize("seed", range(4))
def test_portions_land_as_the_whole_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WORK_PER_STEP", 0), ("WORK_PER_PORTION", 40), ("LATE_MAX", 7), ("LATE_SPAN", 9)):
        monkeypatch.setattr(landing, name, value)
    for name, value in (("UNSORTED_MAX", 5), ("POINTS_PER_CHUNK", 2), ("SORTED_PER_WORK", 1)):
        monkeypatch.setattr(landing, name, value)
    monkeypatch.setattr(landing, "POINTS_MAX", 11)
    rng = random.Random(seed)
    press, whole, parts = cd.channel("press"), Store(), Store()
    num_portions = 0
    for number in range(15):
        for name in rng.sample("abcdefgh", 5):
            xs = [
                float(rng.randrange(20)) + rng.choice([0, number])
                for _ in range(rng.choice([1, 3, 40, 1_100 if number == 7 else 2]))
            ]
            update = cd.ChartDataUpdated.xy(name, xs, [float(number)] * len(xs), replace=rng.random() < 0.1)
            press.send(update, cd.KpiUpdated(f"{name}{rng.randrange(40)}", number))
        taken = press.take()
        whole.apply(press.id, taken.whole(), now_wall=100.0, keep_secs=None)
        for portion in portions_of(press.id, taken, parts):
            parts.apply(press.id, portion.drained, now_wall=100.0, keep_secs=None)
            num_portions += 1
        for name in "abcdefgh":
            one, other = (store.series(Key(press.id, "series", name)) for store in (whole, parts))
            if one is None or other is None:
                assert one is other
                continue
            for expected, got in zip(one.points, other.points, strict=True):
                np.testing.assert_array_equal(got, expected)
        keys = [Key(press.id, "kpi", f"{name}{i}") for name in "abcdefgh" for i in range(40)]
        values = [[cell and cell.value for cell in map(store.cell, keys)] for store in (whole, parts)]
        assert values[0] == values[1]
    assert num_portions > 100


@pytest.mark.parametrize("is_cut_meanwhile", [False, True])
@pytest.mark.parametrize("num_same", [0, 7, 400, 641, 1_300])
def test_what_takes_the_place_of_all_is_compared_in_portions(num_same: int, is_cut_meanwhile: bool) -> None:
    press, store = channel_of("press"), Store()
    xs = np.arange(1_300.0)
    with small_blocks():
        press.send(cd.ChartDataUpdated.xy("v", xs, np.zeros(1_300), x="number"))
        store.apply(press.id, press.drain(), now_wall=0.0, keep_secs=None)
        series = store.series(Key(press.id, "series", "v"))
        assert series is not None
        new_ys = np.where(xs < num_same, 0.0, 1.0)
        press.send(cd.ChartDataUpdated.xy("v", xs, new_ys, x="number", replace=True))
        taken, before_s = press.take(), store.s
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(landing, "WORK_PER_STEP", 0)
            patch.setattr(landing, "WORK_PER_PORTION", 40)
            patch.setattr(landing, "COMPARED_PER_WORK", 10)
            num_portions = 0
            for portion in portions_of(press.id, taken, store):
                num_portions += 1
                store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None)
                if is_cut_meanwhile and num_portions == 1 and num_same >= 400:
                    store.s += 1
                    series.drop_oldest(20, store.s)
                assert len(series) >= 1_280, "whole before and afterwards"
        assert num_portions >= num_same // 16 // landing.COMPARED_CHUNKS
        np.testing.assert_array_equal(series.points.ys, new_ys)
        np.testing.assert_array_equal(series.points.xs, xs)
        if not is_cut_meanwhile:
            expected = float(num_same) if 0 < num_same < 1_300 else -np.inf if not num_same else np.inf
            assert series.changes.since(before_s) == expected


@pytest.mark.parametrize(("num_more", "keep_points", "x0"), [(0, 400, np.inf), (9, 400, 1_300.0), (0, 900, -np.inf)])
def test_what_takes_the_place_of_all_is_compared_behind_what_is_not_kept(
    num_more: int, keep_points: int, x0: float
) -> None:
    """``x0``: from which on it is another. Of 400 points all were kept: what lies before is missing if more are."""
    press, store = channel_of("press"), Store()
    xs = np.arange(1_300.0 + num_more)
    with small_blocks():
        press.send(cd.ChartDataUpdated.xy("v", xs[:1_300], np.zeros(1_300), x="number"))
        store.apply(press.id, press.drain(), now_wall=0.0, keep_secs=None, keep_points=400)
        series = store.series(Key(press.id, "series", "v"))
        assert series is not None
        assert len(series) == 400
        press.send(cd.ChartDataUpdated.xy("v", xs, np.zeros(xs.size), x="number", replace=True))
        taken, before_s = press.take(), store.s
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(landing, "WORK_PER_STEP", 0)
            patch.setattr(landing, "WORK_PER_PORTION", 40)
            patch.setattr(landing, "COMPARED_PER_WORK", 10)
            portions = portions_of(press.id, taken, store)
            num_portions = 0
            for portion in portions:
                num_portions += 1
                store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None, keep_points=keep_points)
        assert num_portions >= 400 // 16 // landing.COMPARED_CHUNKS
        assert series.changes.since(before_s) == x0
        assert (store.s == before_s) == (x0 == np.inf)
        np.testing.assert_array_equal(series.points.xs, xs[-keep_points - num_more :])


def test_u09_what_comes_behind_a_long_history_lands_at_once_and_keeps_its_lines_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(landing, "POINTS_PER_CHUNK", 16)  # few points count like a long history
    press, store = channel_of("press"), Store()
    names = [f"v{number}" for number in range(12)]
    for start in (0.0, 2_000.0):
        num_points = 2_000 if not start else 40
        xs = np.arange(start, start + num_points)
        press.send(*(cd.ChartDataUpdated.xy(name, xs, np.zeros(num_points), x="number") for name in names))
        portions = 0
        for portion in portions_of(press.id, press.take(), store):
            portions += 1
            store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None)
        assert portions > 1 if not start else portions == 1
    tracks = {series.x_track for name in names if (series := store.series(Key(press.id, "series", name)))}
    assert len(tracks) == 1


def test_many_points_in_no_order_are_sorted_in_portions() -> None:
    press, store = channel_of("press"), Store()
    xs = np.random.default_rng(2).uniform(0.0, 1.0, 100_000)
    for part in np.split(xs, 4):
        press.send(cd.ChartDataUpdated.xy("v", part, part, x="number"))
    num_portions = 0
    for portion in portions_of(press.id, press.take(), store):
        num_portions += 1
        assert portion.work <= WORK_PER_PORTION
        store.apply(press.id, portion.drained, now_wall=0.0, keep_secs=None)
    assert num_portions >= xs.size // landing.UNSORTED_MAX
    series = store.series(Key(press.id, "series", "v"))
    assert series is not None
    np.testing.assert_array_equal(series.points.xs, np.sort(xs))


def test_law07_a_tick_that_goes_on_before_all_has_landed_says_so() -> None:
    press, other = cd.channel("press", expect="200ms", max_items=200_000), channel_of("other")
    with testing.open(screen_of(press, other)) as live:
        live.viewer()
        press.send(*(cd.KpiUpdated(f"k{i}", 0.0) for i in range(100_000)), cd.ChartDataUpdated.point("v", 1.0, 1.0))
        other.send(cd.KpiUpdated("value", 5.0))
        live.settle()
        live.advance("100ms")
        press.send(*(cd.KpiUpdated(f"k{i}", 1.0) for i in range(100_000)))
        core, began, ticks_before = live.core, live.clock.now(), live.statistics().num_ticks
        stage = core.stage("landing")
        seen: list[tuple[str, str]] = []
        num_steps = num_ticks = 0
        while core.health(began)[press.id].is_behind or not num_steps:
            num_steps += 1
            secs = 0.005 * num_steps
            now = Instant(began.mono + secs, began.wall + secs)
            core.step(now, [Rang()])
            if core.num_ticks - ticks_before > num_ticks:
                num_ticks = core.num_ticks - ticks_before
                seen.append(tuple(status.state if status else "" for status in stage.status[:2]))  # type: ignore[arg-type]
            assert core.health(now)[press.id].state == "live", "it gave more than has landed"
        assert secs > 0.5
        assert num_ticks <= 1 + secs / LANDING_SECS, "each tick waits for what lands"
        assert seen[0] == ("behind", "live")
        assert seen.count(("behind", "live")) >= 3
        core.step(Instant(now.mono + 0.1, now.wall + 0.1), [])
        assert [status and status.state for status in stage.status] == ["live"] * 3
