"""The binary form: what a client sends."""

from __future__ import annotations

import contextlib
from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated, prepare
from cadran.updates.arrival import Arrival
from cadran.updates.arrow import frame_to_stream
from cadran.updates.binary import PointsMessage, TableMessage, decode_messages, encode_messages
from cadran.updates.json import KpiMessage

VALUES = st.one_of(
    st.floats(allow_nan=False), st.text(st.characters(codec="utf-8"), max_size=9), st.booleans(), st.none()
)


def column(values: list[float]) -> memoryview:
    return memoryview(np.array(values).tobytes())


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1, max_size=9), VALUES), max_size=9))
def test_kpis_come_as_they_went(kpis: list[tuple[str, float | str | bool | None]]) -> None:
    body = encode_messages([KpiMessage(key, value) for key, value in kpis])
    assert decode_messages(body) == [KpiUpdated(key, value) for key, value in kpis]


@given(st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.floats()), min_size=1, max_size=20))
def test_points_come_as_they_went(points: list[tuple[float, float]]) -> None:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    (update,) = decode_messages(encode_messages([PointsMessage("s", column(xs), column(ys), x="number")]))
    assert isinstance(update, ChartDataUpdated)
    landed, direct = prepare(update), prepare(ChartDataUpdated.xy("s", xs, ys, x="number"))
    np.testing.assert_array_equal(landed.xs, direct.xs)  # type: ignore[union-attr]
    np.testing.assert_array_equal(landed.ys, direct.ys)  # type: ignore[union-attr]


def test_a_table_comes_with_its_types() -> None:
    frame = pl.DataFrame({"id": [1], "at": [datetime(2026, 1, 1)], "kind": ["a"]})
    body = encode_messages([TableMessage("t", frame_to_stream(frame.cast({"kind": pl.Categorical})), "id")])
    (update,) = decode_messages(body)
    assert isinstance(update, TableUpdated)
    assert isinstance(update.rows, pl.DataFrame)
    assert update.rows.equals(frame)
    assert update.rows.schema == frame.schema


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\x90\x90",
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 5_000,
        encode_messages([PointsMessage("s", column([1.0]), column([1.0, 2.0]))]),
        encode_messages([PointsMessage("s", memoryview(b"12345678")[:7], memoryview(b"1234567"))]),
        encode_messages([KpiMessage("k", 1.0, 5.0, 2.0)]),
        encode_messages([KpiMessage("k", 1.0, None, -2.0)]),
        encode_messages([TableMessage("t", b"not a stream")]),
    ],
)
def test_what_is_wrong_is_one_error(body: bytes) -> None:
    with pytest.raises(UsageError):
        decode_messages(body)


@given(st.binary(max_size=200))
def test_f23_whatever_comes(body: bytes) -> None:
    with contextlib.suppress(UsageError):
        decode_messages(body)


def test_an_age_is_counted_from_the_arrival() -> None:
    body = encode_messages([KpiMessage("a", 1.0), KpiMessage("b", 1.0, age=30.0), KpiMessage("c", 1.0, at=9.0)])
    ats = [update.at for update in decode_messages(body, Arrival(1_000.0, 10.0)) if isinstance(update, KpiUpdated)]
    assert ats == [990.0, 960.0, 9.0]
