"""A handful lands as any drain does: the store is the very same afterwards, and what it is asked is answered alike."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran.channel import Channel
from cadran.store import Key, SeriesColumns, Store
from cadran.updates import Update

NAMES = "abcd"
TICKS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(NAMES)),  # who gets the common points
        st.sampled_from([1, 3, 20, 700]),
        st.dictionaries(
            st.sampled_from(NAMES),
            st.sampled_from(["own", "late", "touches", "gap", "number", "long ago"]),
            max_size=2,
        ),
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from([0.0, -0.0, 1.0, math.nan, 2.5, "text"]), max_size=3),
    ),
    max_size=14,
)


def land(press: Channel, store: Store, now: float, keeps: tuple[float | None, int | None], *, is_usual: bool) -> bool:
    """Drain into the store; return whether a handful landed."""
    handful = press.take_handful() if is_usual else None
    if handful is not None and store.apply_handful(press.id, handful, now, *keeps):
        return True
    taken = press.take_in_turns() if handful is None else handful.in_order()
    assert taken is not None
    store.apply(press.id, taken.whole(), now_wall=now, keep_secs=keeps[0], keep_points=keeps[1])
    return False


def series_of(store: Store) -> dict[str, SeriesColumns]:
    found = {name: store.series(Key("channel:press", "series", name)) for name in (*NAMES, "counts")}
    return {name: one for name, one in found.items() if one is not None}


def state_of(store: Store) -> dict[str, Any]:
    """All that anybody can find out of a store."""
    cells = {name: store.cell(Key("channel:press", "kpi", name)) for name in NAMES}
    present = series_of(store)
    tracks = list(dict.fromkeys(one.x_track for one in present.values() if one.x_track is not None))
    return {
        "s": store.s,
        "num_points": store._num_points,
        "times": repr(store.times("channel:press")),
        "cells": {name: repr(cell) for name, cell in cells.items()},
        "tracks": [(track.x0, track.before_s, track.from_s) for track in tracks],
        "series": {name: _series(one, tracks) for name, one in present.items()},
    }


def _series(one: SeriesColumns, tracks: list[Any]) -> dict[str, Any]:
    snapshot = one.snapshot()
    return {
        "xs": one.points.xs.tolist(),
        "ys": one.points.ys.tolist(),
        "chunks": [block.xs.size for block in snapshot.blocks()],
        "ends": (one.first_x, one.last_x, one.num_points, one.x_since, one.kept_x, snapshot.began_x, snapshot.holes),
        "changed": (one.changed_s, one.cause, one.evicted_s),
        "since": [one.changes.since(s) for s in range(one.changed_s + 1)],
        "left": [one.left_x(s) for s in range(one.changed_s + 1)],
        "track": None if one.x_track is None else tracks.index(one.x_track),
    }


def updates_of(tick: tuple[set[str], int, dict[str, str], dict[str, object]], now: float) -> list[Update]:
    common, num_points, others, values = tick
    xs = now + np.arange(num_points) / 1_000
    updates: list[Update] = [cd.KpiUpdated(name, value) for name, value in values.items()]  # type: ignore[arg-type]
    for name in sorted(common - others.keys()):
        updates.append(cd.ChartDataUpdated.xy(name, xs, xs * (1 + NAMES.index(name))))
    for name, what in others.items():
        if what == "number":
            updates.append(cd.ChartDataUpdated.xy("counts", xs, xs, x="number"))
            continue
        x0 = {"own": now + 0.5, "late": now - 7.0, "touches": now - 1.0, "gap": now + 3.0, "long ago": now - 90.0}[what]
        updates.append(cd.ChartDataUpdated.xy(name, x0 + np.arange(5.0) / 10, np.full(5, math.nan)))
    return updates


@settings(max_examples=150)
@given(TICKS, st.sampled_from([(None, None), (20.0, None), (6.0, None), (None, 300), (12.0, 500)]), st.booleans())
def test_a_handful_lands_as_any_drain(
    ticks: list[Any], keeps: tuple[float | None, int | None], is_bounded: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if is_bounded:
            patch.setattr("cadran.store.store.POINTS_MAX", 1_500)
        stores = Store(), Store()
        channels = [cd.channel("press", keep=None) for _ in stores]
        now = 1_000.0
        for tick in ticks:
            now += 2.0
            for is_usual, press, store in zip((True, False), channels, stores, strict=True):
                updates = updates_of(tick, now)
                if updates:
                    press.send(*updates)
                land(press, store, now, keeps, is_usual=is_usual)
            assert repr(state_of(stores[0])) == repr(state_of(stores[1]))


def test_what_is_usual_lands_as_a_handful() -> None:
    press, store = cd.channel("press"), Store()
    nums = []
    for number in range(10):
        now = 1_000.0 + number
        values: dict[str, object] = dict.fromkeys(NAMES, float(number))
        press.send(*updates_of((set(NAMES), 20, {}, values), now))
        nums.append(land(press, store, now, (60.0, None), is_usual=True))
    assert nums == [False] + [True] * 9, "but for the first points of a series"


def test_late_points_are_no_handful_and_nothing_is_done() -> None:
    press, store = cd.channel("press"), Store()
    for now in (1_000.0, 1_001.0):
        press.send(*updates_of((set(NAMES), 20, {}, {"a": now}), now))
        land(press, store, now, (None, None), is_usual=True)
    before = repr(state_of(store))
    press.send(*updates_of((set("abc"), 20, {"d": "late"}, {"a": 5.0}), 1_002.0))
    handful = press.take_handful()
    assert handful is not None
    assert not store.apply_handful(press.id, handful, 1_002.0, None, None)
    assert repr(state_of(store)) == before
