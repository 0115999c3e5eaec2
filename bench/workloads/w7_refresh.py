"""W7: how often a SQL source is read, whatever the number of viewers."""

from __future__ import annotations

from bench.load import Load
from bench.past import measure_past
from bench.plan import Plan, say, watch_for
from bench.postgres_screen import WAYS
from bench.processes import ServerChild, WatchChild
from bench.results import Recorder
from bench.rows import measure_rows
from bench.usage import CpuMeter
from cadran.testing.servers import TemporaryPostgres

NUMBER = "W7"
TITLE = "Refresh"
NOTE = """
A query over a SQLite file that changes ten times a second, to be read every second while somebody looks; 0, 1, 10 and
200 viewers, once each. Reads are counted at the driver. With no viewer, counting begins once the last were let go.
Then the same on PostgreSQL, with a table of 1,000 rows to which one comes every two seconds, read each second by
cursor, by probe and whole (digest): queries, probes and rows per minute. Last, 100,000 rows of five columns are read
whole by each way to a database, beside the bare driver (its own rows as Python values) in the same process; and views
of a past that is not held, 1,500 pixels wide, are read from 2 M rows, beside one statement of the bare driver.
"""
NUM_VIEWERS = (1, 10, 200)
QUERY_SECS = 1.0
LINGER_SECS = 12.0
"""Longer than a source is still read after its last viewer left."""
ROWS_SECS = 75.0
"""About how long it takes to read whole tables by each path, and views of past."""
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
    _run_postgres(plan, recorder)
    measure_rows(recorder, 3 if plan.is_quick else 9)
    measure_past(recorder, 1 if plan.is_quick else 5)


def _run_postgres(plan: Plan, recorder: Recorder) -> None:
    with TemporaryPostgres() as database:
        load = Load(began=plan.began, query_secs=QUERY_SECS, query_url=database.url())
        with ServerChild("cadran", load, life_secs=plan.life_secs) as server:
            for num in NUM_VIEWERS:
                say(f"W7: PostgreSQL, {viewers(num)}")
                with WatchChild("cadran", server.url, num, life_secs=plan.life_secs):
                    watch_for(plan.settle_secs + QUERY_SECS)
                    _measure_ways(server, num, plan, recorder)
            say(f"W7: PostgreSQL, {viewers(0)}")
            watch_for(LINGER_SECS)
            _measure_ways(server, 0, plan, recorder)


def _measure_ways(server: ServerChild, num: int, plan: Plan, recorder: Recorder) -> None:
    asked = [f"{way} {what}" for way in WAYS for what in ("queries", "probes", "rows")]
    before = {one: server.answer(one) for one in asked}
    watch_for(plan.window_secs)
    for one in asked:
        per_minute = 60 * (server.answer(one) - before[one]) / plan.window_secs
        recorder.add(f"PostgreSQL, {viewers(num)}", "cadran", 0, f"{one} per minute", "1/min", per_minute)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return 2 * (LINGER_SECS + 4 * plan.window_secs + 3 * (plan.settle_secs + 1.0)) + ROWS_SECS


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
