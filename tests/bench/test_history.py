"""The history that all are given, and what the floor answers of it."""

from __future__ import annotations

import numpy as np
import pytest
from bench.floor.pyramid import HEAD, Pyramid
from bench.load import HISTORY_END, HISTORY_PER_SEC, SPIKE_EVERY, history

NUM = 600_000


def rows_of(answer: bytes) -> tuple[float, float, np.ndarray, np.ndarray]:
    _, _, first_x, num, width = HEAD.unpack_from(answer)
    columns = np.frombuffer(answer, "<f4", offset=HEAD.size).reshape(2, num)
    return first_x, width, columns[0], columns[1]


def test_a_history_is_evenly_spaced_and_has_its_spikes() -> None:
    xs, ys = history(NUM)
    assert xs.size == ys.size == NUM
    assert xs[-1] == HISTORY_END
    assert np.diff(xs) == pytest.approx(1 / HISTORY_PER_SEC, abs=1e-6)
    assert int(np.argmax(ys)) == SPIKE_EVERY // 2


@pytest.mark.parametrize(("start", "stop"), [(0, NUM), (100_000, 500_100), (500_000, 500_050)])
def test_the_floor_answers_with_the_extremes_of_every_row(start: int, stop: int) -> None:
    xs, ys = history(NUM)
    pyramid = Pyramid(xs, ys)
    first_x, width, low, high = rows_of(pyramid.view(float(xs[start]), float(xs[stop - 1]), 1_000))
    assert low.size <= 8_010
    assert low.min() == np.float32(ys[start:stop].min())
    assert high.max() == np.float32(ys[start:stop].max())
    assert first_x <= xs[start] + 1e-3
    assert first_x + width * low.size >= xs[stop - 1]
