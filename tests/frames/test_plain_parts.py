"""Frames whose panels are not looked at closely, or not at all, are those of a close look at each, byte for byte."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran.clock import Instant
from cadran.engine.core import Core
from cadran.engine.messages import Connected, Input, Rang, Received
from cadran.frames.plain_parts import PlainParts
from cadran.frames.steady import SteadyFrames
from cadran.frames.wire import VERSION, Hello, PanelView, View
from cadran.jobs import JobDone
from cadran.screen.program import Program

WALL = 1_800_000_000.0
VALUES = st.sampled_from([1.0, 2.0, float("nan"), None, "on", True])
TICKS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("kl"), VALUES, max_size=2),
        st.dictionaries(st.sampled_from("abc"), st.sampled_from([0.0, -3.0]), max_size=3),
        st.sampled_from([None, None, None, (0, 1), (0, 1, 2, 3), (2, 3, 4)]),
        st.booleans(),
    ),
    max_size=8,
)


class Bench:
    """One core, and one viewer of values and lines. ``by``: the shortest way to a frame that may be taken."""

    def __init__(self, by: Literal["steady", "plain", "close"]) -> None:
        self.press = press = cd.channel("press", keep="40s", expect="1s")

        @cd.screen("All", slug="all")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("K", press.kpi("k"))
            ui.kpi("L", press.kpi("l"))
            for name in "ab":
                ui.line(name, press.series(name), window="10s")
            ui.line("Two", press.series("c"), press.series("a"), window="10s")

        self.by = by
        self.num_found = {"steady": 0, "plain": 0}
        self.now = Instant(1_000.0, WALL)
        self.core = Core(Program([screen]), self.now, epoch="e", stopwatch=lambda: 0.0)
        self._done: list[Input] = []
        self._n = 0
        press.attach(lambda: None)
        before = [WALL - 12.0 + 0.1 * i for i in range(120)]
        press.send(*(cd.ChartDataUpdated.xy(name, before, [1.0] * 120) for name in "abc"))
        self.step(Connected(1, "all"), self._said(Hello(version=VERSION, view=self._view((0, 1, 2, 3)))))

    def _view(self, panels: tuple[int, ...]) -> View:
        self._n += 1
        return View(n=self._n, panels=tuple(PanelView(i=index, px=60) for index in panels))

    def _said(self, message: Hello | View) -> Received:
        return Received(1, msgspec.json.encode(message), self.now.mono)

    def step(self, *inputs: Input) -> list[object]:
        """Go on until nothing is under way; return what the viewer got."""
        got: list[object] = []
        part, frame = PlainParts.part, SteadyFrames.frame
        with pytest.MonkeyPatch.context() as patch:
            if self.by == "close":
                patch.setattr(PlainParts, "part", lambda *given: None)
            else:
                patch.setattr(PlainParts, "part", lambda *given: self._counted("plain", part(*given)))
            if self.by != "steady":
                patch.setattr(SteadyFrames, "frame", lambda *given: None)
            else:
                patch.setattr(SteadyFrames, "frame", lambda *given: self._counted("steady", frame(*given)))
            for _ in range(3):
                outputs = self.core.step(self.now, [*self._done, *inputs])
                self._done, inputs = [JobDone(job, job.run()) for job in outputs.jobs], ()
                got += [data for _, data in outputs.deliveries]
        return got

    def _counted(self, by: str, found: object) -> object:
        self.num_found[by] += found is not None
        return found

    def tick(self, values: dict[str, object], lines: dict[str, float], view: tuple[int, ...] | None) -> list[object]:
        self.now = Instant(self.now.mono + 0.1, self.now.wall + 0.1)
        for key, value in values.items():
            self.press.send(cd.KpiUpdated(key, value))  # type: ignore[arg-type]
        for name, late in lines.items():
            end = self.now.wall + late
            self.press.send(cd.ChartDataUpdated(name, [(end - 0.05, 1.0), (end, 2.0)]))
        return self.step(Rang(), *([] if view is None else [self._said(self._view(view))]))


@settings(max_examples=25, deadline=None)
@given(TICKS)
def test_frames_are_those_of_a_close_look(
    ticks: list[tuple[dict[str, object], dict[str, float], tuple[int, ...] | None, bool]],
) -> None:
    benches = steady, plain, close = Bench("steady"), Bench("plain"), Bench("close")
    usual: dict[str, float] = dict.fromkeys("abc", 0.0)
    begin: dict[str, object] = {"k": 1.0, "l": 2.0}
    end: dict[str, object] = {"k": 5.0}
    for values, lines, view, is_usual in [(begin, usual, None, True)] * 3 + ticks + [(end, usual, None, True)]:
        lines = usual if is_usual else lines
        assert steady.tick(values, lines, view) == plain.tick(values, lines, view) == close.tick(values, lines, view)
    assert steady.core.statistics() == plain.core.statistics() == close.core.statistics()
    assert steady.num_found["steady"]
    assert plain.num_found["plain"]
    for index in range(5):
        accounts = [one.core.costs.find("all", index) for one in benches]
        numbers = [(one.encoding.num, one.encoded_bytes, one.sent_bytes) if one else None for one in accounts]
        assert numbers[0] == numbers[1] == numbers[2]
