"""Where the server listens: this machine only, unless a token guards the door."""

from __future__ import annotations

import errno
import socket

from cadran.errors import UsageError
from cadran.server.host import is_loopback

PORT_DEFAULT = 8400
_NUM_PORTS_TRIED = 100
_BACKLOG = 2048
_UNREAD_MILLIS_MAX = 20 * 60 * 1000


def check_bind(host: str, token: str | None) -> None:
    """Raise UsageError for an address that others can reach while no token is set."""
    if token is None and not is_loopback(host.strip("[]").lower()):
        raise UsageError(
            f"listening on {host or 'every address'!r} lets others in: set a token of at least 16 characters "
            "(token=, --token-file or CADRAN_SERVER_TOKEN), or listen on 127.0.0.1"
        )


def bind_socket(host: str, port: int | None) -> socket.socket:
    """Return a listening socket. ``port`` None takes 8400 or the next free one; 0 lets the system choose.

    Raises UsageError if the port is taken or not ours to take, or the address is not this machine's.
    """
    if port is not None:
        if not 0 <= port <= 65_535:
            raise UsageError(f"port must be 0 to 65535, got {port}")
        return _listen(host, port)
    for candidate in range(PORT_DEFAULT, PORT_DEFAULT + _NUM_PORTS_TRIED):
        try:
            return _listen(host, candidate)
        except _PortTakenError:
            continue
    raise UsageError(f"ports {PORT_DEFAULT} to {candidate} are all taken on {host}: name another with port=")


class _PortTakenError(UsageError):
    pass


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {host}, port {port}: {error}") from error
    sock = socket.socket(family, kind, protocol)
    try:
        set_options(sock)
        sock.bind(address)
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise _PortTakenError(
                f"port {port} is taken on {host}: choose another with port=, or leave it out for the next free one"
            ) from error
        raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror}") from error
    sock.setblocking(False)
    return sock


def set_options(sock: socket.socket) -> None:
    """Set what accepted sockets inherit: a peer that vanished, or reads nothing for 20 minutes, is dropped at last."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MILLIS_MAX)


def url_of(sock: socket.socket, root_path: str = "") -> str:
    """Return the address to open on this machine."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if sock.family == socket.AF_INET else "::1"
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}{root_path.rstrip('/')}/"
