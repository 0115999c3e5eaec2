"""A channel that got nothing for hours, while others wrote to the database: the history fills the hole."""

from __future__ import annotations

import numpy as np
from tests.engine.past_shop import DAY, NOW, Shop, assert_shown, look

from cadran import testing
from cadran.readable import Points


def test_what_the_channel_did_not_get_is_the_history_s_and_a_point_more_costs_a_point(shop: Shop) -> None:
    xs, ys = shop.points
    last = int(xs.searchsorted(NOW - 5 * DAY))
    with testing.open(shop.screen(shop.paged(), window="10d")) as live:
        viewer = live.viewer()
        live.advance("2s")
        for index in range(last - 40, last):  # what is written is sent, too
            shop.feed(float(xs[index]), float(ys[index]))
            live.advance("0.1s")
        live.advance("6s")
        sizes = []
        for step in range(10):  # and now again
            before = viewer.num_bytes
            shop.feed(NOW + 10.0 + step, float(step))
            live.advance("0.1s")
            sizes.append(viewer.num_bytes - before)
        assert max(sizes[2:]) < 400
        points = Points(np.append(xs, NOW + 10.0 + np.arange(10.0)), np.append(ys, np.arange(10.0)))
        look(live, viewer, float(xs[last - 60]), NOW + 20.0)
        assert_shown(viewer, points, float(xs[last - 60]), NOW + 20.0)
