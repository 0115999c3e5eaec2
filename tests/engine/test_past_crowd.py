"""More of a past is looked at than is kept: everybody gets the whole picture, and reads end."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.past_shop import DAY, NOW, Shop

from cadran import testing
from cadran.readable import Floats
from cadran.sources.past_reader import PastReader
from cadran.store.past import PastBlocks


@pytest.mark.parametrize("num_viewers", [8, 24])
def test_reads_end_and_all_pictures_are_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch, num_viewers: int) -> None:
    places: list[tuple[float, float]] = []

    def read(reader: PastReader, low_x: float, high_x: float, width: float, max_buckets: int) -> Floats:
        places.append((low_x, width))
        ids = np.arange(round((high_x - low_x) / width), dtype=float)
        return np.array((ids, ids, ids, np.full(ids.size, 100.0)))

    monkeypatch.setattr(PastReader, "read", read)
    # An eighth of the bound, for a short test: 24 viewers look at twice as much.
    monkeypatch.setattr(PastBlocks.__init__, "__defaults__", (2 * 1024 * 1024,))
    with testing.open(shop.screen(shop.paged())) as live:
        viewers = [live.viewer(px=1_900) for _ in range(num_viewers)]
        live.advance("2s")
        for number, viewer in enumerate(viewers):
            viewer.zoom("amount", NOW - (700 - 5 * number) * DAY, NOW - (698 - 5 * number) * DAY)
        live.advance("15s")
        num_reads = len(places)
        assert num_reads <= 2 * len(set(places))
        live.advance("5s")
        assert len(places) == num_reads
        for viewer in viewers:
            held = viewer.series("amount")
            assert held is not None
            assert len(held.ids) > 1_900
        viewers[0].refresh("amount")
        live.advance("5s")
        assert len(places) > num_reads, "on request it is read again"
