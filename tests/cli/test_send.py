"""``cadran send``: what goes over the wire, and the exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.client.receiving import receiving

from cadran.cli.main import main
from cadran.cli.send import documents
from cadran.cli.values import value_from_text
from cadran.errors import UsageError


class Receiver:
    """A server that keeps what was posted and answers as it is told."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str | None, Any]] = []
        self.status = 202
        self.reply = b"{}"
        self.headers: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, self.headers.get("Authorization"), json.loads(body)))
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.reply)))
                self.end_headers()
                self.wfile.write(receiver.reply)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Receiver]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # this machine is reached without it
    receiver = Receiver()
    with receiving(receiver.server):
        yield receiver


def test_values_go_as_one_document_of_kpis(receiver: Receiver) -> None:
    assert main(["send", "press", "temperature=81.2", "on=true", "note=a=b", "gap=null", "--url", receiver.url]) == 0
    assert receiver.posts == [
        ("/api/channels/press", None, {"temperature": 81.2, "on": True, "note": "a=b", "gap": None})
    ]


def test_a_channels_name_is_quoted(receiver: Receiver) -> None:
    assert main(["send", "a/b ?", "x=1", "--url", receiver.url + "/live/"]) == 0
    assert receiver.posts[0][0] == "/live/api/channels/a%2Fb%20%3F"


def test_the_token_goes_in_a_header(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["send", "press", "x=1", "--url", receiver.url, "--token", "one"]) == 0
    monkeypatch.setenv("CADRAN_SERVER_TOKEN", "two")
    assert main(["send", "press", "x=1", "--url", receiver.url]) == 0
    assert [post[1] for post in receiver.posts] == ["Bearer one", "Bearer two"]


def test_the_address_follows_the_settings(receiver: Receiver, tmp_path: Path) -> None:
    port = receiver.url.rpartition(":")[2]
    (tmp_path / "cadran.toml").write_text(f'[server]\nport = {port}\nroot_path = "/live"\n')
    assert main(["send", "press", "x=1"]) == 0
    assert receiver.posts[0][0] == "/live/api/channels/press"


def test_standard_input_brings_lines_as_they_come(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}\n\n{"a": 2}\n')))
    assert main(["send", "press", "--json", "-", "--url", receiver.url]) == 0
    assert [post[2] for post in receiver.posts] == [{"a": 1}, {"a": 2}]


def test_a_file_may_hold_one_document_over_many_lines(receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "updates.json"
    file.write_text('[\n {"type": "KpiUpdated", "key": "a", "value": 1}\n]\n')
    assert main(["send", "press", "--json", str(file), "--url", receiver.url]) == 0
    assert receiver.posts[0][2] == [{"type": "KpiUpdated", "key": "a", "value": 1}]


@pytest.mark.parametrize(
    ("status", "reply", "code", "expected"),
    [
        (404, b'{"error": {"message": "known: press"}}', 2, "answered 404: known: press"),
        (401, b"not json", 2, "answered 401"),
        (302, b"", 2, "answered 302"),
        (429, b"", 1, "answered 429"),
        (500, b"[]", 1, "answered 500"),
    ],
)
def test_what_the_server_says_becomes_the_message_and_the_exit_code(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], status: int, reply: bytes, code: int, expected: str
) -> None:
    receiver.status, receiver.reply = status, reply
    receiver.headers = {"Location": "http://127.0.0.1:1/"}
    assert main(["send", "press", "x=1", "--url", receiver.url, "--token", "planted-secret"]) == code
    message = capsys.readouterr().err
    assert expected in message
    assert message.count("\n") == 1
    assert "planted-secret" not in message


def test_a_server_that_is_not_there_is_one_message_and_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["send", "press", "x=1", "--url", "http://127.0.0.1:1"]) == 1
    assert "cannot reach http://127.0.0.1:1/" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["x"],
        ["=1"],
        ["x=1", "--json", "-"],
        ["x=1e999"],
        ["x=1", "--url", "127.0.0.1:8400"],
        ["--json", "/nonexistent/file"],
    ],
)
def test_a_wrong_command_line_is_code_2(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["send", "press", *args]) == 2
    assert capsys.readouterr().err.startswith("cadran: ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("81", 81),
        ("-1.5", -1.5),
        (".5", 0.5),
        ("+2e3", 2000.0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("True", "True"),
        ("", ""),
        ('"81"', "81"),
        ('"', '"'),
        ("1 2", "1 2"),
        ("nan", "nan"),
        ("1_000", "1_000"),
    ],
)
def test_a_value_is_what_it_looks_like(text: str, value: object) -> None:
    got = value_from_text(text)
    assert got == value
    assert type(got) is type(value)


def test_nothing_on_standard_input_is_an_error() -> None:
    with pytest.raises(UsageError, match="got nothing"):
        list(documents(io.BytesIO(b"\n\n")))
