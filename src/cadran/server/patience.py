"""Connections as we want them: one that asks for nothing is closed, and what is sent goes at once."""

from __future__ import annotations

import asyncio
import socket
from asyncio.transports import Transport
from functools import partial

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from cadran.server.doorway import Doorway

REQUEST_SECS = 10.0


class PatientProtocol(H11Protocol):
    """HTTP/1.1 whose first request must be complete within ten seconds of the connection."""

    doorway: Doorway | None = None
    """Where those who want a WebSocket wait for their turn; None: they come in at once."""
    is_at_door = False

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self.request_timer.cancel()  # it holds all of this, of which nothing is needed once there is a WebSocket
        if self.doorway is None:
            super().handle_websocket_upgrade(event)
            return
        self.is_at_door = True
        self.doorway.enter(partial(self._come_in, event))

    def _come_in(self, event: h11.Request) -> None:
        self.is_at_door = False
        if not self.transport.is_closing():
            super().handle_websocket_upgrade(event)

    def data_received(self, data: bytes) -> None:
        if self.is_at_door:
            self.transport.abort()  # by the protocol it says nothing before it was answered
        else:
            super().data_received(data)

    def shutdown(self) -> None:
        """The server stops: who has not come in is sent away without an answer, and comes back to the next one."""
        if self.is_at_door:
            self.transport.close()
        else:
            super().shutdown()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _send_at_once(transport)
        self.request_timer: asyncio.TimerHandle = self.loop.call_later(REQUEST_SECS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self.request_timer.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if getattr(self, "scope", None) is None:  # set by the first complete request head
            self.transport.abort()


def patient_with(doorway: Doorway) -> type[PatientProtocol]:
    """Return the protocol of a server that has this door."""

    class AtDoor(PatientProtocol):
        pass

    AtDoor.doorway = doorway
    return AtDoor


def _send_at_once(transport: Transport) -> None:
    """Turn off Nagle's algorithm: it holds a short frame back until the one before is acknowledged, up to 40 ms.

    asyncio does so only for sockets that name their protocol, which accepted ones seldom do.
    """
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
