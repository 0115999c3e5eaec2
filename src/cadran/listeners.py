"""Who wants to be told: callbacks that are added, called and taken away from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Listeners(Generic[P]):
    """Callbacks that are all called, in the order in which they were added. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: tuple[Callable[P, None], ...] = ()

    def add(self, callback: Callable[P, None]) -> Callable[[], None]:
        """Call ``callback`` from now on; returns what undoes this once, however often it is called."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)
        is_added = True

        def remove() -> None:
            nonlocal is_added
            with self._lock:
                if is_added:
                    is_added = False
                    callbacks = list(self._callbacks)
                    callbacks.remove(callback)
                    self._callbacks = tuple(callbacks)

        return remove

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all callbacks that are added at this moment, outside the lock."""
        for callback in self._callbacks:
            callback(*args, **kwargs)
