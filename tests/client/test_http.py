"""HTTP as it is spoken: to servers on this machine that answer, redirect, hang up and do not answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.client.receiving import receiving

from cadran.client.http import HttpTransport
from cadran.client.transport import Answer, LinkError

TAKEN = b'{"updates": 1, "epoch": "e"}'


class Receiver:
    """Keeps what was posted and answers as it is told."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.ports: list[int] = []
        self.status, self.reply = 202, TAKEN
        self.headers: dict[str, str] = {}
        self.hangs_up = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, dict(self.headers), body))
                receiver.ports.append(self.client_address[1])
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.reply)))
                self.end_headers()
                self.wfile.write(receiver.reply)
                self.close_connection = receiver.hangs_up  # without a word of it, as after an idle time

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with receiving(receiver.server):
        yield receiver


@pytest.fixture
def transport(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpTransport]:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # this machine is reached without it
    transport = HttpTransport(f"{receiver.url}/live", "planted-token", timeout_secs=5.0)
    yield transport
    transport.close()


def test_one_connection_is_kept(receiver: Receiver, transport: HttpTransport) -> None:
    for _ in range(5):
        assert transport.post("a/b ?", b"body", {"Idempotency-Key": "k"}) == Answer(202, 1, "e")
    assert len(set(receiver.ports)) == 1
    path, headers, body = receiver.posts[0]
    assert (path, body) == ("/live/api/channels/a%2Fb%20%3F", b"body")
    assert headers["Authorization"] == "Bearer planted-token"
    assert headers["Idempotency-Key"] == "k"


def test_a_kept_connection_that_was_closed_is_told_from_a_server_that_is_gone(
    receiver: Receiver, transport: HttpTransport
) -> None:
    receiver.hangs_up = True
    transport.post("press", b"1", {})
    with pytest.raises(LinkError) as caught:
        transport.post("press", b"2", {})
    assert caught.value.is_stale
    assert transport.post("press", b"2", {}).is_taken
    gone = HttpTransport("http://127.0.0.1:1", None)
    with pytest.raises(LinkError) as caught:
        gone.post("press", b"1", {})
    assert (caught.value.is_stale, caught.value.is_unsent) == (False, True)


@pytest.mark.parametrize(
    ("status", "reply", "headers", "expected"),
    [
        (
            404,
            b'{"error": {"code": "no_such_channel", "message": "m"}}',
            {},
            Answer(404, None, None, "no_such_channel", "m"),
        ),
        (429, b"", {"Retry-After": "7"}, Answer(429, wait_secs=7.0)),
        (503, b"[]", {"Retry-After": "99999"}, Answer(503, wait_secs=60.0)),
        (503, b'{"error": "text"}', {"Retry-After": "Mon, 01 Jan"}, Answer(503)),
        (200, b"<html>a portal</html>", {}, Answer(200)),
        (202, b'{"updates": "1"}', {}, Answer(202)),
        (202, b"[" * 60_000, {}, Answer(202)),
        (302, b"", {"Location": "http://127.0.0.1:1/"}, Answer(302)),
    ],
)
def test_answers(
    receiver: Receiver, transport: HttpTransport, status: int, reply: bytes, headers: dict[str, str], expected: Answer
) -> None:
    receiver.status, receiver.reply, receiver.headers = status, reply, headers
    answer = transport.post("press", b"1", {})
    assert answer == expected
    assert not answer.is_taken
    assert len(receiver.posts) == 1, "no redirect is followed: the token goes to the address that was named"


def test_an_answer_that_is_too_long_ends_the_connection(receiver: Receiver, transport: HttpTransport) -> None:
    receiver.reply = TAKEN + b" " * 200_000
    transport.post("press", b"1", {})
    receiver.reply = TAKEN
    assert transport.post("press", b"1", {}).is_taken
    assert len(set(receiver.ports)) == 2


def test_a_server_that_does_not_answer_may_have_taken_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = HttpTransport(f"http://127.0.0.1:{silent.getsockname()[1]}", None, timeout_secs=0.05)
        with pytest.raises(LinkError, match="no answer in time") as caught:
            transport.post("press", b"1", {})
        assert (caught.value.is_unsent, caught.value.is_slow) == (False, False)
        with pytest.raises(LinkError) as caught:
            transport.post("press", b"1" * 50_000_000, {})
        assert (caught.value.is_unsent, caught.value.is_slow) == (True, True)


def test_a_request_under_way_can_be_cut_from_another_thread() -> None:
    failed: list[LinkError] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = HttpTransport(f"http://127.0.0.1:{silent.getsockname()[1]}", None, timeout_secs=20.0)

        def post() -> None:
            with pytest.raises(LinkError) as caught:
                transport.post("press", b"1", {})
            failed.append(caught.value)

        thread = threading.Thread(target=post)
        thread.start()
        taken, _ = silent.accept()
        heard = b""
        while not heard.endswith(b"\r\n\r\n1"):
            heard += taken.recv(1_000)
        transport.cut()
        thread.join(60.0)
        assert not thread.is_alive()
        taken.close()
    assert failed[0].is_unsent is False


def test_a_proxy_is_asked_for_what_is_elsewhere(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", receiver.url.replace("//", "//user:p%40ss@"))
    monkeypatch.delenv("no_proxy", raising=False)
    transport = HttpTransport("http://cadran.example:8400", None)
    assert transport.post("press", b"1", {}).is_taken
    path, headers, _ = receiver.posts[0]
    assert path == "http://cadran.example:8400/api/channels/press"
    assert headers["Host"] == "cadran.example:8400"
    assert headers["Proxy-Authorization"] == "Basic dXNlcjpwQHNz"
    transport.close()


def test_s16_the_token_is_in_no_message(transport: HttpTransport, receiver: Receiver) -> None:
    for headers in ({"Idempotency-Key": "a\nb"}, {}):
        receiver.status, receiver.reply = 500, b"planted-token"
        try:
            text = repr(transport.post("press", b"1", headers))
        except LinkError as error:
            text = str(error)
        assert "planted-token" not in text
