"""The figures to reach, and whether they are: computed from what was measured."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench import rows
from bench.numerals import number
from bench.results import CADRAN, FLOOR, Results
from bench.workloads import w2_viewers, w3_idle, w4_sends, w5_history, w6_hidden, w7_refresh, w8_input
from bench.workloads.w1_lines import Case

RATES = (10, 100, 1_000, 10_000)
ASKED = 10.0
MISSED = 9.5
"""A page that is asked for 10 updates a second and paints fewer than this misses some."""
SLACK = 1.1
"""A figure that is worse by less than this, of one run, is not worse."""
GROWTH = 1.2
"""An age that grows by less than this from the first to the last third of a window does not grow."""
NOT_WORSE = (
    "updates painted",
    "age, p95",
    "server CPU",
    "page CPU",
    "to the page",
    "server memory, RSS",
    "page memory, RSS",
)


class Verdict(NamedTuple):
    """One line of the table."""

    workload: str
    wanted: str
    measured: str
    """Empty: not measured."""
    holds: bool | None
    """None: not measured."""


Named = tuple[str, float]
"""What a value is of, and the value."""


def verdicts(results: Results) -> list[Verdict]:
    """Return all figures to reach, in the order of their workloads."""
    found: list[Verdict] = []
    for of_one in (_lines, _lines_and_peers, _viewers, _idle, _sends, _history, _hidden, _refresh, _input):
        found += of_one(results)
    return found


def _verdict(
    workload: str, wanted: str, values: Sequence[tuple[str, float | None]], is_met: Callable[[float], bool]
) -> Verdict:
    """All values must meet the figure; one that does not settles it, one that was not measured leaves it open."""
    known: list[Named] = [(name, value) for name, value in values if value is not None]
    text = ", ".join(f"{name} {number(value)}".strip() for name, value in known)
    if not all(is_met(value) for _, value in known):
        return Verdict(workload, wanted, text, False)
    return Verdict(workload, wanted, text, True if known and len(known) == len(values) else None)


def _at_least(least: float) -> Callable[[float], bool]:
    return lambda value: value >= least


def _at_most(most: float) -> Callable[[float], bool]:
    return lambda value: value <= most


def quotient(one: float | None, other: float | None) -> float | None:
    """Return one ÷ other; None where either is not known, or the other is nothing."""
    return one / other if one is not None and other else None


def _lines(results: Results) -> list[Verdict]:
    def live(measure: str) -> list[tuple[str, float | None]]:
        return [(f"R = {rate:,}:", results.value("W1", str(Case(rate, 30.0)), measure)) for rate in (1_000, 10_000)]

    def to_floor(rate: int, measure: str) -> float | None:
        found = results.find("W1", str(Case(rate, ASKED)), measure)
        return found.ratio if found else None

    def to_slower(measure: str) -> float | None:
        many, few = (results.value("W1", str(Case(rate, ASKED)), measure) for rate in (10_000, 1_000))
        return quotient(many, few)

    pair = ("page CPU", "to the page")
    return [
        _verdict("W1", "R = 1,000 and 10,000, asked for 30/s: ≥ 29 painted", live("updates painted"), _at_least(29.0)),
        _verdict("W1", "the same: age p95 ≤ 60 ms", live("age, p95"), _at_most(60.0)),
        _verdict("W1", f"the same: age not growing (≤ {GROWTH:g} ×)", live("age, growth"), _at_most(GROWTH)),
        _verdict("W1", "10/s, R = 1,000: server CPU ≤ 2 × floor", [("", to_floor(1_000, "server CPU"))], _at_most(2.0)),
        _verdict("W1", "10/s, R = 1,000: page CPU ≤ 1.3 × floor", [("", to_floor(1_000, "page CPU"))], _at_most(1.3)),
        _verdict(
            "W1",
            "10/s, R = 10,000: page CPU and bytes ≤ 0.4 × the floor that looks at every point",
            [(f"{measure}:", to_floor(10_000, measure)) for measure in pair],
            _at_most(0.4),
        ),
        _verdict(
            "W1",
            "10/s, R = 10,000: page CPU and bytes ≤ 1.2 × of R = 1,000",
            [(f"{measure}:", to_slower(measure)) for measure in pair],
            _at_most(1.2),
        ),
    ]


def _peers_of(results: Results, workload: str) -> list[str]:
    return [name for name in results.contenders_of(workload) if name not in (CADRAN, FLOOR)]


def _lines_and_peers(results: Results) -> list[Verdict]:
    painted: list[Named] = []
    cpu: list[Named] = []
    worse: list[str] = []
    for rate in RATES:
        case = str(Case(rate, ASKED))

        def value(measure: str, name: str = CADRAN, case: str = case) -> float | None:
            return results.value("W1", case, measure, name)

        ours = value("updates painted")
        for peer in _peers_of(results, "W1"):
            theirs = value("updates painted", peer)
            if ours is None or theirs is None:
                continue
            where = f"{peer} at R = {rate:,}:"
            if theirs < MISSED:
                painted.append((where, ours / max(theirs, 1e-9)))
            else:
                cores = [
                    (value("server CPU", name) or 0.0) + (value("page CPU", name) or 0.0) for name in (CADRAN, peer)
                ]
                cpu.append((where, cores[1] / max(cores[0], 1e-9)))
            if theirs >= ours / 2:  # one that paints less than half is not comparable
                worse += [f"{measure} than {peer} at R = {rate:,}" for measure in _worse(value, peer)]
    return [
        _verdict(
            "W1",
            "≥ 3 × the updates painted wherever a peer misses its 10/s; the least:",
            _least(painted),
            _at_least(3.0),
        ),
        _verdict("W1", "≥ 5 × less server + page CPU where it does not; the least:", _least(cpu), _at_least(5.0)),
        Verdict(
            "W1",
            "worse on none of: updates painted, age p95, server CPU, page CPU, bytes, memory "
            f"(by more than {SLACK - 1:.0%}, than a peer that paints at least half as much)",
            "; ".join(worse) or ("none" if painted or cpu else ""),
            not worse if painted or cpu else None,
        ),
    ]


def _worse(value: Callable[[str, str], float | None], peer: str) -> list[str]:
    found: list[str] = []
    for measure in NOT_WORSE:
        ours, theirs = value(measure, CADRAN), value(measure, peer)
        if ours is None or theirs is None:
            continue
        better, lesser = (ours, theirs) if measure == "updates painted" else (theirs, ours)
        if better * SLACK < lesser:
            found.append(measure)
    return found


def _least(found: Sequence[Named]) -> list[tuple[str, float | None]]:
    return [min(found, key=lambda one: one[1])] if found else []


def _viewers(results: Results) -> list[Verdict]:
    def ratio(case: str, measure: str) -> float | None:
        found = results.find("W2", case, measure)
        return found.ratio if found else None

    steps = list(itertools.pairwise(w2_viewers.VIEWERS))
    return [
        _verdict(
            "W2",
            "one more viewer costs ≤ 1.5 × the same server library sending ready bytes",
            [(f"{few:,} to {many:,}:", ratio(w2_viewers.one_more(few, many), "server CPU")) for few, many in steps],
            _at_most(1.5),
        ),
        _verdict(
            "W2",
            "1,000 viewers at 10/s: p99 lateness ≤ 1.5 × that floor's",
            [("", ratio(w2_viewers.viewers(1_000), "lateness, p99"))],
            _at_most(1.5),
        ),
    ]


def _idle(results: Results) -> list[Verdict]:
    one, many = (w3_idle.viewers(num) for num in (1, w3_idle.NUM_MANY))
    sizes = [(f"{case}:", results.value("W3", case, "bytes to each")) for case in (one, many)]
    return [
        _verdict(
            "W3",
            "one viewer, the whole server: ≤ 0.2 % of a core",
            [("", results.value("W3", one, "server CPU"))],
            _at_most(0.2),
        ),
        _verdict("W3", "≤ 20 bytes/s per viewer, heartbeat included", sizes, _at_most(20.0)),
    ]


def _sends(results: Results) -> list[Verdict]:
    def landed(case: str, name: str = CADRAN) -> float | None:
        return results.value("W4", f"{case}, 1 thread", "landed", name)

    def against(case: str, names: Sequence[str]) -> list[tuple[str, float | None]]:
        return [(f"{name}:", quotient(landed(case), landed(case, name))) for name in names]

    singles, batches = w4_sends.POINTS, w4_sends.BATCHES
    return [
        _verdict("W4", "≥ 1 M `KpiUpdated` sends/s on one core", [("", landed(w4_sends.KPIS))], _at_least(1.0)),
        _verdict("W4", "≥ 40 M points/s in batches of 1,000, landed", [("", landed(batches))], _at_least(40.0)),
        _verdict(
            "W4",
            "levels caught up at ≥ 80 M points/s",
            [("", results.value("W4", w4_sends.LEVELS, "caught up"))],
            _at_least(80.0),
        ),
        _verdict(
            "W4", "singles ≥ 20 × Bokeh and Perspective", against(singles, ("bokeh", "perspective")), _at_least(20.0)
        ),
        _verdict("W4", "batches ahead of Bokeh", against(batches, ("bokeh",)), _at_least(1.0)),
        _verdict("W4", "batches ≥ 30 × Perspective", against(batches, ("perspective",)), _at_least(30.0)),
    ]


def _history(results: Results) -> list[Verdict]:
    few, many = (w5_history.points(num) for num in w5_history.SIZES)
    steps = ("open", "zoom to 1 %")

    def to_best_peer(measure: str) -> float | None:
        peers = [results.value("W5", few, measure, peer) for peer in _peers_of(results, "W5")]
        return quotient(results.value("W5", few, measure), min((one for one in peers if one), default=None))

    def to_few(measure: str) -> float | None:
        return quotient(results.value("W5", many, measure), results.value("W5", few, measure))

    part = "zoom, server's part"
    return [
        _verdict(
            "W5",
            "10 M points: open and zoom to detail, each ≤ 0.4 × the best peer",
            [(f"{step}:", to_best_peer(step)) for step in steps],
            _at_most(0.4),
        ),
        _verdict(
            "W5", "100 M points: both ≤ 1.3 × of 10 M", [(f"{step}:", to_few(step)) for step in steps], _at_most(1.3)
        ),
        _verdict(
            "W5",
            "the server's part of a zoom ≤ 2 ms",
            [(f"{case}:", results.value("W5", case, part)) for case in (few, many)],
            _at_most(2.0),
        ),
    ]


def _hidden(results: Results) -> list[Verdict]:
    def ratio(measure: str) -> tuple[str, float | None]:
        return f"{measure}:", results.value("W6", w6_hidden.RATIO, measure)

    return [
        _verdict(
            "W6", "1,000 charts ≤ 1.1 × of 12 in bytes and page CPU", [ratio("bytes"), ratio("page CPU")], _at_most(1.1)
        ),
        _verdict("W6", "1,000 charts ≤ 1.2 × of 12 in server CPU", [ratio("server CPU")], _at_most(1.2)),
    ]


def _refresh(results: Results) -> list[Verdict]:
    def reads(num: int, measure: str = w7_refresh.READS) -> float | None:
        return results.value("W7", w7_refresh.viewers(num), measure)

    seen = w7_refresh.NUM_VIEWERS
    counts = [count for num in seen if (count := reads(num, w7_refresh.NUM_READS)) is not None]
    text = ", ".join(f"{num}: {number(value)}" for num in seen if (value := reads(num)) is not None)
    return [
        Verdict(
            "W7",
            "the same number of queries per minute at 1, 10 and 200 viewers (but for one in a window)",
            text,
            max(counts) - min(counts) <= 1.0 if len(counts) == len(seen) else None,
        ),
        _verdict("W7", "0 queries when nobody looks", [("", reads(0))], _at_most(0.0)),
        _verdict(
            "W7",
            "whole results in ≤ 1.3 × the bare driver's time",
            [(f"{path}:", results.value("W7", rows.case(path), rows.RATIO)) for path in rows.PATHS],
            _at_most(1.3),
        ),
    ]


def _input(results: Results) -> list[Verdict]:
    delays = [(f"{case}:", results.value("W8", case, w8_input.P95)) for case in map(w8_input.case, w8_input.RATES)]
    return [_verdict("W8", "24 live charts: interaction delay p95 < 50 ms", delays, lambda millis: millis < 50.0)]
