"""S2: with a token set, every route is walked without it, and only the reviewed list passes."""

from __future__ import annotations

import pytest
from tests.security.routes import all_paths
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import TOKEN, FakeEngine, FakeProgram, ask, open_socket

from cadran.server import asgi_app
from cadran.server.auth import ANONYMOUS_PATHS

REVIEWED = {"/healthz", "/readyz", "/login", "/plain.css", "/tokens.css"}
TRICKS = [
    "/healthz/../api/screens",
    "//api/screens",
    "/api/screens/",
    "/HEALTHZ",
    "/healthz/",
    "/readyz;/ws",
    "/s/shop/healthz",
]


def test_s02_the_list_is_the_reviewed_one() -> None:
    assert ANONYMOUS_PATHS == REVIEWED


@UP_AND_DOWN
@pytest.mark.parametrize("path", [path for path in all_paths() if path not in REVIEWED])
def test_s02_no_other_route_answers(path: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("token", monkeypatch)
    engine, program = FakeEngine(), FakeProgram()
    app = asgi_app(program, engine=engine, token=TOKEN)
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        answer = ask(app, path, method, {"Content-Type": "application/json"}, b'{"a": 1}')
        assert (answer.status == 401) is is_up
        if is_up:
            assert b"Shop" not in answer.body
    socket = open_socket(app, path)
    if is_up:
        assert socket.status == 401
        assert program.press.updates == []
        assert engine.num_starts == 0
    elif path.endswith("/ws"):
        assert socket.status == 101


@pytest.mark.parametrize("path", TRICKS)
def test_s02_no_spelling_gets_around_it(path: str) -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), token=TOKEN)
    assert ask(app, path).status == 401
    assert open_socket(app, path).status == 401


def test_s02_mounted_too() -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), token=TOKEN)
    assert ask(app, "/healthz/api/screens", root_path="/healthz").status == 401
    assert ask(app, "/live/healthz", root_path="/live").status == 200
    assert ask(app, "/live", root_path="/live").status == 401


@pytest.mark.parametrize("path", sorted(REVIEWED - {"/login"}))
def test_s02_the_list_names_no_screen(path: str) -> None:
    answer = ask(asgi_app(FakeProgram("Secret plan"), engine=FakeEngine(), token=TOKEN), path)
    assert answer.status == 200
    assert b"ecret" not in answer.body
