"""F21: a metric that raises, one that waits and one that takes a lot of memory slow nobody else, and are named."""

from __future__ import annotations

from typing import Any

import numpy as np

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer, Later, LiveScreen

NUM_OTHERS = 8
UPDATES_PER_SEC = 50
SECS = 6
MEGABYTES = 500


class Bench:
    """Eight metrics of a channel, and three culprits that are good until told otherwise."""

    def __init__(self) -> None:
        self.press = press = cd.channel("press")
        self.is_bad = False
        self.num_bytes = 0

        def good(position: int) -> cd.Metric[Any]:
            @cd.metric(press.kpi("a"), name=f"good {position}")
            def add(value: cd.Scalar) -> float:
                assert isinstance(value, float)
                return value + position

            return add

        @cd.metric(press.kpi("a"))
        def raises(value: cd.Scalar) -> cd.Scalar:
            if self.is_bad:
                raise ZeroDivisionError("the divisor was 0")
            return value

        @cd.metric(press.kpi("a"))
        def waits(value: cd.Scalar) -> Any:
            return Later(2.0, value) if self.is_bad else value

        @cd.metric(press.kpi("slow"))
        def takes(value: cd.Scalar) -> float:
            taken = np.ones(MEGABYTES * 125_000 if self.is_bad else 1)
            self.num_bytes = max(self.num_bytes, taken.nbytes)
            return float(taken[-1])

        goods = [good(position) for position in range(NUM_OTHERS)]

        @cd.screen("Bench", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            for position, metric in enumerate(goods):
                ui.kpi(f"good {position}", metric, key=f"good-{position}")
            ui.kpi("Raises", raises)
            ui.kpi("Waits", waits)
            ui.kpi("Takes", takes)

        self.screen = screen


def ages_of(live: LiveScreen, viewer: HeadlessViewer, press: cd.Channel, begin: int) -> list[float]:
    """Send for some seconds; return after how many seconds each value was first shown, by itself or a newer one."""
    sent: list[tuple[float, float]] = []
    ages: list[float] = []
    press.send(cd.KpiUpdated("slow", float(begin)))
    for number in range(begin, begin + SECS * UPDATES_PER_SEC):
        press.send(cd.KpiUpdated("a", float(number)))
        sent.append((float(number), live.clock.now().mono))
        for _ in range(4):  # looked at several times between two updates
            live.advance(1 / UPDATES_PER_SEC / 4)
            shown = [viewer.value(f"good-{position}") for position in range(NUM_OTHERS)]
            assert isinstance(shown[0], float)
            assert shown == [shown[0] + position for position in range(NUM_OTHERS)], "panels agree"
            while sent and sent[0][0] <= shown[0]:
                ages.append(live.clock.now().mono - sent.pop(0)[1])
    return ages


def test_f21_others_keep_their_pace_and_the_culprits_are_named() -> None:
    bench = Bench()
    with testing.open(bench.screen) as live:
        viewer = live.viewer()
        for name in ("a", "slow"):
            bench.press.send(cd.KpiUpdated(name, 0.0))
        live.advance("1s")
        before = ages_of(live, viewer, bench.press, 1)
        bench.is_bad = True
        frames = viewer.num_frames
        after = ages_of(live, viewer, bench.press, 1_001)
        assert bench.num_bytes == MEGABYTES * 1_000_000
        assert viewer.num_frames - frames >= 0.9 * 30 * SECS
        assert abs(len(after) - len(before)) <= 3, "all were shown"
        for share in (0.5, 0.9):
            assert np.quantile(after, share) <= 1.5 * np.quantile(before, share)
        # A tick waits 50 ms for a call that has just begun, and not again until it has ended.
        assert max(after) <= max(before) + 0.05
        status = viewer.status("raises")
        assert status is not None
        assert status.fault is not None
        assert "raises raised ZeroDivisionError" in status.fault.message
        assert viewer.state("waits") == "behind"
        assert viewer.state("takes") == "live"
        millis = {panel.key: panel.recalculations.millis for panel in live.inspect().panels}
        assert max(millis, key=lambda key: millis[key]) == "waits"
        assert millis["waits"] >= 2_000 > 100 * millis["good-0"], "the one that takes the time has it on its account"
