"""The Host wall: a page of somebody else's whose name was made to resolve to this machine gets nothing.

Loopback names and addresses pass on any port, and the very address that the connection came in at: an address
cannot be rebound, only a name can. Every other name must be listed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from cadran.errors import UsageError
from cadran.server.paths import header_values
from cadran.server.problems import Problem, problem_response, refuse

_NAME_AND_PORT = re.compile(
    r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?)(?::(?P<port>[1-9][0-9]{0,4}))?", re.ASCII
)


class HostName(NamedTuple):
    """A Host header, parsed. ``name`` is lower case, an IPv6 address without brackets; ``port`` None if not given."""

    name: str
    port: int | None


def parse_host(text: str) -> HostName | None:
    """Parse ``name``, ``name:port``, ``[address]`` or ``[address]:port``; None for anything else."""
    match = _NAME_AND_PORT.fullmatch(text.lower()) if text.isascii() else None
    if match is None:
        return None
    name, port = match["name"], int(match["port"]) if match["port"] else None
    if port is not None and port > 65_535:
        return None
    if name.startswith("[") or name.rpartition(".")[2].isdigit():  # an address: in its full form or not at all
        try:
            name = str(ipaddress.ip_address(name.strip("[]")))
        except ValueError:
            return None
    elif ".." in name:
        return None
    return HostName(name, port)


def is_loopback(name: str) -> bool:
    """Whether a name or address always means this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def parse_hosts(hosts: Iterable[str]) -> frozenset[HostName]:
    """Parse the names that a program allows. Raises UsageError for what cannot be a Host header."""
    parsed = set()
    for text in hosts:
        host = parse_host(text)
        if host is None:
            raise UsageError(f'hosts must be names such as "dash.example.com" or "dash.example.com:8400", got {text!r}')
        parsed.add(host)
    return frozenset(parsed)


def host_problem(scope: Scope, allowed: frozenset[HostName]) -> Problem | None:
    """Return why a request's Host is refused, or None."""
    values = header_values(scope, b"host")
    host = parse_host(values[0]) if len(values) == 1 else None
    if host is None:
        return Problem(400, "bad_host", "expected exactly one well-formed Host header", "Host")
    if is_loopback(host.name) or host in allowed or HostName(host.name, None) in allowed:
        return None
    if host.name == _own_address(scope):
        return None
    return Problem(403, "host_not_allowed", f"this server does not answer to {host.name}: allow it with hosts=", "Host")


def _own_address(scope: Scope) -> str | None:
    """Return the address that the connection came in at; None where the server gives a name or nothing."""
    try:
        address = ipaddress.ip_address(str((scope.get("server") or ("",))[0]))
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


class HostWall:
    """Refuse every request whose Host is not ours."""

    def __init__(self, app: ASGIApp, allowed: frozenset[HostName]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = None if scope["type"] == "lifespan" else host_problem(scope, self.allowed)
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await refuse(problem_response(problem), scope, receive, send)
