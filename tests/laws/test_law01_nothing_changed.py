"""Law 1: nothing changed, nothing happens."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing


def test_law01_equal_values_cause_nothing(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("1s")
        frames, pieces, before = viewer.num_frames, viewer.num_data_pieces, live.statistics()
        for _ in range(100):
            plant.press.send(cd.KpiUpdated("temperature", 81.2))
            live.advance("0.1s")
        after = live.statistics()
        assert (viewer.num_frames, viewer.num_data_pieces) == (frames, pieces)
        assert after.num_recalculations == before.num_recalculations
        assert after.num_encodings == before.num_encodings
        assert after.s == before.s


def test_law01_nan_equals_nan(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", math.nan))
        live.advance("1s")
        frames, calls = viewer.num_frames, dict(plant.calls)
        plant.press.send(cd.KpiUpdated("temperature", math.nan))
        live.advance("1s")
        assert viewer.num_frames == frames
        assert plant.calls == calls


def test_law01_a_change_does_cause_a_frame(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("1s")
        frames = viewer.num_frames
        plant.press.send(cd.KpiUpdated("temperature", 81.3))
        live.advance("1s")
        assert viewer.num_frames == frames + 1
        assert viewer.value("temperature") == 81.3


def test_law01_an_idle_screen_costs_a_heartbeat(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("10s")
        num_bytes, beats, frames = viewer.num_bytes, viewer.num_beats, viewer.num_frames
        live.advance("100s")
        assert viewer.num_frames == frames
        assert 15 <= viewer.num_beats - beats <= 20
        assert (viewer.num_bytes - num_bytes) / 100 < 30


@pytest.mark.parametrize("kind", ["aggregate", "arithmetic", "metric", "line", "line of a metric"])
def test_law01_a_window_whose_data_ended_long_ago_is_quiet(kind: str) -> None:
    press = cd.channel("press", keep="60s")
    window = press.series("v").last("2s")

    @cd.metric(window)
    def highest(points: cd.Points) -> float | None:
        return float(points.ys.max()) if len(points.ys) else None

    @cd.metric(window)
    def all_points(points: cd.Points) -> cd.Points:
        return points

    @cd.screen("Plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        if kind == "line":
            ui.line("V", window)
        elif kind == "line of a metric":
            ui.line("V", all_points)
        else:
            values = {"aggregate": window.mean(), "arithmetic": window.max() - window.min(), "metric": highest}
            ui.kpi("V", values[kind], spark=True)

    with testing.open(screen) as live:
        live.viewer()
        for number in range(20):
            press.send(cd.ChartDataUpdated("v", [(live.clock.now().wall, float(number))]))
            live.advance("0.1s")
        live.advance("120s")
        before = live.statistics()
        live.advance("10s")
        after = live.statistics()
        assert after.num_frames_sent == before.num_frames_sent
        assert after.num_recalculations == before.num_recalculations


@pytest.mark.parametrize("bounds", [{}, {"keep_points": 100}, {"keep": "500s"}])
def test_law01_an_equal_whole_state_changes_nothing_though_not_all_of_it_is_kept(bounds: dict[str, Any]) -> None:
    press = cd.channel("press", **bounds)

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Spectrum", press.series("v"), window="5m")

    with testing.open(screen) as live:
        viewer = live.viewer(px=100)
        live.advance("1s")
        now = live.clock.now().wall
        whole = cd.ChartDataUpdated("v", [(now - i, i % 5) for i in range(1_000)], replace=True)
        press.send(whole)
        live.advance("2s")
        before = viewer.num_data_pieces, live.core.store.s
        for _ in range(5):
            press.send(whole)
            live.advance("1s")
        assert (viewer.num_data_pieces, live.core.store.s) == before


def test_u16_digest_1000_unchanged_probes(plant: Plant) -> None:
    """Equal whole results: every read is a check, and none a change."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("2s")
        before, pieces, reads = live.statistics(), viewer.num_data_pieces, plant.orders.num_reads
        live.advance("1000s")
        assert plant.orders.num_reads - reads >= 999
        assert live.statistics().num_recalculations == before.num_recalculations
        assert viewer.num_data_pieces == pieces
        checked = live.report("orders").checked_at
        assert checked is not None
        assert live.clock.now().wall - checked < 4


def test_u16_digest_insert_update_delete_show(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("2s")
        rows = [{"id": 1, "amount": 10.0, "region": "North"}]
        for changed in (
            [*rows, {"id": 2, "amount": 5.0, "region": "South"}],
            [{"id": 1, "amount": 11.0, "region": "North"}, {"id": 2, "amount": 5.0, "region": "South"}],
            [{"id": 2, "amount": 5.0, "region": "South"}],
        ):
            plant.orders.value = pl.DataFrame(changed)
            live.advance("2s")
            assert viewer.rows("orders") == [tuple(row.values()) for row in changed]


def test_u16_refresh_reads_at_once(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("2s")
        reads = plant.stock.num_reads
        plant.stock.value = 8.0
        plant.stock.refresh()
        live.settle()
        assert plant.stock.num_reads == reads + 1
        assert viewer.value("stock") == 8.0
