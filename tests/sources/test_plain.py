from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import OutsideError
from cadran.sources import plain
from cadran.sources.plain import frame_from_fetched, frame_from_rows, unique_names
from cadran.updates.tables import frame_from_columns

VALUES = st.none() | st.integers(-3, 3) | st.sampled_from([0.5, -1.5]) | st.booleans() | st.sampled_from(["", "a", "1"])
KINDS = [
    st.none() | st.integers(-3, 3),
    st.none() | st.sampled_from([0.5, 2.0]),
    st.none() | st.text(max_size=2),
    VALUES,
]


def cursor(rows: list[tuple[Any, ...]]) -> tuple[Any, list[int]]:
    """A cursor's ``fetchmany``, and how many rows it was asked for."""
    asked: list[int] = []

    def fetchmany(num: int) -> list[tuple[Any, ...]]:
        start = sum(asked)
        asked.append(num)
        return rows[start : start + num]

    return fetchmany, asked


@given(st.data())
def test_rows_in_parts_are_the_same_frame_as_at_once(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    rows = data.draw(st.lists(st.tuples(kind, VALUES), max_size=9))
    whole = frame_from_columns({"a": [row[0] for row in rows], "b": [row[1] for row in rows]}, "here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "ROWS_AT_ONCE", data.draw(st.integers(1, 4)))
        for frame in (frame_from_rows(["a", "b"], rows), frame_from_fetched(["a", "b"], cursor(rows)[0], 100)):
            assert frame.schema == whole.schema
            assert frame.equals(whole)


def test_no_more_rows_are_fetched_than_may_be() -> None:
    fetchmany, asked = cursor([(number,) for number in range(5_000)])
    frame = frame_from_fetched(["a"], fetchmany, 4_500)
    assert frame["a"].to_list() == list(range(4_500))
    assert sum(asked) == 4_500


def test_no_rows_have_columns() -> None:
    assert frame_from_rows(["a", "a"], []).schema == {"a": pl.Null, "a_2": pl.Null}


def test_names_are_unique() -> None:
    assert unique_names(["a", "b", "a", "a"]) == ["a", "b", "a_2", "a_3"]


def test_text_that_is_no_text_is_an_error_of_the_database() -> None:
    with pytest.raises(OutsideError, match="not valid Unicode"):
        frame_from_rows(["a"], [("\ud800",)])
