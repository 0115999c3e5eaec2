"""The figures to reach: whether they hold is computed, never written."""

from __future__ import annotations

from bench import rows
from bench.results import CADRAN, FLOOR, Part, Recorder, Results, figures_of
from bench.targets import verdicts
from bench.verdict import Verdict
from bench.workloads import w5_history, w7_refresh, w8_input
from bench.workloads.w1_lines import Case


def results(workload: str, *values: tuple[str, str, str, float]) -> Results:
    """Case, measure, contender, value."""
    recorder = Recorder(workload)
    for case, measure, contender, value in values:
        recorder.add(case, contender, 0, measure, "", value)
    part = Part(workload=workload, conditions={}, contenders={}, figures=figures_of(recorder.samples))
    return Results(parts=(part,))


def verdict(found: Results, words: str) -> Verdict:
    (one,) = [one for one in verdicts(found) if words in one.wanted]
    return one


def test_nothing_measured_says_so_of_every_figure() -> None:
    assert {(one.measured, one.holds) for one in verdicts(Results())} == {("", None)}


def test_each_workload_has_figures_to_reach() -> None:
    assert {one.workload for one in verdicts(Results())} == {"W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9"}


def test_all_rates_must_meet_a_figure_of_several() -> None:
    fast, slow = (str(Case(rate, 30.0)) for rate in (1_000, 10_000))
    painted = "updates painted"
    words = "≥ 29 painted"
    assert verdict(results("W1", (fast, painted, CADRAN, 30.0)), words).holds is None
    assert verdict(results("W1", (fast, painted, CADRAN, 30.0), (slow, painted, CADRAN, 29.5)), words).holds is True
    missed = verdict(results("W1", (fast, painted, CADRAN, 30.0), (slow, painted, CADRAN, 12.0)), words)
    assert missed.holds is False
    assert missed.measured == "R = 1,000: 30, R = 10,000: 12"


def test_a_ratio_to_the_floor_is_that_of_the_same_run() -> None:
    case = str(Case(1_000, 10.0))
    found = results("W1", (case, "server CPU", CADRAN, 9.0), (case, "server CPU", FLOOR, 3.0))
    assert verdict(found, "server CPU ≤ 2 × floor")[2:] == ("3", False)


def test_a_peer_that_misses_its_rate_is_compared_by_updates_and_the_others_by_cpu() -> None:
    case = str(Case(100, 10.0))
    found = results(
        "W1",
        *((case, "updates painted", name, value) for name, value in ((CADRAN, 10.0), ("dash", 4.0), ("bokeh", 9.9))),
        *((case, "server CPU", name, value) for name, value in ((CADRAN, 5.0), ("dash", 1.0), ("bokeh", 20.0))),
        *((case, "page CPU", name, value) for name, value in ((CADRAN, 15.0), ("dash", 1.0), ("bokeh", 100.0))),
    )
    assert verdict(found, "wherever a peer misses")[2:] == ("dash at R = 100: 2.5", False)
    assert verdict(found, "less server + page CPU")[2:] == ("bokeh at R = 100: 6", True)


def test_a_history_is_compared_with_the_best_peer() -> None:
    case = w5_history.points(w5_history.SIZES[0])
    steps = [("open", CADRAN, 40.0), ("open", "dash", 100.0), ("open", "bokeh", 4_000.0)]
    steps += [("zoom to 1 %", CADRAN, 50.0), ("zoom to 1 %", "dash", 100.0)]
    found = results("W5", *((case, measure, name, value) for measure, name, value in steps))
    assert verdict(found, "≤ 0.4 × the best peer")[2:] == ("open: 0.4, zoom to 1 %: 0.5", False)


def test_queries_must_not_grow_with_viewers_and_end_with_them() -> None:
    def reads(*counts: float) -> Results:
        cases = [(w7_refresh.viewers(num), count) for num, count in zip((1, 10, 200, 0), counts, strict=True)]
        measures = ((w7_refresh.READS, 6.0), (w7_refresh.NUM_READS, 1.0))
        return results("W7", *((case, name, CADRAN, per * count) for case, count in cases for name, per in measures))

    good, bad = reads(10.0, 10.0, 11.0, 0.0), reads(10.0, 10.0, 20.0, 1.0)
    assert [one.holds for one in verdicts(good) if one.workload == "W7"][:2] == [True, True]
    assert [one.holds for one in verdicts(bad) if one.workload == "W7"][:2] == [False, False]
    ratios = [(rows.case(path), rows.RATIO, CADRAN, 1.2) for path in rows.PATHS]
    words = "the bare driver's time"
    assert verdict(results("W7", *ratios), words).holds is True
    assert verdict(results("W7", *ratios[1:], (rows.case("sqlite"), rows.RATIO, CADRAN, 1.4)), words).holds is False


def test_input_must_not_wait_at_either_rate() -> None:
    slow, fast = (w8_input.case(rate) for rate in w8_input.RATES)
    words = "interaction delay"
    assert verdict(results("W8", (slow, w8_input.P95, CADRAN, 20.0)), words).holds is None
    assert verdict(results("W8", *((case, w8_input.P95, CADRAN, 49.9) for case in (slow, fast))), words).holds is True
    late = results("W8", (slow, w8_input.P95, CADRAN, 20.0), (fast, w8_input.P95, CADRAN, 50.0))
    assert verdict(late, words).holds is False
