"""W7: how often a SQL source is read, whatever the number of viewers."""

from __future__ import annotations

from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.processes import ServerChild, WatchChild
from bench.results import Recorder
from bench.usage import CpuMeter

NUMBER = "W7"
TITLE = "Refresh"
NOTE = """
A query over a SQLite file that changes ten times a second, to be read every second while somebody looks; 0, 1, 10 and
200 viewers, once each. Reads are counted at the driver. With no viewer, counting begins once the last were let go.
"""
NUM_VIEWERS = (1, 10, 200)
QUERY_SECS = 1.0
LINGER_SECS = 12.0
"""Longer than a source is still read after its last viewer left."""
READS, NUM_READS = "reads per minute", "reads in the window"


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure with each number of viewers, on one server."""
    load = Load(began=plan.began, query_secs=QUERY_SECS)
    with ServerChild("cadran", load, life_secs=plan.life_secs) as server:
        for num in NUM_VIEWERS:
            say(f"W7: {viewers(num)}")
            with WatchChild("cadran", server.url, num, life_secs=plan.life_secs):
                watch_for(plan.settle_secs)
                _measure(server, num, plan, recorder)
        say(f"W7: {viewers(0)}, once the last were let go")
        watch_for(LINGER_SECS)
        _measure(server, 0, plan, recorder)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return LINGER_SECS + 4 * plan.window_secs + 3 * (plan.settle_secs + 1.0)


def viewers(num: int) -> str:
    """Return the name of a case."""
    return f"{num} viewer{'' if num == 1 else 's'}"


def _measure(server: ServerChild, num: int, plan: Plan, recorder: Recorder) -> None:
    meter, before = CpuMeter.of(server.pid), server.answer("reads")
    meter.start()
    watch_for(plan.window_secs)
    num_reads = server.answer("reads") - before
    recorder.add(viewers(num), "cadran", 0, READS, "1/min", 60 * num_reads / plan.window_secs)
    recorder.add(viewers(num), "cadran", 0, NUM_READS, "reads", num_reads)
    recorder.add(viewers(num), "cadran", 0, "server CPU", "% of a core", 100 * meter.cores())
