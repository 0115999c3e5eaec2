"""``structures.py NUM_SINGLES NUM_BATCHES``: how fast a ColumnDataSource takes points, attached to nothing."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from bokeh.models import ColumnDataSource

BATCH = 1_000
NUM_KEPT = 10_000
"""Points that stay in the source."""


def singles_per_sec(num: int) -> float:
    """Stream points one by one, as lists; with plain lists as columns, which takes them far faster than arrays."""
    source = ColumnDataSource({"x": [], "y": []})
    began = time.perf_counter()
    for i in range(num):
        source.stream({"x": [i * 0.01], "y": [i * 0.5]}, rollover=NUM_KEPT)
    return num / (time.perf_counter() - began)


def batches_per_sec(num: int) -> float:
    """Stream arrays of 1,000 points; return points a second."""
    xs = np.arange(BATCH * num) * 0.001
    ys = np.sin(xs)
    source = ColumnDataSource({"x": np.empty(0), "y": np.empty(0)})
    began = time.perf_counter()
    for start in range(0, num * BATCH, BATCH):
        source.stream({"x": xs[start : start + BATCH], "y": ys[start : start + BATCH]}, rollover=NUM_KEPT)
    return num * BATCH / (time.perf_counter() - began)


if __name__ == "__main__":
    singles, batches = singles_per_sec(int(sys.argv[1])), batches_per_sec(int(sys.argv[2]))
    print(json.dumps({"singles": singles, "batches": batches}))
