from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates.numbers import float_from_number, floats_from_values

NUMBERS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.decimals(),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.floats(width=32).map(np.float32),
)


@pytest.mark.parametrize(
    ("value", "expected", "is_lossy"),
    [
        (3, 3.0, False),
        (True, 1.0, False),
        (Decimal("1.5"), 1.5, False),
        (np.int8(-4), -4.0, False),
        (np.bool_(True), 1.0, False),
        (np.float32(0.5), 0.5, False),
        (2**53, 2.0**53, False),
        (2**53 + 1, 2.0**53, True),
        (2**60, 2.0**60, False),
        (10**400, math.inf, True),
        (-(10**400), -math.inf, True),
        (Decimal("1e999"), math.inf, True),
        (Decimal("Infinity"), math.inf, False),
    ],
)
def test_what_counts_as_a_number(value: object, expected: float, is_lossy: bool) -> None:
    assert float_from_number(value) == (expected, is_lossy)


@pytest.mark.parametrize("value", [None, math.nan, Decimal("NaN"), Decimal("sNaN"), np.float64("nan")])
def test_a_gap_is_nan_and_loses_nothing(value: object) -> None:
    converted = float_from_number(value)
    assert converted is not None
    assert math.isnan(converted[0])
    assert not converted[1]


@pytest.mark.parametrize("value", ["1", b"1", 1j, [], {}, object(), np.datetime64("2026-01-01"), np.array([1.0])])
def test_what_does_not(value: object) -> None:
    assert float_from_number(value) is None


@given(st.lists(NUMBERS))
def test_an_array_converts_as_its_elements_do(values: list[object]) -> None:
    one_by_one = [float_from_number(value) for value in values]
    converted = floats_from_values(values, "here")
    assert np.array_equal(converted.values, [pair[0] for pair in one_by_one if pair], equal_nan=True)
    assert converted.num_lossy == sum(pair[1] for pair in one_by_one if pair)


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, 2**53 + 1, 2**62], dtype=np.int64),
        np.array([2**64 - 1], dtype=np.uint64),
        np.array([np.inf, np.nan, 1.5], dtype=np.float16),
        np.array([True, False]),
        np.array([1, None, Decimal(2)], dtype=object),
    ],
)
def test_arrays_of_any_number_type(array: np.ndarray) -> None:
    converted = floats_from_values(array, "here")
    pairs = [float_from_number(value) for value in array.tolist()]
    assert np.array_equal(converted.values, [pair[0] for pair in pairs if pair], equal_nan=True)
    assert converted.num_lossy == sum(pair[1] for pair in pairs if pair)


@pytest.mark.parametrize(
    ("values", "got"),
    [
        ("12", "'12'"),
        (["1", 2], "'1'"),
        ([1, object()], "object"),
        (np.array(["2026-01-01"], dtype="datetime64[s]"), "timestamp()"),
        ([[1, 2], [3]], "expected rows of one length"),
        ([[1.0]], "(1, 1)"),
        (3.5, "3.5"),
        (None, "None"),
    ],
)
def test_an_error_says_where_and_what(values: object, got: str) -> None:
    with pytest.raises(UsageError, match=r"^here: expected") as raised:
        floats_from_values(values, "here")
    assert got in str(raised.value)
