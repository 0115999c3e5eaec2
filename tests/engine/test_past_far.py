"""A viewer may ask for any range of a past, however far, wide or narrow: nothing ends, and others go on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.engine.past_shop import DAY, NOW, Shop, assert_shown, look

from cadran import testing


@pytest.mark.parametrize("seed", range(3))
def test_any_range_may_be_asked_for(shop: Shop, seed: int) -> None:
    rng = np.random.default_rng(seed)
    with testing.open(shop.screen(shop.paged())) as live:
        viewer, other = live.viewer(), live.viewer()
        live.advance("2s")
        look(live, viewer, NOW - 400.2 * DAY, NOW - 400.1 * DAY)  # few rows, which are read themselves
        look(live, viewer, NOW - 400.17 * DAY, NOW - 400.16 * DAY)
        for _ in range(60):
            ends = np.sign(rng.normal(size=2)) * 10.0 ** rng.uniform(-300, 308, size=2)
            x0, x1 = sorted(ends.tolist())
            if rng.random() < 0.3:
                x0 = NOW - rng.uniform(0, 700 * DAY)
                x1 = math.nextafter(x0, math.inf) if rng.random() < 0.5 else x0 + abs(x0) * 1e-15
            look(live, viewer, x0, x1, 0.3)
        assert other.state("amount") == "live"
        look(live, viewer, NOW - 700 * DAY, NOW - 500 * DAY, 10.0)
        assert_shown(viewer, shop.points, NOW - 700 * DAY, NOW - 500 * DAY)
        assert viewer.close_code is None
