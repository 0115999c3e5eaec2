"""House rules that hold for every test: nothing is left running, nothing is random in continuous integration."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

LEAK_GRACE_SECS = 20.0
"""How long a thread that was asked to end may still take, on a machine that is busy."""
SHARED_THREADS = ("asyncio_", "AnyIO", "pytest_timeout", "polars", "Dummy", "raylet")
"""Pools that live as long as the process, by the beginning of the name."""


@pytest.fixture(autouse=True)
def no_leaked_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves threads behind: whatever it starts ends with it."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and _is_ours(thread)]
    deadline = time.monotonic() + LEAK_GRACE_SECS
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    alive = [thread.name for thread in left if thread.is_alive()]
    if alive:
        pytest.fail(f"{request.node.nodeid} leaves threads running: {', '.join(alive)}")


def _is_ours(thread: threading.Thread) -> bool:
    return not thread.name.startswith(SHARED_THREADS)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium for browser tests: ``$CHROMIUM``, else one that is on the path. Never a download."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.fail("browser tests need Chromium: apt-get install chromium, or set CHROMIUM to its path")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the checkout."""
    return Path(__file__).parents[1]
