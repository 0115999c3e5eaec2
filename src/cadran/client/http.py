"""HTTP to one server over a connection that is kept: one request at a time, each within a time-out."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from cadran.client.address import channel_url
from cadran.client.transport import Answer, LinkError

TIMEOUT_SECS = 10.0
WAIT_SECS_MAX = 60.0
_ANSWER_BYTES_MAX = 65_536
_HERE = ("127.0.0.1", "::1", "localhost")


class HttpTransport:
    """The standard library's client. Redirects are not followed: the token goes to the address that was named."""

    def __init__(self, base_url: str, token: str | None, timeout_secs: float = TIMEOUT_SECS) -> None:
        self._base_url = base_url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._timeout_secs = timeout_secs
        self._connection: HTTPConnection | None = None
        self._is_direct = True

    def post(self, channel: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        url = channel_url(self._base_url, channel)
        is_kept, is_connected, is_unsent = self._connection is not None, False, True
        try:
            connection = self._connected()
            is_connected = True
            target = urlsplit(url).path if self._is_direct else url
            try:
                connection.request("POST", target, body, {**self._headers, **headers})
                is_unsent = False
            except (BrokenPipeError, ConnectionResetError):
                pass  # it may have answered before it had read all: that it does not want it
            response = connection.getresponse()
            answer = _answer_from(response.status, response.read(_ANSWER_BYTES_MAX), response.getheader("Retry-After"))
            if response.will_close or not response.isclosed():
                self.close()
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            is_late = isinstance(error, TimeoutError)
            is_slow = is_late and is_connected and is_unsent
            raise LinkError(
                _reason(error), is_unsent=is_unsent, is_stale=is_kept and not is_late, is_slow=is_slow
            ) from None
        return answer

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()

    def cut(self) -> None:
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)  # wakes who waits for it, which a close does not

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> HTTPConnection:
        parts = urlsplit(self._base_url)
        host = parts.hostname or ""
        is_secure = parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        proxy = None if host in _HERE or proxy_bypass(f"{host}:{port}") else getproxies().get(parts.scheme)
        self._is_direct = proxy is None or is_secure
        through = urlsplit(proxy if "//" in proxy else f"//{proxy}") if proxy else None
        at = (host, port) if through is None else (through.hostname or "", through.port or 80)
        connection: HTTPConnection
        if is_secure:
            connection = HTTPSConnection(*at, timeout=self._timeout_secs, context=ssl.create_default_context())
        else:
            connection = HTTPConnection(*at, timeout=self._timeout_secs)
        if through is not None:
            credentials = _credentials(through.username, through.password)
            if is_secure:
                connection.set_tunnel(host, port, credentials)
            else:
                self._headers.update(credentials)
        connection.connect()
        return connection


def _credentials(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    text = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(text.encode()).decode()}


def _answer_from(status: int, body: bytes, wait: str | None) -> Answer:
    wait_secs = min(float(wait), WAIT_SECS_MAX) if wait is not None and wait.isascii() and wait.isdigit() else 0.0
    try:
        said = json.loads(body)
        error = said.get("error") or {}
        updates, epoch = said.get("updates"), said.get("epoch")
        return Answer(
            status,
            updates if isinstance(updates, int) else None,
            epoch if isinstance(epoch, str) else None,
            str(error.get("code", "")),
            str(error.get("message", ""))[:1_000],
            wait_secs,
        )
    except (ValueError, AttributeError, RecursionError):
        return Answer(status, wait_secs=wait_secs)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
