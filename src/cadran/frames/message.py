"""Messages and pieces as bytes: building and taking apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cadran.frames.wire import HEADER, MESSAGE_BYTES_MAX, PIECE, VERSION

PIECE_BYTES_MAX = MESSAGE_BYTES_MAX - HEADER.size - PIECE.size


class Header(NamedTuple):
    """The first 32 bytes of a message."""

    flags: int
    num_pieces: int
    view: int
    s: float
    base: float
    at: float


class RawPiece(NamedTuple):
    """A piece taken out of a message."""

    kind: int
    flags: int
    target: int
    """A slot, a panel, or 0."""
    payload: memoryview


def piece(kind: int, index: int, payload: bytes, flags: int = 0) -> bytes:
    """Return one piece, padded to 8 bytes."""
    return b"".join((PIECE.pack(kind, flags, index, len(payload)), payload, bytes(-len(payload) % 8)))


def message(pieces: Sequence[bytes], *, flags: int, view: int, s: float, base: float, at: float) -> bytes:
    """Return one message of these pieces; the caller keeps it within ``MESSAGE_BYTES_MAX``."""
    header = HEADER.pack(VERSION, flags, len(pieces), view, s, base, at)
    return b"".join((header, *pieces))


def split_message(data: bytes) -> tuple[Header, list[RawPiece]]:
    """Take a message apart. Raises ``ValueError`` for what is not one."""
    if len(data) < HEADER.size:
        raise ValueError(f"a message has at least {HEADER.size} bytes, got {len(data)}")
    version, flags, num_pieces, view, s, base, at = HEADER.unpack_from(data)
    if version != VERSION:
        raise ValueError(f"expected protocol version {VERSION}, got {version}")
    pieces: list[RawPiece] = []
    view_of_data, offset = memoryview(data), HEADER.size
    for _ in range(num_pieces):
        if offset + PIECE.size > len(data):
            raise ValueError(f"a piece begins at byte {offset} of a message of {len(data)}")
        kind, piece_flags, index, length = PIECE.unpack_from(data, offset)
        offset += PIECE.size
        if offset + length > len(data):
            raise ValueError(f"a piece of {length} bytes at byte {offset} exceeds a message of {len(data)}")
        pieces.append(RawPiece(kind, piece_flags, index, view_of_data[offset : offset + length]))
        offset += length + -length % 8
    return Header(flags, num_pieces, view, s, base, at), pieces
