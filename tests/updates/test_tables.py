from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates.tables import column_from_values, frame_from_columns, frame_from_dicts

PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("values", "dtype", "landed"),
    [
        ([1, None], pl.Int64, [1, None]),
        ([1, 2.5], pl.Float64, [1.0, 2.5]),
        ([1, 2**70], pl.Float64, [1.0, 2.0**70]),
        ([True, None], pl.Boolean, [True, None]),
        ([True, 2], pl.Float64, [1.0, 2.0]),
        ([Decimal("1.5")], pl.Float64, [1.5]),
        ([np.int64(3), np.float64(0.5)], pl.Float64, [3.0, 0.5]),
        (["a", None], pl.String, ["a", None]),
        (["a", 1, None], pl.String, ["a", "1", None]),
        ([b"abc", None], pl.String, ["blob, 3 bytes", None]),
        ([None], pl.Null, [None]),
        ([], pl.Null, []),
        ([date(2026, 1, 2)], pl.Date, [date(2026, 1, 2)]),
        ([datetime(2026, 1, 2, tzinfo=PARIS)], pl.Datetime("us", "UTC"), [datetime(2026, 1, 1, 23, tzinfo=UTC)]),
        ([datetime(2026, 1, 2)], pl.Datetime("us"), [datetime(2026, 1, 2)]),
        ([date(2026, 1, 2), 3], pl.String, ["2026-01-02", "3"]),
    ],
)
def test_a_column_takes_the_narrowest_type(values: list[Any], dtype: pl.DataType, landed: list[object]) -> None:
    column = column_from_values("c", values, "here")
    assert column.dtype == dtype
    assert column.to_list() == landed


CELLS = st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(max_size=3), st.booleans())


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2)))
def test_any_mix_makes_a_frame_of_the_same_height(rows: list[list[object]]) -> None:
    frame = frame_from_dicts([{"a": a, "b": b} for a, b in rows], "here")
    assert frame.height == len(rows)
    for name, position in (("a", 0), ("b", 1)):
        if rows:
            is_text = frame[name].dtype == pl.String  # a gap among text is none of its words
            gaps = [row[position] is None or (is_text and row[position] != row[position]) for row in rows]
            assert [cell is None for cell in frame[name]] == gaps


def test_columns_of_different_lengths_are_an_error() -> None:
    with pytest.raises(UsageError, match=r"here: expected columns of one length, got \{'a': 1, 'b': 2\}"):
        frame_from_columns({"a": [1], "b": [1, 2]}, "here")


@pytest.mark.parametrize("rows", [[{1: 2}], [{"a": object()}], [{"a": "\ud800"}], [{"a": ["x"]}]])
def test_rows_that_can_not_be_shown(rows: Any) -> None:
    with pytest.raises(UsageError, match=r"^here"):
        frame_from_dicts(rows, "here")
