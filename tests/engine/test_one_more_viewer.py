"""Law 3, seen from the other side: what a tick does for one more viewer of the same is to look it up and count it."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import msgspec

import cadran as cd
from cadran.clock import Instant
from cadran.engine.core import Core
from cadran.engine.messages import Connected, Input, Outputs, Rang, Received
from cadran.frames.message import split_message
from cadran.frames.wire import COMMIT, VERSION, Ack, Hello, PanelView, View
from cadran.screen.program import Program

FEW, MANY, NUM_TICKS = 5, 105, 10
CALLS_MAX = 10
"""Python functions called for one more viewer, of a tick that reaches it and half an acknowledgement."""
ALL = View(n=1, panels=(PanelView(i=0), PanelView(i=1, px=400)))


class Crowd:
    """A core, and viewers of the same screen who acknowledge every second frame."""

    def __init__(self, num_viewers: int) -> None:
        self.press = cd.channel("press")

        @cd.screen("Oven", slug="oven")
        def oven(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("Temperature", self.press.kpi("temperature"))
            ui.line("Vibration", self.press.series("vibration"), window="60s")

        self.now = Instant(100.0, 1_800_000_000.0)
        self.core = Core(Program([oven]), self.now, epoch="e", stopwatch=lambda: 0.0)
        self.press.attach(lambda: None)
        self.num_bytes = dict.fromkeys(range(1, num_viewers + 1), 0)
        self.s = dict.fromkeys(self.num_bytes, 0.0)
        self.step(Connected(viewer, "oven") for viewer in self.num_bytes)
        self.step(self.said(viewer, Hello(version=VERSION, view=ALL)) for viewer in self.num_bytes)

    def said(self, viewer: int, message: Hello | Ack) -> Received:
        return Received(viewer, msgspec.json.encode(message), self.now.mono)

    def acks(self) -> list[Input]:
        return [self.said(viewer, Ack(s=self.s[viewer], bytes=num)) for viewer, num in self.num_bytes.items()]

    def step(self, inputs: Any = ()) -> Outputs:
        self.now = Instant(self.now.mono + 0.1, self.now.wall + 0.1)
        outputs = self.core.step(self.now, [*inputs, Rang()])
        for viewer, data in outputs.deliveries:
            assert isinstance(data, bytes)
            self.take(viewer, data)
        return outputs

    def send(self, number: int) -> None:
        value = float(number)
        self.press.send(
            cd.KpiUpdated("temperature", value), cd.ChartDataUpdated.point("vibration", self.now.wall, value)
        )

    def calls_of_ticks(self) -> int:
        """Python functions that the core calls in some ticks, each of which gives a frame to everybody."""
        calls = 0

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal calls
            calls += event == "call"

        for number in range(NUM_TICKS):
            self.send(number)
            inputs = self.acks() if number % 2 else []
            inputs.append(Rang())
            self.now = Instant(self.now.mono + 0.1, self.now.wall + 0.1)
            sys.setprofile(count)
            try:
                outputs = self.core.step(self.now, inputs)
            finally:
                sys.setprofile(None)
            assert sorted(viewer for viewer, _ in outputs.deliveries) == list(self.num_bytes)
            assert len({data for _, data in outputs.deliveries}) == 1
            for viewer, data in outputs.deliveries:
                assert isinstance(data, bytes)
                self.take(viewer, data)
        return calls

    def take(self, viewer: int, data: bytes) -> None:
        header, _ = split_message(data)
        assert header.flags & COMMIT
        assert header.base in (0.0, self.s[viewer])
        self.s[viewer] = header.s
        self.num_bytes[viewer] += len(data)


def crowd_at_rest(num_viewers: int) -> Crowd:
    """All have the first picture and follow."""
    crowd = Crowd(num_viewers)
    for number in range(5):
        crowd.send(-number)
        crowd.step(crowd.acks())
    return crowd


def test_law03_one_more_viewer_costs_a_few_calls_a_tick() -> None:
    few, many = crowd_at_rest(FEW), crowd_at_rest(MANY)
    more = many.calls_of_ticks() - few.calls_of_ticks()
    assert more <= CALLS_MAX * NUM_TICKS * (MANY - FEW), more / NUM_TICKS / (MANY - FEW)


def test_law03_frames_that_are_repeated_are_counted_like_those_that_are_built() -> None:
    few, many = crowd_at_rest(FEW), crowd_at_rest(MANY)
    for crowd, num in ((few, FEW), (many, MANY)):
        before = crowd.core.statistics()
        crowd.calls_of_ticks()
        after = crowd.core.statistics()
        assert after.num_frames_built - before.num_frames_built == NUM_TICKS
        assert after.num_frames_sent - before.num_frames_sent == NUM_TICKS * num
