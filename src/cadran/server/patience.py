"""A connection that asks for nothing is closed: uvicorn itself would wait for ever."""

from __future__ import annotations

import asyncio
from asyncio.transports import Transport

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECS = 10.0


class PatientProtocol(H11Protocol):
    """HTTP/1.1 whose first request must be complete within ten seconds of the connection."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.request_timer: asyncio.TimerHandle = self.loop.call_later(REQUEST_SECS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self.request_timer.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if getattr(self, "scope", None) is None:  # set by the first complete request head
            self.transport.abort()
