"""The long forms of rows about load: short in every run of the tests, long by ``make soak``."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import psutil
import pytest
from tests.browser.served import Served

SOAK_SECS = 30.0


@pytest.fixture
def times() -> Callable[[int, int], int]:
    """Give the number for a short form, or the one for the long form."""
    is_long = os.environ.get("CADRAN_SOAK") == "1"
    return lambda short, long: long if is_long else short


@pytest.fixture
def rss_bytes() -> Iterator[Callable[[], int]]:
    """Measure what this process holds in memory, after a collection.

    What the C library keeps of memory that was freed is given back first: after a history of 100 million points that
    is two gigabytes, beside which a leak would not show.
    """
    process = psutil.Process()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None

    def measured() -> int:
        gc.collect()
        if give_back is not None:
            give_back(0)
        return int(process.memory_info().rss)

    yield measured
    gc.collect()


@pytest.fixture
def soak_secs() -> float:
    """How long each stretch in real time takes: ``CADRAN_SOAK_SECS``, or ``SOAK_SECS``. Skips a test in short runs."""
    if os.environ.get("CADRAN_SOAK") != "1":
        pytest.skip("in real time: make soak")
    return float(os.environ.get("CADRAN_SOAK_SECS") or SOAK_SECS)


class Soaked(Served):
    """A server of ``plant.py``, in a process of its own."""

    def __init__(self, folder: Path, updates_per_sec: int, batches_per_sec: int) -> None:
        options = {"updates_per_sec": updates_per_sec, "batches_per_sec": batches_per_sec}
        super().__init__(Path(__file__).parent / "plant.py", folder, str(folder), json.dumps(options))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def rss_bytes(self) -> int:
        return int(psutil.Process(self.pid).memory_info().rss)

    def quiet(self) -> None:
        """Send nothing from now on."""
        (self.folder / "quiet").touch()

    def metrics(self) -> dict[str, float]:
        """What ``/metrics`` says, by name and labels as they stand there."""
        with urllib.request.urlopen(f"{self.url}metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def num_reads(self, source: str) -> float:
        """How often a source was read so far."""
        reads = {name: num for name, num in self.metrics().items() if name.startswith("cadran_source_reads_total")}
        return sum(num for name, num in reads.items() if source in name)


class Serve(Protocol):
    """Give updates and batches a second, get a server."""

    def __call__(self, updates_per_sec: int, batches_per_sec: int = 10) -> Soaked: ...


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers, and end them."""
    made: list[Soaked] = []

    def start(updates_per_sec: int, batches_per_sec: int = 10) -> Soaked:
        made.append(Soaked(tmp_path, updates_per_sec, batches_per_sec))
        return made[-1]

    yield start
    for one in made:
        one.stop()
