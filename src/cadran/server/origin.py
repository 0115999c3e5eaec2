"""The Origin wall: nobody else's page opens our WebSocket or posts to us.

What could change or read something (WebSockets, and every method but GET and HEAD) needs an Origin equal,
character by character, to the request's own or to one that is listed. A program sends no Origin and no cookie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from cadran.errors import UsageError
from cadran.server.host import HostName, parse_host
from cadran.server.paths import header_values
from cadran.server.problems import Problem, problem_response, refuse

_ORIGIN = re.compile(r"(https?)://([^/?#@\s]+)")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEMES = {"ws": "http", "wss": "https"}


def origin_of(scheme: str, host: HostName) -> str:
    """Write an origin as browsers do: lower case, without the scheme's own port."""
    name = f"[{host.name}]" if ":" in host.name else host.name
    port = "" if host.port in (None, _DEFAULT_PORTS.get(scheme)) else f":{host.port}"
    return f"{scheme}://{name}{port}"


def parse_origins(origins: Iterable[str]) -> frozenset[str]:
    """Return origins as browsers send them. Raises UsageError for what is not one."""
    return frozenset(_parse_origin(text) for text in origins)


def _parse_origin(text: str) -> str:
    match = _ORIGIN.fullmatch(text)
    host = parse_host(match[2]) if match else None
    if match is None or host is None:
        raise UsageError(f'origins must be exact, such as "https://dash.example.com", got {text!r}')
    return origin_of(match[1], host)


def hosts_of(origins: frozenset[str]) -> frozenset[HostName]:
    """Return the hosts of listed origins: who may post here may also be asked for."""
    hosts = (parse_host(origin.partition("://")[2]) for origin in origins)
    return frozenset(host for host in hosts if host is not None)


def origin_problem(scope: Scope, allowed: frozenset[str]) -> Problem | None:
    """Return why a request's Origin is refused, or None. The Host must have been checked before."""
    if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
        return None
    values = header_values(scope, b"origin")
    if not values:
        if header_values(scope, b"cookie"):
            return Problem(403, "origin_missing", "a request with a cookie needs an Origin header", "Origin")
        return None
    if len(values) == 1 and (values[0] == own_origin(scope) or values[0] in allowed):
        return None
    return Problem(403, "origin_not_allowed", "this Origin may not use this server: allow it with origins=", "Origin")


def own_origin(scope: Scope) -> str | None:
    """Return the origin that a page of this very server has."""
    hosts = header_values(scope, b"host")
    host = parse_host(hosts[0]) if len(hosts) == 1 else None
    scheme = str(scope.get("scheme", "http"))
    return origin_of(_SCHEMES.get(scheme, scheme), host) if host is not None else None


class OriginWall:
    """Refuse WebSockets and changing requests that come from somebody else's page."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = None if scope["type"] == "lifespan" else origin_problem(scope, self.allowed)
        if problem is None:
            await self.app(scope, receive, send)
        else:
            await refuse(problem_response(problem), scope, receive, send)
