"""A chart of past and present of which nothing is held: the channel is silent, and the archive ends long ago."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.past_shop import DAY, NOW, Shop, assert_shown, look, slowly

from cadran import testing
from cadran.readable import Points


@pytest.fixture
def archive(shop: Shop) -> Shop:
    """A shop whose newest order is older than what is kept."""
    shop.file.execute("DELETE FROM orders WHERE ts > ?", (NOW - 100 * DAY,))
    is_old = shop.points.xs <= NOW - 100 * DAY
    shop.points = Points(shop.points.xs[is_old], shop.points.ys[is_old])
    return shop


@pytest.mark.parametrize("is_empty", [False, True])
@pytest.mark.parametrize("window", ["60s", "1h"])
def test_the_database_is_not_asked_over_and_over(
    archive: Shop, monkeypatch: pytest.MonkeyPatch, window: str, is_empty: bool
) -> None:
    if is_empty:
        archive.file.execute("DELETE FROM orders")
    reads: list[float] = []
    slowly(reads, monkeypatch, 0.1)
    with testing.open(archive.screen(archive.paged(), window)) as live:
        viewer = live.viewer(px=1_000)
        live.advance("5s")
        assert reads, "what is in sight is asked for"
        num_reads, num_frames = len(reads), viewer.num_frames
        live.advance("60s")
        assert len(reads) - num_reads <= 4
        assert viewer.num_frames - num_frames <= 4


def test_all_of_it_is_shown_where_somebody_looks(archive: Shop) -> None:
    with testing.open(archive.screen(archive.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        for x0, x1 in ((NOW - 700 * DAY, NOW - 500 * DAY), (NOW - 800 * DAY, NOW + DAY), (NOW + DAY, NOW + 2 * DAY)):
            look(live, viewer, x0, x1)
            assert_shown(viewer, archive.points, x0, x1)


def test_it_goes_on_with_what_comes(archive: Shop) -> None:
    with testing.open(archive.screen(archive.paged())) as live:
        viewer = live.viewer()
        x0, x1 = NOW - 110 * DAY, NOW + 60.0
        look(live, viewer, x0, x1)
        archive.feed(NOW + 10.0, 77.0)
        live.advance("20s")
        points = Points(np.append(archive.points.xs, NOW + 10.0), np.append(archive.points.ys, 77.0))
        assert_shown(viewer, points, x0, x1)
