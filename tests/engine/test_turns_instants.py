"""Laws 7 and 9: what a tick shows is of one instant, although it takes many steps."""

from __future__ import annotations

import msgspec
import pytest
from tests.engine.turning import Bench, Described, hurried

import cadran as cd
from cadran.engine.core import SETTLE_SECS, Core
from cadran.engine.messages import Connected, DescriptionChanged, Input, InspectAsked, Rang, Received
from cadran.frames.message import split_message
from cadran.frames.shown import ShownScalar
from cadran.frames.wire import SCALAR, VERSION, Hello, PanelView, Refresh, View

pytestmark = pytest.mark.usefixtures("small_portions")
NUM_MEANS, NUM_OTHERS = 8, 40


def means(num: int, window: str, *more: str) -> Described:
    """A screen of means over a window of as many series."""
    press = cd.channel("press", keep="100s")

    @cd.screen("Plant", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for name in (*(f"v{number}" for number in range(num)), *more):
            ui.kpi(name, press.series(name).last(window).mean())

    return press, screen


def values(core: Core) -> list[object]:
    (stage,) = core.stages()
    return [one.value for one in stage.shown if isinstance(one, ShownScalar) and not one._is_mark]


def test_law07_law09_windows_of_alike_series_agree_in_every_settled_tick() -> None:
    bench = Bench(hurried(), means(NUM_MEANS, "1s"))
    bench.hello(1, range(NUM_MEANS))
    num_ticks, seen = bench.core.num_ticks, []
    for number in range(2_000):
        if number % 5 == 0:
            points = [(bench.now.wall, float(number))]
            bench.press.send(*(cd.ChartDataUpdated(f"v{i}", points) for i in range(NUM_MEANS)))
        bench.step(0.001, [Rang()])
        if bench.core.num_ticks != num_ticks:
            num_ticks = bench.core.num_ticks
            seen.append(len(set(values(bench.core))))
    assert len(seen) > 20
    assert set(seen) == {1}


def until_late(bench: Bench) -> None:
    """A tick is open for longer than it waits for anything, and has not looked at everything yet."""
    bench.press.send(*(cd.ChartDataUpdated(f"v{i}", [(bench.now.wall, 1.0)]) for i in range(NUM_OTHERS)))
    for _ in range(500):
        bench.step(0.002, [Rang()])
        opened_mono = bench.core._opened_mono
        if bench.core.graph.is_under_way and opened_mono is not None and bench.now.mono > opened_mono + SETTLE_SECS:
            return
    raise AssertionError("no tick is late")


def watched_once() -> Bench:
    """A bench whose last panel was watched, and then sent a value that nobody looked at."""
    bench = Bench(hurried(), means(NUM_OTHERS, "50s", "w"))
    bench.hello(1, range(NUM_OTHERS))
    bench.hello(2, [NUM_OTHERS])
    bench.press.send(cd.ChartDataUpdated("w", [(bench.now.wall, 1.0)]))
    bench.pass_time(1.0)
    bench.pass_time(1.0)
    assert values(bench.core)[-1] == 1.0
    bench.say(2, View(n=2))
    for _ in range(30):
        bench.pass_time(1.0)
        for viewer in (1, 2):
            bench.give(bench.acknowledged(viewer))
    bench.press.send(cd.ChartDataUpdated("w", [(bench.now.wall, 1_000.0)]))
    bench.pass_time(1.0)
    bench.pass_time(1.0)
    return bench


def test_law07_who_comes_while_a_late_tick_is_half_done_is_not_shown_old_values() -> None:
    bench = watched_once()
    until_late(bench)
    view = View(n=1, panels=(PanelView(i=NUM_OTHERS),))
    hello = msgspec.json.encode(Hello(version=VERSION, view=view))
    said: list[Input] = [Connected(3, "plant"), Received(3, hello, bench.now.mono)]
    num_ticks = bench.core.num_ticks
    (stage,) = bench.core.stages()
    is_served = False
    for _ in range(2_000):
        outputs = bench.step(0.002, said)
        said = []
        is_served = is_served or any(viewer == 3 for viewer, _ in outputs.deliveries)
        if bench.core.num_ticks > num_ticks and not bench.core._serving.is_busy and NUM_OTHERS in stage.fresh:
            assert values(bench.core)[-1] == 500.5
            if is_served and bench.core.num_ticks > num_ticks + 2:
                break
    assert is_served


def test_law07_a_new_layout_in_a_late_tick_shows_nothing_that_was_not_looked_at() -> None:
    bench = watched_once()
    until_late(bench)
    num_ticks = bench.core.num_ticks
    said: list[Input] = [InspectAsked(9, "plant", 5.0), DescriptionChanged("plant")]
    shown: list[object] = []
    for _ in range(3_000):
        outputs = bench.step(0.002, said)
        said = []
        (stage,) = bench.core.stages()
        if bench.core.num_ticks > num_ticks and not bench.core._serving.is_busy and NUM_OTHERS in stage.fresh:
            shown.append(values(bench.core)[-1])
        if outputs.reports:
            break
    assert set(shown) == {500.5}
    assert outputs.reports[0][1].panels[-1].value == 500.5


def shown_by(data: object) -> set[int]:
    """The slots of the values in a message."""
    assert isinstance(data, bytes)
    return {piece.target for piece in split_message(data)[1] if piece.kind == SCALAR}


@pytest.mark.parametrize("is_refresh", [False, True], ids=["back in sight", "refreshed in a pause"])
def test_law07_what_is_seen_again_in_a_late_tick_comes_with_the_rest_of_its_frame(is_refresh: bool) -> None:
    """A panel that was held from before, and is not looked at by this tick, is not shown beside others of this S."""
    bench = watched_once()
    both = (PanelView(i=0), PanelView(i=NUM_OTHERS))
    if is_refresh:
        bench.say(2, View(n=3, panels=both, paused=True))
        bench.pass_time(1.0)
        bench.press.send(cd.ChartDataUpdated("w", [(bench.now.wall, 2_000.0)]))
        bench.pass_time(1.0)
    until_late(bench)
    (stage,) = bench.core.stages()
    slots = {stage.slot_numbers_of[0][0], stage.slot_numbers_of[NUM_OTHERS][0]}
    message = Refresh() if is_refresh else View(n=3, panels=both)
    said: list[Input] = [bench.acknowledged(1), bench.acknowledged(2)]
    said.append(Received(2, msgspec.json.encode(message), bench.now.mono))
    num_sent = len(bench.sent[2])
    frames: list[set[int]] = []
    for _ in range(3_000):
        bench.step(0.002, said)
        said = []
        frames = [shown_by(data) & slots for data in bench.sent[2][num_sent:]]
        if any(frames):
            break
    assert next(filter(None, frames)) == slots


def test_law07_an_inspection_asked_for_in_a_late_tick_is_of_its_s() -> None:
    bench = watched_once()
    until_late(bench)
    said: list[Input] = [InspectAsked(9, "plant", 5.0)]
    for _ in range(3_000):
        outputs = bench.step(0.002, said)
        said = []
        if outputs.reports:
            break
    assert outputs.reports[0][1].panels[NUM_OTHERS].value == 500.5


def test_law05_an_inspection_that_has_no_time_says_what_is_behind() -> None:
    bench = watched_once()
    until_late(bench)
    said: list[Input] = [InspectAsked(9, "plant", 0.0)]
    for _ in range(3_000):
        outputs = bench.step(0.002, said)
        said = []
        if outputs.reports:
            break
    panels = outputs.reports[0][1].panels
    assert (panels[0].state, panels[NUM_OTHERS].state) == ("live", "behind")
