"""Laws 4 and 5: whatever takes many steps, ticks settle, inputs are taken, and house is kept."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from tests.engine.turning import NUM_KPIS, NUM_PANELS, Bench, hurried

import cadran as cd
from cadran.engine.audience import Audience
from cadran.engine.engine import Engine
from cadran.engine.messages import Close, Connected, Input, Rang, RecalculationAsked, Received
from cadran.engine.pool import Pool
from cadran.frames.wire import PanelView, View
from cadran.metrics.metric import Metric

pytestmark = pytest.mark.usefixtures("small_portions")


def go(bench: Bench, num_steps: int, secs: float, said: Callable[[int], list[Input]]) -> None:
    for number in range(num_steps):
        bench.press.send(*(cd.KpiUpdated(f"k{i}", float(number)) for i in range(NUM_KPIS)))
        bench.step(secs, [Rang(), *said(number)])


def said(message: object, viewer: int = 1) -> Received:
    return Received(viewer, msgspec.json.encode(message))


def test_law04_what_comes_in_the_last_step_of_a_frame_is_taken_at_once() -> None:
    bench = Bench(hurried())
    bench.hello(1, range(NUM_KPIS))
    bench.pass_time(0.5)
    bench.pass_time(0.5)
    bench.press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    outputs = bench.step(0.2, [Rang()])
    for number in range(2, 1_000):
        was_busy = bench.core._serving.is_busy
        outputs = bench.step(0.0, [Connected(number, "plant")] if was_busy else [])
        if was_busy and not bench.core._serving.is_busy:
            break
    assert bench.core._waiting
    assert outputs.wake_mono == bench.now.mono


def test_law05_house_is_kept_although_each_tick_takes_longer_than_a_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(hurried())
    bench.hello(1, range(NUM_PANELS))
    bench.hello(2, [], hidden=True)
    bench.give(Connected(3, "plant"))  # never says hello: closed after 10 s
    bench.pass_time(1.0)
    bench.give(bench.acknowledged(2))
    num_sent, num_ticks, num_kept = len(bench.sent[2]), bench.core.num_ticks, 0
    keep_house = Audience.keep_house

    def counted(self: Audience, *given: object) -> object:
        nonlocal num_kept
        num_kept += 1
        return keep_house(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Audience, "keep_house", counted)
    go(bench, 12_500, 0.002, lambda number: [bench.acknowledged(1)] if number % 25 == 0 else [])
    assert 10 < bench.core.num_ticks - num_ticks < 25 * 30, "a tick takes longer than a tick"
    assert num_kept >= 12, "about once a second"
    assert any(isinstance(one, Close) for one in bench.sent[3])
    assert len(bench.sent[2]) > num_sent, "beats go on"


def test_law04_who_says_views_all_the_time_does_not_end_all_ticks() -> None:
    bench = Bench(hurried())
    bench.hello(1, range(NUM_PANELS))
    bench.hello(2, [0])
    bench.pass_time(1.0)
    num_ticks, num_sent, most = bench.core.num_ticks, len(bench.sent[2]), 0

    def views(number: int) -> list[Input]:
        nonlocal most
        most = max(most, len(bench.core._waiting))
        acked = [bench.acknowledged(2)] if number % 20 == 0 else []
        return [said(View(n=2 + number, panels=(PanelView(i=number % 3),))), *acked]

    go(bench, 1_500, 0.0025, views)
    assert bench.core.num_ticks - num_ticks > 10
    assert len(bench.sent[2]) - num_sent > 10
    wake_mono: float | None = bench.now.mono
    while wake_mono == bench.now.mono:
        wake_mono = bench.step(0.0).wake_mono
    assert next(iter(bench.core.audience.viewers())).view.n == 1_501, "the last one is seen"
    assert bench.core.statistics().num_inputs_merged > 100


def test_law07_a_look_that_makes_a_stage_waits_until_the_frame_is_done() -> None:
    bench = Bench(hurried())
    bench.hello(1, range(NUM_KPIS))
    engine = Engine(cd.Program([bench.screen]))
    engine._core, engine._pool = bench.core, Pool(lambda _: None)
    bench.press.send(cd.KpiUpdated("k0", 1.0))
    while not bench.core.is_busy:
        bench.step(0.01, [Rang()])
    asked = engine.measure_screen("plant", {"site": ["north"]})
    engine._wait(bench.core, 0.0)
    assert not asked.done()
    while bench.step(0.0).wake_mono == bench.now.mono:
        pass
    engine._wait(bench.core, 0.0)
    assert asked.done()
    engine._pool.stop(1.0)


def test_law04_asking_a_metric_again_and_again_does_not_keep_a_tick_open() -> None:
    bench = Bench(hurried())
    bench.hello(1, range(NUM_PANELS))
    bench.press.send(cd.ChartDataUpdated("v0", [(bench.now.wall, 1.0)]))
    bench.pass_time(1.0)
    spread = next(node for node in bench.core.graph.nodes() if isinstance(node.readable, Metric))
    num_ticks, num_done = bench.core.num_ticks, spread.num_recalculations
    go(bench, 2_500, 0.001, lambda n: [RecalculationAsked(spread.readable, "asked")] if n % 5 == 0 else [])
    assert bench.core.num_ticks - num_ticks > 10
    assert spread.num_recalculations - num_done > 10
