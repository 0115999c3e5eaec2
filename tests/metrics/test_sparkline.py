"""Sparklines in one pass give what one bucket after the other gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.metrics.sparkline import values_by_bucket

NUMBERS = st.one_of(st.just(math.nan), st.integers(-5, 5).map(float))


@pytest.mark.parametrize("operation", ["count", "sum", "mean", "min", "max", "latest"])
@given(st.lists(st.tuples(st.integers(-2, 14).map(lambda x: x / 2), NUMBERS), max_size=12))
def test_one_pass_equals_one_by_one(operation: str, points: list[tuple[float, float]]) -> None:
    points.sort(key=lambda point: point[0])
    times, numbers = np.array([x for x, _ in points]), np.array([y for _, y in points])
    edges = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    got = values_by_bucket(times, numbers, operation, edges)
    for i, value in enumerate(got.tolist()):
        inside = [y for x, y in points if edges[i] < x <= edges[i + 1]]
        assert value == pytest.approx(plainly(operation, inside), nan_ok=True)


def plainly(operation: str, values: list[float]) -> float:
    if operation == "latest":
        return values[-1] if values else math.nan
    values = [value for value in values if not math.isnan(value)]
    if operation in ("count", "sum"):
        return float(len(values)) if operation == "count" else sum(values)
    if not values:
        return math.nan
    return {"mean": sum(values) / len(values), "min": min(values), "max": max(values)}[operation]
