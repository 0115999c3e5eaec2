"""Work that takes longer than a turn goes on in the next steps, and gives what it gives in one: byte for byte."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import polars as pl
import pytest
from tests.engine.turning import NUM_KPIS, NUM_LINES, NUM_PANELS, STEPS_MAX, Bench, hurried, plant

import cadran as cd
from cadran import testing
from cadran.clock import Instant
from cadran.engine import audience, inspecting, stages
from cadran.engine.messages import Connected, DescriptionChanged, Disconnected, InspectAsked, Rang, Received
from cadran.frames import builder, encode
from cadran.frames.builder import FrameBuilder
from cadran.frames.holding import Interned
from cadran.frames.shown import ShownScalar, shown_of
from cadran.frames.stage import Stage
from cadran.frames.wire import VERSION, Ack, Hello, PanelView, View
from cadran.metrics.graph import Graph
from cadran.store import tables

pytestmark = pytest.mark.usefixtures("small_portions")


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


@pytest.mark.parametrize("first", [Connected(1, "plant"), InspectAsked(1, "plant", 0.0)])
def test_a_screen_is_met_in_portions_whoever_comes_first(first: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(*given: Any) -> Any:
        made[-1] += 1
        return shown_of(*given)

    monkeypatch.setattr(stages, "shown_of", counted)
    bench = Bench(hurried())
    inputs = [first]
    made.append(0)
    while bench.step(0.0, inputs).wake_mono == bench.now.mono and not bench.core.num_ticks:
        inputs = []
        made.append(0)
    assert max(made) == 1
    assert sum(made) == len(bench.core.stage("plant").shown)


@pytest.mark.parametrize("is_wide", [False, True])
def test_a_wide_screens_stage_begins_with_a_turn(is_wide: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: dict[str, int] = {}

    def shaped(*given: Any) -> Any:
        steps["shapes"] = bench.num_steps
        return shown_of(*given)

    def staged(*given: Any, **more: Any) -> Any:
        steps["stage"] = bench.num_steps
        return Stage(*given, **more)

    monkeypatch.setattr(stages, "shown_of", shaped)
    monkeypatch.setattr(stages, "Stage", staged)
    monkeypatch.setattr(stages, "SHAPES_AT_ONCE", NUM_PANELS - 1 if is_wide else 10 * NUM_PANELS)
    looks = itertools.count()
    bench = Bench(lambda: next(looks) * stages.STAGE_SECS / 6)  # a few looks leave too little of a turn
    bench.give(Connected(1, "plant"))
    assert steps["stage"] - steps["shapes"] == is_wide


def test_what_a_wide_frame_holds_and_its_messages_are_made_in_different_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[set[str]] = []

    def note(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def noted(*given: Any, **more: Any) -> Any:
            done[-1].add(name)
            return real(*given, **more)

        monkeypatch.setattr(owner, name, noted)

    for owner, name in ((FrameBuilder, "_part_once"), (Interned, "holding"), (builder, "Frame")):
        note(owner, name)
    bench = Bench(hurried())
    bench.press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    step = bench.core.step

    def stepped(*given: Any) -> Any:
        done.append(set())
        return step(*given)

    monkeypatch.setattr(bench.core, "step", stepped)
    bench.hello(1, range(NUM_PANELS))
    bench.pass_time(0.1)
    assert {"holding"} in done
    assert {"Frame"} in done
    assert max(map(len, done)) == 1


def test_law04_what_viewers_say_meanwhile_waits_and_is_not_lost() -> None:
    bench = Bench(hurried())
    bench.give(Connected(1, "plant"))
    bench.say(1, Hello(version=VERSION, view=View(n=1, panels=tuple(PanelView(i=i) for i in range(NUM_PANELS)))))
    bench.press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    bench.now = Instant(bench.now.mono + 1.0, bench.now.wall + 1.0)
    num_sent = len(bench.sent[1])
    bench.step(0.0, [Rang()])
    num_said = num_steps = 0
    while bench.core.graph.is_under_way or bench.core._serving.is_busy or not num_said:
        num_steps += 1
        assert num_steps < STEPS_MAX
        number = 2 + num_steps
        view = Received(1, msgspec.json.encode(View(n=number)), bench.now.mono)
        is_busy = bench.core._serving.is_busy
        num_said += is_busy
        outputs = bench.step(0.00001, [Connected(number, "plant"), view] if is_busy else [])
    assert len(bench.sent[1]) > num_sent, "the frame that had begun was sent"
    assert bench.core._waiting, "what came in the last step of it waits"
    while outputs.wake_mono == bench.now.mono:
        outputs = bench.step(0.0)
    assert not bench.core._waiting
    assert len(bench.core.audience) == 1 + num_said
    viewer = next(iter(bench.core.audience.viewers()))
    assert viewer.view.n == number


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
