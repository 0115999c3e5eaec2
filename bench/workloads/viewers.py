"""What one viewer costs the server, and what twenty do."""

from __future__ import annotations

from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.processes import CpuMeter, ServerChild, WatchChild
from bench.results import FLOOR, Recorder

TITLE = "Server CPU with viewers"
NOTE = """
The same screen at 30 updates a second, seen by 1 and by 20 viewers: a process of its own that speaks the protocol over
real WebSockets (hello, view, acknowledgements as the page sends them). The floor is the same server library with the
same settings, which sends ready bytes of the same size at the same rate, and reads as many acknowledgements: it
neither takes data in nor makes messages.
"""
RATE = 30.0


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure each contender with 1 and 20 viewers; the floor last, as it repeats the size of Cadran's messages."""
    names = sorted(plan.contenders, key=lambda name: name == FLOOR)
    for repeat in range(plan.repeats):
        for num_viewers in (1, 20):
            ready_bytes, rate = 1_500, RATE
            for name in names:
                case = f"{num_viewers} viewer{'s' if num_viewers > 1 else ''}"
                say(f"viewers: {case}, {name}, {repeat + 1} of {plan.repeats}")
                is_floor = name == FLOOR
                load = Load(
                    began=plan.began,
                    updates_per_sec=rate if is_floor else RATE,
                    ready_bytes=ready_bytes if is_floor else 0,
                )
                messages, num_bytes = _measure(name, load, num_viewers, plan, recorder, case, repeat)
                if name == "cadran" and messages:
                    ready_bytes, rate = round(num_bytes / messages), messages


def _measure(
    name: str, load: Load, num_viewers: int, plan: Plan, recorder: Recorder, case: str, repeat: int
) -> tuple[float, float]:
    """Return messages and bytes a second and viewer."""
    with ServerChild(name, load) as server, WatchChild(name, server.url, num_viewers) as viewers:
        watch_for(plan.settle_secs)
        cpu, before = CpuMeter.of(server.pid), viewers.tally()
        cpu.start()
        watch_for(plan.window_secs)
        cores, after = cpu.cores(), viewers.tally()
    messages = (after.num_messages - before.num_messages) / plan.window_secs / num_viewers
    num_bytes = (after.num_bytes - before.num_bytes) / plan.window_secs / num_viewers
    for measure, unit, value in (
        ("server CPU", "% of a core", 100 * cores),
        ("messages to each", "1/s", messages),
        ("bytes to each", "kB/s", num_bytes / 1000),
    ):
        recorder.add(case, name, repeat, measure, unit, value)
    return messages, num_bytes
