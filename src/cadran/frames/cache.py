"""Encoded pieces, shared by all viewers, within a bound of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import perf_counter

from cadran.timings import Stopwatch

CACHE_BYTES_MAX = 16 * 1024 * 1024
ENTRY_BYTES = 450
"""What an entry costs beside its pieces: its key, a list, the objects' heads. Most pieces are smaller than that."""


class PieceCache:
    """Least recently used pieces go first. A key names a state for ever: it holds the S of its data."""

    def __init__(self, max_bytes: int = CACHE_BYTES_MAX, stopwatch: Stopwatch = perf_counter) -> None:
        self._max_bytes = max_bytes
        self._stopwatch = stopwatch
        self._pieces: OrderedDict[Hashable, list[bytes]] = OrderedDict()
        self.num_bytes = 0
        self.num_encodings = 0
        """How often something was really encoded."""
        self.encoding_secs = 0.0
        """How long that took, all together."""
        self.encoded_bytes = 0

    def __len__(self) -> int:
        return len(self._pieces)

    def has(self, key: Hashable) -> bool:
        """Whether ``get`` would encode nothing."""
        return key in self._pieces

    def get(self, key: Hashable, encode: Callable[[], list[bytes]]) -> list[bytes]:
        """Return the pieces of ``key``, encoding them at the first call."""
        pieces = self._pieces.get(key)
        if pieces is not None:
            self._pieces.move_to_end(key)
            return pieces
        began_secs = self._stopwatch()
        pieces = encode()
        self.encoding_secs += self._stopwatch() - began_secs
        self.num_encodings += 1
        self._pieces[key] = pieces
        size = _size(pieces)
        self.num_bytes += size
        self.encoded_bytes += size - ENTRY_BYTES
        while self.num_bytes > self._max_bytes and len(self._pieces) > 1:
            _, dropped = self._pieces.popitem(last=False)
            self.num_bytes -= _size(dropped)
        return pieces


def _size(pieces: list[bytes]) -> int:
    return ENTRY_BYTES + sum(map(len, pieces))
