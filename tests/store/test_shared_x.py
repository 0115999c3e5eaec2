"""Series on one track have the same x, whatever came to each of them before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.channel import channel
from cadran.store import Key, SeriesColumns, Store
from cadran.store.shared_x import LEADERS_MAX, SHARED_POINTS_MAX, Appended, share_tracks
from cadran.updates import ChartDataUpdated

NAMES = "abcd"
TICKS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(NAMES)),  # who gets the common points
        st.dictionaries(  # and what else some get, before or after them
            st.sampled_from(NAMES), st.sampled_from(["own", "late", "replace", "equal", "first"]), max_size=2
        ),
        st.integers(0, 3),
    ),
    max_size=12,
)


def series_of(store: Store) -> dict[str, SeriesColumns]:
    found = {name: store.series(Key("channel:press", "series", name)) for name in NAMES}
    return {name: one for name, one in found.items() if one is not None}


@settings(max_examples=200)
@given(TICKS)
def test_series_on_one_track_have_the_same_x(ticks: list[tuple[set[str], dict[str, str], int]]) -> None:
    press, store = channel("press"), Store()
    now = 1_000.0
    for common, others, num_points in ticks:
        now += 10.0
        for name, kind in others.items():
            x = {"own": now - 5.0, "late": now - 27.0, "replace": now - 3.0, "equal": now, "first": now - 1.0}[kind]
            press.send(ChartDataUpdated(name, [(x, 1.0)], replace=kind == "replace"))
            if kind != "first":
                store.apply(press.id, press.drain(), now_wall=now, keep_secs=100.0)
        for name in sorted(common):
            xs = now + np.arange(num_points)
            press.send(ChartDataUpdated.xy(name, xs, xs * 2))
        store.apply(press.id, press.drain(), now_wall=now, keep_secs=45.0)
        present = series_of(store)
        for one in present.values():
            for other in present.values():
                if one.x_track is not None and one.x_track is other.x_track:
                    low_x = max(one.x_since, other.x_since, one.first_x or 0.0, other.first_x or 0.0)
                    columns = [each.points.xs[each.points.xs > low_x].tolist() for each in (one, other)]
                    assert columns[0] == columns[1]


def test_what_comes_in_one_batch_is_on_one_track_and_who_gets_none_is_not() -> None:
    press, store = channel("press"), Store()

    def land(names: str, x: float) -> None:
        press.send(*(ChartDataUpdated(name, [(x, 1.0), (x + 1.0, 2.0)]) for name in names))
        store.apply(press.id, press.drain(), now_wall=x, keep_secs=None)

    land("abc", 0.0)
    land("abc", 10.0)
    tracks = {name: one.x_track for name, one in series_of(store).items()}
    assert len(set(tracks.values())) == 1
    assert {one.x_since for one in series_of(store).values()} == {0.0}, "the same since the first batch"
    land("ab", 20.0)
    present = series_of(store)
    assert present["a"].x_track is present["b"].x_track is not present["c"].x_track
    land("abc", 30.0)
    present = series_of(store)
    assert present["a"].x_track is present["b"].x_track is present["c"].x_track
    assert (present["b"].x_since, present["c"].x_since) == (0.0, 30.0)
    press.send(ChartDataUpdated("b", [(25.0, 1.0)]))
    store.apply(press.id, press.drain(), now_wall=40.0, keep_secs=None)
    assert present["b"].x_track is None, "a late point is its own"


def test_a_track_says_whether_its_batch_is_all_that_is_new() -> None:
    """Then all its series changed from the same x on, without a look at what each of them went through."""
    press, store = channel("press"), Store()
    num_alike = 0
    for turn in range(30):
        now = 10.0 * turn
        for name in "ab"[turn % 3 :]:
            press.send(ChartDataUpdated(name, [(now - 3.0 * (turn % 2), 1.0)]))
        if turn % 4 == 0:
            store.apply(press.id, press.drain(), now_wall=now, keep_secs=50.0)
        press.send(*(ChartDataUpdated(name, [(now + 1.0, 1.0)]) for name in "abc"))
        store.apply(press.id, press.drain(), now_wall=now, keep_secs=50.0)
        for one in series_of(store).values():
            track = one.x_track
            for s in range(store.s + 1):
                if track is not None and track.is_all_since(s):
                    num_alike += 1
                    assert one.changes.since(s) == track.x0
    assert num_alike


def test_long_batches_are_not_compared() -> None:
    press, store = channel("press"), Store()
    xs = np.arange(SHARED_POINTS_MAX + 1.0)
    press.send(ChartDataUpdated.xy("a", xs, xs), ChartDataUpdated.xy("b", xs, xs))
    store.apply(press.id, press.drain(), now_wall=0.0, keep_secs=None)
    assert {one.x_track for one in series_of(store).values()} == {None}


def test_few_columns_with_the_same_ends_are_told_apart() -> None:
    """Or to land many series that differ within a batch alone would cost the square of their number."""
    num_copied = 0

    class Column(np.ndarray[Any, np.dtype[np.float64]]):
        def tobytes(self, *given: Any, **named: Any) -> bytes:
            nonlocal num_copied
            num_copied += 1
            return super().tobytes(*given, **named)

    series = [SeriesColumns() for _ in range(40)]
    columns = [np.array([0.0, 1.0 + number % 20, 100.0]).view(Column) for number in range(40)]
    share_tracks(Appended(one, None, xs) for one, xs in zip(series, columns, strict=True))
    tracks = [one.x_track for one in series]
    assert tracks[0] is tracks[20]
    assert len(set(tracks)) >= 20
    assert 0 < num_copied <= 2 * LEADERS_MAX * len(series)
