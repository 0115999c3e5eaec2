"""Encoded pieces of what is shown now, shared by all viewers, within a bound of bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from cadran.timings import Stopwatch

CACHE_BYTES_MAX = 16 * 1024 * 1024
ENTRY_BYTES = 450
"""What an entry costs beside its pieces: its key, a list, the objects' heads. Most pieces are smaller than that."""


@dataclass(slots=True)
class _Present:
    """The pieces of one version of something, by variant."""

    version: float
    variants: dict[Hashable, list[bytes]] = field(default_factory=dict)
    num_bytes: int = 0


class PieceCache:
    """Keeps of each thing its present version alone: frames are built of nothing older.

    So what every tick makes anew takes the place of what the last one made, in memory that is still warm.
    """

    def __init__(self, max_bytes: int = CACHE_BYTES_MAX, stopwatch: Stopwatch = perf_counter) -> None:
        self._max_bytes = max_bytes
        self.stopwatch = stopwatch
        self._presents: dict[Hashable, _Present] = {}
        self.num_bytes = 0
        self.num_encodings = 0
        """How often something was really encoded."""
        self.encoding_secs = 0.0
        """How long that took, all together."""
        self.encoded_bytes = 0

    def __len__(self) -> int:
        return sum(len(present.variants) for present in self._presents.values())

    def has(self, owner: Hashable, version: float, variant: Hashable) -> bool:
        """Whether ``get`` would encode nothing."""
        return self.find(owner, version, variant) is not None

    def get(self, owner: Hashable, version: float, variant: Hashable, encode: Callable[[], list[bytes]]) -> list[bytes]:
        """Return the pieces of ``owner`` as it is since S ``version``, encoding them at the first call.

        ``variant``: which part of it, and how.
        """
        known = self.find(owner, version, variant)
        if known is not None:
            return known
        began_secs = self.stopwatch()
        pieces = encode()
        self.put(owner, version, variant, pieces, self.stopwatch() - began_secs)
        return pieces

    def find(self, owner: Hashable, version: float, variant: Hashable) -> list[bytes] | None:
        """Return what ``get`` would return without encoding anything, if there is that."""
        present = self._presents.get(owner)
        return None if present is None or present.version != version else present.variants.get(variant)

    def put(self, owner: Hashable, version: float, variant: Hashable, pieces: list[bytes], secs: float) -> None:
        """Keep what ``find`` did not find. ``secs``: how long it took to encode it."""
        self.put_each(((owner, version, pieces),), variant, secs)

    def put_each(self, made: Sequence[tuple[Hashable, float, list[bytes]]], variant: Hashable, secs: float) -> None:
        """Do as ``put`` for several owners, each with its version and pieces. ``secs``: how long each took."""
        presents, owner = self._presents, None
        num_pieces_bytes = num_gone = 0
        for owner, version, pieces in made:
            present = presents.get(owner)
            if present is None:
                present = presents[owner] = _Present(version)
            elif present.version != version:
                num_gone += present.num_bytes
                present.version, present.num_bytes = version, 0
                present.variants.clear()
            num_bytes = len(pieces[0]) if len(pieces) == 1 else sum(map(len, pieces))
            num_pieces_bytes += num_bytes
            present.variants[variant] = pieces
            present.num_bytes += ENTRY_BYTES + num_bytes
        self.num_encodings += len(made)
        self.encoding_secs += secs * len(made)
        self.encoded_bytes += num_pieces_bytes
        self.num_bytes += ENTRY_BYTES * len(made) + num_pieces_bytes - num_gone
        if self.num_bytes > self._max_bytes:
            self._make_room(owner)

    def clear(self) -> None:
        """Forget all: a layout is another, and what it showed may never be asked for again."""
        self._presents.clear()
        self.num_bytes = 0

    def _make_room(self, owner: Hashable) -> None:
        """Drop what came first, but for what has just come."""
        while (other := next((one for one in self._presents if one != owner), None)) is not None:
            self.num_bytes -= self._presents.pop(other).num_bytes
            if self.num_bytes <= self._max_bytes:
                return
        present = self._presents[owner]
        newest = next(reversed(present.variants))
        kept = present.variants.pop(newest)
        present.variants.clear()
        present.variants[newest] = kept
        self.num_bytes = present.num_bytes = ENTRY_BYTES + sum(map(len, kept))
