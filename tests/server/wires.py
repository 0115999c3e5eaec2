"""A server on a real socket of this machine, and a WebSocket client that sends what no library would."""

from __future__ import annotations

import base64
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.server.fakes import FakeEngine, FakeProgram

from cadran.server import asgi_app, run
from cadran.server.bind import bind_socket

TEXT, BINARY, CLOSE, CONTINUED = 1, 2, 8, 0


@contextmanager
def served(engine: FakeEngine) -> Iterator[tuple[str, int]]:
    """Serve on a free port of 127.0.0.1, on a thread; yields the address."""
    is_ready = threading.Event()
    listener = bind_socket("127.0.0.1", 0)
    server = run.Server(asgi_app(FakeProgram(), engine=engine), on_ready=is_ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    address = listener.getsockname()
    thread.start()
    try:
        assert is_ready.wait(60)
        yield address
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()
    assert not thread.is_alive()


class RawSocket:
    """A WebSocket client, byte by byte."""

    def __init__(self, address: tuple[str, int], *, receive_buffer: int | None = None, extensions: str = "") -> None:
        self.sock = socket.socket()
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(60)
        self.reply = b""
        try:
            self._open(address, f"Sec-WebSocket-Extensions: {extensions}\r\n" if extensions else "")
        except BaseException:
            self.sock.close()
            raise

    def _open(self, address: tuple[str, int], offer: str) -> None:
        self.sock.connect(address)
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            f"GET /ws HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n".encode()
        )
        while not self.reply.endswith(b"\r\n\r\n"):
            self.reply += self._exactly(1)

    def send(self, payload: bytes, opcode: int = TEXT, *, is_last: bool = True, is_packed: bool = False) -> None:
        head = bytes([opcode | 0x80 * is_last | 0x40 * is_packed])
        self.sock.sendall(head + _masked_length(len(payload)) + bytes(4) + payload)  # a mask of zeros changes nothing

    def announce(self, num_bytes: int) -> None:
        """Send the head of a message and none of its bytes."""
        self.sock.sendall(bytes([TEXT | 0x80]) + _masked_length(num_bytes) + bytes(4))

    def receive(self) -> tuple[int, bytes]:
        """Return the next message as (opcode, payload)."""
        first, length = self._exactly(2)
        if length == 126:
            (length,) = struct.unpack(">H", self._exactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._exactly(8))
        return first & 15, self._exactly(length)

    def close_code(self) -> int:
        """Read on to the end and return why."""
        opcode, payload = self.receive()
        while opcode != CLOSE:
            opcode, payload = self.receive()
        return int.from_bytes(payload[:2])

    def close(self) -> None:
        self.sock.close()

    def _exactly(self, num_bytes: int) -> bytes:
        data = b""
        while len(data) < num_bytes:
            more = self.sock.recv(num_bytes - len(data))
            if not more:
                raise EOFError
            data += more
        return data


def _masked_length(num_bytes: int) -> bytes:
    if num_bytes < 126:
        return bytes([0x80 | num_bytes])
    if num_bytes < 65_536:
        return bytes([0x80 | 126]) + struct.pack(">H", num_bytes)
    return bytes([0x80 | 127]) + struct.pack(">Q", num_bytes)
