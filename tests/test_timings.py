"""Durations and histograms against the plain definitions."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from cadran.server.openmetrics import Buckets, Family, Writer
from cadran.timings import DURATIONS_KEPT, Durations, Histogram

SECS = st.lists(st.floats(0.0, 10.0), max_size=3 * DURATIONS_KEPT)


@given(SECS)
def test_durations_are_of_the_newest_64_and_counts_of_all(secs: list[float]) -> None:
    durations = Durations()
    for one in secs:
        durations.add(one)
    assert durations.num == len(secs)
    assert math.isclose(durations.total_secs, sum(secs))
    assert durations.last_secs == (secs[-1] if secs else 0.0)
    newest = sorted(secs[-DURATIONS_KEPT:])
    if not newest:
        assert math.isnan(durations.p95_secs())
    else:
        p95 = durations.p95_secs()
        assert sum(one <= p95 for one in newest) >= 0.95 * len(newest)
        assert sum(one < p95 for one in newest) < 0.95 * len(newest)


def test_durations_hold_no_more_than_64() -> None:
    durations = Durations()
    for number in range(10_000):
        durations.add(float(number))
    assert len(durations._ring) == DURATIONS_KEPT


@given(SECS)
def test_a_histogram_counts_each_duration_up_to_every_bound(secs: list[float]) -> None:
    histogram = Histogram((0.5, 1.0, 5.0))
    for one in [*secs, 0.5, 1.0]:
        histogram.add(one)
    expected = [sum(one <= bound for one in [*secs, 0.5, 1.0]) for bound in (0.5, 1.0, 5.0, math.inf)]
    assert list(histogram.cumulative()) == expected
    writer = Writer()
    total = histogram.durations.total_secs
    family = Family("cadran_x_seconds", "histogram", "X.", "seconds")
    writer.add_histogram(family, Buckets(histogram.bounds_secs, histogram.cumulative(), total))
    writer.end()
    assert len(list(text_string_to_metric_families(writer.take()))) == 1  # type: ignore[no-untyped-call]
