"""How long the engine holds its loop: whatever its thread does but to wait is counted, each moment once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.engine.test_acks_wake_nobody import ACK, HELLO, Outbox, until

import cadran as cd
from cadran.engine import Engine
from cadran.engine.bell import Bell
from cadran.engine.core import Core
from cadran.engine.looks import Looks
from cadran.engine.pool import Pool
from cadran.frames.costs import Costs
from cadran.screen.program import Program

NUM_VALUES = 20


def test_all_but_waiting_counts_as_holding_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def note(owner: type, name: str, word: str) -> None:
        method: Callable[..., Any] = getattr(owner, name)

        def noted(*given: Any, **named: Any) -> Any:
            done.append(word)
            return method(*given, **named)

        monkeypatch.setattr(owner, name, noted)

    note(Costs, "begin_step", "(")
    note(Costs, "end_step", ")")
    note(Bell, "wait", "waits")
    for owner, name in ((Core, "step"), (Pool, "relieve"), (Looks, "go_on"), (Engine, "_is_ack_due")):
        note(owner, name, name)
    press = cd.channel("press")

    @cd.screen("Press", slug="press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Value", press.kpi("value"))

    engine, outbox = Engine(Program([screen])), Outbox()
    engine.start()
    viewer = engine.connect("press", outbox)
    engine.receive(viewer, HELLO)
    for number in range(NUM_VALUES):
        num_done = len(done)
        press.send(cd.KpiUpdated("value", float(number)))
        engine.receive(viewer, ACK)
        until(engine, lambda: "step" in done[num_done:])  # noqa: B023  # it is called within this turn
    engine.stop()
    is_held, num_holds, num_steps = False, 0, 0
    for word in done:
        if word in "()":
            assert is_held == (word == ")"), "one hold at a time"
            is_held = word == "("
            num_holds += is_held
        else:
            assert is_held == (word != "waits"), word
            num_steps += word == "step"
    assert {"relieve", "_is_ack_due", "go_on", "waits"} <= set(done)
    assert num_steps >= NUM_VALUES
    first, *others = "".join({"(": "(", ")": ")", "step": "s"}.get(word, "") for word in done).split("(s")
    assert len(others) == num_steps, "each step begins a hold of its own"
    assert not first
