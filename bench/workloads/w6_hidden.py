"""W6: a thousand charts of which twelve are on screen, beside twelve."""

from __future__ import annotations

import psutil

from bench.chromium import Chromium, chromium_path
from bench.contender import find_contender
from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.probe import probe_script
from bench.processes import ServerChild
from bench.results import Recorder
from bench.usage import CpuMeter, rss_mb, tree_of

NUMBER = "W6"
TITLE = "Out of sight"
NOTE = """
1,000 series with 10 points a second each are sent 10 times a second, both times. Then the screen has 12 charts, all in
sight; or 1,000, of which the same 12 are in sight. What differs is what a chart costs that nobody sees.
"""
NUM_SERIES, NUM_SEEN = 1_000, 12
FEW, MANY, RATIO = f"{NUM_SEEN} charts", f"{NUM_SERIES:,} charts", f"{NUM_SERIES:,} ÷ {NUM_SEEN} charts"
RATE = 10.0
PAGE_SECS = 40.0
WIDTH = 1_600
_BOTTOM = "Math.ceil(document.querySelector('section[data-panel=\"line11\"]').getBoundingClientRect().bottom + scrollY)"
_MEASURES = {
    "bytes": "kB/s",
    "page CPU": "% of a core",
    "server CPU": "% of a core",
    "updates painted": "1/s",
    "charts drawn": "1/s",
    "server memory, RSS": "MB",
}


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure both numbers of charts, one after the other, in each repeat."""
    path = chromium_path()
    if path is None:
        say("W6: left out, there is no Chromium (set CHROMIUM to its path)")
        return
    for repeat in range(plan.repeats):
        found: dict[str, dict[str, float]] = {}
        for case, num_charts in ((FEW, NUM_SEEN), (MANY, NUM_SERIES)):
            say(f"W6: {case}, {repeat + 1} of {plan.repeats}")
            found[case] = _measure(path, num_charts, plan)
            for measure, value in found[case].items():
                recorder.add(case, "cadran", repeat, measure, _MEASURES[measure], value)
        for measure, few in found[FEW].items():
            if few > 0:
                recorder.add(RATIO, "cadran", repeat, measure, "×", found[MANY][measure] / few)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return plan.repeats * 2 * (plan.viewers_secs + plan.settle_secs + 6.0)


def _measure(path: str, num_charts: int, plan: Plan) -> dict[str, float]:
    hooks = find_contender("cadran").page
    load = Load(began=plan.began, num_lines=NUM_SERIES, num_charts=num_charts, points_per_sec=10, updates_per_sec=RATE)
    with ServerChild("cadran", load, life_secs=plan.life_secs) as server, Chromium(path) as browser:
        page = browser.page
        page.open(server.url, probe_script(hooks))
        page.wait_for(f"probe.painted.length > 5 && {hooks.drawn_js} >= {NUM_SEEN}", PAGE_SECS)
        page.fit(WIDTH, page.evaluate(_BOTTOM))
        watch_for(2 * plan.settle_secs)
        counts = f"[{hooks.bytes_js}, {hooks.draws_js}]"
        page.evaluate("void (probe.painted.length = 0)")
        before = page.evaluate(counts)
        page_cpu, server_cpu = CpuMeter(browser.processes), CpuMeter.of(server.pid)
        page_cpu.start()
        server_cpu.start()
        watch_for(plan.viewers_secs)
        page_cores, server_cores = page_cpu.cores(), server_cpu.cores()
        num_painted = page.evaluate("probe.painted.length")
        num_bytes, num_draws = page.evaluate(counts)
        memory = rss_mb(tree_of(psutil.Process(server.pid)))
    return {
        "bytes": (num_bytes - before[0]) / plan.viewers_secs / 1000,
        "page CPU": 100 * page_cores,
        "server CPU": 100 * server_cores,
        "updates painted": num_painted / plan.viewers_secs,
        "charts drawn": (num_draws - before[1]) / plan.viewers_secs,
        "server memory, RSS": memory,
    }
