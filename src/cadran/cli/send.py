"""``cadran send CHANNEL KEY=VALUE …``: updates from a shell, over the server's HTTP interface."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import quote, urlsplit

from cadran.cli.flags import settings_from
from cadran.errors import OutsideError, UsageError

TIMEOUT_SECS = 10.0
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None}


def send(args: argparse.Namespace) -> int:
    """Send and return 0. Raises ``UsageError`` for what the server refuses, ``OutsideError`` where it is not there."""
    settings = settings_from(args)
    port = settings.server.port or 8400
    url = args.url or f"http://127.0.0.1:{port}/{settings.server.root_path.strip('/')}"
    address = f"{_checked_url(url)}/api/channels/{quote(args.channel, safe='')}"
    if bool(args.values) == (args.json is not None):
        raise UsageError("say what to send: KEY=VALUE …, or --json FILE")
    token = args.token or settings.server.token
    with _bodies(args) as bodies:
        for body in bodies:
            post(address, body, token)
    return 0


def value_from_text(text: str) -> int | float | bool | str | None:
    """Return a number, true, false or null (a gap) as such, a text in double quotes without them, else the text."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise UsageError(f"{text} is beyond what a float64 holds")
        return int(text) if re.fullmatch(r"[+-]?\d+", text) else number
    if len(text) >= 2 and text[0] == text[-1] == '"':
        with contextlib.suppress(ValueError):
            return str(json.loads(text))
    return text


def post(address: str, body: bytes, token: str | None) -> None:
    """Post one JSON document of updates; the server takes all of it or none."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")
    try:
        with _opener(address).open(request, timeout=TIMEOUT_SECS):
            return
    except urllib.error.HTTPError as error:
        with error:
            message = _message(error)
        kind = OutsideError if error.code >= 500 or error.code in (408, 429) else UsageError
        raise kind(f"{address} answered {error.code}: {message}") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise OutsideError(f"cannot reach {address}: {reason}") from None


@contextlib.contextmanager
def _bodies(args: argparse.Namespace) -> Iterator[Iterable[bytes]]:
    if args.json is None:
        yield [json.dumps(dict(_pair(text) for text in args.values)).encode()]
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


def _pair(text: str) -> tuple[str, int | float | bool | str | None]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"expected KEY=VALUE such as temperature=81.2, got {text!r}")
    return key.strip(), value_from_text(value)


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"--url must be an address such as http://127.0.0.1:8400, got {url!r}")
    return url.rstrip("/")


def _message(error: urllib.error.HTTPError) -> str:
    """Return what the server says, from its one error shape."""
    try:
        return str(json.loads(error.read(65_536))["error"]["message"])
    except (ValueError, KeyError, TypeError, OSError):
        return str(error.reason)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the address that was named, and to no other."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def _opener(address: str) -> urllib.request.OpenerDirector:
    host = urlsplit(address).hostname
    is_here = host in ("127.0.0.1", "::1", "localhost")
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if is_here:
        handlers.append(urllib.request.ProxyHandler({}))  # no proxy leads to this machine
    return urllib.request.build_opener(*handlers)
