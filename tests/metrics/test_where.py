"""Conditions: what fits is what Python's own comparison would pick, whatever the columns hold."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.metrics.shown import ROWS, rows_of, shown

import cadran as cd
from cadran.errors import UsageError
from cadran.readable import Readable, TableReadable, Where

TABLE = pl.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "ts": [datetime(2026, 1, 1), datetime(2026, 1, 2), None, datetime(2026, 1, 4)],
        "region": ["EU", "US", None, "EU"],
        "amount": [5.0, math.nan, None, 20.0],
        "left": [1, 2, None, 3],
        "ok": [True, False, None, True],
    }
)


def ids(readable: Readable[Any], table: pl.DataFrame = TABLE) -> list[int]:
    return [row[0] for row in rows_of(shown(readable, table))]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"region": "EU"}, [1, 4]),
        ({"region": ["US", "EU"]}, [1, 2, 4]),
        ({"region": None}, [3]),
        ({"region": ["US", None]}, [2, 3]),
        ({"region": []}, []),
        ({"region": 5}, []),
        ({"amount": None}, [2, 3]),
        ({"amount": math.nan}, [2, 3]),
        ({"amount": 5}, [1]),
        ({"amount": cd.above(5)}, [4]),
        ({"amount": cd.below(20)}, [1]),
        ({"amount": cd.between(5, 20)}, [1, 4]),
        ({"left": [1, 2.0, 2.5]}, [1, 2]),
        ({"left": "1"}, []),
        ({"left": cd.above(1)}, [2, 4]),
        ({"left": 2**80}, []),
        ({"ok": True}, [1, 4]),
        ({"ok": 0}, [2]),
        ({"region": cd.above("EU")}, [2]),
        ({"ts": datetime(2026, 1, 2)}, [2]),
        ({"ts": "2026-01-02"}, [2]),
        ({"ts": cd.above(date(2026, 1, 1))}, [2, 4]),
        ({"ts": cd.between("2026-01-01", "2026-01-02T00:00:00Z")}, [1, 2]),
        ({"ts": cd.below(datetime(2026, 1, 2, tzinfo=UTC))}, [1]),
        ({"region": "EU", "amount": cd.above(10)}, [4]),
    ],
)
def test_rows_that_fit(conditions: dict[str, Any], expected: list[int]) -> None:
    assert ids(ROWS.where(conditions)) == expected


cells = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from([0.5, -1.5, math.inf]))


@given(st.lists(cells), st.lists(cells, max_size=4), st.integers(-3, 3), st.integers(-3, 3))
def test_numbers_as_python_compares_them(column: list[Any], wanted: list[Any], low: int, high: int) -> None:
    table = pl.DataFrame({"id": range(len(column)), "x": pl.Series(column, dtype=pl.Float64, strict=False)})
    numbered = list(enumerate(column))
    assert ids(ROWS.where(x=wanted), table) == [at for at, x in numbered if x in wanted]
    assert ids(ROWS.where(x=cd.above(low)), table) == [at for at, x in numbered if x is not None and x > low]
    assert ids(ROWS.where(x=cd.below(low)), table) == [at for at, x in numbered if x is not None and x < low]
    between = [at for at, x in numbered if x is not None and low <= x <= high]
    assert ids(ROWS.where(x=cd.between(low, high)), table) == between


def test_equal_conditions_are_one_value_in_whatever_order() -> None:
    one = ROWS.where(region="EU", amount=cd.above(10))
    assert one == ROWS.where({"amount": cd.above(10.0)}, region=["EU"])
    assert len({one, ROWS.where(region={"EU"}, amount=cd.above(10))}) == 1
    assert ROWS.where(sku=["b", "a"]) == ROWS.where(sku=("a", "b", "a"))
    assert isinstance(one, Where)
    assert (one.key_column, one.time_column) == ("id", "ts")
    assert one.label == "rows where amount above 10 where region EU"


@pytest.mark.parametrize(
    ("describe", "message"),
    [
        (lambda: ROWS.where(), 'where() needs a column and its value, such as where(region="EU")'),
        (lambda: ROWS.where(region=object), "where(region=…) takes a number, text, bool, date or None"),
        (lambda: ROWS.where(x=range(20_000)), "where(x=…) takes at most 10,000 values, got 20,000"),
        (lambda: cd.between(1, "b"), "between() needs two values of one kind, got 1 and 'b'"),
        (lambda: cd.above(math.nan), "above() needs a finite number, a text, a date or a time, got nan"),
    ],
)
def test_a_condition_that_can_not_be_says_why(describe: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        describe()
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("readable", "message"),
    [
        (ROWS.where(nowhere=1), "needs a column 'nowhere', got id, ts"),
        (ROWS.where(region=cd.above(3)), "compares column 'region' of String with 3"),
    ],
)
def test_what_does_not_fit_the_data_says_so(readable: TableReadable, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        shown(readable, TABLE)


def test_a_table_without_columns_has_no_rows_that_fit() -> None:
    assert shown(ROWS.where(region="EU"), pl.DataFrame()).shape == (0, 0)
