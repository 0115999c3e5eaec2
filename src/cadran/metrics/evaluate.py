"""Evaluation of whole trees: for windows that lie elsewhere than in the present, and to prove laziness right.

One coroutine serves sync and async metrics alike: where no metric below is async it never suspends,
so that a worker thread can run it to its end without a loop (``run_now``).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from cadran.metrics.builtins import compute
from cadran.metrics.computed import FOREVER, Computed
from cadran.metrics.lens import Before, Between, Lens
from cadran.metrics.metric import Metric
from cadran.metrics.results import MISSING, result_of, scalar_of
from cadran.metrics.sparkline import can_group, grouped_values, newest_time, reads_buckets
from cadran.metrics.splice import lacks_values
from cadran.readable import Floats, Last, Points, Previous, Readable, SeriesLast, Sparkline
from cadran.readable.splice import Spliced

Leaf = Callable[[Readable[object]], object]
"""Gives a leaf's present value, or ``MISSING``."""

T = TypeVar("T")
_NO_VALUES = np.empty(0)


async def evaluate(readable: Readable[object], leaf: Leaf, lens: Lens) -> Computed:
    """Recalculate everything below ``readable`` from the leaves."""
    if isinstance(readable, Previous):
        return await evaluate(readable.of, leaf, Before(lens.now))
    if isinstance(readable, Sparkline):
        return await _sparkline(readable, leaf, lens)
    if not readable.inputs:
        return Computed(leaf(readable))
    values: list[object] = []
    until = FOREVER
    for one in readable.inputs:
        computed = await evaluate(one, leaf, lens)
        values.append(computed.value)
        until = min(until, computed.until)
        if computed.value is MISSING and not isinstance(readable, Spliced):
            break
    if lacks_values(readable, tuple(values)):
        return Computed(MISSING, until)
    if isinstance(readable, Metric):
        result = readable.called_with(values)
        if inspect.isawaitable(result):
            result = await result
        return Computed(result_of(result, readable.name), until)
    computed = compute(readable, tuple(values), lens)
    return Computed(computed.value, min(until, computed.until))


async def _sparkline(readable: Sparkline, leaf: Leaf, lens: Lens) -> Computed:
    secs, end = _window_secs(readable.of), _end_of(readable.of)
    width = secs / readable.num_buckets
    if end is not None:  # of a window that has ended all its parts have
        edges: Floats = end - secs + width * np.arange(readable.num_buckets + 1, dtype=np.float64)
        edges[-1] = end
        ys = await _values(readable, leaf, lens, edges)
        return Computed(MISSING if ys is None else Points(edges[:-1], ys))
    # The bucket of the present is left out: unfinished, it would look like a fall. The card's number has it.
    present = math.ceil(lens.now / width) - 1
    edges = np.arange(present - readable.num_buckets, present + 1).astype(np.float64) * width
    ys = await _values(readable, leaf, lens, edges)
    if ys is None:
        return Computed(MISSING)
    if np.isnan(ys).all() and await _are_empty(readable.of, leaf, lens, float(edges[0])):
        return Computed(Points(_NO_VALUES, _NO_VALUES))  # whatever time it is, until something comes
    # At an edge itself the old bucket still counts; just after it the next one begins.
    until = math.nextafter((present + 1) * width, math.inf)
    return Computed(Points(edges[:-1], ys), until, float(edges[-1]) if reads_buckets(readable.of) else math.inf)


async def _values(readable: Sparkline, leaf: Leaf, lens: Lens, edges: Floats) -> Floats | None:
    if can_group(readable.of):
        return await _grouped(readable.of, leaf, lens, edges)
    return await _one_by_one(readable, leaf, lens, edges)


async def _grouped(of: Readable[object], leaf: Leaf, lens: Lens, edges: Floats) -> Floats | None:
    window = of.inputs[0]
    data = (await evaluate(window.inputs[0], leaf, lens)).value
    return None if data is MISSING else grouped_values(of, data, edges)


async def _are_empty(readable: Readable[object], leaf: Leaf, lens: Lens, edge: float) -> bool:
    """Whether all windows below are of what ended before an edge, so that all of their parts since then are empty."""
    if isinstance(readable, Last | SeriesLast):
        data = readable.inputs[0]
        if has_metric(data):  # of which nobody knows what it gives later
            return False
        return newest_time(readable, (await evaluate(data, leaf, lens)).value) <= edge
    for one in readable.inputs:
        if not await _are_empty(one, leaf, lens, edge):
            return False
    return True


async def _one_by_one(readable: Sparkline, leaf: Leaf, lens: Lens, edges: Floats) -> Floats | None:
    ys: list[float] = []
    for low, high in pairwise(edges.tolist()):
        value = (await evaluate(readable.of, leaf, Between(lens.now, low, high))).value
        if value is MISSING:
            return None
        number = scalar_of(value, readable.of.label)
        ys.append(float(number) if isinstance(number, float | bool) else math.nan)
    return np.array(ys)


def _window_secs(readable: Readable[object]) -> float:
    window = getattr(readable, "window_secs", None)
    windows = [float(window)] if window is not None else []
    windows += [secs for one in readable.inputs if (secs := _window_secs(one)) > 0]
    return max(windows, default=0.0)


def _end_of(readable: Readable[object]) -> float | None:
    """The wall second at which the windows below ended; None where they go up to now."""
    if isinstance(readable, Last) and readable.until is not None:
        return readable.until
    return next((end for one in readable.inputs if (end := _end_of(one)) is not None), None)


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends. Raises ``RuntimeError`` if it does."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("a value that reads an async function was evaluated without a loop")


def has_async(readable: Readable[object]) -> bool:
    """Whether an async metric lies below."""
    return (isinstance(readable, Metric) and readable.is_async) or any(has_async(one) for one in readable.inputs)


def has_metric(readable: Readable[object]) -> bool:
    """Whether user code lies below."""
    return isinstance(readable, Metric) or any(has_metric(one) for one in readable.inputs)


def leaves_of(readable: Readable[object]) -> tuple[Readable[object], ...]:
    """Return what sources give directly, below ``readable``, each once."""
    if not readable.inputs:
        return (readable,)
    return tuple(dict.fromkeys(leaf for one in readable.inputs for leaf in leaves_of(one)))
