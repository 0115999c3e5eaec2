"""A built-in of plain rows, without an engine around it."""

from __future__ import annotations

from typing import Any

import polars as pl

import cadran as cd
from cadran.metrics.evaluate import evaluate, run_now
from cadran.metrics.leaf import plain
from cadran.metrics.lens import Lens, Present
from cadran.readable import Readable

PRESS = cd.channel("shown")
ROWS = PRESS.table("rows", time="ts", key="id")
SERIES = PRESS.series("v")


def shown(readable: Readable[Any], value: object, *, now: float = 100.0, lens: Lens | None = None) -> Any:
    """Return what a description of ``ROWS`` or ``SERIES`` gives where that is ``value``."""
    lens = lens or Present(now)
    return plain(run_now(evaluate(readable, lambda _leaf: value, lens)).value)


def until(readable: Readable[Any], value: object, now: float) -> float:
    """Return until when that holds."""
    return run_now(evaluate(readable, lambda _leaf: value, Present(now))).until


def rows_of(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return a table as a list of tuples."""
    return frame.rows()
