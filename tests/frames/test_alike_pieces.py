"""Lines with the same x: packed together they are the very bytes that each is alone."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from cadran.frames.alike_pieces import alike_pieces
from cadran.frames.series_pieces import FEW_BUCKETS, series_pieces
from cadran.readable import Points
from cadran.store import alike_bucketed, buckets_of

VALUES = st.one_of(
    st.floats(-100.0, 100.0),
    st.floats(width=64, allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, -0.0, 1.0, 1e6 + 0.1, 131_072.5, 1e-40, 1e300, 3.4e38, -3.5e38, math.nan, math.inf]),
    st.integers(-5, 5).map(float),
)
LINES = st.integers(1, 12).flatmap(
    lambda num_points: st.tuples(
        st.lists(st.sampled_from([0.0, 0.2, 1.0, 2.5, 40.0, 70_000.0]), min_size=num_points, max_size=num_points),
        st.lists(
            st.one_of(
                st.lists(VALUES, min_size=num_points, max_size=num_points),
                VALUES.map(lambda value: [value] * num_points),
            ),
            min_size=2,
            max_size=6,
        ),
    )
)


@given(LINES, st.sampled_from([-3, 0, 2]), st.sampled_from([0.1, math.nan, 1e300]))
@example(([0.0, 0.2, 1.0], [[1.0, 2.0, 3.0], [5.0, 5.0, 5.0], [1.0, math.nan, 2.0]]), 0, 0.1)
@example(([1.0] * 3, [[1.0, 2.0, math.nan], [0.1, 0.2, 0.3]]), -3, 0.1)
@example(([0.2] * 40, [[0.1 * i for i in range(40)], [1.0] * 40]), -3, 0.1)
def test_pieces_of_lines_with_the_same_x_are_those_of_each_alone(
    lines: tuple[list[float], list[list[float]]], k: int, cadence: float
) -> None:
    steps, values = lines
    xs, ys = 100.0 + np.cumsum(np.array(steps)), np.array(values)
    buckets = alike_bucketed(xs, ys, k)
    first_id = math.floor(math.ldexp(100.0, -k)) - 1.0
    slots = range(3, 3 + len(ys))
    newest_x = float(xs[-1])
    together = alike_pieces(slots, buckets, first_id, cadence=cadence, newest_x=newest_x)
    is_one_each = np.unique(np.floor(xs * 2.0**-k)).size == xs.size
    for slot, piece, line in zip(slots, together, ys, strict=True):
        own = buckets_of(Points(xs, line), k, -math.inf)
        alone = series_pieces(slot, own, first_id, replace=False, cadence=cadence, newest_x=newest_x)
        if len(buckets.ids) > FEW_BUCKETS or (np.isnan(line).any() and not is_one_each):
            assert piece is None or [piece] == alone
        else:
            assert [piece] == alone
