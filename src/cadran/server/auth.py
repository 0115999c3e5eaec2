"""The token wall: with a token set, nothing but a reviewed list of routes answers without it.

Programs send ``Authorization: Bearer``; browsers post the token once from a form and get a cookie.
The token is never in an address, a log or a reply.
"""

from __future__ import annotations

import hashlib
import hmac

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cadran.clock import Clock, SystemClock
from cadran.errors import UsageError
from cadran.server.cookie import LIFE_SECS, CookieSigner
from cadran.server.paths import cookie_path, header_values, prefix_to_root, query_of, route_path
from cadran.server.plain import login_page
from cadran.server.problems import Problem, problem_response, refuse
from cadran.server.throttle import Throttle

TOKEN_CHARACTERS_MIN = 16
ANONYMOUS_PATHS = frozenset({"/healthz", "/readyz", "/login", "/plain.css", "/tokens.css"})
"""All that answers without the token: no data, and no names of screens."""


def check_token(token: str) -> None:
    """Raise UsageError for a token that could be guessed. The message does not show it."""
    if len(token) < TOKEN_CHARACTERS_MIN or len(set(token)) < TOKEN_CHARACTERS_MIN // 2:
        raise UsageError(
            f"token must have at least {TOKEN_CHARACTERS_MIN} characters, not a few repeated; make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe())"`'
        )
    if not (token.isascii() and token.isprintable()) or token != token.strip():
        raise UsageError("token must be printable ASCII without spaces around it, to fit into a header")


class Gate:
    """Knows the token, and who may pass."""

    def __init__(self, token: str, clock: Clock) -> None:
        check_token(token)
        self._digest = hashlib.sha256(token.encode()).digest()
        self._clock = clock
        self._throttle = Throttle()
        self.signer = CookieSigner(token)

    def try_token(self, given: str, scope: Scope) -> Problem | None:
        """Return why a token does not open, or None. Wrong ones are counted; a client that guesses waits.

        The right one always opens: behind a proxy all clients have one address, and one that guesses must not keep
        the others out.
        """
        if hmac.compare_digest(hashlib.sha256(given.encode(errors="replace")).digest(), self._digest):
            return None
        client = str((scope.get("client") or ("",))[0])
        mono = self._clock.now().mono
        wait_secs = self._throttle.wait_secs(client, mono)
        if wait_secs:
            return Problem(429, "too_many_failures", f"too many wrong tokens: wait {wait_secs} s")
        self._throttle.fail(client, mono)
        return Problem(401, "wrong_token", "this token is not the right one")

    def cookie_secs(self, scope: Scope) -> float:
        """Return how long the request's cookie is still good; 0 without one."""
        now = self._clock.now().wall
        values = (cookie_parser(text).get(self.signer.name, "") for text in header_values(scope, b"cookie"))
        return max((self.signer.remaining_secs(value, now) for value in values), default=0.0)

    def set_cookie(self, scope: Scope) -> str:
        """Return the Set-Cookie header for a browser that may pass."""
        is_secure = scope.get("scheme") == "https" or any(
            origin.startswith("https:") for origin in header_values(scope, b"origin")
        )
        return self.signer.header(self._clock.now().wall, cookie_path(scope), is_secure)


def auth_problem(scope: Scope, gate: Gate) -> Problem | None:
    """Return why a request may not pass, or None."""
    given = header_values(scope, b"authorization")
    if given:
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            return Problem(401, "bad_authorization", "expected one header `Authorization: Bearer <token>`")
        return gate.try_token(token.strip(), scope)
    if gate.cookie_secs(scope) > 0:
        return None
    return Problem(401, "token_needed", "send the token as `Authorization: Bearer <token>`")


class TokenWall:
    """Refuse what shows neither token nor cookie; a browser gets the form instead."""

    def __init__(self, app: ASGIApp, gate: Gate | None) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gate = self.gate
        if gate is None or scope["type"] == "lifespan" or route_path(scope) in ANONYMOUS_PATHS:
            await self.app(scope, receive, send)
            return
        problem = auth_problem(scope, gate)
        if problem is None:
            await self.app(scope, receive, _renewing(gate, scope, send))
        elif problem.code == "token_needed" and _wants_page(scope):
            await login_page(prefix_to_root(scope), _target(scope), None, 401)(scope, receive, send)
        else:
            wait = {"Retry-After": "60"} if problem.status == 429 else {"WWW-Authenticate": "Bearer"}
            await refuse(problem_response(problem, wait), scope, receive, send)


def _renewing(gate: Gate, scope: Scope, send: Send) -> Send:
    """Renew a cookie past half its life with whatever is answered, a WebSocket included."""
    if not 0 < gate.cookie_secs(scope) < LIFE_SECS / 2:
        return send

    async def send_renewed(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", gate.set_cookie(scope).encode())]
        await send(message)

    return send_renewed


def _wants_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return any("text/html" in value for value in header_values(scope, b"accept"))


def _target(scope: Scope) -> str:
    return route_path(scope).lstrip("/") + query_of(scope)


def make_gate(token: str | None, clock: Clock | None = None) -> Gate | None:
    """Return the gate for a token; None leaves the door open."""
    return None if token is None else Gate(token, clock or SystemClock())
