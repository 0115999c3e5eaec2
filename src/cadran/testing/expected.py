"""What a viewer should see, worked out the slow and plain way from the raw data."""

from __future__ import annotations

import math

import numpy as np

from cadran.engine.core import Core
from cadran.frames.shown import ShownSeries
from cadran.frames.span import range_of
from cadran.metrics.evaluate import evaluate, run_now
from cadran.metrics.leaf import leaf_value
from cadran.metrics.lens import Present
from cadran.metrics.results import MISSING
from cadran.readable import Points, Readable
from cadran.testing.viewer import HeadlessViewer

Bucket = tuple[float, float, float, float]
"""first, min, max, last."""


def evaluate_eagerly(core: Core, readable: Readable[object], now_wall: float) -> object:
    """Recalculate everything below ``readable`` from the store, remembering nothing."""
    return run_now(evaluate(readable, lambda leaf: leaf_value(leaf, core.store)[0], Present(now_wall))).value


def store_view(core: Core, viewer: HeadlessViewer, slug: str, key: str, position: int = 0) -> dict[float, Bucket]:
    """Return the buckets that a viewer of a line should hold at its S, by id, from the raw points one by one."""
    stage = core.stage(slug)
    panel = viewer.panel(key)
    slot = stage.slots_of[panel.index][position]
    shown = stage.shown[slot.slot]
    assert isinstance(shown, ShownSeries)
    view = next(view for view in viewer.views if view.i == panel.index)
    wanted = range_of(shown.spec, view, shown.columns, viewer.at, None)
    value = leaf_value(slot.reads, core.store)[0] if not slot.reads.inputs else shown.columns.points
    points = value if value is not MISSING and isinstance(value, Points) else shown.columns.points
    groups: dict[float, list[float]] = {}
    for x, y in zip(points.xs.tolist(), points.ys.tolist(), strict=True):
        number = float(math.floor(x / 2.0**wanted.k))
        if wanted.low <= number <= wanted.high:
            groups.setdefault(number, []).append(y)
    return {number: _bucket(values) for number, values in groups.items()}


def held_view(core: Core, viewer: HeadlessViewer, slug: str, key: str, position: int = 0) -> dict[float, Bucket]:
    """Return the buckets that a viewer does hold of the range that it looks at, by id.

    The wire sends some values as the float32 nearest to them: one that is exactly that counts as the store's.
    """
    stage = core.stage(slug)
    panel = viewer.panel(key)
    shown = stage.shown[stage.slots_of[panel.index][position].slot]
    assert isinstance(shown, ShownSeries)
    view = next(view for view in viewer.views if view.i == panel.index)
    wanted = range_of(shown.spec, view, shown.columns, viewer.at, None)
    held = viewer.series(key, position)
    if held is None:
        return {}
    assert held.k == wanted.k, f"{key} is held at level {held.k}, its pixels need {wanted.k}"
    sent = store_view(core, viewer, slug, key, position)
    columns = (held.first, held.min, held.max, held.last)
    buckets = zip(held.ids.tolist(), *(column.tolist() for column in columns), strict=True)
    return {
        number: _restored(_comparable(first, low, high, last), sent.get(number))
        for number, first, low, high, last in buckets
        if wanted.low <= number <= wanted.high
    }


def _bucket(values: list[float]) -> Bucket:
    present = [value for value in values if not math.isnan(value)]
    if not present:
        return (_GAP, _GAP, _GAP, _GAP)
    return (present[0], min(present), max(present), present[-1])


def _comparable(*values: float) -> Bucket:
    first, low, high, last = (_GAP if math.isnan(value) else value for value in values)
    return (first, low, high, last)


def _restored(held: Bucket, sent: Bucket | None) -> Bucket:
    if sent is None:
        return held
    with np.errstate(over="ignore"):
        narrow = np.array(sent, np.float32).tolist()
    first, low, high, last = (true if one == near else one for one, near, true in zip(held, narrow, sent, strict=True))
    return (first, low, high, last)


_GAP = -math.inf
"""Stands for NaN, which equals nothing."""
