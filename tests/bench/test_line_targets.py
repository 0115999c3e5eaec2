"""The figures to reach of live lines: what decides them, and what is said beside."""

from __future__ import annotations

import pytest
from bench.line_targets import line_verdicts
from bench.live_page import Row
from bench.pictures import pictures
from bench.results import CADRAN, FLOOR, STROKES, Failure, Part, Recorder, Results, figures_of
from bench.verdict import Verdict
from bench.workloads import w1long_growth
from bench.workloads.w1_lines import Case

Value = tuple[str, str, str, float]
"""Case, measure, contender, value."""


def part(workload: str, *values: Value, failures: tuple[Failure, ...] = ()) -> Part:
    recorder = Recorder(workload)
    for case, measure, contender, value in values:
        recorder.add(case, contender, 0, measure, "", value)
    return Part(
        workload=workload, conditions={}, contenders={}, figures=figures_of(recorder.samples), failures=failures
    )


def verdict(words: str, *parts: Part) -> Verdict:
    (one,) = [one for one in line_verdicts(Results(parts=parts)) if words in one.wanted]
    return one


def long(first: float, last: float, secs: float = 300.0) -> Part:
    """Both rates, painted every 100 ms: the first fifth of one age, the last of another."""
    ages = [(100.0 * i, first if i < 5 * secs else last) for i in range(round(10 * secs))]
    rows: list[Row] = w1long_growth.rows_of(ages, secs)
    cases = [str(Case(rate, 30.0)) for rate in w1long_growth.RATES]
    return part(w1long_growth.NUMBER, *((case, name, CADRAN, value) for case in cases for name, _, value in rows))


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (100.0, 120.0, True),
        (100.0, 121.0, False),
        (20.0, 36.0, True),  # by one refresh of the display
        (20.0, 37.0, False),
        (40.0, 20.0, True),
    ],
)
def test_an_age_grows_by_more_than_a_fifth_and_more_than_a_refresh(first: float, last: float, holds: bool) -> None:
    assert verdict("last minute of five", long(first, last)).holds is holds


def test_a_window_shorter_than_five_minutes_says_nothing_of_growth() -> None:
    assert verdict("last minute of five", long(20.0, 20.0, 60.0))[2:] == ("", None)
    growth = [(str(Case(rate, 30.0)), "age, growth", CADRAN, 1.0) for rate in (1_000, 10_000)]
    assert verdict("last minute of five", part("W1", *growth))[2:] == ("", None)


def test_one_rate_of_five_minutes_is_not_both() -> None:
    rates = long(20.0, 20.0)
    one = Part(
        workload=rates.workload,
        conditions={},
        contenders={},
        figures=tuple(figure for figure in rates.figures if figure.case == str(Case(1_000, 30.0))),
    )
    assert verdict("last minute of five", one).holds is None


def test_the_five_minutes_outlive_a_newer_run_of_w1() -> None:
    merged = Results(parts=(part("W1"), long(20.0, 21.0))).merged(Results(parts=(part("W1"),)))
    assert verdict("last minute of five", *merged.parts).holds is True


def test_what_draws_every_point_decides_and_what_fills_columns_stands_beside() -> None:
    case = str(Case(10_000, 10.0))
    values = [
        (case, measure, name, value)
        for measure, of_each in {"page CPU": (20.0, 30.0, 100.0), "to the page": (10.0, 500.0, 500.0)}.items()
        for name, value in zip((CADRAN, FLOOR, STROKES), of_each, strict=True)
    ]
    found = verdict("draws every point", part("W1", *values, (case, "updates painted", STROKES, 0.7)))
    assert found.holds is True
    assert found.measured == (
        "page CPU: 0.2, to the page: 0.02; against the cheaper floor, which fills columns of pixels: page CPU: 0.667, "
        "to the page: 0.02; the one that draws every point paints 0.7 a second"
    )
    assert verdict("draws every point", part("W1", *values[:2])).holds is None


def test_what_is_measured_at_one_rate_alone_has_no_curve() -> None:
    case = str(Case(10_000, 10.0))
    values = [(case, "updates painted", name, 5.0) for name in (CADRAN, FLOOR, STROKES)]
    plot = pictures(Results(parts=(part("W1", *values),)))["w1-painted"]
    assert f">{FLOOR}<" in plot
    assert f">{STROKES}<" not in plot


def test_every_loss_is_named_by_how_much_and_to_whom() -> None:
    case, measures = str(Case(100, 10.0)), ("updates painted", "server CPU", "page CPU")
    of_each = {CADRAN: (10.0, 2.0, 10.0), "dash": (7.6, 1.28, 9.5), "bokeh": (0.4, 0.5, 90.0)}
    values = [(case, name, who, one) for who, each in of_each.items() for name, one in zip(measures, each, strict=True)]
    found = verdict("worse on none", part("W1", *values))
    assert found.holds is False
    assert found.measured == (
        "by more than 10%: server CPU than dash at R = 100 (2 against 1.28, 2 and 1.68 ms for each update painted); "
        "within 10%: page CPU than dash at R = 100 (10 against 9.5, 10 and 12.5 ms for each update painted); "
        "not compared, as it paints less than half: server CPU than bokeh at R = 100 (2 against 0.5, "
        "2 and 12.5 ms for each update painted, painting 0.4/s)"
    )
    assert "updates painted than" not in found.measured
    near = verdict("worse on none", part("W1", *(one for one in values if one[1] != "server CPU")))
    assert near[2:] == (
        "within 10%: page CPU than dash at R = 100 (10 against 9.5, 10 and 12.5 ms for each update painted)",
        False,
    )


def test_a_peer_that_failed_is_named_and_is_no_figure() -> None:
    case = str(Case(1_000, 10.0))
    values = [(case, "updates painted", CADRAN, 10.0), (case, "updates painted", "dash", 2.0)]
    failed = Failure(case=case, contender="nicegui", reason="its page painted nothing in 60 s")
    found = verdict("wherever a peer misses", part("W1", *values, failures=(failed,)))
    assert found[2:] == ("dash at R = 1,000: 5; failed, and not compared: nicegui at R = 1,000", True)


def test_a_page_that_misses_no_update_is_not_worse_than_one_that_painted_one_more() -> None:
    case = str(Case(1_000, 10.0))
    many, few = ((case, "updates painted", name, value) for name, value in (("bokeh", 10.0), (CADRAN, 9.8)))
    assert verdict("worse on none", part("W1", many, few))[2:] == ("none", True)
    missed = (case, "updates painted", CADRAN, 9.0)
    assert verdict("worse on none", part("W1", many, missed)).holds is False
