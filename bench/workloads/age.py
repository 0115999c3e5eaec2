"""Age from send to painted page, in a real Chromium, and what it costs on both sides."""

from __future__ import annotations

import json
from pathlib import Path

from bench.chromium import Chromium, chromium_path
from bench.contender import Contender, find_contender
from bench.load import STAMPS_PER_SEC, Load
from bench.plan import Plan, say, watch_for
from bench.processes import CpuMeter, ServerChild
from bench.results import Recorder, quantile

TITLE = "From send to painted page"
NOTE = """
One Chromium shows 12 lines with 100 points a second each over a window of 60 s, and 8 KPIs. A KPI shows the moment at
which its update was sent; a probe in the page records when it was painted (the first task after the animation frame;
without the compositor and the display). The server makes the data in its own process. The floor's page draws every
point of every line, 6,000 each; Cadran's draws what its pixels can show, with axes, states, ages and tooltips.
"""
PROBE = Path(__file__).parents[1] / "probe.js"
PAGE_SECS = 20.0


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure each contender at 30 and at 10 updates a second."""
    path = chromium_path()
    if path is None:
        say("age: left out, there is no Chromium (set CHROMIUM to its path)")
        return
    for repeat in range(plan.repeats):
        for rate in (30.0,) if plan.is_quick else (30.0, 10.0):
            for name in plan.contenders:
                case = f"{rate:g} updates/s"
                say(f"age: {case}, {name}, {repeat + 1} of {plan.repeats}")
                load = Load(began=plan.began, updates_per_sec=rate)
                _measure(path, find_contender(name), load, plan, recorder, case, repeat)


def _measure(
    path: str, contender: Contender, load: Load, plan: Plan, recorder: Recorder, case: str, repeat: int
) -> None:
    script = PROBE.read_text("utf-8").replace("STAMP_SELECTOR", json.dumps(contender.stamp_selector))
    with ServerChild(contender.name, load) as server, Chromium(path) as browser:
        browser.open(server.url, script)
        browser.wait_for(f"probe.painted.length > 5 && {contender.drawn_js} == {load.num_lines}", PAGE_SECS)
        watch_for(plan.settle_secs)
        counts = f"[{contender.bytes_js}, {contender.draws_js}]"
        page_cpu, server_cpu = CpuMeter(browser.processes), CpuMeter.of(server.pid)
        browser.evaluate("probe.painted.length = 0")
        bytes_before, draws_before = browser.evaluate(counts)
        page_cpu.start()
        server_cpu.start()
        watch_for(plan.window_secs)
        page_cores, server_cores = page_cpu.cores(), server_cpu.cores()
        painted: list[tuple[int, float]] = browser.evaluate("probe.painted")
        num_bytes, num_draws = browser.evaluate(counts)
    ages = ages_millis(painted, load.began)
    for measure, unit, value in (
        ("age, p50", "ms", quantile(ages, 0.5)),
        ("age, p95", "ms", quantile(ages, 0.95)),
        ("updates painted", "1/s", len(ages) / plan.window_secs),
        ("lines drawn", "1/s", (num_draws - draws_before) / plan.window_secs),
        ("page CPU", "% of a core", 100 * page_cores),
        ("server CPU", "% of a core", 100 * server_cores),
        ("to the page", "kB/s", (num_bytes - bytes_before) / plan.window_secs / 1000),
    ):
        recorder.add(case, contender.name, repeat, measure, unit, value)


def ages_millis(painted: list[tuple[int, float]], began: float) -> list[float]:
    """Return how old each stamp was when it was painted. ``painted``: stamps, and milliseconds since 1970."""
    return [at - 1000 * (began + stamp / STAMPS_PER_SEC) for stamp, at in painted]
