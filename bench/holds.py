"""How long Cadran's loops are held by what is most at once: read from the histograms of its ``/metrics``."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urljoin

from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.processes import ServerChild, WatchChild
from bench.results import CADRAN, Recorder

OPENED, LANDED, WIDE, JOINED = (
    "10 M points, opened for the first time",
    "R = 10,000: the first window lands",
    "1,000 charts, seen for the first time",
    "100 viewers join",
)
CASES = (OPENED, LANDED, WIDE, JOINED)
LOOPS = {
    "engine's loop": "cadran_loop_hold_seconds",
    "engine's loop by processor time": "cadran_loop_hold_cpu_seconds",
    "web loop": "cadran_web_loop_wait_seconds",
}
STEP, STEP_CPU = "longest step", "longest step, CPU"
LIMIT_SECS = 0.005
REST_SECS = 3.0
"""Histories come coarse to fine, after the first picture."""
MOST_MILLIS = 10_000.0
"""What is told of a hold beyond the last bound."""
_BUCKET = re.compile(r'^(\w+)_bucket\{le="([^"]+)"\} (\S+)', re.MULTILINE)

Counts = dict[float, float]
"""By upper bound in seconds, the last infinite: how many did not exceed it."""


class Held(NamedTuple):
    """What a loop did between two looks."""

    num: float
    num_over: float
    """Longer than ``LIMIT_SECS``."""
    longest_millis: float
    """The upper bound of the longest's bucket."""


def measure_holds(plan: Plan, recorder: Recorder) -> None:
    """Record the longest of all repeats."""
    found: dict[tuple[str, str], list[Held]] = {}
    steps: dict[str, list[list[float]]] = {}
    for repeat in range(plan.repeats):
        for case in CASES:
            say(f"W9: {case}, {repeat + 1} of {plan.repeats}")
            helds_of, steps_millis = _measure(case, plan)
            for loop, held in helds_of.items():
                found.setdefault((case, loop), []).append(held)
            steps.setdefault(case, []).append(steps_millis)
    for case, millis in steps.items():
        for measure, longest_of_each in zip((STEP, STEP_CPU), zip(*millis, strict=True), strict=True):
            recorder.add(case, CADRAN, 0, measure, "ms", max(longest_of_each))
    for (case, loop), helds in found.items():
        recorder.add(case, CADRAN, 0, longest(loop), "ms", max(one.longest_millis for one in helds))
        recorder.add(case, CADRAN, 0, over(loop), "times", sum(one.num_over for one in helds))
        recorder.add(case, CADRAN, 0, count(loop), "times", sum(one.num for one in helds))


def holds_secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return plan.repeats * 4 * (REST_SECS + plan.settle_secs + 4.0)


def longest(loop: str) -> str:
    """Return the name of a measure."""
    return f"{loop}, longest hold, at most"


def over(loop: str) -> str:
    """Return the name of a measure."""
    return f"{loop}, holds over {1000 * LIMIT_SECS:g} ms"


def count(loop: str) -> str:
    """Return the name of a measure."""
    return f"{loop}, all holds"


def counts_of(text: str, name: str) -> Counts:
    """Return a histogram of an OpenMetrics exposition."""
    return {float(bound): float(num) for found, bound, num in _BUCKET.findall(text) if found == name}


def held_between(before: Counts, after: Counts) -> Held:
    """Return what came between two looks at a histogram; the first may be empty."""
    bounds = sorted(after)
    new = [after[bound] - before.get(bound, 0.0) for bound in bounds]
    within = next(num for bound, num in zip(bounds, new, strict=True) if bound >= LIMIT_SECS)
    bound = next(bound for bound, num in zip(bounds, new, strict=True) if num == new[-1])
    return Held(new[-1], new[-1] - within, min(1000 * bound, MOST_MILLIS) if new[-1] else 0.0)


def _measure(case: str, plan: Plan) -> tuple[dict[str, Held], list[float]]:
    """Return what loops did, and the longest step of the engine in milliseconds: by the clock, by the processor."""
    num_before, num_viewers = (1, 100) if case == JOINED else (0, 1)
    with ServerChild(CADRAN, _load(case, plan), life_secs=plan.life_secs) as server:
        if num_before:
            with WatchChild(CADRAN, server.url, num_before, life_secs=plan.life_secs):
                return _between(server, num_viewers, case, plan)
        return _between(server, num_viewers, case, plan)


def _between(server: ServerChild, num_viewers: int, case: str, plan: Plan) -> tuple[dict[str, Held], list[float]]:
    """Let viewers come, and look before and after."""
    before = ""
    if case != LANDED:  # that has begun with the server
        watch_for(REST_SECS)
        before = _exposition(server.url)
        server.answer("steps")
    with WatchChild(CADRAN, server.url, num_viewers, life_secs=plan.life_secs):
        watch_for(REST_SECS + plan.settle_secs)
        steps: list[float] = server.answer("steps")
        after = _exposition(server.url)
    return {loop: held_between(counts_of(before, name), counts_of(after, name)) for loop, name in LOOPS.items()}, steps


def _load(case: str, plan: Plan) -> Load:
    load = Load(began=plan.began, updates_per_sec=10.0, times_steps=True)
    if case == OPENED:
        return replace(load, num_kpis=0, num_lines=1, history_points=10_000_000)
    if case == WIDE:
        return replace(load, num_lines=1_000, points_per_sec=10)
    return replace(load, points_per_sec=10_000) if case == LANDED else load


def _exposition(url: str) -> str:
    with urllib.request.urlopen(urljoin(url, "/metrics"), timeout=15.0) as answer:
        return str(answer.read().decode())
