"""A chart of past and present that is scrolled back past what is held: shown as it is read, and by whom looks only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.engine.past_shop import DAY, NOW, PAGED, Shop, assert_shown, filled_one_after_the_other, look, slowly

import cadran as cd
from cadran import testing
from cadran.errors import OutsideError
from cadran.frames.pasts import PastRead, Pasts
from cadran.screen.past import PastOf
from cadran.sources.past_reader import PastReader
from cadran.store import id_of

RANGES = [
    (NOW - 700 * DAY, NOW - 500 * DAY),
    (NOW - 30 * DAY, NOW - 1 * DAY),
    (NOW - 800 * DAY, NOW + 1.0),
    (NOW - 400.2 * DAY, NOW - 400.1 * DAY),
    (NOW - 14.5 * DAY, NOW - 13.5 * DAY),
]
"""Far back, over the border of what is held, all, a few points, and the border alone."""


@pytest.mark.parametrize(("x0", "x1"), RANGES)
def test_any_range_is_that_of_all_rows(shop: Shop, x0: float, x1: float) -> None:
    orders = shop.paged()
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer()
        live.advance("2s")
        assert orders.asked.num_rows < 1_000, "what is kept is read, and no more"
        look(live, viewer, x0, x1)
        assert_shown(viewer, shop.points, x0, x1)
        assert viewer.state("amount") == "live"


def test_a_first_look_between_two_rows_is_crossed_by_the_line(shop: Shop) -> None:
    xs = shop.points.xs
    gap = np.diff(xs[8_000:8_100])
    at = 8_000 + int(np.argsort(gap)[gap.size // 2])  # a usual distance: no hole, and not next to nothing
    x0, x1 = (float(xs[at] + part * (xs[at + 1] - xs[at])) for part in (0.50, 0.51))
    orders = shop.paged()
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, x0, x1)
        held = viewer.series("amount")
        assert held is not None
        assert held.ids.tolist() == [id_of(xs[at], held.k), id_of(xs[at + 1], held.k)]
        num_queries = orders.asked.num_queries
        live.advance("4s")
        assert orders.asked.num_queries - num_queries <= 2, "the interval's own"


def test_it_goes_on_with_the_present_after_a_look_back(shop: Shop) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, NOW - 700 * DAY, NOW - 500 * DAY)
        shop.feed(NOW + 3.0, 77.0)
        look(live, viewer, None, None)  # type: ignore[arg-type]  # as the page does to follow the present
        held = viewer.series("amount")
        assert held is not None
        assert held.max[-1] == 77.0


def test_what_nobody_looks_at_is_not_asked_for(shop: Shop) -> None:
    orders = shop.paged()
    with testing.open(shop.screen(orders)) as live:
        live.viewer()
        live.advance("1m")
        num_queries = orders.asked.num_queries
        assert orders.asked.num_rows < 1_000
        live.advance("1m")
        assert orders.asked.num_queries - num_queries <= 13, "the reads of its interval alone"


def test_many_viewers_of_a_range_cost_one(shop: Shop) -> None:
    x0, x1 = NOW - 700 * DAY, NOW - 500 * DAY
    counts = []
    for num_viewers in (1, 20):
        orders = shop.paged()
        with testing.open(shop.screen(orders)) as live:
            viewers = [live.viewer() for _ in range(num_viewers)]
            live.advance("1s")
            before = orders.asked.num_queries
            for viewer in viewers:
                viewer.zoom("amount", x0, x1)
            live.advance("1s")
            counts.append(orders.asked.num_queries - before)
            for viewer in viewers:
                assert_shown(viewer, shop.points, x0, x1)
    assert counts[0] == counts[1]


def test_what_was_read_is_read_once(shop: Shop) -> None:
    orders = shop.paged()
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer()
        look(live, viewer, NOW - 700 * DAY, NOW - 500 * DAY)
        look(live, viewer, NOW - 30 * DAY, NOW)
        before = orders.asked.num_rows
        look(live, viewer, NOW - 700 * DAY, NOW - 500 * DAY)
        assert orders.asked.num_rows == before
        assert_shown(viewer, shop.points, NOW - 700 * DAY, NOW - 500 * DAY)


def test_a_paused_viewer_looks_back_too(shop: Shop) -> None:
    x0, x1 = NOW - 700 * DAY, NOW - 500 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        viewer.change(paused=True)
        live.advance("1s")
        look(live, viewer, x0, x1)
        assert_shown(viewer, shop.points, x0, x1)


def test_after_a_broken_link_the_range_is_there_again(shop: Shop) -> None:
    x0, x1 = NOW - 700 * DAY, NOW - 500 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        look(live, viewer, x0, x1)
        live.cut(viewer)
        live.advance("5s")
        live.reconnect(viewer)
        live.advance("1s")
        assert_shown(viewer, shop.points, x0, x1)


def test_while_it_is_read_what_is_held_is_shown_and_then_more_from_the_right(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[float] = []
    slowly(reads, monkeypatch)
    x0, x1 = NOW - 700 * DAY, NOW - 2 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer(px=1_500)
        live.advance("2s")
        look(live, viewer, x0, x1, 1.0)
        held = viewer.series("amount")
        assert held is not None
        reached = [held.ids[0]]
        assert held.ids[0] >= id_of(NOW - 14 * DAY, held.k)
        for _ in range(10):
            live.advance("3s")
            held = viewer.series("amount")
            assert held is not None
            reached.append(held.ids[0])
        assert reached == sorted(reached, reverse=True)
        assert len(set(reached)) > 2
        assert reads == sorted(reads, reverse=True), "the newest first"
        assert_shown(viewer, shop.points, x0, x1)


def test_who_goes_elsewhere_is_served_there_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[float] = []
    slowly(reads, monkeypatch)
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer(px=2_000)
        live.advance("2s")
        for days in (700, 600, 500, 400):
            look(live, viewer, NOW - days * DAY, NOW - (days - 20) * DAY, 0.3)
        live.advance("20s")
        assert_shown(viewer, shop.points, NOW - 400 * DAY, NOW - 380 * DAY)
        begun = [round((NOW - at) / DAY) for at in reads]
        assert begun[0] > 670, begun
        assert all(300 < days < 450 for days in begun[1:]), begun


def test_a_fault_is_said_on_the_panel_and_the_present_goes_on(shop: Shop) -> None:
    orders = shop.paged()
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer()
        live.advance("2s")
        shop.file.execute("ALTER TABLE orders RENAME TO gone")
        look(live, viewer, NOW - 700 * DAY, NOW - 500 * DAY)
        status = viewer.status("amount")
        assert status is not None
        assert status.fault is not None
        assert "orders" in status.fault.message
        shop.file.execute("ALTER TABLE gone RENAME TO orders")
        live.advance("40s")
        assert viewer.state("amount") == "live"
        assert_shown(viewer, shop.points, NOW - 700 * DAY, NOW - 500 * DAY)


def test_a_fault_of_the_past_is_over_once_nobody_looks_there(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OutsideError("the disk is gone")

    monkeypatch.setattr(PastReader, "read", fail)
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("6s")
        look(live, viewer, NOW - 300 * DAY, NOW - 290 * DAY)
        assert viewer.state("amount") == "error"
        live.advance("35s")
        assert viewer.state("amount") == "error", "who looks there still sees it"
        viewer.zoom("amount")
        for _ in range(8):
            live.advance("5s")
            shop.feed(live.clock.now().wall, 1.0)
        live.advance("1s")
        assert viewer.state("amount") == "live"


def test_rows_that_may_be_changed_in_place_are_read_again(shop: Shop) -> None:
    orders = shop.changeable()
    x0, x1 = NOW - 700 * DAY, NOW - 500 * DAY
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, x0, x1)
        shop.file.execute("UPDATE orders SET amount = 1000 WHERE id = (SELECT min(id) FROM orders WHERE ts > ?)", (x0,))
        index = int(shop.points.xs.searchsorted(x0, "right"))
        shop.points.ys[index] = 1_000.0
        live.advance("2m")
        shop.feed(NOW + 60.0, 1.0)
        live.advance("5s")
        assert_shown(viewer, shop.points, x0, x1)


def test_a_window_longer_than_what_is_kept_is_read_from_the_past(shop: Shop) -> None:
    with testing.open(shop.screen(shop.paged(), window="60d")) as live:
        viewer = live.viewer()
        live.advance("3s")
        assert_shown(viewer, shop.points, NOW - 59 * DAY, NOW)


def test_a_point_more_costs_a_point_and_not_the_history(shop: Shop) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        sizes = []
        for step in range(10):
            before = viewer.num_bytes
            shop.feed(NOW + 3 + step, float(step))
            live.advance("0.1s")
            sizes.append(viewer.num_bytes - before)
        assert max(sizes[1:]) < 400
        held = viewer.series("amount")
        assert held is not None
        assert held.last[-1] == 9.0


def test_a_line_that_can_t_reach_back_says_so_in_the_layout(shop: Shop) -> None:
    lifted = shop.screen(shop.paged())
    odd = shop.screen(
        shop.database.query(
            "SELECT ts, id, amount FROM orders WHERE id > max(:cursor, 7) ORDER BY id LIMIT :limit",
            cursor="id",
            time="ts",
            every="5s",
        )
    )
    for screen, reaches_back in ((lifted, True), (odd, False)):
        with testing.open(screen) as live:
            viewer = live.viewer()
            live.advance("1s")
            assert viewer.panel("amount").reaches_back is reaches_back  # type: ignore[union-attr]


def test_a_picture_over_the_border_stays_as_what_was_held_leaves_and_is_read_for_who_lacks_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    x0, x1 = NOW - 14.5 * DAY, NOW - 13.5 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer, other = live.viewer(), live.viewer()
        live.advance("2s")
        look(live, viewer, x0, x1)
        assert_shown(viewer, shop.points, x0, x1)
        reads: list[float] = []
        slowly(reads, monkeypatch)
        for step in range(8):  # the oldest rows that are held leave with each new one
            shop.file.execute("INSERT INTO orders (ts, amount) VALUES (?, 1)", (NOW + step * 3_600.0,))
            live.clock.jump_wall(3_600.0)
            live.advance("5s")
            assert_shown(viewer, shop.points, x0, x1)
        assert not reads, "who looked has it"
        look(live, other, x0, x1, 20.0)
        assert reads
        for one in (viewer, other):
            assert_shown(one, shop.points, x0, x1)


def test_a_picture_is_not_taken_for_a_part_that_is_whole_in_a_moment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly([], monkeypatch, 0.1)
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer(px=500)
        live.advance("2s")
        look(live, viewer, NOW - 13 * DAY, NOW - DAY)
        before = viewer.series("amount")
        assert before is not None
        viewer.zoom("amount", NOW - 300 * DAY, NOW - DAY)
        pictures = set()
        for _ in range(20):
            live.advance("0.05s")
            held = viewer.series("amount")
            assert held is not None
            pictures.add((held.k, held.ids[0]))
        assert len(pictures) == 2, "the one before, and the whole one"
        assert_shown(viewer, shop.points, NOW - 300 * DAY, NOW - DAY)


def test_who_stays_is_not_kept_waiting_by_who_moves_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly([], monkeypatch)
    x0, x1 = NOW - 700 * DAY, NOW - 680 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        still, moving = live.viewer(), live.viewer()
        live.advance("2s")
        still.zoom("amount", x0, x1)
        for step in range(60):
            moving.zoom("amount", NOW - (600 - step) * DAY, NOW - (580 - step) * DAY)
            live.advance("0.5s")
        assert_shown(still, shop.points, x0, x1)


def test_what_others_look_back_at_costs_who_follows_the_present_nothing(shop: Shop) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        still, moving = live.viewer(), live.viewer()
        live.advance("15s")
        beats = still.num_bytes
        live.advance("10s")
        beats = still.num_bytes - beats
        before = still.num_bytes
        for step in range(10):  # at the level that the other sees, too
            look(live, moving, NOW - (100 + step) * DAY, NOW - (99 + step) * DAY, 1.0)
        assert still.num_bytes - before <= beats + 100


def test_where_nothing_is_held_the_past_is_all(tmp_path: Path, shop: Shop) -> None:
    orders = shop.database.query(
        "SELECT id, ts, amount FROM orders WHERE id > :cursor AND ts > 1900000000 ORDER BY id LIMIT :limit",
        cursor="id",
        time="ts",
        every="5s",
        keep="14d",
        past="SELECT ts, amount FROM orders",
    )
    with testing.open(shop.screen(orders)) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, NOW - 700 * DAY, NOW - 500 * DAY)
        assert_shown(viewer, shop.points, NOW - 700 * DAY, NOW - 500 * DAY)


def test_a_row_that_comes_late_with_a_time_of_long_ago_is_shown_in_time(shop: Shop) -> None:
    x0, x1 = NOW - 700 * DAY, NOW - 500 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, x0, x1)
        shop.file.execute("INSERT INTO orders (ts, amount) VALUES (?, 5000)", (x0 + DAY,))
        live.advance("11m")
        shop.feed(NOW + 600.0, 1.0)
        live.advance("2s")
        held = viewer.series("amount")
        assert held is not None
        assert held.max.max() == 5_000


def test_a_channel_that_keeps_less_than_is_read_of_its_history_is_an_error(shop: Shop) -> None:
    orders = shop.database.query("SELECT ts, amount FROM orders", time="ts", every="10m")
    short = cd.channel("short", keep="1m")

    @cd.screen("Short")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Amount", cd.splice(history=orders.series("amount"), live=short.series("amount")))

    with pytest.raises(cd.UsageError, match=r"needs 20 min of 'short', which keeps only 1 min"):
        cd.Program([screen]).description("short")


def test_one_connection_is_left_to_the_present(tmp_path: Path, shop: Shop) -> None:
    database = cd.database(str(shop.database.driver.name).replace("sqlite:", "sqlite:///"), connections=3)
    pasts = Pasts()
    queries = [database.query(PAGED, cursor="id", time="ts", every="5s", keep="14d") for _ in range(5)]
    kept = [pasts.of(PastOf(query, "ts", "amount")) for query in queries]
    for past in kept:
        past.reach(10, 0.0, 100.0, NOW, 0.0)
    assert len(pasts.start(0.0)) == 2


def test_of_all_pasts_together_those_not_seen_for_longest_are_forgotten(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadran.frames.pasts.BYTES_MAX", 100_000)
    pasts = Pasts()
    kept = filled_one_after_the_other(shop, pasts, PastRead(np.zeros((5, 1_000)), 1_000_000))
    assert kept == [False, False, False, True, True]
