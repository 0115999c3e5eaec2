"""Who has a whole picture of the past keeps it while a part of it is read again: also after an absence."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.past_shop import DAY, NOW, Shop, look, slowly

from cadran import testing
from cadran.store import buckets_of, id_of
from cadran.store.past import PastBlocks
from cadran.testing import HeadlessViewer, LiveScreen


def num_missing(viewer: HeadlessViewer, shop: Shop, x0: float, x1: float) -> int:
    """How many buckets of a range a viewer lacks."""
    held = viewer.series("amount")
    assert held is not None
    whole = buckets_of(shop.points, held.k, id_of(x0, held.k), id_of(x1, held.k))
    return int((~np.isin(whole.ids, held.ids)).sum())


def leave(live: LiveScreen, viewer: HeadlessViewer, how: str) -> None:
    if how == "hidden":
        viewer.change(hidden=True)
    elif how == "cut":
        live.cut(viewer)


def come_back(live: LiveScreen, viewer: HeadlessViewer, how: str) -> None:
    if how == "hidden":
        viewer.change(hidden=False)
    elif how == "cut":
        live.reconnect(viewer)


def wander(live: LiveScreen, other: HeadlessViewer) -> None:
    """Somebody else looks at more blocks than are remembered for viewers who lack them."""
    for step in range(40):
        look(live, other, NOW - (550 - 10 * step) * DAY, NOW - (540 - 10 * step) * DAY, 0.5)


def most_missing(live: LiveScreen, viewer: HeadlessViewer, shop: Shop, x0: float, x1: float) -> int:
    """The most buckets that were missing at any moment of twenty seconds."""
    most = 0
    for _ in range(200):
        live.advance("0.1s")
        most = max(most, num_missing(viewer, shop, x0, x1))
    return most


@pytest.mark.parametrize("how", ["hidden", "cut", "watching"])
def test_blocks_that_were_forgotten_leave_no_hole(shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(PastBlocks.__init__, "__defaults__", (200_000,))  # less than 16 MiB, for a short test
    x0, x1 = NOW - 700 * DAY, NOW - 600 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer, other = live.viewer(), live.viewer(px=3_000)
        live.advance("2s")
        look(live, viewer, x0, x1)
        assert num_missing(viewer, shop, x0, x1) == 0
        leave(live, viewer, how)
        wander(live, other)
        other.see_nothing()
        slowly([], monkeypatch)
        come_back(live, viewer, how)
        assert most_missing(live, viewer, shop, x0, x1) == 0


@pytest.mark.parametrize("how", ["hidden", "cut", "watching"])
def test_a_border_that_moved_on_leaves_no_hole(shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    x0, x1 = NOW - 20 * DAY, NOW - 5 * DAY
    with testing.open(shop.screen(shop.paged())) as live:
        viewer, other = live.viewer(), live.viewer(px=3_000)
        live.advance("2s")
        look(live, viewer, x0, x1)
        leave(live, viewer, how)
        wander(live, other)
        for step in range(48):
            shop.file.execute("INSERT INTO orders (ts, amount) VALUES (?, 1)", (NOW + step * 3_600.0,))
        live.clock.jump_wall(2 * DAY)
        live.advance("10s")
        other.see_nothing()
        slowly([], monkeypatch)
        come_back(live, viewer, how)
        assert most_missing(live, viewer, shop, x0, x1) == 0
