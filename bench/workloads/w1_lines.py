"""W1: live lines in a real Chromium: what is painted, how old it is, and what that costs on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import psutil

from bench.chromium import Chromium, chromium_path
from bench.contender import Contender, Peer, find
from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.probe import ages_millis, probe_script
from bench.processes import ServerChild
from bench.results import Recorder, quantile
from bench.usage import CpuMeter, pss_mb, rss_mb, tree_of

NUMBER = "W1"
TITLE = "Live lines: from send to painted page"
NOTE = """
One Chromium shows 12 lines over a window of 60 s, each with R points a second, and 8 KPIs. A KPI shows the moment at
which its update was sent; a probe in the page records when it was painted (the first task after the animation frame;
without the compositor and the display). The server makes the data in its own process. The floor's page looks at
every point of every line, 60 × R each, and where they are more than its pixels fills each column of them from the least
to the greatest; Cadran's draws what its pixels can show, with axes, states, ages and tooltips.
*Growth* is the p95 of the age in the last third of the window ÷ that in the first: above 1 a page falls behind. Peers
are asked for 10 updates a second only. Repeated are R = 1,000 and 10,000 at 10 updates a second, and no peer. A page
that paints nothing in its window has no age.
"""
ASKED = (30.0, 10.0)
PEERS_ASKED = 10.0
PAGE_SECS = 30.0
ANSWER_SECS = 60.0
"""A page that is busy answers late."""
REPEATED = (1_000, 10_000)
"""Points a second at which a ratio to the floor is a figure to reach: what is measured more than once, at 10/s."""


class Case(NamedTuple):
    """One line of the table."""

    points_per_sec: int
    updates_per_sec: float

    def __str__(self) -> str:
        return f"R = {self.points_per_sec:,}, {self.updates_per_sec:g} updates/s"


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure each contender at each rate."""
    path = chromium_path()
    if path is None:
        say("W1: left out, there is no Chromium (set CHROMIUM to its path)")
        return
    given_up: set[str] = set()
    for repeat in range(plan.repeats):
        for case, name in _steps(plan, repeat):
            contender = find(name)
            if isinstance(contender, Peer) and (name in given_up or case.points_per_sec > contender.max_points_per_sec):
                continue
            say(f"W1: {case}, {name}, {repeat + 1} of {plan.repeats}")
            try:
                _measure(path, contender, case, plan, recorder, repeat)
            except (TimeoutError, RuntimeError) as error:
                if not isinstance(contender, Peer):
                    raise
                say(f"W1: {case}, {name}: nothing to measure ({error}); greater R are left out")
                given_up.add(name)
                recorder.add(str(case), name, repeat, "updates painted", "1/s", 0.0)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    each = plan.window_secs + plan.settle_secs + 3.0
    return sum(each + (7.0 if name in plan.peers else 0.0) for r in range(plan.repeats) for _, name in _steps(plan, r))


def _steps(plan: Plan, repeat: int) -> list[tuple[Case, str]]:
    """Return what is measured in a repeat: all of it in the first, in the others what ratios are wanted of."""
    cases = [
        Case(points, updates)
        for points in plan.rates
        for updates in ASKED
        if repeat == 0 or (points in REPEATED and updates <= PEERS_ASKED)
    ]
    names = plan.names(NUMBER, repeat)
    return [
        (case, name)
        for case in cases
        for name in names
        if name not in plan.peers or case.updates_per_sec <= PEERS_ASKED
    ]


def _measure(path: str, contender: Contender | Peer, case: Case, plan: Plan, recorder: Recorder, repeat: int) -> None:
    load = Load(began=plan.began, points_per_sec=case.points_per_sec, updates_per_sec=case.updates_per_sec)
    hooks, wait_secs, num_first = contender.page, PAGE_SECS, 6
    if isinstance(contender, Peer):
        wait_secs, num_first = contender.open_secs, 1  # one that paints once in 20 s is measured all the same
    with ServerChild(contender.name, load, life_secs=plan.life_secs) as server, Chromium(path) as browser:
        page = browser.page
        page.open(server.url, probe_script(hooks))
        page.wait_for(f"probe.painted.length >= {num_first} && {hooks.drawn_js} >= {load.num_lines}", wait_secs)
        watch_for(plan.settle_secs)
        counts = f"[{hooks.bytes_js}, {hooks.draws_js or 'null'}, performance.timeOrigin]"
        page_cpu, server_cpu = CpuMeter(browser.processes), CpuMeter.of(server.pid)
        began = page.evaluate(
            "(probe.painted.length = 0, performance.timeOrigin + performance.now())", timeout_secs=ANSWER_SECS
        )
        bytes_before, draws_before, opened = page.evaluate(counts, timeout_secs=ANSWER_SECS)
        page_cpu.start()
        server_cpu.start()
        watch_for(plan.window_secs)
        page_cores, server_cores = page_cpu.cores(), server_cpu.cores()
        painted: list[tuple[int, float]] = page.evaluate("probe.painted", timeout_secs=ANSWER_SECS)
        num_bytes, num_draws, still_opened = page.evaluate(counts, timeout_secs=ANSWER_SECS)
        if opened != still_opened:
            raise RuntimeError("the page was loaded again")
        memory = [*_memory("server", tree_of(psutil.Process(server.pid))), *_memory("page", browser.renderers()[:1])]
    painted = [one for one in painted if one[1] <= began + 1000 * plan.window_secs]  # not while it was asked
    ages = ages_millis(painted, load.began)
    per_sec = [("updates painted", "1/s", len(painted) / plan.window_secs)]
    if num_draws is not None:
        per_sec.append(("lines drawn", "1/s", (num_draws - draws_before) / plan.window_secs))
    for measure, unit, value in (
        *per_sec,
        *age_figures(ages),
        ("server CPU", "% of a core", 100 * server_cores),
        ("page CPU", "% of a core", 100 * page_cores),
        ("to the page", "kB/s", (num_bytes - bytes_before) / plan.window_secs / 1000),
        *memory,
    ):
        recorder.add(str(case), contender.name, repeat, measure, unit, value)


def age_figures(ages: Sequence[float]) -> list[tuple[str, str, float]]:
    """Return what a table says of ages in milliseconds, in the order in which they were painted."""
    if not ages:
        return []
    found = [(f"age, p{part}", "ms", quantile(ages, part / 100)) for part in (50, 95, 99)]
    third = len(ages) // 3
    if third:
        found.append(("age, growth", "×", quantile(ages[-third:], 0.95) / quantile(ages[:third], 0.95)))
    return found


def _memory(side: str, processes: list[psutil.Process]) -> list[tuple[str, str, float]]:
    pss = pss_mb(processes)
    rss = (f"{side} memory, RSS", "MB", rss_mb(processes))
    return [rss, (f"{side} memory, PSS", "MB", pss)] if pss else [rss]
