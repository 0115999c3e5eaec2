"""F2: viewers on links of 8 KB/s stay connected, are soon painted, and are right once it is quiet."""

from __future__ import annotations

import math

import numpy as np

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.screen.screen import DashboardScreen
from cadran.testing import HeadlessViewer, LiveScreen

BYTES_PER_SEC = 8_000
UNACKED_BYTES_MAX = 16 * 1024
NUM_LINES = 4


def bench() -> tuple[Channel, DashboardScreen]:
    """Eight metrics: four cards and four lines with an hour of history."""
    press = cd.channel("press", keep="2h", max_items=1_000_000)

    @cd.screen("Bench", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(4):
            for number in range(4):
                ui.kpi(f"K{number}", press.kpi(f"k{number}"))
        for number in range(NUM_LINES):
            ui.line(f"V{number}", press.series(f"v{number}"), window="1h")

    return press, screen


def fill(live: LiveScreen, press: Channel) -> None:
    """More points than pixels, with values that no encoding makes short."""
    end = live.clock.now().wall
    xs = np.linspace(end - 3_600, end, 20_000)
    rng = np.random.default_rng(1)
    for number in range(NUM_LINES):
        press.send(cd.ChartDataUpdated.xy(f"v{number}", xs, rng.normal(size=xs.size)))
    live.settle()


def feed(live: LiveScreen, press: Channel, secs: float) -> None:
    """50 updates a second."""
    for step in range(round(secs * 10)):
        now = live.clock.now().wall
        for number in range(4):
            press.send(cd.KpiUpdated(f"k{number}", math.sin(now + number)))
        press.send(cd.ChartDataUpdated.point(f"v{step % NUM_LINES}", now, math.cos(now)))
        live.advance("0.1s")


def unacked_bytes(live: LiveScreen, viewer: HeadlessViewer) -> int:
    number = live.seat(viewer).id
    known = next(one for one in live.core.audience.viewers() if one.id == number)
    return known.credit.unacked_bytes


def is_painted(viewer: HeadlessViewer) -> bool:
    """Each panel has a picture, if a coarse one."""
    if not viewer.panels or viewer.value("k3") is None:
        return False
    return all(viewer.series(f"v{number}") is not None for number in range(NUM_LINES))


def assert_right(live: LiveScreen, viewer: HeadlessViewer) -> None:
    for number in range(NUM_LINES):
        held = testing.held_view(live.core, viewer, "bench", f"v{number}")
        assert len(held) > 400
        assert held == testing.store_view(live.core, viewer, "bench", f"v{number}")


def test_f02_twenty_viewers_at_8_kb_a_second() -> None:
    press, screen = bench()
    with testing.open(screen) as live:
        fill(live, press)
        feed(live, press, 1)
        fast = live.viewer()
        slow = [live.viewer(px=1_200, bytes_per_sec=BYTES_PER_SEC, delay=0.02) for _ in range(20)]
        feed(live, press, 2)
        assert all(is_painted(viewer) for viewer in slow), "coarse, within two seconds"
        most, ages = 0, []
        for _ in range(100):
            feed(live, press, 0.1)
            most = max(most, *(unacked_bytes(live, viewer) for viewer in slow))
            ages += [live.clock.now().wall - viewer.at for viewer in slow]
        assert most <= UNACKED_BYTES_MAX
        assert max(ages) <= 4.0, "history does not hold up the present"
        assert all(viewer.close_code is None for viewer in slow)
        live.advance("60s")
        for viewer in (slow[0], slow[-1]):
            assert_right(live, viewer)
        assert {viewer.s for viewer in slow} == {fast.s}
        assert all(viewer.value("k0") == fast.value("k0") for viewer in slow)


def test_f02_a_slow_link_gets_finer_while_it_is_busy() -> None:
    """What changes leaves room enough: buckets become two pixels wide although it is never quiet, then one."""
    press, screen = bench()
    with testing.open(screen) as live:
        fill(live, press)
        viewer = live.viewer(px=1_200, bytes_per_sec=BYTES_PER_SEC, delay=0.02)
        fine = live.viewer(px=1_200)
        feed(live, press, 60)
        for number in range(NUM_LINES):
            series, best = viewer.series(f"v{number}"), fine.series(f"v{number}")
            assert series is not None
            assert best is not None
            assert series.k == best.k + 1
            assert series.max.max() == best.max[best.ids * 2.0**best.k >= series.low * 2.0**series.k].max()
        live.advance("30s")
        assert_right(live, viewer)


def test_f02_a_fast_link_is_not_coarse_for_long() -> None:
    """All is fine within a few round trips."""
    press, screen = bench()
    with testing.open(screen) as live:
        fill(live, press)
        viewer = live.viewer(px=1_200, delay=0.02)
        live.advance("0.3s")
        assert_right(live, viewer)


class Paced(HeadlessViewer):
    """Acknowledges as a page does: five times a second, and at once after 16 KiB."""

    num_told_bytes = 0

    def __init__(self, live: LiveScreen) -> None:
        super().__init__(px=1_200)
        self.does_ack = False
        self.live = live
        self.told_mono = 0.0
        self.levels: list[int] = []
        """Of the second line, after each message."""

    def hear(self, data: bytes) -> None:
        super().hear(data)
        series = self.series("v1") if self.panels else None
        self.levels += [series.k] if series is not None else []
        now = self.live.clock.now().mono
        if now - self.told_mono >= 0.2 or self.num_bytes - self.num_told_bytes >= UNACKED_BYTES_MAX:
            self.told_mono, self.num_told_bytes = now, self.num_bytes
            self.acknowledge()


def test_f02_a_zoom_on_a_busy_screen_is_fine_at_once_on_a_fast_link() -> None:
    """A page acknowledges seldom what is little; that says nothing against it."""
    press, screen = bench()
    with testing.open(screen) as live:
        fill(live, press)
        viewer = Paced(live)
        live.viewer(viewer=viewer, delay=0.01)
        feed(live, press, 15)
        assert_right(live, viewer)
        viewer.levels.clear()
        now = live.clock.now().wall
        viewer.zoom("v1", now - 1_800, now - 300)
        feed(live, press, 0.1)
        assert set(viewer.levels) <= {1, 0}, "the old picture or the new one, and no coarse one between"
        held = testing.held_view(live.core, viewer, "bench", "v1")
        assert held == testing.store_view(live.core, viewer, "bench", "v1")


def test_f02_what_waits_for_a_slow_viewer_is_no_more_than_a_message() -> None:
    press, screen = bench()
    with testing.open(screen) as live:
        fill(live, press)
        viewer = live.viewer(px=1_200, bytes_per_sec=BYTES_PER_SEC, delay=0.02)
        most = 0
        for _ in range(100):
            feed(live, press, 0.1)
            known = next(iter(live.core.audience.viewers()))
            most = max(most, sum(map(len, known.outgoing)))
        assert viewer.close_code is None
        assert most <= 64 * 1024
