"""Points that come at another rate than they did: a line breaks where nothing came, and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.readable import Floats, Points
from cadran.store import SeriesColumns, SeriesSnapshot, id_of, level_for
from cadran.store.chunks import CHUNK_POINTS
from cadran.store.snapshot import BREAK_CADENCES
from cadran.store.spacings import CELL_BUCKETS, CELLS_MAX, Spacings, cells_of

HOUR_SECS = 3_600.0
BEGAN_X = 1_800_000_000.0


def series(xs: Floats) -> SeriesColumns:
    columns = SeriesColumns()
    columns.replace(Points(xs, xs), 1)
    return columns


def stretch(num_points: int, secs: float, begin_x: float) -> Floats:
    return np.arange(num_points, dtype=np.float64) * secs + begin_x


def num_breaks(snapshot: SeriesSnapshot, x1: float, span: float = HOUR_SECS, px: int = 600) -> int:
    """Return in how many places a page would break the line that ends at ``x1``."""
    k = level_for(span, px, x1)
    low = id_of(x1 - span, k)
    ids = snapshot.view(k, low).ids.tolist()
    most = max(1.0, BREAK_CADENCES * snapshot.cadence_from(k, low) * 2.0**-k)
    return sum(after - before > most for before, after in pairwise(ids))


@pytest.mark.parametrize(("before_secs", "secs"), [(5.0, 1.0), (60.0, 1.0), (1.0, 5.0), (20.0, 0.01)])
def test_a_line_does_not_break_where_its_points_came_at_another_rate(before_secs: float, secs: float) -> None:
    slow = stretch(math.ceil(HOUR_SECS / before_secs), before_secs, BEGAN_X)
    columns = series(slow)
    xs = stretch(math.ceil(2 * HOUR_SECS / secs), secs, float(slow[-1]) + before_secs)
    at = 0
    for size in [100] + [max(1, int(61 / secs))] * 90:  # also while the older points leave the window
        columns.extend(xs[at : at + size], xs[at : at + size], 2, is_sorted=True)
        at += size
        assert columns.last_x is not None
        assert num_breaks(columns.snapshot(), columns.last_x) == 0


@pytest.mark.parametrize(("before_secs", "secs"), [(5.0, 1.0), (1.0, 5.0)])
def test_where_nothing_came_for_long_the_line_breaks_at_either_rate(before_secs: float, secs: float) -> None:
    first = stretch(200, before_secs, BEGAN_X)
    second = stretch(100, before_secs, float(first[-1]) + 30.0)
    third = stretch(200, secs, float(second[-1]) + before_secs)
    xs = np.concatenate((first, second, third, stretch(100, secs, float(third[-1]) + 30.0)))
    assert num_breaks(series(xs).snapshot(), float(xs[-1])) == 2


def test_once_the_older_points_left_the_window_only_the_present_rate_counts() -> None:
    xs = np.concatenate((stretch(1_000, 5.0, BEGAN_X), stretch(4_200, 1.0, BEGAN_X + 5_000.0)))
    snapshot = series(xs).snapshot()
    k = level_for(HOUR_SECS, 600, float(xs[-1]))
    assert snapshot.cadence_from(k, id_of(float(xs[-1]) - HOUR_SECS, k)) == 1.0
    assert snapshot.cadence_from(k, id_of(float(xs[-1]) - 2 * HOUR_SECS, k)) == 5.0


Change = tuple[str, int, float]
CHANGES: st.SearchStrategy[Sequence[Change]] = st.lists(
    st.tuples(st.sampled_from(["on", "on", "on", "late"]), st.integers(1, 90), st.sampled_from([0.25, 1.0, 5.0, 64.0])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(CHANGES, st.integers(-4, 4), st.floats(0.0, 1.0))
def test_what_was_looked_at_before_is_what_a_whole_look_finds(
    changes: Sequence[Change], k: int, begins_at: float
) -> None:
    columns = series(stretch(40, 1.0, 1_000.0))
    for s, (kind, num_points, secs) in enumerate(changes, 2):
        first_x, last_x = columns.first_x, columns.last_x
        assert first_x is not None
        assert last_x is not None
        xs = stretch(num_points, secs, last_x)
        if kind == "late":
            xs = first_x + (last_x - first_x) * np.sort(np.random.default_rng(s).random(num_points))
        columns.extend(xs, xs, s, is_sorted=True)
        whole = series(columns.points.xs).snapshot()
        for low_x in (first_x + begins_at * (last_x - first_x), -math.inf):
            low = id_of(low_x, k) if low_x > -math.inf else low_x
            assert columns.snapshot().cadence_from(k, low) == whole.cadence_from(k, low)


def test_an_earlier_snapshot_says_nothing_of_points_that_came_late_since() -> None:
    columns = series(stretch(4_000, 1.0, 0.0))
    earlier = columns.snapshot()
    slow = np.arange(1_000.25, 1_400.0, 0.5)
    columns.extend(slow, slow, 2, is_sorted=True)
    assert earlier.cadence_from(0, 0.0) == 1.0
    columns.replace(Points(np.arange(0.0, 4_000.0, 4.0), np.arange(1_000.0)), 3)
    assert earlier.cadence_from(1, 0.0) == 1.0
    assert columns.snapshot().cadence_from(0, 0.0) == columns.snapshot().cadence_from(1, 0.0) == 4.0


def test_each_place_is_looked_at_once_and_no_more_of_them_than_a_wide_screen_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places: list[float] = []
    count = SeriesSnapshot.count

    def counted(self: SeriesSnapshot, x: float, side: str) -> int:
        places.append(x)
        return count(self, x, side)  # type: ignore[arg-type]

    monkeypatch.setattr(SeriesSnapshot, "count", counted)
    columns = series(stretch(3 * CHUNK_POINTS, 1.0, 0.0))
    assert columns.snapshot().cadence_from(0, 0.0) == 1.0
    assert len(places) == CELLS_MAX
    for s in range(2, 2 + 4 * CELL_BUCKETS):
        xs = np.array([3.0 * CHUNK_POINTS + s])
        columns.extend(xs, xs, s, is_sorted=True)
        columns.snapshot().cadence_from(0, 0.0)
    assert len(places) <= CELLS_MAX + 5
    assert len(set(places)) == len(places)


def test_a_series_without_points_or_with_few_has_no_places() -> None:
    snapshot = SeriesColumns().snapshot()
    cells = cells_of(0, -math.inf, math.inf, None, None)
    assert Spacings().look(lambda: snapshot, cells) == 0.0
    assert math.isnan(snapshot.cadence_from(0, -math.inf))
    few = series(np.array([0.0, 1_000.0])).snapshot()
    assert math.isnan(few.cadence_from(0, 0.0))
    assert math.isnan(few.cadence_from(-1_000, 0.0))
