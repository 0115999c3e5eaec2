"""Values that nobody looks at hold nothing of the store."""

from __future__ import annotations

import numpy as np

import cadran as cd
from cadran.clock import Instant
from cadran.metrics.graph import Graph
from cadran.metrics.results import MISSING
from cadran.store import Store


def test_u01_points_that_nobody_looks_at_live_no_longer_than_in_the_store() -> None:
    press, store = cd.channel("press"), Store()
    series, mean = press.series("v"), press.series("v").mean()
    press.send(cd.ChartDataUpdated.xy("v", np.arange(3.0), np.arange(3.0)))
    store.apply(press.id, press.drain(), now_wall=3.0, keep_secs=None)
    graph, now = Graph(store), Instant(3.0, 3.0)
    graph.advance(frozenset([mean]), now)
    assert (graph.node(mean).value, graph.num_recalculations) == (1.0, 1)
    graph.advance(frozenset(), now)
    assert graph.node(series).value is MISSING
    graph.advance(frozenset([mean]), now)
    assert (graph.node(mean).value, graph.num_recalculations) == (1.0, 1), "nothing changed, nothing happens"
