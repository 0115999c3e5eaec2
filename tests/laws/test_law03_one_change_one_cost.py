"""Law 3: one change, one cost. U5: 1, 10, 200 viewers cost the same reads, recalculations and encodings."""

from __future__ import annotations

import math
from typing import NamedTuple

import polars as pl
import pytest
from tests.laws.conftest import make_plant

import cadran as cd
from cadran import testing
from cadran.testing import LiveScreen


class Cost(NamedTuple):
    num_reads: int
    num_recalculations: int
    num_encodings: int
    num_ticks: int


def cost_of(live: LiveScreen) -> Cost:
    now = live.statistics()
    return Cost(now.num_reads, now.num_recalculations, now.num_encodings, now.num_ticks)


def cost_with(num_viewers: int) -> tuple[Cost, dict[str, int], int]:
    """The cost of the same 5 seconds, in which everything changes, and the bytes that one viewer got."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        plant.press.send(cd.KpiUpdated("temperature", -1.0))
        plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, 0.0))
        viewers = [live.viewer() for _ in range(num_viewers)]
        live.advance("2s")  # no panel's state changes from here on: its text would be as long as a time has digits
        before, bytes_before = cost_of(live), sum(v.num_bytes for v in viewers)
        plant.calls.clear()
        for step in range(50):
            now = live.clock.now().wall
            plant.press.send(cd.KpiUpdated("temperature", float(step)))
            plant.press.send(cd.ChartDataUpdated.point("vibration", now, math.sin(now)))
            plant.orders.value = pl.DataFrame({"id": [1, 2], "amount": [step, 2.0], "region": ["N", "S"]}, strict=False)
            live.advance("0.1s")
        after = cost_of(live)
        assert all(viewer.value("temperature") == 49.0 for viewer in viewers)
        num_bytes = sum(v.num_bytes for v in viewers) - bytes_before
        return Cost(*(a - b for a, b in zip(after, before, strict=True))), plant.calls, num_bytes // max(1, num_viewers)


@pytest.mark.slow
def test_u05_cost_does_not_depend_on_the_number_of_viewers() -> None:
    one, ten, many = cost_with(1), cost_with(10), cost_with(200)
    assert one == ten == many
    assert one[1] == {"fahrenheit": 50, "alarm": 50}
    assert one[0].num_reads == 6


def test_u05_one_change_is_encoded_once_a_piece() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        for _ in range(10):
            live.viewer()
        live.advance("1s")
        plant.press.send(cd.KpiUpdated("temperature", 1.0))
        live.settle()
        before = cost_of(live)
        plant.press.send(cd.KpiUpdated("temperature", 2.0))
        live.settle()
        after = cost_of(live)
        assert after.num_encodings - before.num_encodings == 2, "temperature and fahrenheit; alarm stays False"
        assert after.num_recalculations - before.num_recalculations == 2
        assert after.num_ticks - before.num_ticks == 1


def test_u05_without_viewers_reads_stop() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewers = [live.viewer() for _ in range(5)]
        live.advance("2s")
        for viewer in viewers:
            live.cut(viewer)
        live.advance("11s")
        before = cost_of(live)
        for step in range(20):
            plant.press.send(cd.KpiUpdated("temperature", float(step)))
            live.advance("1s")
        after = cost_of(live)
        assert after.num_reads == before.num_reads
        assert after.num_recalculations == before.num_recalculations
        assert after.num_encodings == before.num_encodings


def test_law03_a_new_viewer_costs_no_read_and_no_recalculation() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 80.0))
        live.advance("1.5s")
        before = cost_of(live)
        for _ in range(20):
            assert live.viewer().value("fahrenheit") == 176.0
        after = cost_of(live)
        assert after.num_reads - before.num_reads <= 2 + 1, "2 s went by, nothing else is read"
        assert after.num_recalculations == before.num_recalculations


def test_law03_a_source_used_by_two_screens_is_read_once() -> None:
    orders = testing.fake_source("orders", 1.0, every="1s")

    @cd.screen("One", zone="UTC")
    def one(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Orders", orders)

    @cd.screen("Two", zone="UTC")
    def two(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Orders too", orders)

    with testing.open(cd.Program([one, two])) as live:
        first, second = live.viewer("one"), live.viewer("two")
        reads = orders.num_reads
        orders.value = 2.0
        live.advance("10s")
        assert orders.num_reads - reads == 10
        assert (first.value("orders"), second.value("orders-too")) == (2.0, 2.0)
