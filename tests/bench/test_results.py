"""The arithmetic of the bench."""

from __future__ import annotations

import pytest
from bench.results import FLOOR, Recorder, figures_of, quantile


def recorded(cadran: list[float], floor: list[float]) -> Recorder:
    recorder = Recorder("W1")
    for contender, values in (("cadran", cadran), (FLOOR, floor)):
        for repeat, value in enumerate(values):
            recorder.add("30 updates/s", contender, repeat, "p50", "ms", value)
    return recorder


def test_a_figure_is_the_median_of_its_repeats() -> None:
    figure, floor = figures_of(recorded([9.0, 1.0, 3.0], [1.0, 1.0, 1.0]).samples)
    assert (figure.median, figure.least, figure.most, figure.num_repeats) == (3.0, 1.0, 9.0, 3)
    assert floor.contender == FLOOR
    assert floor.ratio is None


def test_a_ratio_is_the_median_of_pairs_of_one_repeat() -> None:
    figure, _ = figures_of(recorded([10.0, 200.0, 12.0], [10.0, 100.0, 3.0]).samples)
    assert figure.ratio == 2.0  # of 1, 2 and 4; the ratio of the medians would be 1.2


def test_a_floor_of_nothing_gives_no_ratio() -> None:
    figure, _ = figures_of(recorded([1.0, 2.0], [0.0, 0.0]).samples)
    assert figure.ratio is None


def test_a_floor_that_is_missing_in_one_repeat_leaves_its_pair_out() -> None:
    figure, _ = figures_of(recorded([1.0, 8.0], [0.0, 2.0]).samples)
    assert figure.ratio == 4.0


@pytest.mark.parametrize(("part", "expected"), [(0.5, 10.0), (0.95, 19.0), (1.0, 20.0), (0.01, 1.0)])
def test_quantile_is_the_nearest_rank(part: float, expected: float) -> None:
    assert quantile([float(n) for n in range(20, 0, -1)], part) == expected


def test_quantile_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)
