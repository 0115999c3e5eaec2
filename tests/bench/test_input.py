"""A hand at a page, and what is made of the delays that were recorded."""

from __future__ import annotations

import random
from typing import Any, cast

import pytest
from bench.hand import GESTURES, POINTER_JS, Box, Hand, Spots
from bench.page import Page
from bench.workloads.w8_input import KINDS, delay_rows, timed_p95

PLOTS = [Box(100.0, 200.0, 300.0, 150.0), Box(500.0, 200.0, 300.0, 150.0)]
LEGENDS = [Box(350.0, 180.0, 50.0, 16.0)]


class Touched:
    """A page that keeps what is done to it; each thing takes a moment of a clock that nobody waits for."""

    def __init__(self, clock: list[float]) -> None:
        self.clock = clock
        self.done: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        def do(*args: Any) -> None:
            self.clock[0] += 0.01
            self.done.append((name, args))

        return do


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> Touched:
    clock = [0.0]

    def sleep(secs: float) -> None:
        clock[0] += secs

    monkeypatch.setattr("bench.hand.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("bench.hand.time.sleep", sleep)
    return Touched(clock)


def made(touched: Touched, seed: int) -> list[tuple[str, tuple[Any, ...]]]:
    touched.done.clear()
    Hand(cast(Page, touched), Spots(PLOTS, LEGENDS), seed).work(30.0)
    return list(touched.done)


def test_a_hand_does_all_that_it_can_again_and_again(touched: Touched) -> None:
    done = made(touched, seed=1)
    counts = {name: sum(1 for one, _ in done if one == name) for name in ("mouse", "drag", "click", "key", "wheel")}
    assert min(counts.values()) >= 20
    assert set(GESTURES) == {"move", "drag", "click", "key", "wheel"}


def test_a_hand_is_the_same_for_the_same_seed_alone(touched: Touched) -> None:
    assert made(touched, seed=1) == made(touched, seed=1)
    assert made(touched, seed=1) != made(touched, seed=2)


def test_a_hand_stays_within_plots_and_legends(touched: Touched) -> None:
    for name, args in made(touched, seed=3):
        if name == "drag":
            x0, x1, y = args
            assert any(box.left <= x0 < x1 <= box.left + box.width and box.top <= y <= box.top + 150 for box in PLOTS)
        elif name == "click":
            assert args == (375.0, 188.0)


def test_delays_are_told_of_all_and_of_each_kind() -> None:
    numbers = random.Random(1)
    delays = [(kind, float(100 * at + i)) for at, kind in enumerate(KINDS) for i in range(1, 21)]
    numbers.shuffle(delays)
    rows = {measure: value for measure, _, value in delay_rows(delays)}
    assert rows["delay, p95"] == 415.0
    assert (rows["move, delay, p50"], rows["move, delay, p95"], rows["move, delay, most"]) == (10.0, 19.0, 20.0)
    assert rows["wheel, delay, most"] == 420.0
    assert "key, delay, p95" not in {measure for measure, _, _ in delay_rows([("move", 1.0)])}


def test_events_that_the_browser_did_not_report_count_as_fast() -> None:
    assert timed_p95([], 100) == 8.0
    assert timed_p95([24.0] * 4, 100) == 8.0
    assert timed_p95([24.0] * 6 + [64.0], 100) == 24.0


def test_every_kind_of_input_is_recorded() -> None:
    assert all(f'"{kind}"' in POINTER_JS for kind in KINDS)
