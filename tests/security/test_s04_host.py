"""S4: a Host allow-list on every listener, loopback too: DNS rebinding gets nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.security.routes import all_paths
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import FakeEngine, FakeProgram, ask, open_socket

from cadran.errors import UsageError
from cadran.server import asgi_app

HOSTILE = [
    "evil.example",
    "evil.example:8400",
    "rebind.network:8400",
    "localhost.evil.example",
    "evil.localhost",
    "127.0.0.1.evil.example",
    "192.168.1.5",
    "192.168.1.5:8400",
    "0.0.0.0:8400",
    "[::ffff:10.0.0.1]",
    "[2001:db8::1]:8400",
    "dash.example.com:9999",
    "sub.dash.example.com",
    "dash.example.com.evil.example",
]
MALFORMED = [
    "localhost.",
    "localhost:",
    "localhost:x",
    "localhost:0",
    "localhost:99999",
    "localhost:8400:8400",
    "localhost, evil.example",
    "user@localhost",
    "localhost/",
    "localhost evil",
    "lоcalhost".encode().decode("latin-1"),
    "[::1",
    "::1",
    "[zz]",
    "[localhost]",
    "127.1",
    "0177.0.0.1",
    "999.0.0.1",
    "2130706433",
    "a..b",
    "-localhost",
    "a" * 300,
]
OWN = [
    "localhost",
    "LocalHost:1",
    "127.0.0.1",
    "127.0.0.1:8400",
    "127.9.9.9",
    "[::1]",
    "[::1]:8400",
    "[0:0:0:0:0:0:0:1]",
]
LISTED = ["dash.example.com:8400", "any.example.com", "any.example.com:7"]


def statuses(host: str, **changes: Any) -> set[int]:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), hosts=["dash.example.com:8400", "any.example.com"])
    headers = {"Host": host, "Content-Type": "application/json"}
    return {
        ask(app, "/api/screens", headers=headers, **changes).status,
        ask(app, "/api/channels/press", "POST", headers, b'{"a": 1}', **changes).status,
        open_socket(app, "/ws", headers, **changes).status,
    }


@UP_AND_DOWN
@pytest.mark.parametrize("host", HOSTILE)
def test_s04_other_names(host: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("host", monkeypatch)
    assert statuses(host) == ({403} if is_up else {200, 202, 101})


@pytest.mark.parametrize("host", MALFORMED)
def test_s04_malformed(host: str) -> None:
    assert statuses(host) == {400}


@UP_AND_DOWN
def test_s04_none_or_two(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("host", monkeypatch)
    app = asgi_app(FakeProgram(), engine=FakeEngine())
    refused = 400 if is_up else 200
    assert ask(app, "/api/screens", headers={"Host": ""}).status == refused
    assert ask(app, "/api/screens", headers=[("Host", "localhost"), ("Host", "evil.example")]).status == refused
    assert ask(app, "/api/screens", headers=[("Host", "localhost"), ("Host", "localhost")]).status == refused


@UP_AND_DOWN
def test_s04_a_rebound_page_is_its_own_origin_and_still_gets_nothing(
    is_up: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attacker's name now resolves to 127.0.0.1: Host and Origin agree, and both are the attacker's."""
    if not is_up:
        take_down("host", monkeypatch)
    engine = FakeEngine()
    app = asgi_app(FakeProgram(), engine=engine)
    headers = {"Host": "rebind.evil.example:8400", "Origin": "http://rebind.evil.example:8400"}
    assert open_socket(app, "/ws", headers).status == (403 if is_up else 101)
    assert (engine.num_starts == 0) is is_up


@pytest.mark.parametrize("path", all_paths())
def test_s04_no_route_is_left_out(path: str) -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine())
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        assert ask(app, path, method, {"Host": "evil.example"}).status == 403
    assert open_socket(app, path, {"Host": "evil.example"}).status == 403


@pytest.mark.parametrize("host", OWN + LISTED)
def test_s04_names_of_ours(host: str) -> None:
    assert statuses(host) == {200, 202, 101}


def test_s04_the_address_that_was_connected_to_is_ours() -> None:
    """An address in the Host cannot be rebound; a name that equals the server's can."""
    assert statuses("192.168.1.5:8400", server=("192.168.1.5", 8400)) == {200, 202, 101}
    assert statuses("192.168.1.5:8400", server=("::ffff:192.168.1.5", 8400)) == {200, 202, 101}
    assert statuses("[2001:db8::1]:8400", server=("2001:db8::1", 8400)) == {200, 202, 101}
    assert statuses("192.168.1.6:8400", server=("192.168.1.5", 8400)) == {403}
    assert statuses("evil.example:8400", server=("evil.example", 8400)) == {403}
    assert statuses("evil.example:8400", server=None) == {403}


@pytest.mark.parametrize("host", ["*", "*.example.com", "http://a", "a b", "", "a/b"])
def test_s04_only_names_can_be_listed(host: str) -> None:
    with pytest.raises(UsageError, match="hosts must be names"):
        asgi_app(FakeProgram(), hosts=[host])


def test_s04_a_text_is_not_a_list_of_names() -> None:
    with pytest.raises(UsageError, match="must be a list"):
        asgi_app(FakeProgram(), hosts="localhost")
