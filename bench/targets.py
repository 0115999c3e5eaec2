"""The figures to reach, and whether they are: computed from what was measured."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from bench import holds, joins, own_cost, rows
from bench.line_targets import line_verdicts, peers_of
from bench.numerals import number
from bench.results import CADRAN, Results
from bench.verdict import Verdict, at_least, at_most, below, quotient, verdict
from bench.workloads import w2_viewers, w3_idle, w4_sends, w5_history, w6_hidden, w7_refresh, w8_input


def verdicts(results: Results) -> list[Verdict]:
    """Return all figures to reach, in the order of their workloads."""
    found: list[Verdict] = []
    for of_one in (line_verdicts, _viewers, _idle, _sends, _history, _hidden, _refresh, _input, _own):
        found += of_one(results)
    return found


def _viewers(results: Results) -> list[Verdict]:
    def ratio(case: str, measure: str) -> float | None:
        found = results.find("W2", case, measure)
        return found.ratio if found else None

    steps = list(itertools.pairwise(w2_viewers.VIEWERS))
    return [
        verdict(
            "W2",
            "one more viewer costs ≤ 1.5 × the same server library sending ready bytes",
            [(f"{few:,} to {many:,}:", ratio(w2_viewers.one_more(few, many), "server CPU")) for few, many in steps],
            at_most(1.5),
        ),
        verdict(
            "W2",
            "1,000 viewers at 10/s: p99 lateness ≤ 1.5 × that floor's",
            [("", ratio(w2_viewers.viewers(1_000), "lateness, p99"))],
            at_most(1.5),
        ),
        verdict(
            "W2",
            "100 viewers at 10/s while 900 join: p99 lateness of the 100 ≤ 1.5 × that floor's",
            [("", ratio(joins.CASE, joins.LATE_P99))],
            at_most(1.5),
        ),
    ]


def _idle(results: Results) -> list[Verdict]:
    one, many = (w3_idle.viewers(num) for num in (1, w3_idle.NUM_MANY))
    sizes = [(f"{case}:", results.value("W3", case, "bytes to each")) for case in (one, many)]
    return [
        verdict(
            "W3",
            "one viewer, the whole server: ≤ 0.2 % of a core",
            [("", results.value("W3", one, "server CPU"))],
            at_most(0.2),
        ),
        verdict("W3", "≤ 20 bytes/s per viewer, heartbeat included", sizes, at_most(20.0)),
    ]


def _sends(results: Results) -> list[Verdict]:
    def landed(case: str, name: str = CADRAN) -> float | None:
        return results.value("W4", f"{case}, 1 thread", "landed", name)

    def against(case: str, names: Sequence[str]) -> list[tuple[str, float | None]]:
        return [(f"{name}:", quotient(landed(case), landed(case, name))) for name in names]

    singles, batches = w4_sends.POINTS, w4_sends.BATCHES
    return [
        verdict("W4", "≥ 1 M `KpiUpdated` sends/s on one core", [("", landed(w4_sends.KPIS))], at_least(1.0)),
        verdict("W4", "≥ 40 M points/s in batches of 1,000, landed", [("", landed(batches))], at_least(40.0)),
        verdict(
            "W4",
            "levels caught up at ≥ 80 M points/s",
            [("", results.value("W4", w4_sends.LEVELS, "caught up"))],
            at_least(80.0),
        ),
        verdict(
            "W4", "singles ≥ 20 × Bokeh and Perspective", against(singles, ("bokeh", "perspective")), at_least(20.0)
        ),
        verdict("W4", "batches ahead of Bokeh", against(batches, ("bokeh",)), at_least(1.0)),
        verdict("W4", "batches ≥ 30 × Perspective", against(batches, ("perspective",)), at_least(30.0)),
    ]


def _history(results: Results) -> list[Verdict]:
    few, many = (w5_history.points(num) for num in w5_history.SIZES)
    steps = ("open", "zoom to 1 %")

    def to_best_peer(measure: str) -> float | None:
        peers = [results.value("W5", few, measure, peer) for peer in peers_of(results, "W5")]
        return quotient(results.value("W5", few, measure), min((one for one in peers if one), default=None))

    def to_few(measure: str) -> float | None:
        return quotient(results.value("W5", many, measure), results.value("W5", few, measure))

    part = "zoom, server's part"
    return [
        verdict(
            "W5",
            "10 M points: open and zoom to detail, each ≤ 0.4 × the best peer",
            [(f"{step}:", to_best_peer(step)) for step in steps],
            at_most(0.4),
        ),
        verdict(
            "W5", "100 M points: both ≤ 1.3 × of 10 M", [(f"{step}:", to_few(step)) for step in steps], at_most(1.3)
        ),
        verdict(
            "W5",
            "the server's part of a zoom ≤ 2 ms",
            [(f"{case}:", results.value("W5", case, part)) for case in (few, many)],
            at_most(2.0),
        ),
    ]


def _hidden(results: Results) -> list[Verdict]:
    def ratio(measure: str) -> tuple[str, float | None]:
        return f"{measure}:", results.value("W6", w6_hidden.RATIO, measure)

    return [
        verdict(
            "W6", "1,000 charts ≤ 1.1 × of 12 in bytes and page CPU", [ratio("bytes"), ratio("page CPU")], at_most(1.1)
        ),
        verdict("W6", "1,000 charts ≤ 1.2 × of 12 in server CPU", [ratio("server CPU")], at_most(1.2)),
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
        verdict("W7", "0 queries when nobody looks", [("", reads(0))], at_most(0.0)),
        verdict(
            "W7",
            "whole results in ≤ 1.3 × the bare driver's time",
            [(f"{path}:", results.value("W7", rows.case(path), rows.RATIO)) for path in rows.PATHS],
            at_most(1.3),
        ),
    ]


def _input(results: Results) -> list[Verdict]:
    cases = [w8_input.case(rate) for rate in w8_input.RATES]
    delays = [(f"{case}:", results.value("W8", case, w8_input.P95)) for case in cases]
    timed = [
        f"{case}: {number(value)}" for case in cases if (value := results.value("W8", case, w8_input.TIMED)) is not None
    ]
    beside = (
        "the browser's Event Timing p95 of presses, clicks and keys, which lasts until the next picture of anything: "
    )
    return [
        verdict(
            "W8",
            "24 live charts: interaction delay p95 < 50 ms, from an event to the picture after its handlers",
            delays,
            below(50.0),
            beside + ", ".join(timed) if timed else "",
        )
    ]


def _own(results: Results) -> list[Verdict]:
    def value(case: str, measure: str) -> float | None:
        return results.value("W9", case, measure)

    def steps(measure: str) -> str:
        return ", ".join(number(found) for case in holds.CASES if (found := value(case, measure)) is not None)

    def held(loop: str) -> Verdict:
        counted = [
            f"{number(num)} of {number(value(case, holds.count(loop)) or 0.0)}"
            for case in holds.CASES
            if (num := value(case, holds.over(loop))) is not None
        ]
        beside = [f"holds over it: {', '.join(counted)}"] if counted else []
        if loop == next(iter(holds.LOOPS)) and steps(holds.STEP):
            beside.append(f"longest step, ms: {steps(holds.STEP)}; of one by the processor: {steps(holds.STEP_CPU)}")
        return verdict(
            "W9",
            f"the {loop} is never held for more than {1000 * holds.LIMIT_SECS:g} ms (the longest, at most)",
            [(f"{case}:", value(case, holds.longest(loop))) for case in holds.CASES],
            at_most(1000 * holds.LIMIT_SECS),
            "; ".join(beside),
        )

    both = (own_cost.DEBUG, own_cost.ACCOUNTS)
    shares = [
        f"{what} {number(part)}" for what in both if (part := value(own_cost.CASE, own_cost.share(what))) is not None
    ]
    return [
        *map(held, holds.LOOPS),
        verdict(
            "W9",
            "what is measured costs < 1 % of a core: a page with `?debug`, and the accounts that are always kept",
            [(f"{what}:", value(own_cost.CASE, own_cost.own(what))) for what in both],
            below(1.0),
            f"% of the server's own CPU: {', '.join(shares)}" if shares else "",
        ),
    ]
