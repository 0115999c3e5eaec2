"""The interface for programs, and its one shape of error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.server.fakes import Answer, FakeEngine, FakeProgram, ask, ask_on_loop, http_scope

from cadran.errors import ClosedError, UsageError
from cadran.server import asgi_app
from cadran.updates import ChartDataUpdated, KpiUpdated

JSON = {"Content-Type": "application/json"}


def feed(program: FakeProgram, *chunks: bytes, channel: str = "press", headers: Any = None) -> Answer:
    scope = http_scope(f"/api/channels/{channel}", "POST", {**JSON, **(headers or {})})
    return asyncio.run(ask_on_loop(asgi_app(program, engine=FakeEngine()), scope, *chunks))


def test_health_needs_no_engine_and_readiness_does() -> None:
    engine = FakeEngine()
    app = asgi_app(FakeProgram(), engine=engine)
    assert ask(app, "/healthz").status == 200
    assert engine.num_starts == 0
    assert ask(app, "/readyz").status == 200
    assert engine.num_starts == 1


def test_not_ready_before_the_first_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeEngine, "start", lambda self: None)
    answer = ask(asgi_app(FakeProgram(), engine=FakeEngine()), "/readyz")
    assert (answer.status, answer.error) == (503, "not_ready")


def test_screens_are_listed_and_read() -> None:
    app = asgi_app(FakeProgram("Shop", "Oven"), engine=FakeEngine())
    assert ask(app, "/api/screens").json() == {
        "screens": [{"name": "shop", "title": "Shop"}, {"name": "oven", "title": "Oven"}]
    }
    assert ask(app, "/api/screens/shop").json() == {"screen": "shop", "panels": []}
    unknown = ask(app, "/api/screens/nothing")
    assert (unknown.status, unknown.error) == (404, "no_such_screen")


def test_numbers_that_json_lacks_are_null() -> None:
    engine = FakeEngine()
    engine.report = {"value": float("nan")}
    assert ask(asgi_app(FakeProgram(), engine=engine), "/api/screens/shop").json() == {"value": None}


def test_a_screen_that_is_not_read_in_time_is_504() -> None:
    engine = FakeEngine()
    engine.report = TimeoutError()
    answer = ask(asgi_app(FakeProgram(), engine=engine), "/api/screens/shop")
    assert (answer.status, answer.error) == (504, "screen_too_slow")


def test_updates_reach_the_channel() -> None:
    program = FakeProgram()
    answer = feed(
        program,
        b'[{"type": "KpiUpdated", "key": "temperature", "value": 81.2},',
        b' {"type": "ChartDataUpdated", "series": "vibration", "points": [[1, 2], [2, null]]}]',
    )
    assert (answer.status, answer.json()) == (202, {"updates": 2})
    assert [type(update) for update in program.press.updates] == [KpiUpdated, ChartDataUpdated]


def test_a_large_body_is_decoded_beside_the_loop() -> None:
    program = FakeProgram()
    points = ",".join(f"[{i},{i}]" for i in range(5_000))
    answer = feed(program, f'{{"type":"ChartDataUpdated","series":"s","points":[{points}]}}'.encode())
    assert answer.status == 202
    assert len(program.press.updates) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "bad_updates"),
        (b'[{"type": "Nonsense"}]', {}, 400, "bad_updates"),
        (b"\xff\xfe", {}, 400, "bad_updates"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "bad_type"),
        (b"{}", {"Content-Encoding": "gzip"}, 415, "encoded_body"),
        (b"{}", {"Content-Length": "1048577"}, 413, "body_too_long"),
        (b"{}", {"Content-Length": "9" * 5000}, 413, "body_too_long"),
    ],
)
def test_what_is_refused(body: bytes, headers: dict[str, str], status: int, code: str) -> None:
    program = FakeProgram()
    answer = feed(program, body, headers=headers)
    assert (answer.status, answer.error) == (status, code)
    assert program.press.updates == []


def test_a_body_without_an_end_is_cut_at_one_mebibyte() -> None:
    chunks = [b" " * 65_536] * 17
    answer = feed(FakeProgram(), *chunks)
    assert (answer.status, answer.error) == (413, "body_too_long")
    assert feed(FakeProgram(), b'{"a":1}', *chunks[:15]).status == 202


def test_an_unknown_channel() -> None:
    answer = feed(FakeProgram(), b"{}", channel="nothing")
    assert (answer.status, answer.error) == (404, "no_such_channel")


def test_a_closed_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()

    def closed(*updates: Any) -> None:
        raise ClosedError("channel 'press' is closed")

    monkeypatch.setattr(program.press, "send", closed)
    answer = feed(program, b'{"a": 1}')
    assert (answer.status, answer.error) == (409, "channel_closed")


def test_an_update_that_the_channel_refuses_is_400(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()

    def wrong(*updates: Any) -> None:
        raise UsageError("value must be a number, got [1]")

    monkeypatch.setattr(program.press, "send", wrong)
    answer = feed(program, b'{"a": 1}')
    assert answer.json() == {
        "error": {"code": "bad_updates", "message": "value must be a number, got [1]", "where": "body"}
    }


def test_a_fault_of_ours_is_500_and_says_nothing_of_its_cause() -> None:
    engine = FakeEngine()
    engine.report = RuntimeError("password=hunter2")

    async def scene() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        with pytest.raises(RuntimeError):  # raised again, for the server's log
            await asgi_app(FakeProgram(), engine=engine)(http_scope("/api/screens/shop"), receive, send)
        return sent

    start, body = asyncio.run(scene())
    assert start["status"] == 500
    assert b"hunter2" not in body["body"]
