"""The figures to reach of W1: live lines, beside the floors and beside peers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.numerals import number
from bench.results import CADRAN, FLOORS, STROKES, Results
from bench.verdict import Named, Verdict, at_least, at_most, least, quotient, verdict
from bench.workloads.w1_lines import Case
from bench.workloads.w1long_growth import FIRST, LAST, WINDOW
from bench.workloads.w1long_growth import NUMBER as LONG
from bench.workloads.w1long_growth import RATES as LONG_RATES

RATES = (10, 100, 1_000, 10_000)
ASKED = 10.0
MISSED = 9.5
"""A page that is asked for 10 updates a second and paints fewer than this misses some."""
NEAR = 1.1
"""What is worse by less than this, of one run, is told apart."""
GROWTH = 1.2
"""An age that grows by less than this from the first to the last minute does not grow."""
REFRESH_MILLIS = 1000 / 60
"""Updates and the display's refreshes beat against each other, so that an age wanders by up to one refresh."""
LONG_SECS = 300.0
NOT_WORSE = (
    "updates painted",
    "age, p95",
    "server CPU",
    "page CPU",
    "to the page",
    "server memory, RSS",
    "page memory, RSS",
)


def line_verdicts(results: Results) -> list[Verdict]:
    """Return what is wanted of live lines."""
    return [*_lines(results), *_against_peers(results)]


def peers_of(results: Results, workload: str) -> list[str]:
    """Return the other projects that took part in a workload."""
    return [name for name in results.contenders_of(workload) if name not in (CADRAN, *FLOORS)]


def _lines(results: Results) -> list[Verdict]:
    def live(measure: str) -> list[tuple[str, float | None]]:
        return [(f"R = {rate:,}:", results.value("W1", str(Case(rate, 30.0)), measure)) for rate in (1_000, 10_000)]

    def to_floor(rate: int, measure: str) -> float | None:
        found = results.find("W1", str(Case(rate, ASKED)), measure)
        return found.ratio if found else None

    def to_slower(measure: str) -> float | None:
        many, few = (results.value("W1", str(Case(rate, ASKED)), measure) for rate in (10_000, 1_000))
        return quotient(many, few)

    def to_strokes(measure: str) -> float | None:
        case = str(Case(10_000, ASKED))
        return quotient(results.value("W1", case, measure), results.value("W1", case, measure, STROKES))

    pair = ("page CPU", "to the page")
    cheaper = ", ".join(f"{measure}: {number(value)}" for measure in pair if (value := to_floor(10_000, measure)))
    painted = results.value("W1", str(Case(10_000, ASKED)), "updates painted", STROKES)
    beside = [f"against the cheaper floor, which fills columns of pixels: {cheaper}"] if cheaper else []
    beside += [f"the one that draws every point paints {number(painted)} a second"] if painted is not None else []
    return [
        verdict("W1", "R = 1,000 and 10,000, asked for 30/s: ≥ 29 painted", live("updates painted"), at_least(29.0)),
        verdict("W1", "the same: age p95 ≤ 60 ms", live("age, p95"), at_most(60.0)),
        _growth(results),
        verdict("W1", "10/s, R = 1,000: server CPU ≤ 2 × floor", [("", to_floor(1_000, "server CPU"))], at_most(2.0)),
        verdict("W1", "10/s, R = 1,000: page CPU ≤ 1.3 × floor", [("", to_floor(1_000, "page CPU"))], at_most(1.3)),
        verdict(
            "W1",
            "10/s, R = 10,000: page CPU and bytes ≤ 0.4 × the floor that draws every point",
            [(f"{measure}:", to_strokes(measure)) for measure in pair],
            at_most(0.4),
            "; ".join(beside),
        ),
        verdict(
            "W1",
            "10/s, R = 10,000: page CPU and bytes ≤ 1.2 × of R = 1,000",
            [(f"{measure}:", to_slower(measure)) for measure in pair],
            at_most(1.2),
        ),
    ]


def _growth(results: Results) -> Verdict:
    """Only a window of five minutes says whether an age grows."""
    told: list[str] = []
    grown: list[bool | None] = []
    for rate in LONG_RATES:

        def value(measure: str, case: str = str(Case(rate, 30.0))) -> float | None:
            return results.value(LONG, case, measure)

        secs, first, last = (value(one) for one in (WINDOW, FIRST, LAST))
        if secs is None or first is None or last is None or secs < LONG_SECS:
            grown.append(None)
            continue
        told.append(f"R = {rate:,}: from {number(first)} to {number(last)} ms over {number(secs)} s")
        grown.append(last > max(GROWTH * first, first + REFRESH_MILLIS))
    return Verdict(
        "W1",
        f"the same: age p95 of the last minute of five ≤ {GROWTH:g} × of the first, or one refresh of the display "
        f"({REFRESH_MILLIS:.1f} ms) more, by which it wanders while updates and refreshes beat against each other",
        ", ".join(told),
        False if True in grown else None if None in grown else True,
    )


def _against_peers(results: Results) -> list[Verdict]:
    painted: list[Named] = []
    cpu: list[Named] = []
    comparable: list[tuple[str, float]] = []
    slow: list[tuple[str, float]] = []
    for rate in RATES:
        case = str(Case(rate, ASKED))

        def value(measure: str, name: str = CADRAN, case: str = case) -> float | None:
            return results.value("W1", case, measure, name)

        ours = value("updates painted")
        for peer in peers_of(results, "W1"):
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
            lost = _losses(value, peer, rate)
            if theirs >= ours / 2:
                comparable += lost
            else:  # it does less than half of the work
                slow += [(f"{text}, painting {number(theirs)}/s", by) for text, by in lost]
    failures = [f"{one.contender} at {one.case.rpartition(', ')[0]}" for one in results.failures_of("W1") if one.case]
    failed = f"failed, and not compared: {', '.join(dict.fromkeys(failures))}" if failures else ""
    return [
        verdict(
            "W1",
            "≥ 3 × the updates painted wherever a peer misses its 10/s; the least:",
            least(painted),
            at_least(3.0),
            failed,
        ),
        verdict("W1", "≥ 5 × less server + page CPU where it does not; the least:", least(cpu), at_least(5.0)),
        Verdict(
            "W1",
            "worse on none of: updates painted, age p95, server CPU, page CPU, bytes, memory, than a peer that paints "
            "at least half as much",
            _told(comparable, slow) if painted or cpu else "",
            not comparable if painted or cpu else None,
        ),
    ]


def _losses(value: Callable[[str, str], float | None], peer: str, rate: int) -> list[tuple[str, float]]:
    """Return every measure of which a peer has the better figure, and by how much."""
    found: list[tuple[str, float]] = []
    for measure in NOT_WORSE:
        ours, theirs = value(measure, CADRAN), value(measure, peer)
        if ours is None or theirs is None:
            continue
        if measure == "updates painted":  # who misses none may have painted one more or less in a window
            times_worse = min(theirs, MISSED) / max(min(ours, MISSED), 1e-9)
        else:
            times_worse = ours / max(theirs, 1e-9)
        if times_worse > 1.0:
            each = _for_each_update(value, measure, peer)
            text = f"{measure} than {peer} at R = {rate:,} ({number(ours)} against {number(theirs)}{each}"
            found.append((text, times_worse))
    return found


def _for_each_update(value: Callable[[str, str], float | None], measure: str, peer: str) -> str:
    """Return what CPU, in percent of a core, comes to for each update painted: a peer may paint fewer."""
    if not measure.endswith("CPU"):
        return ""
    cores = [quotient(value(measure, name), value("updates painted", name)) for name in (CADRAN, peer)]
    told = [number(10.0 * one) for one in cores if one is not None]
    return f", {' and '.join(told)} ms for each update painted" if len(told) == len(cores) else ""


def _told(comparable: Sequence[tuple[str, float]], slow: Sequence[tuple[str, float]]) -> str:
    """Return all losses: those by more than a tenth, the others, and those to peers that are too slow to compare."""
    groups = {
        f"by more than {NEAR - 1:.0%}": [text for text, by in comparable if by > NEAR],
        f"within {NEAR - 1:.0%}": [text for text, by in comparable if by <= NEAR],
        "not compared, as it paints less than half": [text for text, _ in slow],
    }
    told = [f"{name}: {', '.join(f'{text})' for text in texts)}" for name, texts in groups.items() if texts]
    return "; ".join(told if comparable else ["none", *told])
