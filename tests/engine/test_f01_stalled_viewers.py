"""F1, F3, F5: viewers that stop reading, are cut off, or come all at once cost the others nothing."""

from __future__ import annotations

import gc
import math

import psutil
import pytest
from tests.laws.conftest import Plant, make_plant
from tests.pictures import assert_alike
from tests.working import working

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer, LiveScreen, held_view, store_view

NUM_VIEWERS = 200
PENDING_BYTES_MAX = 64 * 1024
SLACK_BYTES = 8 * 2**20


class Punctual(HeadlessViewer):
    """Notes how late each frame reaches it: now, less the moment at which its S was settled."""

    live: LiveScreen

    def __init__(self, live: LiveScreen) -> None:
        super().__init__()
        self.live = live
        self.late_secs: list[float] = []

    def hear(self, data: bytes) -> None:
        super().hear(data)
        if self.live.core.settled_s == self.s:
            self.late_secs.append(self.live.clock.now().wall - self.live.core.settled_at)


def feed(live: LiveScreen, plant: Plant, secs: float) -> None:
    """50 updates a second, in ten ticks of it."""
    for _ in range(round(secs * 10)):
        now = live.clock.now().wall
        for part in range(4):
            plant.press.send(cd.ChartDataUpdated.point("vibration", now + part / 50, math.sin(now + part)))
        plant.press.send(cd.KpiUpdated("temperature", round(now % 60, 1)))
        live.advance("0.1s")


def many(live: LiveScreen, plant: Plant) -> list[Punctual]:
    viewers = [Punctual(live) for _ in range(NUM_VIEWERS)]
    for viewer in viewers:
        live.viewer(viewer=viewer, delay=0.01)
    feed(live, plant, 1)
    return viewers


def assert_right(live: LiveScreen, viewers: list[Punctual]) -> None:
    """One is compared with the store, all with that one."""
    held = held_view(live.core, viewers[0], "plant", "vibration")
    assert held == store_view(live.core, viewers[0], "plant", "vibration")
    assert_alike(viewers, viewers[0])


def rss_bytes() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def p99(viewers: list[Punctual]) -> float:
    late = sorted(secs for viewer in viewers for secs in viewer.late_secs)
    return late[math.ceil(0.99 * len(late)) - 1]


@pytest.mark.slow
def test_f01_ten_of_two_hundred_stop_reading() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewers = many(live, plant)
        stalled, others = viewers[::20], [viewer for number, viewer in enumerate(viewers) if number % 20]
        for viewer in others:
            viewer.late_secs.clear()
        rss = rss_bytes()
        with working(live, counts_calls=True) as usual:
            feed(live, plant, 5)
        usual_growth = rss_bytes() - rss
        baseline = p99(others)
        for viewer in stalled:
            live.seat(viewer).down.is_stalled = True
        for viewer in others:
            viewer.late_secs.clear()
        before, frames_before, rss = live.statistics(), others[0].num_frames, rss_bytes()
        with working(live, counts_calls=True) as meanwhile:
            feed(live, plant, 5)
        # In virtual time a step takes none: what the others wait for is the steps' own work, and how many there are.
        assert p99(others) <= 1.5 * baseline + 1e-5
        assert len(meanwhile.step_secs) <= 1.1 * len(usual.step_secs)
        assert meanwhile.num_calls <= 1.1 * usual.num_calls
        assert meanwhile.quantile_secs(0.5) <= 2 * usual.quantile_secs(0.5)
        assert meanwhile.secs <= 2 * usual.secs
        assert rss_bytes() - rss <= max(0, usual_growth) + len(stalled) * PENDING_BYTES_MAX + SLACK_BYTES
        feed(live, plant, 5)
        assert others[0].num_frames - frames_before >= 5 * 0.95 * 20
        ids = {live.seat(viewer).id for viewer in stalled}
        known = [one for one in live.core.audience.viewers() if one.id in ids]
        assert len(known) == len(stalled), "not cut off for being slow"
        for one in known:
            assert one.credit.unacked_bytes + sum(map(len, one.outgoing)) <= PENDING_BYTES_MAX
        built = live.statistics().num_frames_built - before.num_frames_built
        assert built <= 2.5 * (live.statistics().num_ticks - before.num_ticks)
        for viewer in stalled:
            live.seat(viewer).down.is_stalled = False
        feed(live, plant, 1)
        live.settle()
        assert_right(live, viewers)


@pytest.mark.slow
def test_f03_a_hundred_of_two_hundred_are_cut_for_five_seconds() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewers = many(live, plant)
        reads = plant.orders.num_reads
        feed(live, plant, 5)
        reads_before = plant.orders.num_reads - reads
        for viewer in viewers[::2]:
            live.cut(viewer)
        reads = plant.orders.num_reads
        feed(live, plant, 5)
        assert abs(plant.orders.num_reads - reads - reads_before) <= 1, "the source does not notice"
        before = live.statistics()
        for viewer in viewers[::2]:
            live.reconnect(viewer, delay=0.01)
        feed(live, plant, 1)
        live.settle()
        after = live.statistics()
        assert all(viewer.resumed for viewer in viewers[::2])
        assert_right(live, viewers)
        assert after.num_holdings == 1
        assert after.num_encodings - before.num_encodings <= 60, "not once for each of a hundred"


@pytest.mark.slow
def test_f05_five_hundred_reconnect_at_once() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewers = [Punctual(live) for _ in range(500)]
        with working(live, counts_calls=True) as opening:
            for viewer in viewers:
                live.viewer(viewer=viewer, delay=0.01)
            feed(live, plant, 1)
        for viewer in viewers:
            live.cut(viewer)
        feed(live, plant, 3)
        before, reads = live.statistics(), plant.orders.num_reads
        with working(live, counts_calls=True) as again:
            for viewer in viewers:
                live.reconnect(viewer, delay=0.01)
            feed(live, plant, 1)
        live.settle()
        # In virtual time this takes none; in a real one to come back takes no more work than to come.
        assert again.num_calls <= 1.1 * opening.num_calls
        assert again.secs <= 2 * opening.secs
        assert len(again.step_secs) <= 1.1 * len(opening.step_secs)
        assert plant.orders.num_reads - reads <= 2, "one in each interval of 1 s"
        assert_right(live, viewers)
        assert live.statistics().num_encodings - before.num_encodings <= 60
        assert live.statistics().num_viewers == 500
