"""Who guesses tokens is not answered for a while; the right token opens all the same."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict

NUM_FAILURES_MAX = 10
WAIT_SECS = 60.0
_NUM_CLIENTS_MAX = 4_096


class Throttle:
    """Counts failures by client address, in bounded memory. ``now`` is monotonic seconds."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_secs(self, client: str, now: float) -> int:
        """Return how many seconds a client has to wait, 0 if it may try."""
        num_failures, last = self._failures.get(_group(client), (0, -math.inf))
        if num_failures < NUM_FAILURES_MAX:
            return 0
        return max(0, math.ceil(last + WAIT_SECS - now))

    def fail(self, client: str, now: float) -> None:
        """Count a failure. A minute without one forgets."""
        key = _group(client)
        num_failures, last = self._failures.pop(key, (0, now))
        self._failures[key] = (num_failures + 1 if now - last < WAIT_SECS else 1, now)
        if len(self._failures) > _NUM_CLIENTS_MAX:
            self._failures.popitem(last=False)


def _group(client: str) -> str:
    """One person has a whole /64 of IPv6 addresses."""
    try:
        address = ipaddress.IPv6Address(client)
    except ValueError:
        return client
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
