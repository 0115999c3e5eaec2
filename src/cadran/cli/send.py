"""``cadran send CHANNEL KEY=VALUE …``: updates from a shell, over the server's HTTP interface."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from http.client import responses
from typing import IO

from cadran.cli.flags import settings_from
from cadran.cli.lines import WRONG_SHOWN_MAX, Pipe, report
from cadran.cli.values import pair_from_text
from cadran.client import Client
from cadran.client.address import channel_url, check_token, checked_url
from cadran.client.http import HttpTransport
from cadran.client.transport import LinkError
from cadran.durations import parse_secs
from cadran.errors import OutsideError, UsageError

EXIT_OUTSIDE, EXIT_USAGE = 1, 2
_CLOSE_SECS = 0.1


def send(args: argparse.Namespace) -> int:
    """Send and return the exit code.

    Raises ``UsageError`` for what the server refuses, ``OutsideError`` where it is not there.
    """
    settings = settings_from(args)
    port = settings.server.port or 8400
    base_url = checked_url(args.url or f"http://127.0.0.1:{port}/{settings.server.root_path.strip('/')}", "--url")
    token = check_token(args.token or settings.server.token)
    if bool(args.values) == (args.json is not None):
        raise UsageError("say what to send: KEY=VALUE …, - for lines from standard input, or --json FILE")
    if args.values == ["-"]:
        return send_lines(base_url, token, args)
    if args.x is not None:
        raise UsageError("--x says what the points in lines are over: cadran send CHANNEL - --x now")
    with _bodies(args) as bodies:
        for body in bodies:
            post(HttpTransport(base_url, token), base_url, args.channel, body)
    return 0


def send_lines(base_url: str, token: str | None, args: argparse.Namespace) -> int:
    """Send lines from standard input through a client; it says what was wrong, and what was not accepted."""
    wait_secs = parse_secs(args.wait, "--wait")
    try:
        post(
            HttpTransport(base_url, token), base_url, args.channel, b"[]"
        )  # a wrong channel or token is better known at once
    except OutsideError as error:
        print(f"cadran: {error}; trying again", file=sys.stderr)
    client = Client(base_url, HttpTransport(base_url, token), exit_timeout_secs=_CLOSE_SECS)
    pipe = Pipe(client.channel(args.channel), args.x or "time", wait_secs)
    try:
        is_accepted = pipe.send_all(sys.stdin.buffer)
        counts = pipe.channel.statistics()
    finally:
        client.close(_CLOSE_SECS)
    if args.verbose:
        print(report(counts, pipe.num_wrong), file=sys.stderr)
    if pipe.num_wrong > WRONG_SHOWN_MAX:
        print(f"cadran: {pipe.num_wrong:,} wrong lines in all", file=sys.stderr)
    if counts.num_refused:
        print(f"cadran: {counts.num_refused:,} refused: {counts.last_refusal}", file=sys.stderr)
    if not is_accepted and counts.num_pending + counts.num_dropped:
        why = counts.last_error or "the server does not keep up"
        num_lost = counts.num_pending + counts.num_dropped
        print(f"cadran: {num_lost:,} of {counts.num_sent:,} not accepted: {why}", file=sys.stderr)
    if pipe.num_wrong or counts.num_refused:
        return EXIT_USAGE
    return 0 if is_accepted else EXIT_OUTSIDE


def post(transport: HttpTransport, base_url: str, channel: str, body: bytes) -> None:
    """Post one JSON document of updates; the server takes all of it or none."""
    address = channel_url(base_url, channel)
    try:
        answer = transport.post(channel, body, {"Content-Type": "application/json"})
    except LinkError as error:
        raise OutsideError(f"cannot reach {address}: {error}") from None
    finally:
        transport.close()  # one that is kept may be closed by the server, and who can tell then whether it took this
    if not 200 <= answer.status < 300:
        kind = OutsideError if answer.status >= 500 or answer.status in (408, 429) else UsageError
        raise kind(f"{address} answered {answer.status}: {answer.message or responses.get(answer.status, '')}")


@contextlib.contextmanager
def _bodies(args: argparse.Namespace) -> Iterator[Iterable[bytes]]:
    if args.json is None:
        yield [json.dumps(dict(pair_from_text(text) for text in args.values)).encode()]
    elif args.json == "-":
        yield documents(sys.stdin.buffer)
    else:
        try:
            file = open(args.json, "rb")  # noqa: SIM115 (closed below)
        except OSError as error:
            raise UsageError(f"cannot read {args.json}: {error.strerror}") from None
        with file:
            yield documents(file)


def documents(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield each line that is a JSON document as it comes; a first line that is none begins one long document."""
    first = b""
    while not first.strip():
        first = stream.readline()
        if not first:
            raise UsageError("--json: expected JSON, got nothing")
    if not _is_json(first):
        yield first + stream.read()
        return
    yield first
    for line in iter(stream.readline, b""):
        if line.strip():
            yield line


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
