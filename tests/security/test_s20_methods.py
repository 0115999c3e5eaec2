"""S20: GET and HEAD change nothing, POST checks its Origin, and no other method is known."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.routing import Route
from tests.security.routes import all_paths
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import FakeEngine, FakeProgram, ask

from cadran.server import asgi_app

JSON = {"Content-Type": "application/json"}


@UP_AND_DOWN
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_s20_reading_changes_nothing(method: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:

        def any_method(path: str, endpoint: Any, methods: list[str]) -> Route:
            return Route(path, endpoint, methods=["GET", "POST"])

        monkeypatch.setattr("cadran.server.api.Route", any_method)
    program, engine = FakeProgram(), FakeEngine()
    app = asgi_app(program, engine=engine)
    for path in all_paths():
        for query in ("", "?refresh=1", "?_method=POST", "?a=1&send=1"):
            ask(app, path + query, method, {**JSON, "X-HTTP-Method-Override": "POST"}, b'{"a": 1}')
    assert (program.press.updates == []) is is_up
    assert engine.received == []
    assert engine.viewers == {}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "POTS"])
def test_s20_other_methods_are_not_allowed(method: str) -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine())
    for path in all_paths():
        if path != "/login":
            answer = ask(app, path, method, JSON, b"{}")
            assert (answer.status, answer.error) == (405, "method_not_allowed")


def test_s20_only_channels_take_a_post() -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    taken = [path for path in all_paths() if ask(app, path, "POST", JSON, b'{"a": 1}').status == 202]
    assert taken == ["/api/channels/press"]


@UP_AND_DOWN
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999"])
def test_s20_a_post_from_elsewhere(origin: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("origin", monkeypatch)
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    answer = ask(app, "/api/channels/press", "POST", {**JSON, "Origin": origin}, b'{"a": 1}')
    assert answer.status == (403 if is_up else 202)
    assert (program.press.updates == []) is is_up


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_s20_what_a_form_of_another_page_could_send_is_not_taken(kind: str) -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    assert ask(app, "/api/channels/press", "POST", {"Content-Type": kind}, b'{"a": 1}').status == 415
    assert program.press.updates == []
