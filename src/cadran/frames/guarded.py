"""Encoding for all viewers at once, where what can't be encoded is one panel's fault alone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterator

from cadran.frames.cache import PieceCache
from cadran.frames.shown import Shown
from cadran.words import describe_error


class GuardedPieces:
    """The shared cache of pieces; a failing encoding becomes the fault of what is shown."""

    def __init__(self, cache: PieceCache) -> None:
        self.cache = cache
        self.is_fault_new = False
        """Some panel's state is another, by what was found when it was encoded."""

    def get(self, shown: Shown, version: float, variant: Hashable, encode: Callable[[], list[bytes]]) -> list[bytes]:
        """Return the pieces of what is shown, as it is since S ``version``; none where they can't be made."""

        cache = self.cache
        pieces = cache.find(shown, version, variant)
        if pieces is not None:
            return pieces
        began_secs = cache.stopwatch()
        try:
            pieces = encode()
        except Exception as error:  # too large to send, or odd in another way: this panel's fault alone
            pieces = []
            self.found(shown, error)
        else:
            if shown.unsendable is not None:
                self.found(shown, None)
        cache.put(shown, version, variant, pieces, cache.stopwatch() - began_secs)
        return pieces

    def make(
        self, shown: Shown, version: float, variant: Hashable, encoding: Generator[None, None, list[bytes]]
    ) -> Iterator[None]:
        """Let ``get`` find what this encodes; yields where that does. Nothing is done for what is there already."""
        cache = self.cache
        if cache.has(shown, version, variant):
            return
        pieces: list[bytes] = []
        secs, began_secs, error = 0.0, cache.stopwatch(), None
        while True:
            try:
                next(encoding)
            except StopIteration as end:
                pieces = end.value
                break
            except Exception as odd:
                error = odd
                break
            secs += cache.stopwatch() - began_secs
            yield
            began_secs = cache.stopwatch()
        if error is not None or shown.unsendable is not None:
            self.found(shown, error)
        cache.put(shown, version, variant, pieces, secs + cache.stopwatch() - began_secs)

    def found(self, shown: Shown, error: BaseException | None) -> None:
        """What is shown could be encoded, or could not."""
        fault = None if error is None else describe_error(shown.nodes[0].label, error)
        if fault != shown.unsendable:
            shown.unsendable, self.is_fault_new = fault, True
