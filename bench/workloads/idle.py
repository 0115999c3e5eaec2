"""What a server costs while nothing happens."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.processes import CpuMeter, ServerChild, WatchChild
from bench.results import Recorder

TITLE = "Idle"
NOTE = """
The same screen without any data, and nobody, 1 or 20 viewers who look at it. The floor is the same server library with
as many open sockets, and says nothing at all; Cadran says every 5 s that it still vouches for what is shown. CPU times
are counted in steps of 10 ms: 0.1 % of a core in a window of 10 s.
"""


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure all contenders at the same time, as they do nothing, with 0, 1 and 20 viewers each."""
    with ExitStack() as stack:
        load = Load(began=plan.began, updates_per_sec=0.0)
        servers = {name: stack.enter_context(ServerChild(name, load)) for name in plan.contenders}
        watch_for(2 * plan.settle_secs)
        for num_viewers in (0, 20) if plan.is_quick else (0, 1, 20):
            _measure(servers, num_viewers, plan, recorder)


def _measure(servers: Mapping[str, ServerChild], num_viewers: int, plan: Plan, recorder: Recorder) -> None:
    case = f"{num_viewers} viewer{'' if num_viewers == 1 else 's'}"
    with ExitStack() as stack:
        viewers: dict[str, WatchChild] = {}
        if num_viewers:
            for name, server in servers.items():
                viewers[name] = stack.enter_context(WatchChild(name, server.url, num_viewers))
        watch_for(plan.settle_secs)
        meters = {name: CpuMeter.of(server.pid) for name, server in servers.items()}
        for repeat in range(plan.repeats):
            say(f"idle: {case}, {repeat + 1} of {plan.repeats}")
            before = {name: one.tally().num_bytes for name, one in viewers.items()}
            for meter in meters.values():
                meter.start()
            watch_for(plan.idle_secs)
            for name, meter in meters.items():
                recorder.add(case, name, repeat, "server CPU", "% of a core", 100 * meter.cores())
            for name, one in viewers.items():
                num_bytes = one.tally().num_bytes - before[name]
                recorder.add(case, name, repeat, "bytes to each", "B/s", num_bytes / plan.idle_secs / num_viewers)
