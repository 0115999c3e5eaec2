"""Chunks of a few points, so that few points make many chunks, groups and levels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cadran.store import chunks, groups, history, levels, series


@contextmanager
def small_blocks(chunk_points: int = 16, group_chunks: int = 3) -> Iterator[None]:
    """Make all blocks small while in here."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (chunks, series):
            patch.setattr(module, "CHUNK_POINTS", chunk_points)
        patch.setattr(series, "TAKEN_OVER_CHUNKS", 4)
        for module in (groups, history):
            patch.setattr(module, "GROUP_CHUNKS", group_chunks)
        patch.setattr(groups, "GROUP_PAYING", 4)
        patch.setattr(chunks, "POINTS_FEW", 4)
        patch.setattr(chunks, "LATE_PARTS", 2)
        patch.setattr(levels, "PAYING", 2)
        patch.setattr(levels, "ROWS_FEW", 1)
        patch.setattr(series, "_CAPACITY_MIN", 4)
        patch.setattr(series, "EVICTED_MIN", 1)
        yield
