"""U1: what a page holds does not grow with what it has been told."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Page
from tests.browser.looking import statistics, wait_value
from tests.browser.served import Served, chart, fresh_number, kpi, table

pytestmark = pytest.mark.browser


def heap_bytes(session: CDPSession) -> int:
    """What the page's objects take, without machine code: the browser goes on compiling what is called often."""
    for _ in range(2):  # what finalizers let go of at the first is freed at the second
        session.send("HeapProfiler.collectGarbage")
    chunks: list[str] = []

    def heard(event: dict[str, str]) -> None:
        chunks.append(event["chunk"])

    session.on("HeapProfiler.addHeapSnapshotChunk", heard)
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    session.remove_listener("HeapProfiler.addHeapSnapshotChunk", heard)
    snapshot = json.loads("".join(chunks))
    meta, nodes = snapshot["snapshot"]["meta"], np.array(snapshot["nodes"])
    fields, (kinds, *_) = meta["node_fields"], meta["node_types"]
    by_node = nodes.reshape(-1, len(fields))
    is_object = ~np.isin(by_node[:, fields.index("type")], [kinds.index("code"), kinds.index("native")])
    return int(by_node[is_object, fields.index("self_size")].sum())


@pytest.mark.timeout(900)
def test_u01_nodes_and_heap_of_the_page_stay_flat(plant: Served, open_page: Callable[..., Page]) -> None:
    plant.fill("left", [])
    plant.fill("right", [])
    page = open_page(plant.url + "s/plant/", height=1400)
    session = page.context.new_cdp_session(page)

    def update(count: int) -> None:
        """Send so many updates, twenty at a time, and wait until they are on screen."""
        for step in range(count // 20):
            now, value = time.time(), fresh_number()
            rows: list[dict[str, object]] = [{"id": step + i, "amount": float(i)} for i in range(20)]
            points = [chart("left", [(now - 0.01 * i, value)]) for i in range(17)]
            plant.send(
                "press", *points, table("events", rows, "id"), kpi("state", f"step {step}"), kpi("temperature", value)
            )
            wait_value(page, "temperature", value)

    def num_nodes() -> int:
        return int(page.evaluate("document.querySelectorAll('*').length"))

    is_long = os.environ.get("CADRAN_SOAK") == "1"
    update(2_000 if is_long else 200)
    nodes, heap = num_nodes(), heap_bytes(session)
    update(18_000 if is_long else 600)
    assert num_nodes() == nodes
    assert heap_bytes(session) < 1.02 * heap
    assert statistics(page)["reconnects"] == 0
