"""An engine on its own thread: it starts whole or not at all, and leaves nothing behind."""

from __future__ import annotations

import os
import threading

import pytest

import cadran as cd
from cadran.channel import Channel
from cadran.engine import Engine
from cadran.errors import UsageError
from cadran.screen.program import Program

WAIT_SECS = 10.0


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
    for _ in range(4):

        @press.feed
        def feed(send: cd.Sender, stop: cd.Stop) -> None:
            deaf.wait(WAIT_SECS)

    engine = Engine(program_of(press))
    engine.start()
    try:
        engine.stop(3.5)  # one second each would take four
        assert "cadran engine" not in {thread.name for thread in threading.enumerate()}
    finally:
        deaf.set()
