"""How many points all series together may keep, by the memory that there is."""

from __future__ import annotations

from pathlib import Path

import psutil

BYTES_PER_POINT = 24
"""16 for x and y, and at most half as much again for levels."""
_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory_bytes(limits: tuple[Path, ...] = _CGROUP_LIMITS) -> int:
    """Return this machine's memory, or what its container may use of it."""
    sizes = [int(psutil.virtual_memory().total)]
    for limit in limits:
        try:
            sizes.append(int(limit.read_text("ascii")))
        except (OSError, ValueError):  # no such limit: none is set, or another system
            continue
    return min(sizes)


def points_max(num_bytes: int) -> int:
    """Return how many points fit in half of so much memory."""
    return num_bytes // 2 // BYTES_PER_POINT
