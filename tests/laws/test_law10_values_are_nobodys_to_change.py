"""What a metric does to its arguments, or to what it returned, changes no other value (law 10)."""

from __future__ import annotations

import numpy as np
import polars as pl

import cadran as cd
from cadran import testing


def test_law10_a_metric_that_writes_to_its_table_writes_to_its_own() -> None:
    press = cd.channel("press")

    @cd.metric(press.table("rows"))
    def careless(rows: pl.DataFrame) -> float:
        rows[0, "n"] = 99
        rows.insert_column(0, pl.Series("more", [0, 0]))
        return float(rows["n"].sum())

    @cd.metric(press.table("rows"))
    def total(rows: pl.DataFrame) -> float:
        return float(rows["n"].sum() + rows.width)

    @cd.screen("Two", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Careless", careless)
        ui.kpi("Total", total)

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.TableUpdated("rows", [{"n": 1}, {"n": 2}]))
        live.settle()
        assert viewer.value("careless") == 101.0
        assert viewer.value("total") == 4.0
        press.send(cd.TableUpdated("rows", [{"n": 1}, {"n": 2}]))
        live.settle()
        assert live.statistics().num_recalculations == 2, "equal rows are equal still"


def test_law10_a_metric_that_writes_to_its_points_is_told_so() -> None:
    press = cd.channel("press")

    @cd.metric(press.series("v").last("1h"))
    def careless(points: cd.Points) -> float:
        points.ys[:] = 0.0
        return 0.0

    @cd.metric(press.series("curve", x="free"))
    def as_careless(points: cd.Points) -> float:
        points.xs[:] = 0.0
        return 0.0

    @cd.screen("Two", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Careless", careless)
        ui.kpi("As careless", as_careless)
        ui.kpi("Mean", press.series("v").last("1h").mean())

    with testing.open(screen) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        # Of two chunks: a window of several blocks is put together for whoever reads it.
        press.send(cd.ChartDataUpdated.xy("v", now - np.arange(70_000.0, 0, -1) / 100, np.ones(70_000)))
        press.send(cd.ChartDataUpdated("curve", [(1.0, 2.0)], x="free"))
        live.settle()
        for key in ("careless", "as-careless"):
            status = viewer.status(key)
            assert status is not None
            assert status.fault is not None
            assert "read-only" in status.fault.message
        assert viewer.value("mean") == 1.0


def test_law10_a_table_that_a_metric_keeps_and_changes_is_another() -> None:
    press = cd.channel("press")
    kept = pl.DataFrame({"n": [0]})

    @cd.metric(press.kpi("n"))
    def rows(number: cd.Scalar) -> pl.DataFrame:
        kept[0, "n"] = number
        return kept

    @cd.screen("One", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Rows", rows)

    with testing.open(screen) as live:
        viewer = live.viewer()
        for number in (1.0, 2.0):
            press.send(cd.KpiUpdated("n", number))
            live.settle()
            assert viewer.rows("rows") == [(number,)]
