"""A series that only lost points is another series, for whatever reads it (law 9)."""

from __future__ import annotations

import numpy as np
import pytest

from cadran.channel import Drained, PointsLanded
from cadran.readable import Floats
from cadran.store import Key, Store
from cadran.store import store as store_module


def test_law09_a_series_that_gives_up_points_for_another_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "POINTS_MAX", 1_000)
    store, key = Store(), Key("press", "series", "long")
    land(store, "long", np.arange(900.0))
    before_s = store.s
    land(store, "short", np.arange(200.0))
    series = store.series(key)
    assert series is not None
    assert len(series) < 900
    assert before_s < series.changed_s <= store.s
    assert store.cause(key) == "old points left"


def test_law09_an_equal_whole_from_which_old_points_leave_has_changed() -> None:
    store, key, xs = Store(), Key("press", "series", "v"), np.arange(1_000.0)
    land(store, "v", xs, now_wall=1_000.0)
    before_s = store.s
    land(store, "v", xs, now_wall=1_500.0, replace=True)
    series = store.series(key)
    assert series is not None
    assert len(series) == 500
    assert before_s < series.changed_s == store.s
    land(store, "v", np.arange(500.0, 1_000.0), now_wall=1_500.0, replace=True)
    assert store.s == series.changed_s, "nothing changed, nothing happens"


def land(store: Store, name: str, xs: Floats, *, now_wall: float = 0.0, replace: bool = False) -> None:
    points = PointsLanded(((xs.copy(), xs.copy()),), replace, "time", is_sorted=True)
    store.apply("press", Drained(points={name: points}), now_wall=now_wall, keep_secs=1_000.0)
