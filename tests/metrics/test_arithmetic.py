"""Arithmetic between values, in Python's own terms; a gap stays a gap."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics.shown import PRESS, ROWS, SERIES, shown

import cadran as cd
from cadran import testing
from cadran.errors import UsageError

TABLE = pl.DataFrame({"id": [1, 2, 3], "ts": [1.0, 2.0, 3.0], "amount": [1.0, 2.0, 6.0]})
KPI = PRESS.kpi("k")
TWO: Any = "2"
values = st.one_of(st.none(), st.booleans(), st.floats(-1e6, 1e6), st.sampled_from([0.0, math.nan, math.inf, 1e308]))


@given(values, st.sampled_from([2.0, -0.5, 0.0]))
def test_it_is_what_python_computes_or_a_gap(value: Any, constant: float) -> None:
    def expected(operation: Any) -> float | None:
        if value is None or math.isnan(value):
            return None
        try:
            result = float(operation(value))
        except ZeroDivisionError:
            return None
        return None if math.isnan(result) else result

    for readable, operation in (
        (KPI + constant, lambda v: v + constant),
        (constant - KPI, lambda v: constant - v),
        (KPI * constant, lambda v: v * constant),
        (KPI / constant, lambda v: v / constant),
        (constant / KPI, lambda v: constant / v),
        ((KPI - KPI) * 2, lambda v: (v - v) * 2),
    ):
        assert shown(readable, value) == expected(operation)


def test_totals_over_totals() -> None:
    mean = ROWS.sum("amount") / ROWS.count()
    assert shown(mean, TABLE) == 3.0
    assert shown(mean, TABLE.head(0)) is None
    assert shown(np.float64(2) * ROWS.count(), TABLE) == 6.0


def test_labels_read_as_written() -> None:
    total, count = ROWS.sum("amount"), ROWS.count()
    assert (total / count).label == "sum amount of rows / count of rows"
    assert (total / (count + 1)).label == "sum amount of rows / (count of rows + 1)"
    assert (1 - (KPI - 2)).label == "1 - (k - 2)"
    assert (1 - KPI - 2).label == "1 - k - 2"
    named = (total / count).named("Basket")
    assert (named.label, (named * 2).label) == ("Basket", "Basket * 2")
    assert named == total / count


@pytest.mark.parametrize(
    ("describe", "message"),
    [
        (lambda: ROWS + 1, "'+' takes single values, got the table 'rows'"),
        (lambda: 1 / SERIES, "'/' takes single values, got the series 'v': use .latest()"),
        (lambda: KPI * TWO, "'*' takes values such as orders.count() and finite numbers, got '2'"),
        (lambda: KPI - math.nan, "'-' takes values such as orders.count() and finite numbers, got nan"),
    ],
)
def test_what_can_not_be_calculated_says_why(describe: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        describe()
    assert message in str(raised.value)


def test_a_text_is_a_fault_of_this_value() -> None:
    with pytest.raises(UsageError, match="needs a number of k, got 'on'"):
        shown(KPI + 1, "on")


def test_on_a_screen_with_its_change_and_its_sparkline() -> None:
    orders = testing.fake_source("orders", every="1s", time="ts", key="id")
    window = orders.last("10s")

    @cd.metric(orders)
    def double(rows: pl.DataFrame) -> float:
        return 2.0 * rows.height

    @cd.screen("Ratio", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Basket", window.sum("amount") / window.count(), compare="previous")
        ui.kpi("Doubled", double / 2)

    with testing.open(screen) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        rows = [{"id": 1, "ts": now - 12.0, "amount": 8.0}, {"id": 2, "ts": now, "amount": 3.0}]
        orders.value = pl.DataFrame(rows)
        live.advance("1.5s")
        assert (viewer.value("basket"), viewer.previous("basket"), viewer.value("doubled")) == (3.0, 8.0, 2.0)
        live.advance("10s")
        assert viewer.value("basket") is None
