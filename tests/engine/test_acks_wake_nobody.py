"""Acknowledgements are most of what viewers say: they wake the engine only where something waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest

import cadran as cd
from cadran.engine import Close, Engine
from cadran.frames.wire import VERSION, Ack, Hello, View
from cadran.screen.program import Program

HELLO = msgspec.json.encode(Hello(version=VERSION, view=View(n=1)))
ACK = msgspec.json.encode(Ack(s=1, bytes=10))


class Outbox:
    """Keeps what the engine delivers."""

    def __init__(self) -> None:
        self.batches: list[list[tuple[int, bytes | Close]]] = []

    def deliver(self, batch: list[tuple[int, bytes | Close]]) -> None:
        self.batches.append(batch)


@pytest.fixture
def engine() -> Iterator[Engine]:
    @cd.screen("Text", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.text("Nothing", "Nothing at all.")

    engine = Engine(Program([screen]))
    engine.start()
    assert engine._is_ready.wait(60.0)
    yield engine
    engine.stop()


def until(engine: Engine, is_so: Callable[[], bool]) -> None:
    """Let the engine go on, from step to step, until something is so."""
    for _ in range(10_000):
        if is_so():
            return
        engine.statistics()  # answered between two steps
    raise AssertionError("it never came about")


def welcomed(engine: Engine) -> int:
    outbox = Outbox()
    viewer = engine.connect("text", outbox)
    engine.receive(viewer, HELLO)
    until(engine, lambda: bool(outbox.batches))
    return viewer


def test_an_acknowledgement_that_nothing_waits_for_wakes_nobody(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, rings = welcomed(engine), list[bool]()
    until(engine, lambda: not engine._core.audience.is_waiting(viewer))  # type: ignore[union-attr]
    monkeypatch.setattr(engine._bell, "ring", lambda: rings.append(True))
    engine.receive(viewer, ACK)
    assert not rings
    engine.receive(viewer, b'{"t":"refresh"}')
    assert rings, "all else does"


def test_one_that_is_waited_for_wakes_the_engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, rings = welcomed(engine), list[bool]()
    known = next(iter(engine._core.audience.viewers()))  # type: ignore[union-attr]
    known.is_blocked = True
    monkeypatch.setattr(engine._bell, "ring", lambda: rings.append(True))
    engine.receive(viewer, ACK)
    assert rings
    core = engine._core
    assert core is not None
    assert engine._is_ack_due(core), "and one that came before it was waited for is not slept upon"


def test_many_are_not_put_off(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, rings = welcomed(engine), list[bool]()
    until(engine, lambda: not engine._core.audience.is_waiting(viewer))  # type: ignore[union-attr]
    monkeypatch.setattr(engine._bell, "ring", lambda: rings.append(True))
    for _ in range(2_000):
        engine.receive(viewer, ACK)
        if rings:
            return
    raise AssertionError("2,000 acknowledgements woke nobody")
