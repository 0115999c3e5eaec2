"""S8: data only as data, and a strict policy on every response; S5: nothing is ever shared across origins."""

from __future__ import annotations

import pytest
from tests.security.routes import all_paths
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import TOKEN, Answer, FakeEngine, FakeProgram, ask, open_socket

from cadran.errors import UsageError
from cadran.server import asgi_app

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ACROSS = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


def policy_of(answer: Answer) -> dict[str, str]:
    parts = answer.headers.get("content-security-policy", "").split(";")
    return {name: value for name, _, value in (part.strip().partition(" ") for part in parts) if name}


def all_answers() -> list[Answer]:
    answers = []
    for token in (None, TOKEN):
        app = asgi_app(FakeProgram(), engine=FakeEngine(), token=token)
        for path in [*all_paths(), "/nothing", "/s/nothing/"]:
            answers += [ask(app, path, method, ACROSS) for method in ("GET", "POST", "OPTIONS", "PUT")]
            answers.append(ask(app, path, headers={"Accept": "text/html"}))
            answers.append(ask(app, path, headers={"Host": "evil.example"}))
            answers.append(open_socket(app, path, ACROSS))
    return answers


@UP_AND_DOWN
def test_s08_every_response_has_the_policy(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("headers", monkeypatch)
    for answer in all_answers():
        assert (policy_of(answer) == POLICY) is is_up
        assert (answer.headers.get("x-content-type-options") == "nosniff") is is_up
        assert (answer.headers.get("x-frame-options") == "DENY") is is_up
        assert (answer.headers.get("cross-origin-opener-policy") == "same-origin") is is_up
        assert (answer.headers.get("cross-origin-resource-policy") == "same-origin") is is_up
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")


def test_s05_no_response_is_shared_across_origins() -> None:
    for answer in all_answers():
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_s08_data_is_json_and_is_not_kept() -> None:
    app = asgi_app(FakeProgram("<script>alert(1)</script>"), engine=FakeEngine())
    for path in ("/api/screens", "/api/screens/script-alert-1-script", "/readyz", "/api/nothing"):
        answer = ask(app, path)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"


def test_s08_framing_only_by_who_is_named() -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), frame_ancestors=["https://portal.example.com"])
    answer = ask(app, "/")
    assert policy_of(answer) == {**POLICY, "frame-ancestors": "https://portal.example.com"}
    assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize("ancestor", ["*", "https:", "'self'", "https://a; script-src *", "https://a https://b"])
def test_s08_an_ancestor_cannot_loosen_the_policy(ancestor: str) -> None:
    with pytest.raises(UsageError, match="exact"):
        asgi_app(FakeProgram(), frame_ancestors=[ancestor])
