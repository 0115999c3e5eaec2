"""Buckets against a slow and plain model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadran.readable import Points
from cadran.store import buckets_of, cadence_of, id_of, level_for

values = st.one_of(st.integers(-5, 5).map(float), st.just(math.nan), st.just(math.inf), st.floats(-1e300, 1e300))
xs_lists = st.lists(st.one_of(st.integers(-40, 40).map(float), st.floats(-1e4, 1e4)), max_size=40)


def modelled(xs: list[float], ys: list[float], k: int, low: float, high: float) -> dict[float, tuple[float, ...]]:
    groups: dict[float, list[float]] = {}
    for x, y in zip(xs, ys, strict=True):
        number = float(math.floor(x / 2.0**k))
        if low <= number <= high:
            groups.setdefault(number, []).append(y)
    found: dict[float, tuple[float, ...]] = {}
    for number, group in groups.items():
        present = [y for y in group if not math.isnan(y)]
        found[number] = (present[0], min(present), max(present), present[-1]) if present else (math.nan,) * 4
    return found


@pytest.mark.slow
@given(xs_lists, st.data(), st.integers(-6, 8))
def test_buckets_are_those_of_the_model(xs: list[float], data: st.DataObject, k: int) -> None:
    xs = sorted(xs)
    ys = data.draw(st.lists(values, min_size=len(xs), max_size=len(xs)))
    low = data.draw(st.one_of(st.just(-math.inf), st.integers(-50, 50).map(float)))
    high = data.draw(st.one_of(st.just(math.inf), st.integers(-50, 50).map(float)))
    buckets = buckets_of(Points(np.array(xs), np.array(ys)), k, low, high)
    expected = modelled(xs, ys, k, low, high)
    assert buckets.ids.tolist() == sorted(expected)
    for position, number in enumerate(buckets.ids.tolist()):
        columns = (buckets.first, buckets.min, buckets.max, buckets.last)
        got = tuple(float(column[position]) for column in columns)
        assert np.array_equal(got, expected[number], equal_nan=True)
    if buckets.is_flat:
        for first, low_y, high_y, last in expected.values():
            assert np.array_equal([first, first], [low_y, high_y], equal_nan=True)
            assert np.array_equal([first], [last], equal_nan=True)


@pytest.mark.slow
@given(st.floats(1e-3, 1e9), st.integers(1, 5_000), st.floats(0, 2e9))
@example(64.0, 512, 1.8e9)
def test_the_level_is_the_largest_no_wider_than_a_pixel(span: float, px: int, magnitude: float) -> None:
    k = level_for(span, px, magnitude)
    floor = math.frexp(magnitude)[1] - 51 if magnitude > 0 else -1000
    if k > floor:
        assert 2.0**k <= span / px < 2.0 ** (k + 1)
    else:
        assert 2.0 ** (k + 1) > span / px


@pytest.mark.parametrize("span", [0.0, -1.0, math.nan, math.inf, 5e-324])
@pytest.mark.parametrize("px", [-5, 0, 1, 10**9])
@pytest.mark.parametrize("magnitude", [0.0, 1.8e9, 1.7e308, math.inf])
def test_a_level_for_any_span_and_any_pixels(span: float, px: int, magnitude: float) -> None:
    assert -1100 <= level_for(span, px, magnitude) <= 1100


@given(st.floats(-1e15, 1e15, allow_subnormal=False).map(lambda x: x if abs(x) > 1e-300 else 0.0), st.integers(-10, 30))
def test_x_lies_in_its_bucket(x: float, k: int) -> None:
    number = id_of(x, k)
    if abs(number) < 2.0**53:
        assert number * 2.0**k <= x < (number + 1) * 2.0**k


@pytest.mark.parametrize("x", [1.7e308, -1.7e308, 5e-324, 0.0, -0.0])
@pytest.mark.parametrize("k", [-1074, -100, 0, 100, 973, 1023])
def test_any_x_has_an_id_at_any_level(x: float, k: int) -> None:
    assert abs(id_of(x, k)) <= 2.0**53


def test_points_at_the_ends_of_the_numbers_do_not_disturb_the_others() -> None:
    xs = np.array([-1.7e308, -1.0, 0.0, 1.0, 1.7e308])
    buckets = buckets_of(Points(xs, np.arange(5.0)), -4, -math.inf)
    assert buckets.ids.tolist() == [-16.0, 0.0, 16.0]


@given(st.lists(st.floats(0.001, 1e3), min_size=2, max_size=100))
def test_the_cadence_is_the_median_distance_of_the_newest(steps: list[float]) -> None:
    xs = np.cumsum(steps)
    expected = float(np.median(np.diff(xs[-64:]))) if xs.size >= 3 else math.nan
    assert cadence_of(Points(xs, xs)) == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.tuples(st.floats(0.001, 1e3), st.integers(1, 20)), min_size=2, max_size=20))
def test_u12_equal_x_do_not_make_the_usual_distance_nothing(groups: list[tuple[float, int]]) -> None:
    xs = np.repeat(np.cumsum([step for step, _ in groups]), [count for _, count in groups])
    steps = np.diff(xs[-64:])
    steps = steps[steps > 0]
    expected = float(np.median(steps)) if xs.size >= 3 and steps.size else math.nan
    assert cadence_of(Points(xs, xs)) == pytest.approx(expected, nan_ok=True)


def test_u20_huge_values_make_buckets_without_a_warning() -> None:
    ys = np.array([1e200, -1e300, math.inf, 2.0])
    buckets = buckets_of(Points(np.zeros(4), ys), 0, 0.0)
    assert [column.tolist() for column in buckets[2:]] == [[1e200], [-1e300], [math.inf], [2.0]]
