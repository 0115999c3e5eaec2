"""S3: exact Origin match; hostile origins, and none with a cookie, are refused for WebSockets and POST."""

from __future__ import annotations

from typing import Any

import pytest
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import HOST, Answer, FakeEngine, FakeProgram, Headers, ask, open_socket

from cadran.errors import UsageError
from cadran.server import asgi_app

OWN = "http://localhost:8400"
LISTED = "https://dash.example.com"
HOSTILE = [
    "null",
    "NULL",
    "file://",
    "https://evil.example",
    "http://evil.example:8400",
    "https://localhost:8400",
    "http://localhost",
    "http://localhost:80",
    "http://localhost:8401",
    "http://localhost:84000",
    "http://localhost:08400",
    "http://localhost:8400/",
    "http://localhost:8400.evil.example",
    "http://localhost:8400@evil.example",
    "http://evil.example/http://localhost:8400",
    "http://evil.example#http://localhost:8400",
    "http://user:pass@localhost:8400",
    "http://localhost.evil.example:8400",
    "http://evil.localhost:8400",
    "http://evil-localhost:8400",
    "http://notlocalhost:8400",
    "http://localhost.:8400",
    "HTTP://localhost:8400",
    "http://LOCALHOST:8400",
    "http://127.0.0.1:8400",
    "http://[::1]:8400",
    "http://lоcalhost:8400".encode().decode("latin-1"),  # a Cyrillic o
    "http://localhost:８４００".encode().decode("latin-1"),  # full-width digits
    "ws://localhost:8400",
    "localhost:8400",
    "//localhost:8400",
    " http://localhost:8400",
    "http://localhost:8400 https://evil.example",
    "http://localhost:8400, https://evil.example",
    "http://dash.example.com",
    "https://dash.example.com:444",
    "https://dash.example.com.evil.example",
    "https://evil.dash.example.com",
    "https://dashXexample.com",
    "chrome-extension://abcdefghijklmnop",
]


def post(headers: Headers, **changes: Any) -> Answer:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), origins=[LISTED])
    pairs = [*(headers.items() if isinstance(headers, dict) else headers), ("Content-Type", "application/json")]
    return ask(app, "/api/channels/press", "POST", pairs, b'{"a": 1}', **changes)


def connect(headers: Headers, **changes: Any) -> Answer:
    return open_socket(asgi_app(FakeProgram(), engine=FakeEngine(), origins=[LISTED]), "/ws", headers, **changes)


def test_s03_there_are_at_least_thirty() -> None:
    assert len(set(HOSTILE)) >= 30


@UP_AND_DOWN
@pytest.mark.parametrize("origin", HOSTILE)
def test_s03_hostile_origins(origin: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("origin", monkeypatch)
    assert connect({"Origin": origin}).status == (403 if is_up else 101)
    assert post({"Origin": origin}).status == (403 if is_up else 202)


@UP_AND_DOWN
def test_s03_no_origin_with_a_cookie(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("origin", monkeypatch)
    assert connect({"Cookie": "a=b"}).status == (403 if is_up else 101)
    assert post({"Cookie": "a=b"}).status == (403 if is_up else 202)


@pytest.mark.parametrize("pair", [[OWN, "https://evil.example"], ["https://evil.example", OWN], [OWN, OWN]])
def test_s03_two_origins(pair: list[str]) -> None:
    headers = [("Host", HOST), *(("Origin", origin) for origin in pair)]
    assert connect(headers).status == 403
    assert post(headers).status == 403


@pytest.mark.parametrize("origin", [OWN, LISTED, ""])
def test_s03_who_may_connect(origin: str) -> None:
    assert connect({"Origin": origin}).status == 101
    assert post({"Origin": origin}).status == 202


@pytest.mark.parametrize(
    ("host", "scheme", "origin"),
    [
        ("localhost", "ws", "http://localhost"),
        ("localhost:80", "ws", "http://localhost"),
        ("localhost", "wss", "https://localhost"),
        ("localhost:443", "wss", "https://localhost"),
        ("LOCALHOST:8400", "ws", "http://localhost:8400"),
        ("[::1]:8400", "ws", "http://[::1]:8400"),
    ],
)
def test_s03_own_origin_as_browsers_write_it(host: str, scheme: str, origin: str) -> None:
    assert connect({"Host": host, "Origin": origin}, scheme=scheme).status == 101


@pytest.mark.parametrize(
    "origin", ["*", "null", "dash.example.com", "https://*.example.com", "https://a/b", "ftp://a", ""]
)
def test_s03_only_exact_origins_can_be_listed(origin: str) -> None:
    with pytest.raises(UsageError, match="exact"):
        asgi_app(FakeProgram(), origins=[origin])
