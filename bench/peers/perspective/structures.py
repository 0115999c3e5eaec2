"""``structures.py NUM_SINGLES NUM_BATCHES``: how fast a Table takes points, with no view of it."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import perspective
import pyarrow as pa

BATCH = 1_000
NUM_KEPT = 10_000
"""Points that stay in the table."""


def empty_table() -> perspective.Table:
    """Return a table of two columns."""
    client = perspective.Server().new_local_client()
    return client.table({"x": "float", "y": "float"}, limit=NUM_KEPT)


def arrow(xs: np.ndarray, ys: np.ndarray) -> bytes:
    """Return an Arrow stream of both."""
    batch, sink = pa.record_batch({"x": pa.array(xs), "y": pa.array(ys)}), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def singles_per_sec(num: int) -> float:
    """Update with rows, one by one."""
    table = empty_table()
    began = time.perf_counter()
    for i in range(num):
        table.update([{"x": i * 0.01, "y": i * 0.5}])
    table.size()  # what is pending is processed before this is answered
    return num / (time.perf_counter() - began)


def batches_per_sec(num: int) -> float:
    """Update with arrays of 1,000 points as Arrow; return points a second."""
    xs = np.arange(BATCH * num) * 0.001
    ys = np.sin(xs)
    table = empty_table()
    began = time.perf_counter()
    for start in range(0, num * BATCH, BATCH):
        table.update(arrow(xs[start : start + BATCH], ys[start : start + BATCH]))
    table.size()
    return num * BATCH / (time.perf_counter() - began)


if __name__ == "__main__":
    singles, batches = singles_per_sec(int(sys.argv[1])), batches_per_sec(int(sys.argv[2]))
    print(json.dumps({"singles": singles, "batches": batches}))
