"""Work that takes longer than a turn goes on in the next steps, and gives what it gives in one: byte for byte."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.clock import Instant
from cadran.engine import audience, inspecting, stages
from cadran.engine.core import Core
from cadran.engine.messages import Connected, DescriptionChanged, Disconnected, Input, InspectAsked, Rang, Received
from cadran.engine.report import ScreenReport
from cadran.frames import builder, encode, long_tables, stage
from cadran.frames.builder import FrameBuilder
from cadran.frames.shown import ShownScalar
from cadran.frames.wire import VERSION, Ack, Hello, PanelView, View
from cadran.jobs import JobDone
from cadran.metrics import graph
from cadran.metrics.graph import Graph
from cadran.screen.program import Program
from cadran.store import tables
from cadran.timings import Stopwatch

NUM_KPIS, NUM_LINES = 6, 4
NUM_PANELS = NUM_KPIS + NUM_LINES + 4
STEPS_MAX = 10_000


def hurried() -> Stopwatch:
    """By this stopwatch each turn is over when it is first asked about."""
    return itertools.count(1).__next__


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (builder, stage, inspecting):
        monkeypatch.setattr(module, "PANELS_AT_ONCE", 1)
    monkeypatch.setattr(stages, "SHAPES_AT_ONCE", 1)
    for module in (tables, encode, long_tables):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(builder, "PANELS_TOGETHER", 3)
    monkeypatch.setattr(graph, "NODES_AT_ONCE", 1)


def plant() -> tuple[cd.Channel, cd.DashboardScreen]:
    press = cd.channel("press", keep="40s")

    @cd.metric(press.series("v0").last("5s"))
    def spread(points: cd.Points) -> float:
        return float(points.ys.max() - points.ys.min()) if len(points.ys) else 0.0

    @cd.screen("Plant", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number in range(NUM_KPIS):
            ui.kpi(f"K{number}", press.kpi(f"k{number}"))
        for number in range(NUM_LINES):
            ui.line(f"V{number}", press.series(f"v{number}"), window="10s")
        ui.kpi("Mean", press.series("v0").last("5s").mean())
        ui.kpi("Spread", spread)
        ui.table("Rows", press.table("rows", key="id"), rows=2_000)
        ui.table("Plain", press.table("plain"), rows=100)

    return press, screen


class Bench:
    """A core that is driven until it has nothing more to do, and what it sent to whom."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self.press, screen = plant()
        self.now = Instant(1_000.0, 1_800_000_000.0)
        self.core = Core(Program([screen]), self.now, epoch="e", stopwatch=stopwatch, rng=lambda: 0.5)
        self.press.attach(lambda: None)
        self.sent: dict[int, list[object]] = defaultdict(list)
        """By viewer; it does not matter in which order several are served."""
        self.reports: list[tuple[int, ScreenReport]] = []
        self.num_bytes: Counter[int] = Counter()
        self.num_steps = 0

    def give(self, *inputs: Input) -> None:
        """Give one after the other, and run what is asked for."""
        waiting = list(inputs)
        for _ in range(STEPS_MAX):
            self.num_steps += 1
            self.core.costs.begin_step()
            outputs = self.core.step(self.now, [waiting.pop(0)] if waiting else [])
            self.core.costs.end_step()
            self.reports += outputs.reports
            for viewer, data in outputs.deliveries:
                self.sent[viewer].append(data)
                self.num_bytes[viewer] += len(data) if isinstance(data, bytes) else 0
            waiting += [JobDone(job, job.run()) for job in outputs.jobs]
            if not waiting and (outputs.wake_mono is None or outputs.wake_mono > self.now.mono):
                return
        raise AssertionError("it never comes to an end")

    def pass_time(self, secs: float) -> None:
        self.now = Instant(self.now.mono + secs, self.now.wall + secs)
        self.give(Rang())

    def say(self, viewer: int, message: Any) -> None:
        self.give(Received(viewer, msgspec.json.encode(message), self.now.mono))


def view_of(rng: random.Random, number: int) -> View:
    panels = rng.sample(range(NUM_PANELS), rng.choice([0, 3, NUM_PANELS, NUM_PANELS]))
    zoomed = {"x0": 1_800_000_000.0, "x1": 1_800_000_003.0} if rng.random() < 0.2 else {}
    views = tuple(PanelView(i=i, px=rng.choice([60, 300]), **zoomed) for i in panels)
    return View(n=number, panels=views, paused=rng.random() < 0.2, hidden=rng.random() < 0.1)


def updates(rng: random.Random, now: Instant) -> Iterator[Any]:
    for number in range(NUM_KPIS):
        if rng.random() < 0.5:
            values: list[cd.Scalar] = [1.0, 2.0, float("nan"), "text", True]
            yield cd.KpiUpdated(f"k{number}", rng.choice(values))
    for number in range(NUM_LINES):
        if rng.random() < 0.7:
            late = 3.0 if rng.random() < 0.1 else 0.0
            yield cd.ChartDataUpdated(f"v{number}", [(now.wall - 0.01 * i - late, rng.random()) for i in range(5)])
    for name in ("rows", "plain"):
        if rng.random() < 0.4:
            rows = [{"id": i, "a": rng.choice([1.0, 2.0]), "b": "x" * 90} for i in range(rng.choice([3, 40, 1_500]))]
            yield cd.TableUpdated(name, rows, key="id" if name == "rows" else None)


def live_through(bench: Bench, seed: int) -> None:
    """Viewers come and go, look here and there, pause, and acknowledge now and then."""
    rng = random.Random(seed)
    here: dict[int, int] = {}
    for number in range(1, 30):
        what = rng.random()
        if not here or (what < 0.15 and len(here) < 4):
            here[number] = 1
            bench.give(Connected(number, "plant"))
            bench.say(number, Hello(version=VERSION, view=view_of(rng, 1)))
        elif what < 0.2:
            viewer = rng.choice(list(here))
            del here[viewer]
            bench.give(Disconnected(viewer))
        elif what < 0.5:
            viewer = rng.choice(list(here))
            here[viewer] += 1
            bench.say(viewer, view_of(rng, here[viewer]))
        elif what < 0.52:
            bench.give(DescriptionChanged("plant"))
        elif what < 0.57:
            bench.give(InspectAsked(number, "plant", 1.0))
        for viewer in here:
            if rng.random() < 0.7:
                bench.say(viewer, Ack(s=0.0, bytes=float(bench.num_bytes[viewer])))
        bench.press.send(*updates(rng, bench.now))
        bench.pass_time(rng.choice([0.01, 0.04, 0.2, 1.5]))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_done_in_many_steps_is_what_is_done_in_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BEAT_SECS", 1e9)  # beats go when a step is over, whatever is left to the next
    at_once, in_turns = Bench(lambda: 0.0), Bench(hurried())
    for bench in (at_once, in_turns):
        live_through(bench, seed)
    assert in_turns.num_steps > 3 * at_once.num_steps
    assert sum(map(len, at_once.sent.values())) > 10
    assert in_turns.sent == at_once.sent
    assert len(at_once.reports) == len(in_turns.reports)
    for (_, one), (_, other) in zip(at_once.reports, in_turns.reports, strict=True):
        assert [panel.value for panel in one.panels] == [panel.value for panel in other.panels]
        assert [panel.rows for panel in one.panels] == [panel.rows for panel in other.panels]


def test_a_step_does_one_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a turn that is over from the beginning leaves to one step, of each kind of work."""
    done: Counter[str] = Counter()
    most: Counter[str] = Counter()

    def count(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*given: Any, **more: Any) -> Any:
            done[name] += 1
            return real(*given, **more)

        monkeypatch.setattr(owner, name, counted)

    for owner, name in (
        (FrameBuilder, "_part"),
        (ShownScalar, "refresh"),
        (Graph, "_refresh_leaf"),
        (stages, "shown_of"),
        (inspecting, "panel_report"),
        (Graph, "_recalculate"),
        (tables, "ShownRow"),
        (encode, "_rows_of"),
    ):
        count(owner, name)
    bench = Bench(hurried())
    bench.core.stage("plant")  # the first look at a screen describes it at once
    step = bench.core.step

    def stepped(*given: Any) -> Any:
        done.clear()
        outputs = step(*given)
        most.update({name: max(0, num - most[name]) for name, num in done.items()})
        return outputs

    monkeypatch.setattr(bench.core, "step", stepped)
    live_through(bench, 0)
    bench.give(DescriptionChanged("plant"), InspectAsked(999, "plant", 1.0))
    bench.pass_time(2.0)
    assert most["_part"] == most["_refresh_leaf"] == most["_recalculate"] == 1
    assert most["refresh"] <= 2, "one panel has one number, and the next begins"
    assert most["ShownRow"] <= 7
    assert most["shown_of"] == most["panel_report"] == 1
    assert 0 < most["_rows_of"] <= 2


def test_law04_what_viewers_say_meanwhile_waits_and_is_not_lost() -> None:
    bench = Bench(hurried())
    bench.give(Connected(1, "plant"))
    bench.say(1, Hello(version=VERSION, view=View(n=1, panels=tuple(PanelView(i=i) for i in range(NUM_PANELS)))))
    bench.press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    bench.now = Instant(bench.now.mono + 1.0, bench.now.wall + 1.0)
    num_sent = len(bench.sent[1])
    outputs = bench.core.step(bench.now, [Rang()])
    num_steps = 0
    while not bench.core._serving.is_busy:
        outputs = bench.core.step(bench.now, [])
    while outputs.wake_mono == bench.now.mono and num_steps < STEPS_MAX:
        num_steps += 1
        number = 2 + num_steps
        said: list[Input] = [
            Connected(number, "plant"),
            Received(1, msgspec.json.encode(View(n=number)), bench.now.mono),
        ]
        outputs = bench.core.step(bench.now, said if num_steps < 5 else [])
        bench.sent[1] += [data for viewer, data in outputs.deliveries if viewer == 1]
    assert len(bench.sent[1]) > num_sent, "the frame that had begun was sent"
    assert len(bench.core.audience) == 5
    viewer = next(iter(bench.core.audience.viewers()))
    assert viewer.view.n == 6


def test_a_long_table_is_cut_where_it_is_cut_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    for num_rows in (1, 8, 300, 3_000):
        state = tables.TableState("id", 5_000)
        rows = [{"id": i, "text": "é" * rng.randrange(60), "value": rng.random()} for i in range(num_rows)]
        state.replace(pl.DataFrame(rows), 3)
        in_portions = encode.table_pieces(0, state, 0.0)
        with monkeypatch.context() as patch:
            patch.setattr(encode, "ROWS_AT_ONCE", 10**9)
            assert encode.table_pieces(0, state, 0.0) == in_portions


def test_law07_a_viewer_never_sees_two_instants_although_a_frame_takes_many_steps() -> None:
    press, screen = plant()
    with testing.open(screen, stopwatch=hurried()) as live:
        viewer = live.viewer()
        for number in range(20):
            values = [cd.KpiUpdated(f"k{i}", float(number)) for i in range(NUM_KPIS)]
            press.send(*values)
            for _ in range(3):  # while the frame is on its way more comes
                live.advance("0.00001s")
                press.send(*(cd.KpiUpdated(f"k{i}", number + 0.5) for i in range(NUM_KPIS)))
                assert len({viewer.value(f"k{i}") for i in range(NUM_KPIS)}) == 1
            live.advance("0.1s")
            assert {viewer.value(f"k{i}") for i in range(NUM_KPIS)} == {number + 0.5}
