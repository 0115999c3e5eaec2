"""W8: how long input waits in a page whose charts are all live."""

from __future__ import annotations

from typing import Any

from bench.chromium import Chromium, chromium_path
from bench.contender import find_contender
from bench.hand import POINTER_JS, Hand, Spots
from bench.load import Load
from bench.page import Page
from bench.plan import Plan, say, watch_for
from bench.probe import probe_script
from bench.processes import ServerChild
from bench.results import CADRAN, FLOOR, Recorder, quantile
from bench.usage import CpuMeter

NUMBER = "W8"
TITLE = "Input: a pointer over 24 live charts"
NOTE = """
A real Chromium shows 24 lines with 1,000 points a second each, all in sight, while a hand moves over them, zooms by
dragging, clicks on legends, turns the wheel and presses keys, at irregular moments. *Delay* is from the event's own
time stamp to the first task after the animation frame that follows its handlers (without the compositor and the
display); *until handled* is the part before its handlers run. *Event Timing* is the browser's own word on presses,
clicks and keys, rounded to 8 ms; what it leaves out took less than 16 ms and counts as 8. It lasts until the next
picture, which for input that changes nothing is that of something else, and may be long after. A long task takes more
than 50 ms. *Allocated* is what scripts allocate on the heap while nobody touches the page, by the browser's sampling.
The floor is the same page with auto-refresh stopped, under the same hand: what Chromium takes by itself.
"""
NUM_CHARTS = 24
POINTS_PER_SEC = 1_000
RATES = (10.0, 30.0)
KINDS = ("move", "drag", "press", "key", "wheel")
P95, TIMED = "delay, p95", "Event Timing, p95"
PAGE_SECS = 60.0
WIDTH, TALL = 1_600, 2_400
SCROLL_PX = 40
"""The page is taller than its window by so much, so that the wheel scrolls, and no chart leaves the screen."""
SAMPLING_BYTES = 2_048
ROUNDED_MILLIS = 8.0
_BOTTOM = f"""Math.ceil(document.querySelector('section[data-panel="line{NUM_CHARTS - 1}"]')
  .getBoundingClientRect().bottom + scrollY)"""
_PLOTS = "document.querySelectorAll('.u-over')"
_LEGENDS = "document.querySelectorAll('[data-role=\"legend\"]')"
_PAUSE = "document.querySelector('[data-role=\"auto-refresh\"]').click()"
_FORGET = "void [hand.delays, hand.waits, hand.timed, hand.long].forEach((one) => (one.length = 0))"

Row = tuple[str, str, float]
"""A measure, its unit, a value."""


def case(updates_per_sec: float) -> str:
    """Return the name of a case."""
    return f"{NUM_CHARTS} charts, {updates_per_sec:g} updates/s"


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure each rate: live, and then the same page at rest."""
    path = chromium_path()
    if path is None:
        say("W8: left out, there is no Chromium (set CHROMIUM to its path)")
        return
    for repeat in range(plan.repeats):
        for rate in RATES:
            say(f"W8: {case(rate)}, {repeat + 1} of {plan.repeats}")
            for name, rows in _measure(path, rate, plan, seed=repeat + 1).items():
                for measure, unit, value in rows:
                    recorder.add(case(rate), name, repeat, measure, unit, value)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return plan.repeats * len(RATES) * (plan.window_secs + 2 * plan.viewers_secs + 3 * plan.settle_secs + 6.0)


def _measure(path: str, rate: float, plan: Plan, seed: int) -> dict[str, list[Row]]:
    hooks = find_contender(CADRAN).page
    draws_js = hooks.draws_js or "0"
    load = Load(began=plan.began, num_lines=NUM_CHARTS, points_per_sec=POINTS_PER_SEC, updates_per_sec=rate)
    with ServerChild(CADRAN, load, life_secs=plan.life_secs) as server, Chromium(path) as browser:
        page = browser.page
        page.fit(WIDTH, TALL)
        page.open(server.url, probe_script(hooks) + POINTER_JS)
        page.wait_for(f"probe.painted.length > 5 && {hooks.drawn_js} >= {NUM_CHARTS}", PAGE_SECS)
        page.fit(WIDTH, page.evaluate(_BOTTOM) - SCROLL_PX)
        watch_for(2 * plan.settle_secs)
        spots = Spots.of(page, _PLOTS, _LEGENDS)
        cpu = CpuMeter(browser.processes)
        before = page.evaluate(f"(probe.painted.length = 0, {draws_js})")
        cpu.start()
        found = {CADRAN: _touched(page, Hand(page, spots, seed), plan.window_secs)}
        found[CADRAN] += [
            ("page CPU", "% of a core", 100 * cpu.cores()),
            ("updates painted", "1/s", page.evaluate("probe.painted.length") / plan.window_secs),
            ("charts drawn", "1/s", (page.evaluate(draws_js) - before) / plan.window_secs),
            ("allocated", "kB/s", _allocated_kb(page, plan.viewers_secs) / plan.viewers_secs),
        ]
        page.evaluate(_PAUSE)
        watch_for(plan.settle_secs)
        found[FLOOR] = _touched(page, Hand(page, spots, seed), plan.viewers_secs)
    return found


def _touched(page: Page, hand: Hand, window_secs: float) -> list[Row]:
    """Let a hand work, and return how long its input waited."""
    num_before = page.evaluate(f"({_FORGET}, hand.counts())")
    hand.work(window_secs)
    found: dict[str, Any] = page.evaluate(
        "({delays: hand.delays, waits: hand.waits, timed: hand.timed, long: hand.long, counts: hand.counts()})"
    )
    return [
        *delay_rows(found["delays"]),
        ("until handled, p95", "ms", quantile(found["waits"], 0.95)),
        (TIMED, "ms", timed_p95(found["timed"], found["counts"] - num_before)),
        ("long tasks", "1/min", 60 * len(found["long"]) / window_secs),
    ]


def delay_rows(delays: list[tuple[str, float]]) -> list[Row]:
    """Return median, p95 and most of all delays in milliseconds, and of each kind that there is."""
    of_kind = {"delay": [millis for _, millis in delays]}
    of_kind |= {f"{kind}, delay": [millis for name, millis in delays if name == kind] for kind in KINDS}
    parts = (("p50", 0.5), ("p95", 0.95), ("most", 1.0))
    return [
        (f"{name}, {word}", "ms", quantile(millis, part))
        for name, millis in of_kind.items()
        if millis
        for word, part in parts
    ]


def timed_p95(reported: list[float], num_events: int) -> float:
    """Return the p95 of durations of which only those from 16 ms on are ``reported``."""
    unreported = max(0, num_events - len(reported))
    return quantile([*reported, *[ROUNDED_MILLIS] * unreported, ROUNDED_MILLIS], 0.95)


def _allocated_kb(page: Page, window_secs: float) -> float:
    """Return what scripts allocate within a window, also what is collected in it."""
    both = {"includeObjectsCollectedByMajorGC": True, "includeObjectsCollectedByMinorGC": True}
    page.call("HeapProfiler.startSampling", samplingInterval=SAMPLING_BYTES, **both)
    watch_for(window_secs)
    profile = page.call("HeapProfiler.stopSampling")["profile"]
    return sum(float(sample["size"]) for sample in profile["samples"]) / 1000
