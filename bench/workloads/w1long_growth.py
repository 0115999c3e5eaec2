"""W1LONG: the live lines of W1 for five minutes: whether what is painted grows older."""

from __future__ import annotations

from bench.chromium import chromium_path
from bench.contender import find
from bench.live_page import Row, watch_page
from bench.load import Load
from bench.plan import Plan, say
from bench.results import CADRAN, FLOOR, Recorder, quantile
from bench.workloads.w1_lines import Case

NUMBER = "W1LONG"
TITLE = "The same for five minutes: whether ages grow"
NOTE = """
The pages of W1, asked for 30 updates a second, watched for five minutes, once each (`make bench LONG=1`; it is not part
of `make bench`). Compared are the p95 of the age in the first and in the last minute: in the first and the last fifth,
of a shorter window, which then decides nothing. An age does not grow if the last is at most 1.2 × the first, or at most
one refresh of the display (16.7 ms) more: updates every 33.3 ms and refreshes every 16.7 ms beat against each other, so
that an age wanders by up to one refresh within minutes, up and down, without anything that waits.
"""
RATES = (1_000, 10_000)
ASKED = 30.0
WINDOW, FIRST, LAST = "window", "age, p95, first fifth", "age, p95, last fifth"


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure Cadran and the floor at each rate."""
    path = chromium_path()
    if path is None:
        say("W1LONG: left out, there is no Chromium (set CHROMIUM to its path)")
        return
    for rate in _rates(plan):
        for name in (CADRAN, FLOOR):
            case = Case(rate, ASKED)
            say(f"W1LONG: {case}, {name}, {plan.long_secs:g} s")
            load = Load(began=plan.began, points_per_sec=rate, updates_per_sec=ASKED)
            watched = watch_page(path, find(name), load, plan, plan.long_secs)
            for measure, unit, value in [*watched.rows, *rows_of(watched.ages, watched.window_secs)]:
                recorder.add(str(case), name, 0, measure, unit, value)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return 2 * len(_rates(plan)) * (plan.long_secs + plan.settle_secs + 3.0)


def rows_of(ages: list[tuple[float, float]], window_secs: float) -> list[Row]:
    """Return the p95 of the ages (at, age; milliseconds) painted in the first and the last fifth of a window."""
    part = 200 * window_secs
    parts = {
        FIRST: [age for at, age in ages if at <= part],
        LAST: [age for at, age in ages if at > 1000 * window_secs - part],
    }
    told: list[Row] = [(name, "ms", quantile(found, 0.95)) for name, found in parts.items() if found]
    return [*told, (WINDOW, "s", float(round(window_secs)))]


def _rates(plan: Plan) -> tuple[int, ...]:
    return tuple(rate for rate in RATES if rate in plan.rates)
