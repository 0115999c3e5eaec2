from __future__ import annotations

import math
import struct

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.readable import Scalar
from cadran.sources.digest import digest_frame, digest_rows, digest_scalar

CELLS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=4)
FLOATS = st.lists(st.sampled_from([0.0, -0.0, 1.0, -1.0, -2.0, math.nan, -math.nan, math.inf, None]), max_size=4)
OTHER_NAN = struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000001))[0]


@given(ROWS, ROWS)
def test_u16_digest_rows_differ_as_the_rows_do(left: list[tuple[object, ...]], right: list[tuple[object, ...]]) -> None:
    def typed(rows: list[tuple[object, ...]]) -> list[list[tuple[str, str]]]:
        return [[(type(cell).__name__, repr(cell)) for cell in row] for row in rows]

    is_same = digest_rows(["a", "b"], left) == digest_rows(["a", "b"], right)
    assert is_same == (typed(left) == typed(right))


@given(FLOATS, FLOATS)
def test_u16_digest_frames_differ_as_the_frames_do(left: list[float | None], right: list[float | None]) -> None:
    frames = [pl.DataFrame({"a": values}, schema={"a": pl.Float64}) for values in (left, right)]
    assert (digest_frame(frames[0]) == digest_frame(frames[1])) == frames[0].equals(frames[1])


def test_u16_digest_traps() -> None:
    assert digest_rows(["a"], [(-1,)]) != digest_rows(["a"], [(-2,)])
    assert digest_rows(["a"], [(1,)]) != digest_rows(["b"], [(1,)])
    assert digest_rows(["a"], [("1",)]) != digest_rows(["a"], [(1,)])
    assert digest_rows(["a"], [(None,)]) != digest_rows(["a"], [])
    assert digest_frame(pl.DataFrame({"a": [math.nan]})) == digest_frame(pl.DataFrame({"a": [OTHER_NAN]}))
    assert digest_frame(pl.DataFrame({"a": [1]})) != digest_frame(pl.DataFrame({"a": [1.0]}))


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [(math.nan, OTHER_NAN, True), (0.0, -0.0, True), (1.0, True, False), (None, "None", False), (-1.0, -2.0, False)],
)
def test_u16_digest_scalars(left: Scalar, right: Scalar, is_same: bool) -> None:
    assert (digest_scalar(left) == digest_scalar(right)) == is_same


def test_a_digest_is_the_same_in_each_run() -> None:
    assert digest_rows(["a"], [(1, "x", None)]).hex() == "f08d0e11dcb43bf043984afff0467af1"
