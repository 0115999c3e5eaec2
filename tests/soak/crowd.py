"""Many headless viewers on real sockets, in one thread: some read, some are slow, some have stopped."""

from __future__ import annotations

import base64
import math
import os
import select
import socket
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from bench.viewers import framed, split_frames

from cadran.frames.wire import BEAT, COMMIT, HEADER
from cadran.testing import HeadlessViewer

BINARY, CLOSE, PING, PONG = 2, 8, 9, 10
POLL_SECS = 0.02
SMALL_BUFFER_BYTES = 4_096
"""What the kernel keeps for a viewer that is slow or has stopped: little, so that the server notices."""


class Watcher(HeadlessViewer):
    """A viewer on a socket."""

    def __init__(self, *, bytes_per_sec: float = math.inf, px: int = 600) -> None:
        super().__init__(px=px)
        self.sock: socket.socket | None = None
        self.data = bytearray()
        self.is_upgraded = False
        self.is_stalled = False
        self.bytes_per_sec = bytes_per_sec
        self.allowed_bytes = 0.0
        self.late_secs: list[float] = []
        """Of each frame: from the moment of its S to its arrival."""


class Crowd:
    """All that look at one screen of a server. Use as a context manager; time passes in ``run`` alone."""

    def __init__(self, url: str, slug: str) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._path = str(parts.hostname), int(parts.port or 80), f"/s/{slug}/ws"
        self._by_number: dict[int, Watcher] = {}
        self._slow: list[Watcher] = []
        self._heard: list[tuple[Watcher, bytes]] = []
        self._poll = select.epoll()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        for viewer in list(self._by_number.values()):
            self.cut(viewer)
        self._poll.close()

    def add(self, num: int, *, bytes_per_sec: float = math.inf, is_small: bool = False, px: int = 600) -> list[Watcher]:
        """Let viewers come; ``is_small``: with so small a buffer that one who stops is noticed soon."""
        viewers = [Watcher(bytes_per_sec=bytes_per_sec, px=px) for _ in range(num)]
        for viewer in viewers:
            self.connect(viewer, is_small=is_small or bytes_per_sec < math.inf)
        return viewers

    def connect(self, viewer: Watcher, *, is_small: bool = False) -> None:
        """Open a connection, also again: a viewer says what it holds."""
        sock = socket.socket()
        if is_small:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        sock.settimeout(60)
        sock.connect((self._host, self._port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        sock.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nUpgrade: websocket\r\n"
            f"Origin: http://{self._host}:{self._port}\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        viewer.sock, viewer.is_upgraded, viewer.close_code = sock, False, None
        viewer.data.clear()
        viewer.outbox.clear()
        self._by_number[sock.fileno()] = viewer
        if viewer.bytes_per_sec < math.inf:
            self._slow.append(viewer)
        else:
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def stall(self, viewers: Iterable[Watcher]) -> None:
        """They read nothing any more."""
        for viewer in viewers:
            viewer.is_stalled = True
            self._poll.unregister(_number(viewer))

    def wake(self, viewers: Iterable[Watcher]) -> None:
        """They read again."""
        for viewer in viewers:
            viewer.is_stalled = False
            self._poll.register(_number(viewer), select.EPOLLIN)

    def cut(self, viewer: Watcher) -> None:
        """Break the connection, without a word."""
        assert viewer.sock is not None
        del self._by_number[_number(viewer)]
        if viewer.bytes_per_sec < math.inf:
            self._slow.remove(viewer)
        viewer.sock.close()  # which takes it out of the poll, too
        viewer.sock, viewer.is_connected = None, False

    def run(self, secs: float, until: Callable[[], bool] = lambda: False) -> float:
        """Let so much real time pass, or less if ``until`` is true before; return how much."""
        began = before = time.monotonic()
        while (now := time.monotonic()) < began + secs and not until():
            # What was received is heard once nobody has more to read: else viewers would be late by each other.
            ready = self._poll.poll(0 if self._heard else POLL_SECS)
            for number, _ in ready:
                self._read(self._by_number[number], 1 << 18)
            if not ready:
                self._hear()
            for viewer in self._slow:
                viewer.allowed_bytes = min(
                    viewer.bytes_per_sec, viewer.allowed_bytes + (now - before) * viewer.bytes_per_sec
                )
                if viewer.allowed_bytes >= 1 and select.select([_number(viewer)], [], [], 0)[0]:
                    viewer.allowed_bytes -= self._read(viewer, int(viewer.allowed_bytes))
            before = now
        self._hear()
        return time.monotonic() - began

    def _read(self, viewer: Watcher, num_bytes: int) -> int:
        assert viewer.sock is not None
        received = viewer.sock.recv(num_bytes)
        viewer.data += received
        if not received:
            viewer.close_code = viewer.close_code or 1006
            self.cut(viewer)
            return 0
        if not viewer.is_upgraded:
            end = viewer.data.find(b"\r\n\r\n")
            if end < 0:
                return len(received)
            assert b" 101 " in viewer.data[:40], bytes(viewer.data[:200])
            del viewer.data[: end + 4]
            viewer.is_upgraded = True
            viewer.say_hello()
        for opcode, payload in split_frames(viewer.data):
            if opcode == BINARY:
                _, flags, *_, at = HEADER.unpack_from(payload)
                if flags & COMMIT and not flags & BEAT:
                    viewer.late_secs.append(time.time() - at)
                self._heard.append((viewer, payload))
            elif opcode == PING:
                viewer.sock.sendall(framed(payload.decode("latin-1"), PONG))
            elif opcode == CLOSE:
                viewer.close_code = int.from_bytes(payload[:2])
        self._say(viewer)
        return len(received)

    def _hear(self) -> None:
        for viewer, payload in self._heard:
            if viewer.sock is not None:
                viewer.hear(payload)
                self._say(viewer)
        self._heard.clear()

    @staticmethod
    def _say(viewer: Watcher) -> None:
        assert viewer.sock is not None
        for text in viewer.outbox:
            viewer.sock.sendall(framed(text.decode()))
        viewer.outbox.clear()


def p99_secs(viewers: Iterable[Watcher]) -> float:
    """The lateness that 99 of 100 frames do not exceed; it is forgotten then."""
    late = sorted(secs for viewer in viewers for secs in viewer.late_secs)
    for viewer in viewers:
        viewer.late_secs.clear()
    return late[math.ceil(0.99 * len(late)) - 1]


def _number(viewer: Watcher) -> int:
    assert viewer.sock is not None
    return viewer.sock.fileno()
