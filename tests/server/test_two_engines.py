"""An engine that ended by a fault tells its own viewers, and not those of the one that took its place."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

import cadran as cd
from cadran.engine import Close, Engine
from cadran.engine.core import Core
from cadran.engine.messages import Outputs
from cadran.screen.program import Program
from cadran.server.life import Life

PATIENCE_SECS = 60.0


class Told:
    """A session that keeps what it is given."""

    def __init__(self) -> None:
        self.items: list[bytes | Close] = []
        self.is_closed = asyncio.Event()

    def put(self, item: bytes | Close) -> None:
        self.items.append(item)
        if isinstance(item, Close):
            self.is_closed.set()

    def put_all(self, items: Sequence[bytes | Close]) -> None:
        for item in items:
            self.put(item)

    def put_now(self, item: bytes | Close) -> bool:
        return False

    def abandon(self) -> None: ...


def test_the_viewers_of_an_engine_that_ended_are_told_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    press = cd.channel("press")
    may_end = threading.Event()

    @press.feed
    def sample(send: cd.Sender, stop: cd.Stop) -> None:
        may_end.wait(PATIENCE_SECS)  # a device that takes a while to let go: the engine waits for it a second

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("t"))

    step, has_failed = Core.step, threading.Event()

    def failing(self: Core, *rest: Any) -> Outputs:
        if is_ending.is_set() and not has_failed.is_set():
            has_failed.set()
            raise RuntimeError("a fault of ours")
        return step(self, *rest)

    is_ending = threading.Event()
    monkeypatch.setattr(Core, "step", failing)

    async def scene() -> None:
        life = Life(lambda: Engine(Program([screen])))
        try:
            outlet, old, new = life.outlet(), Told(), Told()
            ending = life.engine()
            is_ending.set()
            outlet.add(ending.connect("press", outlet), old)
            async with asyncio.timeout(PATIENCE_SECS):
                await asyncio.to_thread(has_failed.wait, PATIENCE_SECS)
                fresh = ending
                for _ in range(1_000_000):  # it has failed, and knows it in a moment
                    fresh = life.engine()
                    if fresh is not ending:
                        break
                    await asyncio.sleep(0)
                outlet.add(fresh.connect("press", outlet), new)
                may_end.set()
                await old.is_closed.wait()
            assert [type(item) for item in old.items] == [Close], "it is told that its engine is gone"
            assert not new.items, "and nobody else is"
        finally:
            await asyncio.to_thread(life.stop)

    asyncio.run(scene())
