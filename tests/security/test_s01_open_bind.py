"""S1: loopback by default; an open bind without a token refuses to start."""

from __future__ import annotations

import inspect
import socket
from typing import Any, cast

import pytest
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import TOKEN, FakeProgram

from cadran.errors import UsageError
from cadran.server import run, serve

OPEN = [
    "0.0.0.0",
    "::",
    "[::]",
    "",
    "192.168.1.5",
    "10.0.0.1",
    "fe80::1",
    "2001:db8::1",
    "my-machine",
    "0",
    "127.0.0.1.evil",
]
OWN = ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "127.8.8.8"]


class ReachedError(Exception):
    """The server was about to listen."""


@pytest.fixture(autouse=True)
def _no_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*args: Any) -> socket.socket:
        raise ReachedError

    monkeypatch.setattr(run, "bind_socket", reached)


@UP_AND_DOWN
@pytest.mark.parametrize("host", OPEN)
def test_s01_an_open_bind_without_a_token(host: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("bind", monkeypatch)
    with pytest.raises(UsageError if is_up else ReachedError):
        serve(FakeProgram(), host=host)


@UP_AND_DOWN
def test_s01_an_open_socket_that_was_passed_in(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class OpenSocket:
        def getsockname(self) -> tuple[str, int]:
            return ("0.0.0.0", 8400)

        def close(self) -> None:
            pass

    def run_nothing(self: object, sockets: object) -> None:
        raise ReachedError

    monkeypatch.setattr(run.Server, "run", run_nothing)
    if not is_up:
        take_down("bind", monkeypatch)
    with pytest.raises(UsageError if is_up else ReachedError):
        serve(FakeProgram(), sock=cast(socket.socket, OpenSocket()))


@pytest.mark.parametrize("host", OPEN)
def test_s01_a_token_opens_it(host: str) -> None:
    with pytest.raises(ReachedError):
        serve(FakeProgram(), host=host, token=TOKEN)


@pytest.mark.parametrize("host", OWN)
def test_s01_this_machine_needs_none(host: str) -> None:
    with pytest.raises(ReachedError):
        serve(FakeProgram(), host=host)


def test_s01_loopback_by_default() -> None:
    assert inspect.signature(serve).parameters["host"].default == "127.0.0.1"


def test_s01_who_listens_by_a_name_answers_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def noting(program: object, **options: Any) -> None:
        seen.append(options["hosts"])
        raise ReachedError

    monkeypatch.setattr(run, "asgi_app", noting)
    for host in ("my-machine", "192.168.1.5", "::", ""):
        with pytest.raises(ReachedError):
            serve(FakeProgram(), host=host, token=TOKEN, hosts=["a.example"])
    assert seen == [["a.example", "my-machine"], ["a.example"], ["a.example"], ["a.example"]]
