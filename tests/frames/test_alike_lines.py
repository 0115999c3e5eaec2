"""Frames of lines that are looked at together are those of lines that are looked at one by one, byte for byte."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cadran as cd
from cadran.clock import Instant
from cadran.engine.core import Core
from cadran.engine.messages import Connected, Input, Rang, Received
from cadran.frames.message import Header, RawPiece, split_message
from cadran.frames.wire import COMMIT, FIRST, VERSION, Ack, Hello, PanelView, View
from cadran.jobs import JobDone
from cadran.screen.program import Program

NAMES = "abcde"
WALL = 1_800_000_000.0
Frame = tuple[Header, list[bytes]]


class Bench:
    """One core, one viewer of four charts, and a clock."""

    def __init__(self, *, is_grouping: bool, px: int = 60) -> None:
        self.press = press = cd.channel("press", keep="40s")

        @cd.screen("Lines", slug="lines")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            for name in "abc":
                ui.line(name, press.series(name), window="10s", key=name)
            ui.line("Two", press.series("d"), press.series("e"), window="10s", key="two")

        self.now = Instant(1_000.0, WALL)
        self.core = Core(Program([screen]), self.now, epoch="e", stopwatch=lambda: 0.0)
        if not is_grouping:
            self.core._builder.alike.find = lambda *given: {}  # type: ignore[method-assign]
        self._done: list[Input] = []
        self._num_bytes = 0
        press.attach(lambda: None)
        views = tuple(PanelView(i=index, px=px) for index in range(4))
        self.step(Connected(1, "lines"), self._said(Hello(version=VERSION, view=View(n=1, panels=views))))

    def _said(self, message: Hello | View | Ack) -> Received:
        return Received(1, msgspec.json.encode(message), self.now.mono)

    def step(self, *inputs: Input) -> list[Frame]:
        """Go on until nothing is under way; return what the viewer got, pieces in the order of their bytes."""
        got: list[tuple[Header, list[RawPiece]]] = []
        for _ in range(3):
            ack = [self._said(Ack(s=0.0, bytes=float(self._num_bytes)))] if self._num_bytes else []
            outputs = self.core.step(self.now, [*self._done, *inputs, *ack])
            self._done, inputs = [JobDone(job, job.run()) for job in outputs.jobs], ()
            for _, data in outputs.deliveries:
                assert isinstance(data, bytes)
                self._num_bytes += len(data)
                got.append(split_message(data))
            if not self._done:
                break
        return frames_of(got)

    def tick(self, updates: list[Any]) -> list[Frame]:
        """Let 0.1 s pass, with these updates."""
        self.now = Instant(self.now.mono + 0.1, self.now.wall + 0.1)
        if updates:
            self.press.send(*updates)
        return self.step(Rang())


def frames_of(messages: list[tuple[Header, list[RawPiece]]]) -> list[Frame]:
    """Return frames with their pieces in the order of their bytes: what takes long goes in a message of its own, and
    how long it takes depends on how many lines are looked at together."""
    frames: list[Frame] = []
    pieces: list[bytes] = []
    for header, some in messages:
        pieces += [repr((one[:3], bytes(one.payload))).encode() for one in some]
        if header.flags & COMMIT:
            frames.append((header._replace(flags=header.flags & ~FIRST, num_pieces=len(pieces)), sorted(pieces)))
            pieces = []
    assert not pieces
    return frames


def batch(name: str, end: float, num_points: int, seed: int, kind: str) -> cd.ChartDataUpdated:
    xs = end - 0.1 + np.arange(num_points) * (0.1 / max(1, num_points))
    ys = np.random.default_rng([seed, ord(name)]).normal(50.0, 10.0, num_points)
    if kind == "flat":
        ys = np.full(num_points, 0.1)
    elif kind == "gap":
        ys[num_points // 2 :] = math.nan
    elif kind == "late":
        xs -= 3.0
    elif kind == "own":
        xs += 0.001
    return cd.ChartDataUpdated.xy(name, xs, ys, replace=kind == "replace")


TICKS = st.lists(
    st.tuples(
        st.sampled_from([1, 7, 40, 100]),
        st.dictionaries(
            st.sampled_from(NAMES), st.sampled_from(["none", "flat", "gap", "late", "own", "replace"]), max_size=3
        ),
    ),
    min_size=3,
    max_size=10,
)


@settings(max_examples=30, deadline=None)
@given(TICKS, st.sampled_from([5, 60, 2_000]))
def test_frames_are_those_of_each_line_alone(ticks: list[tuple[int, dict[str, str]]], px: int) -> None:
    together, alone = Bench(is_grouping=True, px=px), Bench(is_grouping=False, px=px)
    for number, (num_points, odd) in enumerate([(100, {}), (100, {}), *ticks]):
        kinds = {name: odd.get(name, "") for name in NAMES}
        end = together.now.wall + 0.1
        updates = [batch(name, end, num_points, number, kind) for name, kind in kinds.items() if kind != "none"]
        assert together.tick(updates) == alone.tick(updates)
    assert together.core.statistics() == alone.core.statistics()


def test_frames_are_the_same_where_the_points_of_some_came_at_another_rate_before() -> None:
    together, alone = Bench(is_grouping=True, px=60), Bench(is_grouping=False, px=60)
    for number in range(120):
        sizes = {name: 100 if number >= 100 else 2 if name in "ad" else 20 for name in NAMES}
        end = together.now.wall + 0.1
        updates = [batch(name, end, num_points, number, "") for name, num_points in sizes.items()]
        assert together.tick(updates) == alone.tick(updates)
    assert together.core._builder.alike.num_encoded > 0


@pytest.mark.parametrize("points_per_tick", [1, 20, 100])
def test_lines_with_the_same_x_are_encoded_together(points_per_tick: int) -> None:
    bench = Bench(is_grouping=True)
    for number in range(80):
        bench.tick([batch(name, bench.now.wall + 0.1, points_per_tick, number, "") for name in NAMES])
    before = bench.core._builder.alike.num_encoded
    for number in range(10):
        bench.tick([batch(name, bench.now.wall + 0.1, points_per_tick, number, "") for name in NAMES])
    assert bench.core._builder.alike.num_encoded - before == 10 * len(NAMES)
