"""The long forms of rows about load: short in every run of the tests, long by ``make soak``."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator

import psutil
import pytest


@pytest.fixture
def times() -> Callable[[int, int], int]:
    """Give the number for a short form, or the one for the long form."""
    is_long = os.environ.get("CADRAN_SOAK") == "1"
    return lambda short, long: long if is_long else short


@pytest.fixture
def rss_bytes() -> Iterator[Callable[[], int]]:
    """Measure what this process holds in memory, after a collection."""
    process = psutil.Process()

    def measured() -> int:
        gc.collect()
        return int(process.memory_info().rss)

    yield measured
    gc.collect()
