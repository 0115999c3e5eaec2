"""File descriptors: each viewer takes one, and the rest of the program needs some too."""

from __future__ import annotations

import sys

NUM_SOCKETS_MAX = 5_000
_NUM_SPARE = 128
"""For databases, files and connections that come and go."""

if sys.platform != "win32":
    import resource

    def raise_limit() -> None:
        """Ask the system for as many descriptors as our largest number of viewers needs, if it gives them."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = NUM_SOCKETS_MAX + _NUM_SPARE
        reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < reachable:
            resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))

    def num_sockets_max() -> int:
        """Return how many viewers fit: the next one is told so, where it would else find a dead door."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == resource.RLIM_INFINITY:
            return NUM_SOCKETS_MAX
        return min(NUM_SOCKETS_MAX, max(soft - _NUM_SPARE, soft // 2))

else:

    def raise_limit() -> None:
        """Windows has no such limit for sockets."""

    def num_sockets_max() -> int:
        return NUM_SOCKETS_MAX
