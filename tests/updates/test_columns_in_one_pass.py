"""Plain arrays are checked in one pass: what lands, and what is raised, is as by the full check."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, prepare
from cadran.updates.prepare import PreparedPoints, is_finite_and_ascending, is_plain
from cadran.updates.update import XKind

ODD = [math.nan, math.inf, -math.inf, 1e11, 1.1e11, 1.7e12, -1e12, 1e308, -1e308, 0.0, -0.0, 2.0**60, 5e-324]
NUMBERS = st.one_of(st.floats(), st.sampled_from(ODD), st.floats(0, 10))
ASCENDING = st.lists(st.floats(-1e9, 1e9), max_size=20).map(sorted)
XS = st.one_of(
    st.lists(NUMBERS, max_size=20), ASCENDING, st.tuples(ASCENDING, NUMBERS).map(lambda drawn: [*drawn[0], drawn[1]])
)
KINDS: st.SearchStrategy[XKind] = st.sampled_from(["time", "number", "free"])

Landed = tuple[list[float], list[float], int, int, bool] | str


def landed(update: ChartDataUpdated) -> Landed:
    """What an update lands as, or the message of its error. A NaN in ys is None, as no NaN equals another."""
    try:
        prepared = prepare(update)
    except UsageError as problem:
        return str(problem)
    assert isinstance(prepared, PreparedPoints)
    xs, ys = prepared.xs.tolist(), [None if y != y else y for y in prepared.ys.tolist()]
    if prepared.is_sorted:
        assert xs == sorted(xs)
    return xs, ys, prepared.num_lossy, prepared.num_rejected, prepared.replace  # type: ignore[return-value]


def strided(columns: Any) -> Any:
    wide = np.zeros((columns.shape[0] * 2, 5))
    wide[::2, 1:4:2] = columns
    return wide[::2, 1:4:2]


ARRAYS: dict[str, Callable[[Any, Any], Any]] = {
    "C order": lambda xs, ys: np.column_stack([xs, ys]),
    "Fortran order": lambda xs, ys: np.asfortranarray(np.column_stack([xs, ys])),
    "strided": lambda xs, ys: strided(np.column_stack([xs, ys])),
    "backwards": lambda xs, ys: np.column_stack([xs[::-1], ys[::-1]])[::-1],
}


@given(XS, KINDS, st.booleans(), st.data())
def test_arrays_land_as_lists_do(xs: list[float], kind: XKind, replace: bool, data: st.DataObject) -> None:
    ys = data.draw(st.lists(NUMBERS, min_size=len(xs), max_size=len(xs)))
    x_array, y_array = np.array(xs, dtype=float), np.array(ys, dtype=float)
    assert is_plain(x_array, 1), "the short way is the one that is tested"
    checked = landed(ChartDataUpdated.xy("s", xs, ys, replace=replace, x=kind))
    assert landed(ChartDataUpdated.xy("s", x_array, y_array, replace=replace, x=kind)) == checked
    assert landed(ChartDataUpdated.xy("s", x_array, ys, replace=replace, x=kind)) == checked
    for name, make in ARRAYS.items():
        pairs = make(x_array, y_array)
        assert is_plain(pairs, 2)
        assert landed(ChartDataUpdated("s", pairs, replace, kind)) == checked, name
    assert landed(ChartDataUpdated("s", list(zip(xs, ys, strict=True)), replace, kind)) == checked


@given(XS)
def test_what_is_finite_and_ascending_is_known_to_be(xs: list[float]) -> None:
    is_so = all(math.isfinite(x) for x in xs) and xs == sorted(xs)
    assert is_finite_and_ascending(np.array(xs, dtype=float)) == is_so


@pytest.mark.parametrize("make", ARRAYS.values(), ids=ARRAYS)
def test_arrays_of_any_layout_are_copied(make: Callable[[Any, Any], Any]) -> None:
    pairs = make(np.arange(3.0), np.arange(3.0))
    prepared = prepare(ChartDataUpdated("s", pairs))
    assert isinstance(prepared, PreparedPoints)
    pairs[:] = 7
    assert (prepared.xs.tolist(), prepared.ys.tolist()) == ([0, 1, 2], [0, 1, 2])
    assert prepared.xs.flags.c_contiguous
    assert prepared.ys.flags.c_contiguous


@pytest.mark.parametrize(
    "xs",
    [
        np.array([1.0, 2.0], dtype=">f8"),
        np.array([1, 2]),
        np.array([[1.0], [2.0]]),
        np.array([1.0, 2.0, 3.0]),
        [1.0, 2.0],
    ],
)
def test_other_arrays_take_the_long_way(xs: Any) -> None:
    update = ChartDataUpdated.xy("s", xs, np.array([1.0, 2.0]))
    if np.shape(xs) == (2,):
        assert landed(update) == ([1.0, 2.0], [1.0, 2.0], 0, 0, False)
    else:
        assert "expected" in landed(update)


def test_what_is_masked_is_missing() -> None:
    masked = np.ma.masked_array([1.0, 2.0, 3.0], [True, False, False])
    y_masked = np.ma.masked_array([1.0, 2.0, 3.0], [False, False, True])
    expected = ([2.0, 3.0], [2.0, None], 0, 1, False)
    assert landed(ChartDataUpdated.xy("s", masked, y_masked)) == expected
    assert landed(ChartDataUpdated("s", np.ma.column_stack([masked, y_masked]))) == expected
