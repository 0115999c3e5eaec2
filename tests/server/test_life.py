"""The engine starts when it is needed, and ends with the app."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.server.fakes import FakeEngine, FakeProgram, ask, open_socket

from cadran.errors import ClosedError, UsageError
from cadran.server import app as server_app
from cadran.server import asgi_app


async def lifespan(app: Any, between: Any = None) -> list[str]:
    to_app = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    said: list[str] = []

    async def receive() -> Any:
        return next(to_app)

    async def send(message: Any) -> None:
        said.append(message["type"])
        if between is not None and message["type"] == "lifespan.startup.complete":
            between()

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
    return said


def test_an_engine_of_our_own_lives_as_long_as_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()
    monkeypatch.setattr(server_app, "_make_engine", lambda program: engine)
    seen = []
    said = asyncio.run(lifespan(asgi_app(FakeProgram()), lambda: seen.append(engine.is_ready)))
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert seen == [True]
    assert (engine.num_starts, engine.num_stops) == (1, 1)


def test_a_lent_engine_is_left_running() -> None:
    engine = FakeEngine()
    asyncio.run(lifespan(asgi_app(FakeProgram(), engine=engine)))
    assert (engine.num_starts, engine.num_stops) == (1, 0)


def test_without_a_lifespan_the_exit_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()
    at_exit: list[Any] = []
    monkeypatch.setattr(server_app, "_make_engine", lambda program: engine)
    monkeypatch.setattr("atexit.register", at_exit.append)
    monkeypatch.setattr("atexit.unregister", lambda stop: at_exit.remove(stop) if stop in at_exit else None)
    app = asgi_app(FakeProgram())
    ask(app, "/")
    assert engine.num_starts == 0
    open_socket(app)
    open_socket(app)
    assert engine.num_starts == 1
    at_exit[0]()
    assert engine.num_stops == 1
    assert at_exit == []


def test_an_engine_that_a_fault_ended_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = [FakeEngine(), FakeEngine()]
    made = iter(engines)
    monkeypatch.setattr(server_app, "_make_engine", lambda program: next(made))
    app = asgi_app(FakeProgram())
    assert open_socket(app).status == 101

    def dead() -> None:
        raise ClosedError("this engine was stopped; make another one")

    monkeypatch.setattr(engines[0], "start", dead)
    assert open_socket(app).status == 101
    assert engines[1].is_ready
    app.life.stop()


def test_an_engine_that_cannot_start_is_tried_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Unstartable(FakeEngine):
        def start(self) -> None:
            raise UsageError("channel 'press' feeds another engine")

    made: list[FakeEngine] = []

    def make(program: object) -> FakeEngine:
        made.append(Unstartable())
        return made[-1]

    monkeypatch.setattr(server_app, "_make_engine", make)
    app = asgi_app(FakeProgram())
    for _ in range(3):
        answer = ask(app, "/api/screens/shop")
        assert (answer.status, answer.error) == (503, "not_started")
        assert answer.json()["error"]["message"] == "channel 'press' feeds another engine"
        assert open_socket(app).json() == answer.json()
        probe = ask(app, "/readyz")
        assert (probe.status, probe.error) == (503, "not_started")
        assert b"press" not in probe.body  # it answers without the token
    assert len(made) == 1
    assert caplog.text.count("feeds another engine") == 1
    with pytest.raises(UsageError, match="feeds another engine"):
        app.life.start()


def test_a_lent_engine_that_was_stopped_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()

    def dead() -> None:
        raise ClosedError("this engine was stopped; make another one")

    monkeypatch.setattr(engine, "start", dead)
    app = asgi_app(FakeProgram(), engine=engine)
    assert open_socket(app).status == 503
    answer = ask(app, "/api/screens/shop")
    assert (answer.status, answer.error) == (503, "stopped")


def test_outlets_of_ended_loops_are_let_go() -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine())
    for _ in range(5):
        open_socket(app)
    assert len(app.life._outlets) == 1
