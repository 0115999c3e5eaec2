from __future__ import annotations

import math
import struct
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.readable import Scalar
from cadran.sources.digest import digest_frame, digest_scalar


def columns_of(cells: st.SearchStrategy[Any], dtype: Any) -> st.SearchStrategy[pl.Series]:
    """Columns of one type, of some of these cells and none."""
    return st.lists(st.none() | cells, max_size=4).map(lambda values: pl.Series("a", values, dtype=dtype))


COLUMNS = st.one_of(
    columns_of(st.sampled_from([-2, -1, 0, 1, 2**62]), pl.Int64),
    columns_of(st.sampled_from([-1, 0, 1]), pl.Int8),
    columns_of(st.booleans(), pl.Boolean),
    columns_of(st.sampled_from(["", "a", "b", "ab", "a\0", "é"]), pl.String),
    columns_of(st.dates(date(2026, 1, 1), date(2026, 1, 3)), pl.Date),
    columns_of(st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 1)), pl.Datetime("us")),
    columns_of(st.sampled_from([timedelta(0), timedelta(seconds=1)]), pl.Duration("us")),
    columns_of(st.sampled_from([time(0), time(1)]), pl.Time),
    columns_of(st.sampled_from([b"", b"a"]), pl.Binary),
    columns_of(st.lists(st.integers(0, 1), max_size=2), pl.List(pl.Int64)),
)
FLOATS = st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0, -2.0, math.nan, -math.nan, math.inf, None]), max_size=4)
OTHER_NAN = struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000001))[0]


@given(COLUMNS, COLUMNS)
@settings(max_examples=150)
def test_u16_digests_of_frames_differ_as_the_frames_do(left: pl.Series, right: pl.Series) -> None:
    frames = [pl.DataFrame([one]) for one in (left, right)]
    is_same = left.dtype == right.dtype and frames[0].equals(frames[1])
    assert (digest_frame(frames[0]) == digest_frame(frames[1])) == is_same


@given(st.lists(st.none() | st.sampled_from(["", "a", "aa"]), max_size=4), st.integers(1, 3))
def test_u16_how_a_frame_lies_in_memory_does_not_matter(values: list[str | None], num_parts: int) -> None:
    whole = pl.DataFrame({"a": values, "b": [1.0] * len(values)}, schema={"a": pl.String, "b": pl.Float64})
    step = -(-max(1, len(values)) // num_parts)
    parts = pl.concat([whole[start : start + step] for start in range(0, max(1, len(values)), step)], rechunk=False)
    sliced = pl.concat([whole, whole])[: whole.height]
    assert digest_frame(parts) == digest_frame(whole) == digest_frame(sliced)


@given(FLOATS, FLOATS)
def test_u16_digest_frames_differ_as_the_frames_do(left: list[float | None], right: list[float | None]) -> None:
    frames = [pl.DataFrame({"a": values}, schema={"a": pl.Float64}) for values in (left, right)]
    assert (digest_frame(frames[0]) == digest_frame(frames[1])) == frames[0].equals(frames[1])


def test_u16_digest_traps() -> None:
    def digest(**columns: list[object]) -> bytes:
        return digest_frame(pl.DataFrame(columns))

    assert digest(a=[-1]) != digest(a=[-2])
    assert digest(a=[1]) != digest(b=[1])
    assert digest(a=["1"]) != digest(a=[1])
    assert digest(a=[None]) != digest(a=[])
    assert digest(a=[1, None]) != digest(a=[None, 1])
    assert digest(a=["a", "bc"]) != digest(a=["ab", "c"])
    assert digest(a=["", None]) != digest(a=[None, ""])
    assert digest_frame(pl.DataFrame({"a": [math.nan]})) == digest_frame(pl.DataFrame({"a": [OTHER_NAN]}))
    assert digest_frame(pl.DataFrame({"a": [1]})) != digest_frame(pl.DataFrame({"a": [1.0]}))


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [(math.nan, OTHER_NAN, True), (0.0, -0.0, True), (1.0, True, False), (None, "None", False), (-1.0, -2.0, False)],
)
def test_u16_digest_scalars(left: Scalar, right: Scalar, is_same: bool) -> None:
    assert (digest_scalar(left) == digest_scalar(right)) == is_same


def test_a_digest_is_the_same_in_each_run() -> None:
    frame = pl.DataFrame({"a": [1, None], "b": ["x", "é"], "c": [1.5, -0.0]})
    assert digest_frame(frame).hex() == "c1b02593ae255d2f77701e6885eab540"
