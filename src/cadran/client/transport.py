"""What the client asks of the way to its server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Answer(NamedTuple):
    """What a server said. ``code`` and ``message`` are of its one error shape, where it has one."""

    status: int
    num_updates: int | None = None
    """How many updates it took; None: it did not say so."""
    epoch: str | None = None
    """Another one once what the server held in memory began anew."""
    code: str = ""
    message: str = ""
    wait_secs: float = 0.0
    """For how long it asks to be left alone."""

    @property
    def is_taken(self) -> bool:
        """The batch is applied. A page of some portal in between answers 200, too, and says nothing of the kind."""
        return self.status == 202 and self.num_updates is not None


class LinkError(Exception):
    """No answer came."""

    def __init__(self, reason: str, *, is_unsent: bool, is_stale: bool = False, is_slow: bool = False) -> None:
        super().__init__(reason)
        self.is_unsent = is_unsent
        """The server can't have the whole request; otherwise it may have applied it."""
        self.is_stale = is_stale
        """A connection that was kept had been closed meanwhile: a new one may do."""
        self.is_slow = is_slow
        """The link took the request too slowly: a shorter one may do."""


class Transport(Protocol):
    """How batches get to a server. Used by one thread; ``cut`` from any."""

    def post(self, channel: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer, whatever it says. Raises ``LinkError`` within about twice the time-out."""
        ...

    def close(self) -> None:
        """Let go of the connection, without a word to the server: a process that was forked may share it."""
        ...

    def cut(self) -> None:
        """End the connection, and a request under way with it."""
        ...
