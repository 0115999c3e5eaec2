"""Many viewers without a browser, in one thread: sockets, the least of WebSocket framing, and a protocol on top.

A library costs several times as much as this for each message, and would be what is measured.
"""

from __future__ import annotations

import base64
import heapq
import os
import resource
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from bench.contender import Tally

CONNECTING_AT_ONCE = 50
LATE_MAX = 100_000
_BINARY, _TEXT, _CLOSE, _PING, _PONG = 2, 1, 8, 9, 10


class Conversation(Protocol):
    """One viewer's side of a protocol, without I/O."""

    def greeting(self) -> list[str]:
        """What is said once the socket is open."""
        ...

    def take(self, message: bytes, now_wall: float, now_mono: float) -> list[str]:
        """Handle a message; return what is said to it at once. ``is_open`` and ``late_millis`` follow from it."""
        ...

    def due(self, now_mono: float) -> list[str]:
        """What is said because ``due_mono`` has come."""
        ...

    due_mono: float | None
    """When ``due`` wants to be called."""
    is_open: bool
    """Whether the first picture is there."""
    late_millis: float | None
    """Of the last message, from the server's stamp to its arrival; None where it has no stamp."""


def split_frames(data: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take whole frames (opcode, payload) of a server out of ``data``; what is left is the start of another.

    Raises ``ValueError`` for what no server of the bench sends: a fragment, or a mask.
    """
    start = 0
    try:
        while len(data) - start >= 2:
            first, size = data[start], data[start + 1]
            if not first & 0x80 or size & 0x80:
                raise ValueError("expected a whole frame without a mask")
            at = start + 2
            if size == 126:
                if len(data) < at + 2:
                    return
                size, at = int.from_bytes(data[at : at + 2], "big"), at + 2
            elif size == 127:
                if len(data) < at + 8:
                    return
                size, at = int.from_bytes(data[at : at + 8], "big"), at + 8
            if len(data) < at + size:
                return
            payload = bytes(data[at : at + size])
            start = at + size
            yield first & 0x0F, payload
    finally:
        del data[:start]


def framed(text: str, opcode: int = _TEXT) -> bytes:
    """Return one masked frame; the mask is zero, which leaves the bytes as they are."""
    payload = text.encode()
    size = len(payload)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else bytes((0x80 | opcode, 0x80 | 126))
    return head + (b"" if size < 126 else size.to_bytes(2, "big")) + bytes(4) + payload


class _Viewer:
    def __init__(self, sock: socket.socket, conversation: Conversation) -> None:
        self.sock = sock
        self.talk = conversation
        self.data = bytearray()
        self.is_upgraded = False
        self.is_counted = False
        self.is_scheduled = False


class Crowd:
    """All viewers of one address. ``run`` ends with standard input; each line on it is answered with the tally."""

    def __init__(self, address: str, num_viewers: int, make: Callable[[], Conversation], origin: str | None) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, num_viewers + 1_000)), hard))
        url = urlsplit(address)
        self._host, self._port, self._path = str(url.hostname), int(url.port or 80), url.path
        self._origin = f"Origin: {origin}\r\n" if origin else ""
        self._make = make
        self._num_to_connect = num_viewers
        self._num_connecting = 0
        self._viewers: dict[int, _Viewer] = {}
        self._due: list[tuple[float, int]] = []
        self._poll = select.epoll()
        self.tally = Tally()

    def run(self) -> None:
        """Connect, listen and answer until the parent closes our input."""
        stdin = sys.stdin.fileno()
        self._poll.register(stdin, select.EPOLLIN)
        while True:
            while self._num_to_connect and self._num_connecting < CONNECTING_AT_ONCE:
                self._connect()
            for number, _ in self._poll.poll(self._secs_to_due()):
                if number == stdin:
                    if not os.read(stdin, 4096):
                        return
                    print(msgspec.json.encode(self.tally).decode(), flush=True)
                    self.tally.late_millis = []
                else:
                    self._read(self._viewers[number])
            self._say_what_is_due()

    def _connect(self) -> None:
        sock = socket.create_connection((self._host, self._port), timeout=10.0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        sock.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nUpgrade: websocket\r\n{self._origin}"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._viewers[sock.fileno()] = _Viewer(sock, self._make())
        self._poll.register(sock.fileno(), select.EPOLLIN)
        self._num_to_connect -= 1
        self._num_connecting += 1

    def _read(self, viewer: _Viewer) -> None:
        received = viewer.sock.recv(1 << 18)
        if not received:
            raise RuntimeError("a viewer's connection ended by itself")
        viewer.data += received
        if not viewer.is_upgraded and not self._is_upgraded(viewer):
            return
        talk, tally = viewer.talk, self.tally
        for opcode, payload in split_frames(viewer.data):
            if opcode == _PING:
                viewer.sock.sendall(framed(payload.decode("latin-1"), _PONG))
                continue
            if opcode == _CLOSE:
                raise RuntimeError(f"a viewer was closed with {int.from_bytes(payload[:2], 'big')}")
            now_wall = time.time()
            self._say(viewer, talk.take(payload, now_wall, time.monotonic()))
            tally.num_messages += 1
            tally.num_bytes += len(payload)
            if talk.late_millis is not None and len(tally.late_millis) < LATE_MAX:
                tally.late_millis.append(round(talk.late_millis, 2))
        if talk.is_open and not viewer.is_counted:
            viewer.is_counted = True
            tally.num_open += 1
        if talk.due_mono is not None and not viewer.is_scheduled:
            viewer.is_scheduled = True
            heapq.heappush(self._due, (talk.due_mono, viewer.sock.fileno()))

    def _is_upgraded(self, viewer: _Viewer) -> bool:
        end = viewer.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        if b" 101 " not in viewer.data[:40]:
            raise RuntimeError(f"a viewer was refused: {bytes(viewer.data[:100])!r}")
        del viewer.data[: end + 4]
        viewer.is_upgraded = True
        self._num_connecting -= 1
        self._say(viewer, viewer.talk.greeting())
        return True

    def _say(self, viewer: _Viewer, texts: list[str]) -> None:
        for text in texts:
            viewer.sock.sendall(framed(text))

    def _secs_to_due(self) -> float:
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else 1.0

    def _say_what_is_due(self) -> None:
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            viewer = self._viewers[heapq.heappop(self._due)[1]]
            viewer.is_scheduled = False
            if viewer.talk.due_mono is not None and viewer.talk.due_mono <= now:
                self._say(viewer, viewer.talk.due(now))
            if viewer.talk.due_mono is not None:
                viewer.is_scheduled = True
                heapq.heappush(self._due, (viewer.talk.due_mono, viewer.sock.fileno()))
