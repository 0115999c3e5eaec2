"""What the server asks of the engine, and nothing more: the engine satisfies it as it is, tests pass a small fake."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from cadran.engine import Outlet


class EnginePort(Protocol):
    """The engine as the server sees it. Every call is thread-safe and returns at once, but ``stop``."""

    @property
    def is_ready(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self, timeout_secs: float = 5.0) -> None: ...
    def connect(self, slug: str, outlet: Outlet) -> int: ...
    def receive(self, viewer: int, text: bytes) -> None: ...
    def disconnect(self, viewer: int) -> None: ...
    def inspect(self, slug: str, timeout_secs: float = 2.0) -> Future[Any]: ...


class ChannelPort(Protocol):
    """A channel, as whoever feeds it sees it."""

    def send(self, *updates: Any) -> None: ...
