"""The whole server as one ASGI app, to be run by itself or mounted in another at any path."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cadran.clock import Clock, SystemClock
from cadran.engine import Engine
from cadran.errors import ClosedError, UsageError
from cadran.screen.program import Program
from cadran.server import descriptors
from cadran.server.api import Api
from cadran.server.assets import BuiltPage, read_built_page
from cadran.server.auth import Gate, TokenWall, make_gate
from cadran.server.headers import HeadersWall, security_headers
from cadran.server.host import HostWall, parse_hosts
from cadran.server.life import Life, NotStartedError
from cadran.server.login import login
from cadran.server.origin import OriginWall, hosts_of, parse_origins
from cadran.server.pages import Pages, RootSlash
from cadran.server.paths import prefix_to_root
from cadran.server.plain import message_page
from cadran.server.ports import EnginePort
from cadran.server.problems import STOPPED, Problem, RefusedError, not_started, problem_response
from cadran.server.session import DEFAULT_LIMITS, SessionLimits


class WebApp:
    """An ASGI app behind its walls, and what lives with it."""

    def __init__(self, app: ASGIApp, life: Life) -> None:
        self._app = app
        self.life = life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def asgi_app(
    program: Program,
    *,
    token: str | None = None,
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
    frame_ancestors: Iterable[str] = (),
    engine: EnginePort | None = None,
    limits: SessionLimits = DEFAULT_LIMITS,
    num_sockets_max: int | None = None,
    clock: Clock | None = None,
) -> WebApp:
    """Return the app that serves a program.

    ``hosts`` are names that it answers to beside this machine's own; ``origins`` are pages that may use it beside
    its own, and ``frame_ancestors`` pages that may frame it, all written as ``https://dash.example.com``.
    Past ``num_sockets_max`` viewers, 5,000 or what the descriptors of this process allow, the next is answered 503.
    The engine starts with the lifespan or at first use. Raises UsageError for a weak token or a malformed name.
    """
    for name, value in (("hosts", hosts), ("origins", origins), ("frame_ancestors", frame_ancestors)):
        if isinstance(value, str):
            raise UsageError(f"{name} must be a list of names, got the text {value!r}")
    allowed_origins = parse_origins(origins)
    gate = make_gate(token, clock or SystemClock())
    life = Life(lambda: _make_engine(program), engine, num_sockets_max=num_sockets_max or descriptors.num_sockets_max())
    built = read_built_page()
    app: ASGIApp = RootSlash(_routes(program, life, built, limits, gate, clock))
    app = TokenWall(app, gate)
    app = OriginWall(app, allowed_origins)
    app = HostWall(app, parse_hosts(hosts) | hosts_of(allowed_origins))
    app = HeadersWall(app, security_headers(frame_ancestors, built.script_hashes))
    return WebApp(app, life)


def _routes(
    program: Program, life: Life, built: BuiltPage, limits: SessionLimits, gate: Gate | None, clock: Clock | None
) -> Starlette:
    async def take_token(request: Request) -> Response:
        if gate is None:
            raise RefusedError(Problem(404, "no_token", "no token is set: nothing to log in to"))
        return await login(request, gate, program.screens)

    pages = Pages(program, life, built, limits)
    app = Starlette(
        routes=[*Api(program, life, clock).routes(), Route("/login", take_token, methods=["POST"]), *pages.routes()],
        exception_handlers={
            RefusedError: _on_refused,
            ClosedError: _on_closed,
            NotStartedError: _on_not_started,
            HTTPException: _on_http_error,
            Exception: _on_error,
        },
        lifespan=life.span,
    )
    app.router.redirect_slashes = False  # its redirects name the host; ours are relative
    return app


def _make_engine(program: Program) -> EnginePort:
    return Engine(program)


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return _answer(request, error.problem)


async def _on_closed(request: Request, error: Exception) -> Response:
    return _answer(request, STOPPED)


async def _on_not_started(request: Request, error: Exception) -> Response:
    return _answer(request, not_started(error))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return _answer(request, Problem(error.status_code, code, error.detail), error.headers)


async def _on_error(request: Request, error: Exception) -> Response:
    return problem_response(Problem(500, "internal", "the server failed; its log says more"))


def _answer(request: Request, problem: Problem, headers: object = None) -> Response:
    extra = dict(headers) if isinstance(headers, dict) else {}
    if problem.status == 404 and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return message_page("Not found", problem.message, prefix_to_root(request.scope), 404)
    return problem_response(problem, extra)
