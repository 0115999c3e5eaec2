"""The column that a source calls its time."""

from __future__ import annotations

import polars as pl
import pytest

from cadran.store import TableState


@pytest.mark.parametrize("values", [[1_800_000_000.5, None], ["2027-01-15 08:00:00.5", None]], ids=["numbers", "text"])
def test_the_column_that_a_source_calls_its_time_is_one(values: list[object]) -> None:
    table = TableState(None, 10, time="ts")
    table.replace(pl.DataFrame({"ts": values, "id": [1, 2]}), 1)
    assert table.columns == (("ts", "time"), ("id", "number"))
    assert [row.cells for row in table.rows.values()] == [(1_800_000_000.5, 1), (None, 2)]
