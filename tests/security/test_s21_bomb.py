"""S21: what viewers send is at most 64 KiB after inflation, and a bomb costs less than 4 MiB."""

from __future__ import annotations

import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from tests.security.walls import UP_AND_DOWN
from tests.server.fakes import FakeEngine
from tests.server.wires import BINARY, CONTINUED, TEXT, RawSocket, served

from cadran.server import run

pytestmark = pytest.mark.slow
BOMB_BYTES_MAX = 4 * 1024 * 1024
OFFER = "permessage-deflate; client_max_window_bits"


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def peak_bytes(before: int) -> int:
    return tracemalloc.get_traced_memory()[1] - before


def bomb(num_mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = b"0" * 1024 * 1024
    packed = b"".join(packer.compress(chunk) for _ in range(num_mebibytes)) + packer.flush(zlib.Z_SYNC_FLUSH)
    return packed[:-4]


def weaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let uvicorn do as it does by default: unpack, and up to 16 MiB a message."""
    strict = run.config_for

    def lax(app: Any) -> uvicorn.Config:
        config = strict(app)
        config.ws_per_message_deflate = True
        config.ws_max_size = 16 * 1024 * 1024
        return config

    monkeypatch.setattr(run, "config_for", lax)


@UP_AND_DOWN
@pytest.mark.usefixtures("traced")
def test_s21_a_bomb(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        weaken(monkeypatch)
    packed = bomb(12)
    engine = FakeEngine()
    with served(engine) as address:
        viewer = RawSocket(address, extensions=OFFER)
        assert (b"permessage-deflate" in viewer.reply) is not is_up
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        viewer.send(packed, is_packed=True)
        assert viewer.close_code() == (1002 if is_up else 1009)  # not understood, against unpacked and then too long
        assert (peak_bytes(before) < BOMB_BYTES_MAX) is is_up
        viewer.close()
    assert engine.received == []


@UP_AND_DOWN
@pytest.mark.usefixtures("traced")
def test_s21_a_message_in_many_fragments(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        weaken(monkeypatch)
    with served(FakeEngine()) as address:
        viewer = RawSocket(address)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            for i in range(200):
                viewer.send(b"x" * 60_000, CONTINUED if i else TEXT, is_last=i == 199)
            code = viewer.close_code()
        except OSError:  # we were cut off while we still sent
            code = 1009
        assert code == 1009
        assert (peak_bytes(before) < BOMB_BYTES_MAX) is is_up
        viewer.close()


def test_s21_sizes() -> None:
    engine = FakeEngine()
    with served(engine) as address:
        for num_bytes, code in [(65_536, None), (65_537, 1009)]:
            viewer = RawSocket(address)
            viewer.send(b"x" * num_bytes)
            if code is None:
                viewer.send(b"\x03\xe8", 8)
                code = 1000
            assert viewer.close_code() == code
            viewer.close()
        announced = RawSocket(address)
        announced.announce(2**40)  # refused by its length, before any of it came
        assert announced.close_code() == 1009
        announced.close()
        binary = RawSocket(address)
        binary.send(b"{}", BINARY)
        assert binary.close_code() == 1003
        binary.close()
    assert [len(text) for _, text in engine.received] == [65_536]
    assert engine.viewers == {}
