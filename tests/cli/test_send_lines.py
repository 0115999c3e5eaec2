"""``cadran send CHANNEL -``: lines as they come, and what the exit code says of them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.client.fakes import Driven, FakeServer
from tests.client.receiving import receiving

from cadran.cli.lines import LINE_BYTES_MAX, LINES_PER_LOOK, Pipe, updates_from_line
from cadran.cli.main import main
from cadran.client.transport import Answer
from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated


class Receiver:
    """A server that takes batches; ``refusal`` is what it answers instead."""

    def __init__(self) -> None:
        self.fake = FakeServer()
        self.refusal: Answer | None = None
        self.num_posts = 0
        self.has_taken = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.num_posts += 1
                answer = Answer(202, 0, "0") if body == b"[]" else receiver.fake.take(body, dict(self.headers))
                answer = receiver.refusal or answer
                said: dict[str, Any] = {"updates": answer.num_updates, "epoch": answer.epoch}
                if answer.code:
                    said = {"error": {"code": answer.code, "message": answer.message}}
                reply = json.dumps(said).encode()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
                if body != b"[]":
                    receiver.has_taken.set()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Receiver]:
    monkeypatch.chdir(tmp_path)
    receiver = Receiver()
    with receiving(receiver.server):
        yield receiver


def send(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, lines: bytes, *flags: str) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    return main(["send", "press", "-", "--url", receiver.url, "--wait", "5s", *flags])


def test_values_points_and_json_in_one_pipe(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = b'temperature=81.2\n\nvibration 1 0.5\r\nvibration 2 null\nstate=a b = c\n{"on": true}\n'
    lines += b'[{"type": "ChartDataUpdated", "series": "vibration", "points": [[3, 1]]}]\nlast=1'
    assert send(receiver, monkeypatch, lines, "--verbose") == 0
    assert receiver.fake.kpis == {"temperature": 81.2, "state": "a b = c", "on": True, "last": 1.0}
    points = receiver.fake.points["vibration"]
    assert [(x, y if y == y else None) for x, y in points] == [(1.0, 0.5), (2.0, None), (3.0, 1.0)]
    assert capsys.readouterr().err == ("sent 7, accepted 7, merged 0, dropped 0, refused 0, pending 0, wrong lines 0\n")


def test_silent_when_all_went_well(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(receiver, monkeypatch, b"a=1\n") == 0
    assert capsys.readouterr() == ("", "")
    assert send(receiver, monkeypatch, b"") == 0


def test_x_now_stamps_each_line_and_x_number_is_another_axis(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadran.cli.lines.time.time", lambda: 1_800_000_000.25)
    assert send(receiver, monkeypatch, b"a 5\n", "--x", "now") == 0
    assert send(receiver, monkeypatch, b"b 9e12 5\n", "--x", "number") == 0
    assert receiver.fake.points == {"a": [(1_800_000_000.25, 5.0)], "b": [(9e12, 5.0)]}


def test_a_wrong_line_is_named_and_loses_only_itself(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = b"a=1\nnonsense\n=2\ns 1\ns one 2\ns 1 true\n{\n\xff=1\nb=1\n" + b"x y z w\n" * 50
    assert send(receiver, monkeypatch, lines) == 2
    assert receiver.fake.kpis == {"a": 1.0, "b": 1.0}
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith('cadran: line 2: expected KEY=VALUE, "SERIES X Y" or JSON, got')
    assert [line.split(":")[1].strip() for line in told[:10]] == [
        f"line {i}" for i in (2, 3, 4, 5, 6, 7, 8, 10, 11, 12)
    ]
    assert told[10:] == ["cadran: 57 wrong lines in all"]


def test_what_the_server_refuses_is_code_2(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.fake.refuses = lambda updates: "series 'a': expected x='number'"
    assert send(receiver, monkeypatch, b"a 1 1\n") == 2
    assert "cadran: 1 refused: series 'a': expected x='number'" in capsys.readouterr().err


def test_a_wrong_channel_or_token_is_known_before_the_first_line(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.refusal = Answer(404, code="no_such_channel", message="known: press")
    assert send(receiver, monkeypatch, b"a=1\n") == 2
    assert "answered 404: known: press" in capsys.readouterr().err
    assert receiver.num_posts == 1


def test_a_server_that_is_not_there_is_code_1_and_says_how_much_was_not_accepted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a=1\nb=1\n")))
    assert main(["send", "press", "-", "--url", "http://127.0.0.1:1", "--wait", "0.1s"]) == 1
    told = capsys.readouterr().err
    assert "cannot reach http://127.0.0.1:1/" in told
    assert "2 of 2 not accepted: the server cannot be reached" in told


@pytest.mark.parametrize("args", [["-", "a=1"], ["-", "--json", "-"], ["a=1", "--x", "now"], ["-", "--wait", "0"]])
def test_a_wrong_command_line_is_code_2(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["send", "press", *args, "--url", "http://127.0.0.1:1"]) == 2
    assert capsys.readouterr().err.startswith("cadran: ")


@pytest.mark.slow
def test_lines_are_sent_as_they_come(receiver: Receiver) -> None:
    command = [sys.executable, "-m", "cadran.cli", "send", "press", "-", "--url", receiver.url]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=env) as process:
        assert process.stdin is not None
        process.stdin.write(b"a=1\n")
        process.stdin.flush()
        assert receiver.has_taken.wait(60), "the pipe is still open"
        assert receiver.fake.kpis == {"a": 1.0}
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_line_says_one_thing() -> None:
    assert updates_from_line(b"a=1\n", "time") == [KpiUpdated("a", 1)]
    assert updates_from_line(b"s 1 2\n", "number") == [ChartDataUpdated("s", [(1.0, 2.0)], x="number")]
    assert updates_from_line(b"  \n", "time") == []
    with pytest.raises(UsageError, match="got more"):
        updates_from_line(b"x" * (LINE_BYTES_MAX + 1), "time")


def test_a_long_line_is_one_wrong_line_and_the_next_is_read() -> None:
    driven = Driven()
    pipe = Pipe(driven.channel, wait_secs=1e-3)
    assert pipe.send_all(_Silent(b"x" * (3 * LINE_BYTES_MAX) + b"\na=1\n", driven))
    assert (pipe.num_wrong, driven.server.kpis) == (1, {"a": 1.0})


def test_the_pipe_is_held_back_while_the_server_does_not_keep_up_and_only_for_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driven = Driven(max_items=1_000)
    waits: list[float] = []

    def wait_for_room(timeout: float) -> bool:
        waits.append(timeout)
        return len(waits) == 4

    monkeypatch.setattr(driven.channel, "wait_for_room", wait_for_room)
    lines = b"".join(b"s %d 1\n" % i for i in range(5 * LINES_PER_LOOK))
    Pipe(driven.channel, wait_secs=5.0, x="number").send_all(_Silent(lines, driven))
    assert waits == [5.0, 0.001, 0.001, 0.001, 5.0]


class _Silent(io.BytesIO):
    """At its end all that was read is delivered, so that the flush has nothing to wait for."""

    def __init__(self, lines: bytes, driven: Driven) -> None:
        super().__init__(lines)
        self._driven = driven

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line:
            self._driven.settle()
            self._driven.advance(1.0)
        return line
