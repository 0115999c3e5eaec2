"""How late viewers get their frames while many others join."""

from __future__ import annotations

import time

from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.processes import ServerChild, WatchChild
from bench.results import CADRAN, FLOOR, Recorder, quantile
from bench.usage import CpuMeter

RATE = 10.0
NUM_BEFORE, NUM_JOINING = 100, 900
CASE = f"{NUM_JOINING:,} join {NUM_BEFORE:,} viewers"
LATE_P99 = "lateness of those before, p99"


def measure_joins(plan: Plan, recorder: Recorder) -> None:
    """Measure Cadran, then the floor with messages of Cadran's sizes, in each repeat."""
    for repeat in range(plan.repeats):
        load = Load(began=plan.began, updates_per_sec=RATE)
        for name in (CADRAN, FLOOR):
            say(f"W2: {CASE}, {name}, {repeat + 1} of {plan.repeats}")
            ready_bytes, first_bytes = _measure(name, load, plan, recorder, repeat)
            load = Load(began=plan.began, updates_per_sec=RATE, ready_bytes=ready_bytes, first_bytes=first_bytes)


def joins_secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return plan.repeats * 2 * (plan.viewers_secs + plan.settle_secs + 4.0)


def _measure(name: str, load: Load, plan: Plan, recorder: Recorder, repeat: int) -> tuple[int, int]:
    """Return the bytes of a message, and of what a new viewer gets first."""
    with (
        ServerChild(name, load, life_secs=plan.life_secs) as server,
        WatchChild(name, server.url, NUM_BEFORE, life_secs=plan.life_secs) as seated,
    ):
        watch_for(plan.settle_secs)
        before = seated.tally()
        watch_for(plan.settle_secs)
        alone = seated.tally()
        cpu = CpuMeter.of(server.pid)
        cpu.start()
        began = time.monotonic()
        with WatchChild(name, server.url, NUM_JOINING, life_secs=plan.life_secs) as joined:
            joined_secs = time.monotonic() - began
            watch_for(max(0.0, plan.viewers_secs - joined_secs))
            cores, during, newcomers = cpu.cores(), seated.tally(), joined.tally()
    message_bytes = (alone.num_bytes - before.num_bytes) / max(1, alone.num_messages - before.num_messages)
    first_bytes = first_bytes_of(newcomers.num_bytes, newcomers.num_messages, message_bytes)
    for measure, unit, value in (
        ("lateness of those before, p50", "ms", quantile(during.late_millis, 0.5)),
        (LATE_P99, "ms", quantile(during.late_millis, 0.99)),
        ("the same while nobody joins, p99", "ms", quantile(alone.late_millis, 0.99)),
        ("all have joined after", "s", joined_secs),
        ("first picture of each", "kB", first_bytes / 1000),
        ("server CPU", "% of a core", 100 * cores),
    ):
        recorder.add(CASE, name, repeat, measure, unit, value)
    return round(message_bytes), round(first_bytes)


def first_bytes_of(num_bytes: int, num_messages: int, message_bytes: float) -> float:
    """Return what each newcomer got first, of what all got: less one usual message for each but the first."""
    return max(0.0, (num_bytes - (num_messages - NUM_JOINING) * message_bytes) / NUM_JOINING)
