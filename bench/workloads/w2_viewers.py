"""W2: what one more viewer costs, and how late the last of a thousand gets its frame."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import psutil

from bench.chromium import Chromium, chromium_path
from bench.contender import find_contender
from bench.joins import joins_secs, measure_joins
from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.probe import ages_millis, probe_script
from bench.processes import ServerChild, WatchChild
from bench.results import FLOOR, Recorder, quantile
from bench.usage import CpuMeter, rss_mb, tree_of

NUMBER = "W2"
TITLE = "Viewers"
NOTE = """
The common screen (12 lines with 100 points a second, 8 KPIs) at 10 updates a second. *Viewers* are sockets of one
process that speaks the protocol (hello, view, acknowledgements as often as the page sends them); its own CPU is given
so that one can see that it is not the bottleneck. *Lateness* is from the server's stamp in a message to its arrival.
The floor is the same server library with the same settings, which sends ready bytes of the same size at the same rate,
and reads as many acknowledgements: it neither takes data in nor makes messages. It does so by ASGI, as applications
do; Cadran's own server frames a message once for all, and hears acknowledgements without a task for each. *One more
viewer* is the difference between two numbers of viewers of one run, divided by the viewers between them. *900 join*:
100 viewers look, and 900 more come as fast as they are let in, 50 at a time; the lateness is that of the 100 alone,
from when the first of the others begins to connect, for the window or until the last has its first picture. The floor's
newcomers get one ready message as large as what Cadran's get first. *Pages* are real ones, all in sight, in one
Chromium, measured once; there the floor's page is that of W1.
"""
RATE = 10.0
VIEWERS = (1, 100, 1_000)
PAGES = (1, 8)
PAGE_SECS = 40.0


class Measured(NamedTuple):
    """What one number of viewers cost."""

    cores: float
    memory_mb: float
    messages_per_sec: float
    """To each viewer."""
    bytes_per_sec: float


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure Cadran, then the floor with messages of Cadran's size."""
    numbers = (1, 100) if plan.is_quick else VIEWERS
    for repeat in range(plan.repeats):
        sizes: dict[int, Measured] = {}
        for name in ("cadran", FLOOR):
            found: dict[int, Measured] = {}
            for num in numbers:
                say(f"W2: {viewers(num)}, {name}, {repeat + 1} of {plan.repeats}")
                load = Load(began=plan.began, updates_per_sec=RATE)
                if name == FLOOR:
                    like = sizes[num]
                    size = round(like.bytes_per_sec / max(1.0, like.messages_per_sec))
                    load = Load(began=plan.began, updates_per_sec=max(1.0, like.messages_per_sec), ready_bytes=size)
                found[num] = _measure(name, load, num, plan, recorder, repeat)
            _add_marginal(found, name, recorder, repeat)
            sizes = found if name == "cadran" else sizes
    measure_joins(plan, recorder)
    path = chromium_path()
    for num in PAGES if path and not plan.is_quick else ():
        for name in ("cadran", FLOOR):
            say(f"W2: {pages(num)}, {name}")
            _measure_pages(str(path), name, num, plan, recorder)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    each = plan.viewers_secs + plan.settle_secs
    if plan.is_quick:
        return plan.repeats * 4 * (each + 2.0) + joins_secs(plan)
    return plan.repeats * 2 * 3 * (each + 2.5) + 2 * 2 * (each + 5.0) + joins_secs(plan)


def viewers(num: int) -> str:
    """Return the name of a case."""
    return f"{num:,} viewer{'s' if num > 1 else ''}"


def pages(num: int) -> str:
    """Return the name of a case."""
    return f"{num} page{'s' if num > 1 else ''}"


def one_more(few: int, many: int) -> str:
    """Return the name of a case."""
    return f"one more viewer, {few:,} to {many:,}"


def _measure(name: str, load: Load, num: int, plan: Plan, recorder: Recorder, repeat: int) -> Measured:
    with (
        ServerChild(name, load, life_secs=plan.life_secs) as server,
        WatchChild(name, server.url, num, life_secs=plan.life_secs) as crowd,
    ):
        watch_for(plan.settle_secs)
        cpu, crowd_cpu, before = CpuMeter.of(server.pid), CpuMeter.of(crowd.pid), crowd.tally()
        cpu.start()
        crowd_cpu.start()
        watch_for(plan.viewers_secs)
        cores, crowd_cores, after = cpu.cores(), crowd_cpu.cores(), crowd.tally()
        memory = rss_mb(tree_of(psutil.Process(server.pid)))
    share = plan.viewers_secs * num
    measured = Measured(
        cores,
        memory,
        (after.num_messages - before.num_messages) / share,
        (after.num_bytes - before.num_bytes) / share,
    )
    for measure, unit, value in (
        ("server CPU", "% of a core", 100 * cores),
        ("lateness, p50", "ms", quantile(after.late_millis, 0.5)),
        ("lateness, p99", "ms", quantile(after.late_millis, 0.99)),
        ("messages to each", "1/s", measured.messages_per_sec),
        ("bytes to each", "kB/s", measured.bytes_per_sec / 1000),
        ("server memory, RSS", "MB", memory),
        ("CPU of the viewers' process", "% of a core", 100 * crowd_cores),
    ):
        recorder.add(viewers(num), name, repeat, measure, unit, value)
    return measured


def _add_marginal(found: dict[int, Measured], name: str, recorder: Recorder, repeat: int) -> None:
    numbers = sorted(found)
    for few, many in itertools.pairwise(numbers):
        num, case = many - few, one_more(few, many)
        cores, memory = found[many].cores - found[few].cores, found[many].memory_mb - found[few].memory_mb
        recorder.add(case, name, repeat, "server CPU", "% of a core", 100 * cores / num)
        recorder.add(case, name, repeat, "server memory, RSS", "kB", 1000 * memory / num)


def _measure_pages(path: str, name: str, num: int, plan: Plan, recorder: Recorder) -> None:
    load, hooks = Load(began=plan.began, updates_per_sec=RATE), find_contender(name).page
    with ServerChild(name, load, life_secs=plan.life_secs) as server, Chromium(path) as browser:
        shown = [browser.page, *(browser.new_page() for _ in range(num - 1))]
        for page in shown:
            page.open(server.url, probe_script(hooks))
        for page in shown:
            page.wait_for(f"probe.painted.length > 5 && {hooks.drawn_js} >= {load.num_lines}", PAGE_SECS)
        watch_for(plan.settle_secs)
        page_cpu, server_cpu = CpuMeter(browser.processes), CpuMeter.of(server.pid)
        for page in shown:
            page.evaluate("probe.painted.length = 0")
        page_cpu.start()
        server_cpu.start()
        watch_for(plan.viewers_secs)
        page_cores, server_cores = page_cpu.cores(), server_cpu.cores()
        painted = [page.evaluate("probe.painted") for page in shown]
    ages = [age for one in painted for age in ages_millis(one, load.began)]
    for measure, unit, value in (
        ("updates painted by each", "1/s", len(ages) / num / plan.viewers_secs),
        *([("age, p95", "ms", quantile(ages, 0.95))] if ages else []),
        ("server CPU", "% of a core", 100 * server_cores),
        ("pages' CPU", "% of a core", 100 * page_cores),
    ):
        recorder.add(pages(num), name, 0, measure, unit, value)
