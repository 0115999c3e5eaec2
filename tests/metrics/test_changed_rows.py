"""A changed row is a changed row on the wire, whatever was done to its table on the way."""

from __future__ import annotations

import polars as pl
import pytest
from tests.metrics.shown import ROWS, shown

import cadran as cd
from cadran.readable import TableReadable
from cadran.store import TableState

BEFORE = pl.DataFrame({"id": range(50), "ts": [float(second) for second in range(50)], "amount": [1.0] * 50})
AFTER = BEFORE.with_columns(pl.when(pl.col("id") == 7).then(2.0).otherwise(pl.col("amount")).alias("amount"))


@pytest.mark.parametrize(
    "readable",
    [
        ROWS.where(amount=cd.above(0)),
        ROWS.sort("amount", descending=True),
        ROWS.where(amount=cd.above(0)).last("9d").sort("id").tail(50),
        cd.sql("SELECT * FROM rows ORDER BY id", rows=ROWS, key="id"),
    ],
    ids=lambda readable: type(readable).__name__,
)
def test_one_row_that_changed_is_one_row(readable: TableReadable) -> None:
    state = TableState(readable.key_column, 100, time=readable.time_column)
    state.replace(shown(readable, BEFORE), 1)
    state.replace(shown(readable, AFTER), 2)
    assert len(state.rows) == 50
    assert [row.cells[0] for row in state.rows.values() if row.s == 2] == [7]
