"""W1: live lines in a real Chromium: what is painted, how old it is, and what that costs on both sides."""

from __future__ import annotations

from typing import NamedTuple

from bench.chromium import chromium_path
from bench.contender import Peer, find
from bench.live_page import LEAST_PAINTED, SLOW_WINDOW_SECS, Row, watch_page
from bench.load import Load
from bench.plan import Plan, say
from bench.results import STROKES, Recorder, quantile

NUMBER = "W1"
TITLE = "Live lines: from send to painted page"
NOTE = f"""
One Chromium shows 12 lines over a window of 60 s, each with R points a second, and 8 KPIs. A KPI shows the moment at
which its update was sent; a probe in the page records when it was painted (the first task after the animation frame;
without the compositor and the display). The server makes the data in its own process. The floor's page looks at
every point of every line, 60 × R each, and where they are more than its pixels fills each column of them from the least
to the greatest; Cadran's draws what its pixels can show, with axes, states, ages and tooltips. *Strokes* is a second
floor, at R = 10,000 and 10 updates a second alone: the same server, and a page that draws a line through every point.
*Growth* is the p95 of the age in the last third of the window ÷ that in the first: above 1 a page may fall behind. In
a window of seconds it is a sign and decides nothing; five minutes are below. Peers are asked for 10 updates a second
only. Repeated are R = 1,000 and 10,000 at 10 updates a second, and no peer. A peer, or *strokes*, that paints fewer
than {LEAST_PAINTED} updates in its window is watched for up to {SLOW_WINDOW_SECS:.0f} s. A peer that fails at an R is
not tried at a greater.
"""
ASKED = (30.0, 10.0)
PEERS_ASKED = 10.0
REPEATED = (1_000, 10_000)
"""Points a second at which a ratio to the floor is a figure to reach: what is measured more than once, at 10/s."""
STROKES_POINTS = 10_000


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
    failed: dict[str, Case] = {}
    for repeat in range(plan.repeats):
        for case, name in _steps(plan, repeat):
            contender = find(name)
            is_own = not isinstance(contender, Peer)
            if isinstance(contender, Peer) and case.points_per_sec > contender.max_points_per_sec:
                continue
            if not is_own and name in failed:
                recorder.fail(str(case), name, f"not tried, as it failed at R = {failed[name].points_per_sec:,}")
                continue
            say(f"W1: {case}, {name}, {repeat + 1} of {plan.repeats}")
            load = Load(began=plan.began, points_per_sec=case.points_per_sec, updates_per_sec=case.updates_per_sec)
            try:
                watched = watch_page(path, contender, load, plan, plan.window_secs)
            except (TimeoutError, RuntimeError) as error:
                if is_own and name != STROKES:
                    raise
                say(f"W1: {case}, {name}: failed ({error})")
                failed[name] = case
                recorder.fail(str(case), name, str(error))
                continue
            for measure, unit, value in [*watched.rows, *growth_rows([age for _, age in watched.ages])]:
                recorder.add(str(case), name, repeat, measure, unit, value)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    each = plan.window_secs + plan.settle_secs + 3.0
    steps = [(case, name) for repeat in range(plan.repeats) for case, name in _steps(plan, repeat)]
    return sum(each + _extra_secs(case, name, plan) for case, name in steps)


def _extra_secs(case: Case, name: str, plan: Plan) -> float:
    """Return what a slow page takes more: it opens late, and is watched for longer."""
    if name == STROKES:
        return 20.0
    return {10: 8.0, 100: 12.0, 1_000: 45.0}.get(case.points_per_sec, 70.0) if name in plan.peers else 0.0


def _steps(plan: Plan, repeat: int) -> list[tuple[Case, str]]:
    """Return what is measured in a repeat: all of it in the first, in the others what ratios are wanted of."""
    cases = [
        Case(points, updates)
        for points in plan.rates
        for updates in ASKED
        if repeat == 0 or (points in REPEATED and updates <= PEERS_ASKED)
    ]
    return [
        (case, name)
        for case in cases
        for name in (*plan.names(NUMBER, repeat), STROKES)
        if (name not in plan.peers or case.updates_per_sec <= PEERS_ASKED)
        and (name != STROKES or case == Case(STROKES_POINTS, PEERS_ASKED))
    ]


def growth_rows(ages: list[float]) -> list[Row]:
    """Return by how much ages grew from the first to the last third; nothing of fewer than three."""
    third = len(ages) // 3
    if not third:
        return []
    return [("age, growth", "×", quantile(ages[-third:], 0.95) / quantile(ages[:third], 0.95))]
