"""What wakes the engine's thread: rung from anywhere, and heard once however often it was rung meanwhile."""

from __future__ import annotations

import threading


class Bell:
    """A plain lock that the one who waits holds, and who rings lets go of.

    An event loop would do as well, but to be woken by its socket takes several times as much processor time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_rung = False
        self._silence = threading.Lock()
        """Held while the bell is not rung."""
        self._silence.acquire()

    def ring(self) -> None:
        """Wake who waits, or let the next wait end at once. From any thread; returns at once."""
        with self._lock:
            if not self._is_rung:
                self._is_rung = True
                self._silence.release()

    def wait(self, secs: float) -> bool:
        """Wait until it is rung, at most so long; return whether it was. Only from one thread.

        What was done before the bell was rung can be seen afterwards, and whoever rings from now on is heard again.
        """
        is_rung = self._silence.acquire(timeout=min(max(0.0, secs), threading.TIMEOUT_MAX))
        if is_rung:
            self._is_rung = False
        return is_rung
