"""Feeds ``examples/sensor.py`` from a process of its own, with nothing but the standard library.

``python examples/sensor_feed.py [address]``; the default is where ``cadran run`` listens.
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
import urllib.request
from collections.abc import Callable

ADDRESS = "http://127.0.0.1:8400"
STEP_SECS = 0.1
POINTS_PER_STEP = 10
"""The vibration is measured faster than it is sent: several points go in one update."""

Update = dict[str, object]


def measure(now: float) -> list[Update]:
    """What the sensors say at ``now``, as updates. Replace this with what you read from yours."""
    temperature = 82.0 + 9.0 * math.sin(now / 30.0) + random.gauss(0.0, 0.2)
    times = [now - STEP_SECS + (i + 1) * STEP_SECS / POINTS_PER_STEP for i in range(POINTS_PER_STEP)]
    vibration = [[at, 0.4 * math.sin(40.0 * at) + random.gauss(0.0, 0.1)] for at in times]
    return [
        {"type": "KpiUpdated", "key": "temperature", "value": round(temperature, 1), "at": now},
        {"type": "KpiUpdated", "key": "state", "value": "Heating" if math.cos(now / 30.0) > 0 else "Cooling"},
        {"type": "ChartDataUpdated", "series": "temperature", "points": [[now, temperature]]},
        {"type": "ChartDataUpdated", "series": "vibration", "points": vibration},
    ]


def post(address: str, channel: str, updates: list[Update]) -> int:
    """Send updates to a channel, all or none; return how many were taken."""
    request = urllib.request.Request(
        f"{address.rstrip('/')}/api/channels/{channel}",
        data=json.dumps(updates).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5.0) as response:
        return int(json.load(response)["updates"])


def feed(
    address: str,
    *,
    count: int | None = None,
    now: Callable[[], float] = time.time,
    wait: Callable[[float], object] = time.sleep,
) -> int:
    """Measure and send ten times a second, ``count`` times or for ever; return how many updates were taken."""
    taken = num_steps = 0
    while count is None or num_steps < count:
        num_steps += 1
        try:
            taken += post(address, "press", measure(now()))
        except OSError as problem:
            print(f"{address}: {problem}; trying again", file=sys.stderr)
            wait(1.0)
        wait(STEP_SECS)
    return taken


if __name__ == "__main__":
    try:
        feed(sys.argv[1] if len(sys.argv) > 1 else ADDRESS)
    except KeyboardInterrupt:
        print()
