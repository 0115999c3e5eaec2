"""The least of a WebSocket that the bench's viewers speak."""

from __future__ import annotations

import pytest
from bench.acks import ACK_BYTES, ACK_SECS, AckPace
from bench.viewers import framed, split_frames
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("step", [1, 1_000, 1_000_000])
def test_frames_come_out_whole_however_they_come_in(size: int, step: int) -> None:
    if step == 1 and size > 1_000:
        pytest.skip("slow, and the same as the others")
    payloads = [bytes(size), b"after"]
    data = b"".join(Frame(Opcode.BINARY, payload).serialize(mask=False) for payload in payloads)
    waiting = bytearray()
    found: list[tuple[int, bytes]] = []
    for start in range(0, len(data), step):
        waiting += data[start : start + step]
        found += split_frames(waiting)
    assert found == [(int(Opcode.BINARY), payload) for payload in payloads]
    assert not waiting


def test_what_no_server_sends_is_an_error() -> None:
    masked = Frame(Opcode.BINARY, b"x").serialize(mask=True)
    with pytest.raises(ValueError, match="mask"):
        list(split_frames(bytearray(masked)))


@pytest.mark.parametrize("text", ["", "a", "x" * 125, "y" * 126, "é" * 300])
def test_a_server_reads_what_is_said(text: str) -> None:
    server = Protocol(Side.SERVER)
    server.receive_data(framed(text))
    (frame,) = server.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data).decode()) == (Opcode.TEXT, text)


def test_acknowledged_at_most_five_times_a_second() -> None:
    pace, num = AckPace(), 0
    for step in range(100):
        now = 100.0 + step / 50
        if pace.due_mono is not None and now >= pace.due_mono:
            pace.acknowledged(now)
            num += 1
        num += pace.took(10, now, is_urgent=False)
    assert 9 <= num <= 2.0 / ACK_SECS + 1


def test_acknowledged_at_once_after_many_bytes_and_on_a_beat() -> None:
    pace = AckPace()
    assert pace.took(1, 100.0, is_urgent=False)
    assert not pace.took(1, 100.0, is_urgent=False)
    assert pace.due_mono == 100.0 + ACK_SECS
    assert pace.took(ACK_BYTES, 100.0, is_urgent=False)
    assert not pace.took(1, 100.0, is_urgent=False)
    assert pace.took(1, 100.0, is_urgent=True)
