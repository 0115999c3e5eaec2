"""The cache of pieces holds what is present, and is bounded by what it really takes."""

from __future__ import annotations

from cadran.frames.cache import ENTRY_BYTES, PieceCache


def test_small_and_empty_pieces_count_with_what_holds_them() -> None:
    cache = PieceCache(max_bytes=100 * ENTRY_BYTES)
    for number in range(10_000):
        pieces = [bytes(32)] if number % 2 else []
        cache.get(("scalar", number), 1, None, pieces.copy)
    assert cache.num_bytes <= 100 * ENTRY_BYTES
    assert len(cache) <= 100
    assert cache.num_encodings == 10_000


def test_many_variants_of_one_thing_are_bounded_too() -> None:
    cache = PieceCache(max_bytes=100 * ENTRY_BYTES)
    for number in range(10_000):
        cache.get("line", 1, number, lambda: [bytes(32)])
    assert cache.num_bytes <= 101 * ENTRY_BYTES
    assert len(cache) <= 100
    assert cache.has("line", 1, 9_999)


def test_a_piece_is_encoded_once_while_it_is_present() -> None:
    cache = PieceCache()
    first = cache.get("line", 1, "tail", lambda: [b"one"])
    assert cache.get("line", 1, "tail", lambda: [b"two"]) is first
    assert cache.get("line", 1, "whole", lambda: [b"three"]) == [b"three"]
    assert cache.num_encodings == 2


def test_a_new_version_takes_the_place_of_the_old_one() -> None:
    cache = PieceCache()
    for version in range(1_000):
        for line in range(12):
            cache.get(line, version, "tail", lambda: [bytes(100)])
    assert len(cache) == 12
    assert cache.num_bytes == 12 * (ENTRY_BYTES + 100)
    assert not cache.has(0, 998, "tail")
    assert cache.has(0, 999, "tail")
    cache.clear()
    assert (len(cache), cache.num_bytes) == (0, 0)


def test_what_is_kept_together_is_kept_as_one_by_one() -> None:
    together, alone = PieceCache(), PieceCache()
    for version, num_lines in ((1, 4), (2, 6), (2, 6), (3, 12), (4, 1)):
        made = [(line, version, [bytes(8 * line), bytes(16)][: 1 + line % 2]) for line in range(num_lines)]
        for variant in (f"tail {version}", "whole"):
            together.put_each(made, variant, 0.5)
            for line, version, pieces in made:
                alone.put(line, version, variant, pieces, 0.5)
                assert together.find(line, version, variant) == alone.find(line, version, variant) == pieces
        counts = [(c.num_encodings, c.encoding_secs, c.encoded_bytes, c.num_bytes, len(c)) for c in (together, alone)]
        assert counts[0] == counts[1]


def test_what_is_kept_together_is_bounded_too() -> None:
    cache = PieceCache(max_bytes=10 * ENTRY_BYTES)
    for version in range(100):
        cache.put_each([(line, version, [bytes(32)]) for line in range(12)], "tail", 0.0)
        assert cache.num_bytes <= 10 * ENTRY_BYTES
        assert cache.has(11, version, "tail")
