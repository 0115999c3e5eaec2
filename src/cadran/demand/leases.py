"""Leases: watching is a lifetime, not a boolean. It ends with its holder, however that ends."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

LINGER_SECS = 10.0
"""How long a thing stays held after its last lease ended, so that scrolling back costs nothing."""

K = TypeVar("K", bound=Hashable)


class Leases(Generic[K]):
    """Counts, for every key, who holds a lease on it.

    *Watched* means that somebody holds it now; *held* adds the linger.
    """

    def __init__(self, linger_secs: float = LINGER_SECS) -> None:
        self._linger_secs = linger_secs
        self._keys_by_holder: dict[Hashable, frozenset[K]] = {}
        self._num_holders: dict[K, int] = {}
        self._ends_mono: dict[K, float] = {}
        self.version = 0
        """Grows whenever what is watched or held changes."""

    def hold(self, holder: Hashable, keys: Iterable[K], now_mono: float) -> bool:
        """``holder`` now watches exactly ``keys``; an empty set ends its leases. Returns whether it watched others."""
        wanted = frozenset(keys)
        had = self._keys_by_holder.get(holder, frozenset())
        if wanted is had or wanted == had:
            return False
        if wanted:
            self._keys_by_holder[holder] = wanted
        else:
            self._keys_by_holder.pop(holder, None)
        for key in wanted - had:
            if key not in self._num_holders:
                self.version += 1
            self._num_holders[key] = self._num_holders.get(key, 0) + 1
            self._ends_mono.pop(key, None)
        for key in had - wanted:
            self._num_holders[key] -= 1
            if not self._num_holders[key]:
                self.version += 1
                del self._num_holders[key]
                self._ends_mono[key] = now_mono + self._linger_secs
        return True

    def end(self, holder: Hashable, now_mono: float) -> None:
        """The holder is gone."""
        self.hold(holder, (), now_mono)

    def expire(self, now_mono: float) -> None:
        """Let go of what lingered long enough."""
        for key in [key for key, end in self._ends_mono.items() if end <= now_mono] if self._ends_mono else ():
            self.version += 1
            del self._ends_mono[key]

    @property
    def watched(self) -> frozenset[K]:
        """What somebody watches now."""
        return frozenset(self._num_holders)

    @property
    def held(self) -> frozenset[K]:
        """What is watched or lingers."""
        return frozenset(self._num_holders) | frozenset(self._ends_mono)

    def holders_of(self, key: K) -> int:
        """How many watch ``key`` now."""
        return self._num_holders.get(key, 0)

    @property
    def next_end_mono(self) -> float | None:
        """When the next linger ends."""
        return min(self._ends_mono.values(), default=None)
