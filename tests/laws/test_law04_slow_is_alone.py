"""Law 4: slow is alone. U10: a slow viewer hurts nobody, is not cut off, and gets the present when it returns."""

from __future__ import annotations

import math

import pytest
from tests.laws.conftest import Plant
from tests.recorder import Recorder

import cadran as cd
from cadran import testing
from cadran.frames.message import split_message
from cadran.frames.wire import SERIES, SERIES_REPLACE, TABLE
from cadran.testing import HeadlessViewer, LiveScreen


def feed(live: LiveScreen, plant: Plant, secs: float, per_sec: int) -> None:
    """Let time pass with so many updates a second."""
    for step in range(round(secs * per_sec)):
        now = live.clock.now().wall
        plant.press.send(cd.KpiUpdated("temperature", 50 + math.sin(now)))
        plant.press.send(cd.ChartDataUpdated.point("vibration", now, math.cos(step)))
        live.advance(1 / per_sec)


def pending_bytes(live: LiveScreen, viewer: HeadlessViewer) -> int:
    """All that is kept for a viewer or is under way to it."""
    number = live.seat(viewer).id
    known = next(one for one in live.core.audience.viewers() if one.id == number)
    return known.credit.unacked_bytes + sum(map(len, known.outgoing))


@pytest.mark.slow
def test_u10_a_viewer_that_reads_nothing_for_10_minutes(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        other, slow = live.viewer(), Recorder()
        live.viewer(viewer=slow)
        feed(live, plant, 2, 100)
        live.seat(slow).down.is_stalled = True
        most, frames = 0, other.num_frames
        feed(live, plant, 2, 100)
        rate_before = (other.num_frames - frames) / 2
        for step in range(600):
            now = live.clock.now().wall
            for part in range(50):
                plant.press.send(cd.KpiUpdated("temperature", 50 + math.sin(step + part)))
                plant.press.send(cd.ChartDataUpdated.point("vibration", now + part / 50, math.cos(step + part)))
            live.advance("1s")
            most = max(most, pending_bytes(live, slow))
        assert most < 64 * 1024
        assert len(live.seat(slow).down) < 500
        assert slow.close_code is None, "not cut off for being slow"
        assert live.core.leases.holders_of(("plant", 0)) == 1
        frames = other.num_frames
        feed(live, plant, 2, 100)
        assert (other.num_frames - frames) / 2 >= 0.99 * rate_before, "the other one is as fast as before"
        # On return: what was under way, then the newest state, once.
        slow.heard.clear()
        under_way = len(live.seat(slow).down)
        live.seat(slow).down.is_stalled = False
        live.advance("1s")
        since = slow.heard[under_way:]
        pieces = [piece for data in since for piece in split_message(data)[1]]
        snapshots = [p.target for p in pieces if p.kind == SERIES and p.flags & SERIES_REPLACE]
        assert len(snapshots) == len(set(snapshots)), "at most one snapshot of a visible panel"
        assert len(since) <= 3
        assert slow.value("temperature") == other.value("temperature")
        assert slow.s == other.s
        assert testing.held_view(live.core, slow, "plant", "vibration") == testing.store_view(
            live.core, slow, "plant", "vibration"
        )


def test_u10_its_queries_stop_with_its_lease(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        slow = live.viewer()
        feed(live, plant, 1, 20)
        live.seat(slow).down.is_stalled = True
        live.advance("45s")
        reads = plant.orders.num_reads
        live.advance("5m")
        assert plant.orders.num_reads == reads
        assert live.statistics().num_watched_panels == 0
        assert live.statistics().num_viewers == 1
        assert slow.close_code is None


def test_u10_a_silent_viewer_of_a_quiet_screen_costs_less_than_4_kib(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        slow = live.viewer()
        live.advance("5s")
        live.seat(slow).down.is_stalled = True
        live.advance("14m")
        assert pending_bytes(live, slow) < 4096


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.05, 0.2, 1.0, 2.0])
def test_law04_a_slow_link_still_gets_frames(plant: Plant, delay: float) -> None:
    """Credit in time, not in frames: two frames would starve a link of 200 ms."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer(delay=delay)
        feed(live, plant, 4 * delay + 2, 30)
        frames = viewer.num_frames
        feed(live, plant, 4, 30)
        assert viewer.num_frames - frames >= 4 * 10, "ten frames a second at least"
        assert viewer.at > live.clock.now().wall - delay - 0.3, "and they are as new as the link allows"


@pytest.mark.slow
def test_law04_a_thin_link_gets_fewer_and_fuller_frames(plant: Plant) -> None:
    """Nothing is queued: a viewer that takes one message in a while gets the newest state with it."""
    with testing.open(plant.screen) as live:
        fast, slow = live.viewer(), live.viewer()
        feed(live, plant, 1, 30)
        link = live.seat(slow).down
        fast_frames, slow_frames = fast.num_frames, slow.num_frames
        for _ in range(10):
            link.is_stalled = True
            feed(live, plant, 6, 10)
            link.is_stalled = False
            live.advance("0.1s")
        assert slow.num_frames - slow_frames < (fast.num_frames - fast_frames) / 1.2
        live.advance("1s")
        assert slow.s == fast.s
        held, shown = slow.series("vibration"), fast.series("vibration")
        assert held is not None
        assert shown is not None
        assert held.last[-1] == shown.last[-1]
        assert held.ids.tolist()[-20:] == shown.ids.tolist()[-20:]


def test_law04_a_large_frame_goes_on_where_it_stopped() -> None:
    """A frame of many messages is limited by credit too, and is applied at its commit alone."""
    rows = [{"id": index, "text": "x" * 400} for index in range(900)]
    big = testing.fake_source("big", rows, every="1s", key="id")

    @cd.screen("Big", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Big", big, rows=900)

    with testing.open(screen) as live:
        slow = live.viewer(delay=0.05)
        most = 0
        for _ in range(60):
            live.advance("0.05s")
            known = next(iter(live.core.audience.viewers()))
            most = max(most, known.credit.unacked_bytes)
        assert len(slow.rows("big")) == 900
        assert slow.max_message_bytes <= 65_536
        assert slow.num_bytes > 300_000
        assert most <= 1024 * 1024


def test_law04_a_piece_missed_in_part_comes_whole(plant: Plant) -> None:
    """Cut in the middle of a frame: nothing of it is applied, and the next connection gives it all."""
    rows = [{"id": index, "amount": 1.0, "region": "x" * 900} for index in range(50)]
    with testing.open(plant.screen) as live:
        viewer = live.viewer(delay=0.2)
        live.advance("1s")
        plant.orders.value = testing.fake_source("many", rows).value
        live.advance("1.05s")
        live.cut(viewer)
        assert len(viewer.rows("orders")) in (1, 50)
        live.reconnect(viewer)
        live.advance("1s")
        assert len(viewer.rows("orders")) == 50
        assert viewer.resumed is True


def test_law04_table_is_sent_by_changed_rows_only(plant: Plant) -> None:
    rows = [{"id": index, "amount": 1.0, "region": f"region {index}"} for index in range(50)]
    with testing.open(plant.screen) as live:
        plant.orders.value = testing.fake_source("many", rows).value
        viewer = Recorder()
        live.viewer(viewer=viewer)
        live.advance("2s")
        viewer.heard.clear()
        rows[7]["amount"] = 2.0
        plant.orders.value = testing.fake_source("many", rows).value
        live.advance("1s")
        tables = [p for data in viewer.heard for p in split_message(data)[1] if p.kind == TABLE]
        sizes = [len(p.payload) for p in tables]
        assert viewer.rows("orders")[7] == (7, 2.0, "region 7")
        assert min(sizes) < 700
