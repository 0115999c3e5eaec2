"""F18: 5,000 updates a second: what is shown is at most a second old, memory stays, merges are counted."""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time

import pytest
from tests.working import working

import cadran as cd
from cadran import testing

UPDATES_PER_SEC = 5_000
SENDS_PER_SEC = 50
NUM_KPIS = 100


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_f18_five_thousand_updates_a_second(times: Callable[[int, int], int], rss_bytes: Callable[[], int]) -> None:
    press = cd.channel("press", keep="10s")

    @cd.screen("Load", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for kpi in range(8):
            ui.kpi(f"Value {kpi}", press.kpi(f"kpi{kpi}"), key=f"kpi{kpi}")
        ui.line("Line", press.series("line"), window="10s")

    secs = times(4, 30)
    ages: list[float] = []
    send_secs = 0.0
    with testing.open(screen) as live, working(live) as work:
        viewers = [live.viewer(delay=0.02) for _ in range(20)]
        live.advance("1s")
        began, rss = live.clock.now().mono, rss_bytes()
        num_sent = 0
        for _ in range(secs * SENDS_PER_SEC):
            now, sending = live.clock.now(), thread_time()
            for update in range(UPDATES_PER_SEC // SENDS_PER_SEC):
                if update % 2:
                    press.send(cd.ChartDataUpdated.point("line", now.wall + update * 1e-6, float(update)))
                else:
                    press.send(cd.KpiUpdated(f"kpi{update % NUM_KPIS}", now.mono))
                num_sent += 1
            send_secs += thread_time() - sending
            live.advance(1 / SENDS_PER_SEC)
            if live.clock.now().mono > began + 1.0:
                shown = viewers[0].value("kpi0")
                assert isinstance(shown, float)
                ages.append(live.clock.now().mono - shown)
        counts = press.statistics()
        assert counts.num_sent == num_sent
        assert counts.num_drained == num_sent
        assert 0 < counts.num_merged_kpis < num_sent // 2, "more sends than ticks: KPIs are merged, and counted"
        assert counts.num_dropped_points == 0
        assert sorted(ages)[int(0.99 * len(ages))] <= 1.0
        assert rss_bytes() - rss <= 64 * 2**20
        # In virtual time a step takes none: what they really took is compared with what sending took.
        assert work.secs <= 40 * send_secs
        assert work.quantile_secs(0.99) <= 10 * send_secs / secs, "ten times what sends of a second take"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_f18_without_an_engine_what_a_bound_merged_or_dropped_is_counted(
    times: Callable[[int, int], int], rss_bytes: Callable[[], int]
) -> None:
    press = cd.channel("press", max_items=10_000)
    num_updates = times(50_000, 30 * UPDATES_PER_SEC * 4)
    rss = rss_bytes()
    for number in range(num_updates):
        press.send(cd.KpiUpdated(f"kpi{number % NUM_KPIS}", float(number)))
        press.send(cd.ChartDataUpdated.point("line", float(number), 1.0))
    counts = press.statistics()
    assert rss_bytes() - rss <= 64 * 2**20
    assert counts.num_sent == 2 * num_updates
    assert counts.num_merged_kpis == num_updates - NUM_KPIS
    assert counts.num_dropped_points + counts.num_pending == num_updates + NUM_KPIS
    assert counts.num_pending <= 10_000
