"""An engine on its own thread: it starts whole or not at all, and leaves nothing behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable

import pytest

import cadran as cd
from cadran.channel import Channel
from cadran.clock import Instant
from cadran.engine import Engine
from cadran.engine.core import Core
from cadran.engine.measuring import Measuring
from cadran.engine.messages import Input, Outputs, Rang, RecalculationAsked, RefreshAsked, RepaintAsked
from cadran.errors import UsageError
from cadran.jobs import JobDone
from cadran.screen.program import Program

WAIT_SECS = 60.0


def program_of(*channels: Channel) -> Program:
    @cd.screen("Press")
    def press(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for channel in channels:
            ui.kpi(channel.name, channel.kpi("t"))

    return Program([press])


def test_a_second_engine_for_a_channel_is_refused_at_its_start() -> None:
    free, shared, begun = cd.channel("free"), cd.channel("shared"), []

    @free.feed
    def feed(send: cd.Sender, stop: cd.Stop) -> None:
        begun.append(stop)
        stop.wait()

    first, second = Engine(program_of(shared)), Engine(program_of(free, shared))
    first.start()
    try:
        first.inspect("press").result(WAIT_SECS)  # all that it opens is open
        before, num_files = set(threading.enumerate()), len(os.listdir("/dev/fd"))
        for _ in range(2):
            with pytest.raises(UsageError, match="'shared': expected no engine attached"):
                second.start()
        assert set(threading.enumerate()) == before
        assert len(os.listdir("/dev/fd")) == num_files
        assert not begun
    finally:
        first.stop()
    second.start()  # what the failed start had bound was undone
    second.stop()
    assert len(begun) == 1


def test_a_fault_of_the_engine_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    press = cd.channel("press")
    before = set(threading.enumerate())
    engine = Engine(program_of(press))

    def broken(now: object, inputs: object) -> None:
        raise RuntimeError("a fault of the engine")

    monkeypatch.setattr("cadran.engine.core.Core.step", broken)
    engine.start()
    for thread in threading.enumerate():
        if thread.name == "cadran engine":
            thread.join(WAIT_SECS)
    assert set(threading.enumerate()) == before
    engine.stop()
    press.attach(lambda: None)  # another engine may have it


def test_all_feeders_share_one_deadline() -> None:
    press, deaf = cd.channel("press"), threading.Event()
    for _ in range(20):

        @press.feed
        def feed(send: cd.Sender, stop: cd.Stop) -> None:
            deaf.wait(WAIT_SECS)

    engine = Engine(program_of(press))
    engine.start()
    try:
        engine.stop(15.0)  # one second each would take twenty
        assert "cadran engine" not in {thread.name for thread in threading.enumerate()}
    finally:
        deaf.set()


def test_what_is_asked_often_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may ask in a loop while the engine is busy."""
    press = cd.channel("press")

    @cd.source(every="1h")
    def stock() -> float:
        return 1.0

    @cd.metric(stock)
    def double(value: float) -> float:
        return 2 * value

    @cd.screen("Press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Stock", stock)
        ui.kpi("Double", double)
        ui.kpi("Press", press.kpi("t"))

    step, steps = Core.step, []
    is_busy, go_on, is_done = threading.Event(), threading.Event(), threading.Event()

    def watched(self: Core, now: Instant, inputs: Iterable[Input] = ()) -> Outputs:
        inputs = list(inputs)
        if any(isinstance(one, RefreshAsked) for one in inputs):
            steps.append(inputs)
            (is_done if is_busy.is_set() else is_busy).set()
            go_on.wait(WAIT_SECS)
        return step(self, now, inputs)

    monkeypatch.setattr(Core, "step", watched)
    engine = Engine(Program([screen]))
    engine.start()
    try:
        stock.refresh()
        assert is_busy.wait(WAIT_SECS)
        for number in range(1_000):
            stock.refresh()
            double.needs_recalculation(f"cause {number}")
            screen.request_repaint()
            press.send(cd.KpiUpdated("t", number))
        go_on.set()
        assert is_done.wait(WAIT_SECS)
    finally:
        go_on.set()
        engine.stop()
    refresh, repaint = RefreshAsked(stock.id), RepaintAsked(screen.slug)
    asked = [one for one in steps[1] if not isinstance(one, Rang | JobDone)]
    assert asked == [refresh, RecalculationAsked(double, "cause 999"), repaint]


def test_what_is_measured_is_looked_at_in_the_engines_own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    measuring = Core.measuring

    def noted(self: Core, now: Instant) -> Measuring:
        threads.append(threading.current_thread().name)
        return measuring(self, now)

    monkeypatch.setattr(Core, "measuring", noted)
    engine = Engine(program_of(cd.channel("press")))
    engine.start()
    assert engine._is_ready.wait(WAIT_SECS)
    try:
        engine.measure().result(WAIT_SECS)
        engine.measure_screen("press").result(WAIT_SECS)
    finally:
        engine.stop()
    assert threads == ["cadran engine"] * 2
