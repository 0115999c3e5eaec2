"""U20: whatever a column holds, what needs no function gives a value, or says in one sentence why it can't."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest
from tests.metrics.shown import ROWS, shown

import cadran as cd
from cadran.errors import CadranError
from cadran.readable import Readable

COLUMNS: dict[str, Any] = {
    "int": [1, 2, None],
    "float": [1.0, math.nan, math.inf],
    "text": ["a", None, "b"],
    "bool": [True, None, False],
    "date": [date(2026, 1, 1), None, date(2026, 1, 3)],
    "datetime": [datetime(2026, 1, 1), None, datetime(9999, 1, 1)],
    "zoned": pl.Series([datetime(2026, 1, 1), None, None]).dt.replace_time_zone("UTC"),
    "time": [time(1), None, time(2)],
    "duration": [timedelta(1), None, timedelta(2)],
    "null": pl.Series([None] * 3, dtype=pl.Null),
    "category": pl.Series(["x", "y", None]).cast(pl.Categorical),
    "decimal": pl.Series(["1.5", None, "2"]).cast(pl.Decimal(10, 2)),
    "unsigned": pl.Series([2**63, None, 1], dtype=pl.UInt64),
}
TABLE = pl.DataFrame({"id": [1, 2, 3], "ts": [1.0, None, 3.0], **COLUMNS})
WANTED: list[object] = [
    *(None, 1, 1.5, "a", True, math.inf, date(2026, 1, 1), datetime(2026, 1, 1), [1, "a", None, "2026-01-01"]),
    *(cd.above(1), cd.above("a"), cd.below(date(2026, 1, 1)), cd.between(1, 2), cd.between("a", "b")),
]


def described(column: str) -> list[Readable[Any]]:
    return [
        *(ROWS.where({column: value}) for value in WANTED),
        *(ROWS.sort(column), ROWS.sort(column, descending=True), ROWS.distinct(column), ROWS.distinct(column).count()),
        *(ROWS.first(column), ROWS.latest(column), ROWS.latest(column) + 1, ROWS.delta(column)),
        *(ROWS.rate("1m", column), ROWS.rate("1m", by=column), ROWS.rate("1m", column, by="text")),
        *(ROWS.quantile(column, 0.5), ROWS.quantile("float", 0.5, by=column), ROWS.sum("float", by=column)),
        *(ROWS.resample("1m").sum(column), ROWS.resample("1d", zone="Europe/Paris").quantile(column, 0.5).table()),
        *(ROWS.resample("1w", zone="UTC").first(column), cd.sql(f'SELECT "{column}" FROM rows', rows=ROWS)),
    ]


@pytest.mark.parametrize("column", [*COLUMNS, "nowhere"])
@pytest.mark.parametrize("table", [TABLE, TABLE.head(0), pl.DataFrame()], ids=["rows", "no rows", "no columns"])
def test_a_value_or_one_sentence(column: str, table: pl.DataFrame) -> None:
    complaints: list[str] = []
    readables = described(column)
    for readable in readables:
        try:
            shown(readable, table)
        except CadranError as problem:
            complaints.append(str(problem))
    assert not any("\n" in complaint for complaint in complaints)
    assert column == "nowhere" or len(readables) - len(complaints) >= 15
