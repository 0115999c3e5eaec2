"""What was read of the past is read again: after a failure, on request, and, once it is old, where somebody looks."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.past_shop import (
    DAY,
    NOW,
    PAGED,
    X0,
    X1,
    Disk,
    Shop,
    assert_shown,
    filled_one_after_the_other,
    look,
    slowly,
)

import cadran as cd
from cadran import testing
from cadran.clock import Instant
from cadran.frames.pasts import PastRead, Pasts
from cadran.frames.wire import Fault
from cadran.jobs import JobDone
from cadran.screen.past import PastOf
from cadran.testing import HeadlessViewer


def change_first_row(shop: Shop, amount: float) -> None:
    """The first row that is looked at has another amount from now on."""
    shop.file.execute("UPDATE orders SET amount = ? WHERE id = (SELECT min(id) FROM orders WHERE ts > ?)", (amount, X0))
    shop.points.ys[int(shop.points.xs.searchsorted(X0, "right"))] = amount


def fault_of(viewer: HeadlessViewer) -> Fault:
    status = viewer.status("amount")
    assert status is not None
    assert status.fault is not None
    return status.fault


def next_try(viewer: HeadlessViewer) -> float:
    at = fault_of(viewer).next_try
    assert at is not None
    return at


# --- after a failure ---


def test_a_failure_says_when_it_is_tried_again_and_it_is_tried_then(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        disk.is_broken = True
        look(live, viewer, X0, X1)
        now = live.clock.now().wall
        assert now + 20 < next_try(viewer) <= now + 30
        num_reads, disk.is_broken = disk.num_reads, False
        live.advance(next_try(viewer) - now - 0.1)
        assert disk.num_reads == num_reads
        live.advance("1.2s")
        assert disk.num_reads > num_reads
        assert viewer.state("amount") == "live"
        assert_shown(viewer, shop.points, X0, X1)


def test_retry_asks_at_once(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        disk.is_broken = True
        look(live, viewer, X0, X1)
        assert viewer.state("amount") == "error"
        disk.is_broken = False
        viewer.refresh("amount")
        live.advance("0.5s")
        assert viewer.state("amount") == "live"
        assert_shown(viewer, shop.points, X0, X1)


def test_a_retry_that_fails_is_told_with_a_new_moment(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        disk.is_broken = True
        look(live, viewer, X0, X1)
        first = next_try(viewer)
        live.advance("10s")
        viewer.refresh("amount")
        live.advance("0.5s")
        assert next_try(viewer) > first + 5
        assert fault_of(viewer).since < first - 29


def test_however_often_it_is_pressed_a_failing_read_is_asked_at_most_four_times_a_second(
    shop: Shop, disk: Disk
) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        disk.is_broken = True
        look(live, viewer, X0, X1)
        num_reads = disk.num_reads
        for _ in range(40):
            viewer.refresh("amount")
            live.advance("0.05s")
        assert 4 <= disk.num_reads - num_reads <= 9


def test_a_retry_by_who_has_all_of_an_older_picture_asks_too(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        disk.is_broken = True
        live.advance("70s")
        assert viewer.state("amount") == "error", "it was read again as it was old"
        disk.is_broken = False
        change_first_row(shop, 1_000.0)
        viewer.refresh("amount")
        live.advance("0.5s")
        assert viewer.state("amount") == "live"
        assert_shown(viewer, shop.points, X0, X1)


def test_a_failure_is_forgotten_where_nobody_looks_and_nothing_else_happens(shop: Shop, disk: Disk) -> None:
    seldom = shop.changeable(every="10m")
    with testing.open(shop.screen(seldom)) as live:
        viewer, other = live.viewer(), live.viewer()
        live.advance("2s")
        look(live, viewer, NOW - 300 * DAY, NOW - 290 * DAY)
        disk.is_broken = True
        look(live, other, X0, X1)
        assert other.state("amount") == viewer.state("amount") == "error", "both look at the past"
        other.zoom("amount")
        live.advance("25s")
        assert viewer.state("amount") == "error"
        live.advance("10s")
        assert viewer.state("amount") == "live"


def test_who_follows_the_present_hears_nothing_of_a_look_back_that_failed(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        present, back = live.viewer(), live.viewer()
        live.advance("2s")
        disk.is_broken = True
        look(live, back, X0, X1)
        assert back.state("amount") == "error"
        assert present.state("amount") == "live"
        back.zoom("amount")
        live.advance("0.5s")
        assert back.state("amount") == "live", "nor who comes back to it"
        look(live, back, X0, X1, 0.5)
        assert back.state("amount") == "error"
        disk.is_broken = False
        back.refresh("amount")
        live.advance("0.5s")
        assert back.state("amount") == "live"
        assert_shown(back, shop.points, X0, X1)


# --- on request ---


def test_a_refresh_reads_what_is_looked_at_anew(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        num_reads = disk.num_reads
        change_first_row(shop, 2_000.0)
        live.advance("5s")
        assert disk.num_reads == num_reads
        viewer.refresh()
        live.advance("1s")
        assert_shown(viewer, shop.points, X0, X1)
        assert disk.num_reads - num_reads <= 3, "the blocks in sight, once each"


# --- once it is old ---


def test_who_stays_gets_what_was_corrected_though_nothing_else_happens(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        for amount in (1_000.0, 2_000.0):
            num_reads = disk.num_reads
            change_first_row(shop, amount)
            live.advance("70s")
            assert_shown(viewer, shop.points, X0, X1)
            assert 1 <= disk.num_reads - num_reads <= 4, "each block in sight, once a minute"


def test_rows_that_are_only_added_are_looked_at_again_after_ten_minutes(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        num_reads = disk.num_reads
        change_first_row(shop, 3_000.0)
        live.advance("9m")
        assert disk.num_reads == num_reads
        live.advance("90s")
        assert_shown(viewer, shop.points, X0, X1)


@pytest.mark.parametrize("num_viewers", [1, 20])
def test_many_viewers_who_stay_cost_one(shop: Shop, disk: Disk, num_viewers: int) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewers = [live.viewer() for _ in range(num_viewers)]
        live.advance("2s")
        for viewer in viewers:
            viewer.zoom("amount", X0, X1)
        live.advance("2s")
        num_reads = disk.num_reads
        change_first_row(shop, 1_000.0)
        live.advance("70s")
        assert disk.num_reads == 2 * num_reads
        for viewer in viewers:
            assert_shown(viewer, shop.points, X0, X1)


@pytest.mark.parametrize("gone", ["hidden", "elsewhere", "paused", "disconnected"])
def test_what_nobody_looks_at_any_more_is_not_read_again(shop: Shop, disk: Disk, gone: str) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        num_reads = disk.num_reads
        match gone:
            case "elsewhere":
                viewer.zoom("amount")
            case "disconnected":
                live.cut(viewer)
            case _:
                viewer.change(**{gone: True})
        live.advance("10m")
        assert disk.num_reads == num_reads


def test_what_is_the_same_is_not_sent_again(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        num_pieces, num_reads = viewer.num_data_pieces, disk.num_reads
        live.advance("310s")
        assert disk.num_reads == 6 * num_reads, "once a minute"
        assert viewer.num_data_pieces == num_pieces


def test_each_block_is_read_again_at_its_own_time(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1, 30.0)
        num_reads = disk.num_reads
        look(live, viewer, X0 - 190 * DAY, X1 - 190 * DAY, 31.0)  # the older part of it is new
        assert disk.num_reads > num_reads + 1, "the others were read again"
        num_reads = disk.num_reads
        live.advance("31s")
        assert disk.num_reads > num_reads


def test_a_correction_of_few_rows_shows_however_closely_they_are_looked_at(shop: Shop) -> None:
    xs = shop.points.xs
    index = int(xs.searchsorted(X0, "right"))
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0 - 3 * DAY, X0 + 3 * DAY)
        look(live, viewer, float(xs[index]) - 1.0, float(xs[index]) + 1.0)
        for amount in (1_000.0, 2_000.0):
            change_first_row(shop, amount)
            live.advance("70s")
            assert_shown(viewer, shop.points, float(xs[index]) - 1.0, float(xs[index]) + 1.0)


def test_what_fails_once_it_is_old_stays_an_error_and_is_tried_again(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.changeable())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        disk.is_broken = True
        change_first_row(shop, 1_000.0)
        live.advance("62s")
        since = {fault_of(viewer).since}
        for _ in range(12):
            live.advance("20s")
            since.add(fault_of(viewer).since)
        assert len(since) == 1, "it is one and the same failure all the time"
        disk.is_broken = False
        live.advance("32s")
        assert viewer.state("amount") == "live"
        assert_shown(viewer, shop.points, X0, X1)


def test_a_block_is_read_once_however_long_that_takes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[float] = []
    slowly(reads, monkeypatch)
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer(px=1_500)
        live.advance("2s")
        look(live, viewer, X0, NOW - 20 * DAY, 40.0)
        assert_shown(viewer, shop.points, X0, NOW - 20 * DAY)
        assert len(reads) == len(set(reads)) > 1


def test_of_lines_with_different_seams_who_needs_more_of_a_block_is_served(shop: Shop) -> None:
    past = Pasts().of(PastOf(shop.paged(), "ts", "amount"))
    for held_x in (800.5, 100.5):
        past.reach(0, 0.0, 900.0, held_x, 0.0)
    asked = past.take(0.0)
    assert asked is not None
    assert asked[1] == 800.0


# --- bounds ---


def test_of_more_pasts_than_are_kept_those_not_seen_for_longest_are_dropped_and_counted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadran.frames.pasts.PASTS_MAX", 3)
    pasts = Pasts()
    kept = filled_one_after_the_other(shop, pasts, PastRead(np.empty((5, 0)), 0))
    assert kept == [False, False, True, True, True]
    assert pasts.num_dropped == 2


def test_blocks_that_make_room_are_counted_in_the_statistics(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadran.frames.pasts.BYTES_MAX", 1)
    other = cd.channel("other")
    first, second = shop.paged(), shop.paged()

    @cd.screen("Two")
    def two(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for name, orders in (("one", first), ("amount", second)):
            ui.line(name, cd.splice(history=orders.series("amount"), live=other.series(name)), window="1d")

    with testing.open(two) as live:
        viewer = live.viewer()
        live.advance("2s")
        viewer.zoom("one", X0, X1)
        live.advance("2s")
        viewer.see("amount")
        look(live, viewer, X0, X1)
        assert live.statistics().num_past_blocks_dropped >= 1
        assert_shown(viewer, shop.points, X0, X1)


def test_pasts_that_nobody_looked_at_are_not_looked_through(shop: Shop) -> None:
    pasts = Pasts()
    queries = [shop.database.query(PAGED, cursor="id", time="ts", every="5s", keep="14d") for _ in range(20)]
    kept = [pasts.of(PastOf(query, "ts", "amount")) for query in queries]
    kept[7].reach(10, 0.0, 100.0, NOW, 0.0)
    assert list(pasts._active) == [kept[7]]
    (job,) = pasts.start(0.0)
    pasts.finish(JobDone(job, value=PastRead(np.empty((5, 0)), 0)), lambda: 1, Instant(0.0, NOW))
    assert pasts.take_due(599.0) == []
    assert pasts.take_due(600.0) == [kept[7]]
    assert pasts.take_due(601.0) == []
    assert not pasts._active, "nobody looked again"
