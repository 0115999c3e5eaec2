"""What is measured aside is what it says."""

from __future__ import annotations

import zlib

import pytest
from bench.aside import deflate
from bench.aside.canvases import PAGE

from cadran.frames.message import split_message
from cadran.frames.wire import SCALAR, SERIES


def test_the_messages_that_are_compressed_are_those_of_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deflate, "NUM_UPDATES", 5)
    first, updates = deflate.messages_of(100)
    assert len(updates) == 5
    for message in updates:
        kinds = [piece.kind for piece in split_message(message)[1]]
        assert (kinds.count(SERIES), kinds.count(SCALAR)) == (12, 8)
    assert sum(map(len, first)) > 5 * len(updates[0])


def test_what_is_compressed_comes_out_again_and_what_came_before_helps() -> None:
    messages = [b"a message %d" % number * 9 for number in range(20)]
    for setting in deflate.SETTINGS:
        compressor, reader = setting.compressor(), zlib.decompressobj(-setting.window_bits)
        for message in messages:
            assert reader.decompress(compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)) == message
    sizes = [sum(size for size, _ in deflate._compressed(one, messages, 0.0)) for one in deflate.SETTINGS]
    assert sizes[0] < sizes[-1] < sum(map(len, messages))


def test_the_same_code_draws_on_the_page_and_in_a_worker() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count("function live(") == 1
    assert "live.toString()" in text
    assert "live(canvases, asked, show);" in text
