"""Law 9 on the usual screen: values, and lines that get points together. Its frames are those of a close look."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.frames.alike_lines import AlikeLines
from cadran.frames.steady import SteadyFrames
from cadran.testing.expected import held_view, store_view

NAMES = "abcd"
By = Literal["steady", "alike", "alone"]
"""The shortest way to a frame that may be taken."""


class Tick(NamedTuple):
    """What happens within a tenth of a second, and what else."""

    batch: int = 3
    """So many points of each line, at the same x; none: only values."""
    late: str = ""
    """These lines get a point that came late, ahead of their batch."""
    without: str = ""
    """These lines get no batch."""
    is_gap: bool = False
    """The batch is of NaN, and comes after a while in which nothing did."""
    other: str = ""
    """What another viewer does: see ``turn``."""


LINES = st.text(NAMES, max_size=2)
TICKS = st.lists(
    st.one_of(
        st.integers(0, 40).map(lambda batch: Tick(batch=batch)),
        st.tuples(LINES, LINES).map(lambda lines: Tick(late=lines[0], without=lines[1])),
        st.just(Tick(is_gap=True)),
        st.sampled_from(["comes", "leaves", "stalls", "reads", "pauses", "goes on"]).map(lambda what: Tick(other=what)),
    ),
    max_size=8,
)
USUAL = [Tick()] * 3
"""Ticks like these take the shortest way."""


class Screen:
    """Four values and four lines, one viewer who stays, and others. Notes all that is sent."""

    def __init__(self, by: By) -> None:
        self.press = press = cd.channel("press", keep="40s")

        @cd.screen("Usual", slug="usual", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            for name in NAMES:
                ui.kpi(name, press.kpi(name), key=f"value-{name}")
            for name in NAMES:
                ui.line(name, press.series(name), window="20s", key=name)

        self.by = by
        self.live = live = testing.open(screen, seed=1)
        xs = live.clock.now().wall - 12.0 + np.arange(120) / 10
        press.send(*(cd.ChartDataUpdated.xy(name, xs, np.ones(120)) for name in NAMES))
        live.settle()
        self.sent: list[tuple[int, object]] = []
        self.num_steady = Counter[bool]()
        """Frames of more than the times, by whether they were made in the shortest way."""
        self._num_ticks = 0
        step = live.core.step

        def noted(*given: object) -> object:
            outputs = step(*given)  # type: ignore[arg-type]
            self.sent += outputs.deliveries
            return outputs

        live.core.step = noted  # type: ignore[method-assign, assignment]
        self.stays = live.viewer(px=120)
        self.other = live.viewer(px=120)
        self.is_there = True

    def run(self, ticks: list[Tick]) -> None:
        """Let all this happen, and then let everyone see the present."""
        frame = SteadyFrames.frame

        def counted(*given: object) -> object:
            found = frame(*given)  # type: ignore[arg-type]
            self.num_steady[found is not None] += 1
            return found

        with pytest.MonkeyPatch.context() as patch:
            if self.by != "steady":
                patch.setattr(Channel, "take_handful", lambda *given: None)
            patch.setattr(SteadyFrames, "frame", counted if self.by == "steady" else lambda *given: None)
            if self.by == "alone":
                patch.setattr(AlikeLines, "find", lambda *given: {})
            for tick in [*USUAL, *ticks]:
                self.tick(tick)
            for what in ("reads", "comes", "goes on"):
                self.turn(what)
            self.tick(Tick())
            self.live.advance("2s")

    def tick(self, tick: Tick) -> None:
        live, press = self.live, self.press
        if tick.is_gap:
            live.advance("3s")
        self._num_ticks += 1
        now = live.clock.now().wall
        for name in tick.late:
            press.send(cd.ChartDataUpdated.point(name, now - 5.0, -9.0))
        live.advance(0.04)
        self.turn(tick.other)  # together with what comes now
        xs = now + np.arange(tick.batch) * 0.001
        ys = np.full(tick.batch, np.nan) if tick.is_gap else np.arange(tick.batch) + self._num_ticks
        press.send(*(cd.KpiUpdated(name, float(self._num_ticks + place)) for place, name in enumerate(NAMES)))
        if tick.batch:
            names = [name for name in NAMES if name not in tick.without]
            press.send(*(cd.ChartDataUpdated.xy(name, xs, ys * (1 + NAMES.index(name))) for name in names))
        live.advance(0.06)

    def turn(self, what: str) -> None:
        """Let the other viewer do this, if it can."""
        if what == "comes" and not self.is_there:
            self.live.reconnect(self.other)
        elif what == "leaves" and self.is_there:
            self.live.cut(self.other)
        elif what in ("stalls", "reads") and self.is_there:
            self.live.seat(self.other).down.is_stalled = what == "stalls"
        elif what in ("pauses", "goes on") and self.is_there:
            self.other.change(paused=what == "pauses")
        self.is_there = {"comes": True, "leaves": False}.get(what, self.is_there)

    def assert_all_see_the_store(self) -> None:
        core = self.live.core
        for viewer in (self.stays, self.other):
            for name in NAMES:
                assert held_view(core, viewer, "usual", name) == store_view(core, viewer, "usual", name)
                assert viewer.value(f"value-{name}") == self.stays.value(f"value-{name}")


def assert_alike(ticks: list[Tick]) -> Screen:
    """Check that nothing is sent that a close look would not give; return the screen that took the shortest way."""
    by: tuple[By, ...] = ("steady", "alike", "alone")
    steady, alike, alone = screens = [Screen(one) for one in by]
    try:
        for screen in screens:
            screen.run(ticks)
            screen.assert_all_see_the_store()
        assert steady.sent == alike.sent == alone.sent
    finally:
        for screen in screens:
            screen.live.close()
    return steady


@settings(max_examples=15, deadline=None)
@given(TICKS, st.integers(0, 4))
def test_law09_frames_of_the_usual_screen_are_those_of_a_close_look(ticks: list[Tick], num_usual: int) -> None:
    usual = [Tick()] * num_usual
    screen = assert_alike([one for tick in ticks for one in (tick, *usual)] + USUAL)
    assert screen.num_steady[True] >= 2


def test_law09_who_lacks_more_than_the_newest_batch_gets_that_too() -> None:
    """What another lacks of the newest batch alone, and is kept, is not all that is lacking of a line with a point
    that came late before."""
    assert_alike([Tick(other="pauses", batch=0), Tick(late="c", batch=0), Tick(other="goes on"), Tick()])


def test_law09_the_usual_screen_takes_the_shortest_way() -> None:
    screen = assert_alike([Tick()] * 20)
    assert screen.num_steady[True] > 5 * screen.num_steady[False]
