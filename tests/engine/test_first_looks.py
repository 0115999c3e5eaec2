"""Many panels that are seen at once are looked at in portions: no step does the first look at all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.engine.turning import Bench, hurried

import cadran as cd
from cadran import testing
from cadran.engine.messages import Input, Received
from cadran.frames import builder
from cadran.frames.builder import FIRST_LOOKS_MAX, PANELS_AT_ONCE, FrameBuilder
from cadran.frames.round import PanelPart
from cadran.frames.wire import PanelView, View
from cadran.testing import LiveScreen

NUM_PANELS = 600
NUM_CHARTS = 12


def wide_screen(num_lines: int) -> tuple[cd.Channel, cd.DashboardScreen]:
    press = cd.channel("press", keep="1h")

    @cd.screen("Wide", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number in range(NUM_PANELS - num_lines):
            ui.kpi(f"K{number}", press.kpi(f"k{number}"))
        for number in range(num_lines):
            ui.line(f"V{number}", press.series(f"v{number}"), window="60s")

    return press, screen


def feed(live: LiveScreen, press: cd.Channel, num_lines: int) -> None:
    now = live.clock.now().wall
    press.send(*(cd.KpiUpdated(f"k{number}", float(number)) for number in range(NUM_PANELS - num_lines)))
    press.send(*(cd.ChartDataUpdated(f"v{number}", [(now, 1.0), (now - 1, 2.0)]) for number in range(num_lines)))
    live.settle()


@pytest.mark.parametrize("num_lines", [0, 300])
def test_a_step_looks_at_so_many_panels_for_the_first_time(num_lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    press, screen = wide_screen(num_lines)
    firsts: list[set[int]] = [set()]
    part: Callable[..., PanelPart] = FrameBuilder._part

    def counted(self: FrameBuilder, stage: Any, index: int, view: Any, holding: Any, *rest: Any, **more: Any) -> Any:
        if index not in holding.status:
            firsts[-1].add(index)
        return part(self, stage, index, view, holding, *rest, **more)

    with testing.open(screen) as live:
        feed(live, press, num_lines)
        monkeypatch.setattr(FrameBuilder, "_part", counted)
        step = live._step

        def stepped() -> None:
            firsts.append(set())
            step()

        monkeypatch.setattr(live, "_step", stepped)
        viewer, other = live.viewer(), live.viewer()
        live.advance("1s")
        assert 0 < max(map(len, firsts)) <= FIRST_LOOKS_MAX
        assert set().union(*firsts) == set(range(NUM_PANELS))
        for one in (viewer, other):
            assert [one.value(f"k{number}") for number in range(NUM_PANELS - num_lines)] == [
                float(number) for number in range(NUM_PANELS - num_lines)
            ]
            assert len(one.picture.series) == num_lines
            assert {one.state(panel.key) for panel in one.panels} == {"live"}
        num_steps = live.num_steps
        live.advance("0.9s")
        assert live.num_steps - num_steps <= 3, "nothing is left to do"


def test_a_step_whose_turn_is_over_puts_off_no_more_than_some(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(hurried(), wide_screen(0))
    num_put_off: Counter[int] = Counter()

    def counted(*values: Any, **more: Any) -> PanelPart:
        num_put_off[bench.num_steps] += bool(more.get("is_put_off"))
        return PanelPart(*values, **more)

    monkeypatch.setattr(builder, "PanelPart", counted)
    bench.hello(1, range(NUM_PANELS))
    assert num_put_off.total() >= NUM_PANELS - FIRST_LOOKS_MAX
    assert max(num_put_off.values()) <= PANELS_AT_ONCE


@pytest.mark.parametrize("is_paused", [False, True], ids=["live", "in a pause"])
def test_a_step_whose_turn_is_over_works_out_no_more_than_one_chart_alone(is_paused: bool) -> None:
    press = cd.channel("press")

    @cd.screen("Plant", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number in range(NUM_CHARTS):
            ui.line(f"V{number}", press.series(f"v{number}"), window="10s")

    bench = Bench(hurried(), (press, screen))
    for number in range(NUM_CHARTS):  # no two have the same x
        points = [(bench.now.wall - age + number / 100, float(age)) for age in range(9, 0, -1)]
        press.send(cd.ChartDataUpdated(f"v{number}", points))
    bench.hello(1, [])
    bench.pass_time(1.0)
    view = View(n=2, panels=tuple(PanelView(i=i, px=400) for i in range(NUM_CHARTS)), paused=is_paused)
    said: list[Input] = [Received(1, msgspec.json.encode(view), bench.now.mono)]
    looked_at: list[int] = []
    for _ in range(1_000):
        before = bench.core.statistics().num_parts_built
        bench.step(0.001, said)
        said = []
        looked_at.append(bench.core.statistics().num_parts_built - before)
    assert sum(looked_at) >= NUM_CHARTS
    assert max(looked_at) == 1
