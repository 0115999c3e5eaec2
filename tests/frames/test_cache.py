"""The cache of pieces is bounded by what it really takes."""

from __future__ import annotations

from cadran.frames.cache import ENTRY_BYTES, PieceCache


def test_small_and_empty_pieces_count_with_what_holds_them() -> None:
    cache = PieceCache(max_bytes=100 * ENTRY_BYTES)
    for number in range(10_000):
        pieces = [bytes(32)] if number % 2 else []
        cache.get(("scalar", number), pieces.copy)
    assert cache.num_bytes <= 100 * ENTRY_BYTES
    assert len(cache) <= 100
    assert cache.num_encodings == 10_000


def test_a_piece_is_encoded_once_while_it_is_kept() -> None:
    cache = PieceCache()
    first = cache.get("key", lambda: [b"one"])
    assert cache.get("key", lambda: [b"two"]) is first
    assert cache.num_encodings == 1
