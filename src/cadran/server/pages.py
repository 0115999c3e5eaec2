"""What a browser asks for: a screen's page, its tokens, its assets and its WebSocket."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from cadran.errors import ClosedError, UsageError
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.screen.tokens import DesignTokens
from cadran.server.assets import BuiltPage
from cadran.server.life import Life, NotStartedError
from cadran.server.paths import prefix_to_root, route_path, with_slash
from cadran.server.plain import list_page, message_page
from cadran.server.problems import STOPPED, Problem, RefusedError, not_started, problem_response, refuse
from cadran.server.session import SessionLimits, run_session

_PLAIN_CSS = (Path(__file__).parent / "plain.css").read_text("utf-8")
_IMMUTABLE = "public, max-age=31536000, immutable"
_KEPT_BY_ONE = "private, max-age=31536000, immutable"
_REVALIDATE = "no-cache"


class RootSlash:
    """The mount itself, asked for without a slash, sends to its root; the router would not find it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_bare = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not route_path(scope)
        await (_redirect_to_slash(scope) if is_bare else self._app)(scope, receive, send)


class SocketApp:
    """An ASGI app; Starlette takes a bare function for an endpoint of its own kind."""

    def __init__(self, serve: ASGIApp) -> None:
        self._serve = serve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._serve(scope, receive, send)


class Pages:
    """The routes for people. Where there is one screen, the root is its page."""

    def __init__(self, program: Program, life: Life, built: BuiltPage, limits: SessionLimits) -> None:
        self._program = program
        self._life = life
        self._built = built
        self._limits = limits

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.root, methods=["GET"]),
            Route("/ws", self.no_upgrade, methods=["GET"]),
            WebSocketRoute("/ws", SocketApp(self.serve_socket)),
            Route("/tokens.css", self.tokens, methods=["GET"]),
            Route("/plain.css", self.plain_css, methods=["GET"]),
            Route("/assets/{path:path}", self.asset, methods=["GET"]),
            Route("/s/{slug}", self.add_slash, methods=["GET"]),
            Route("/s/{slug}/", self.page, methods=["GET"]),
            Route("/s/{slug}/tokens.css", self.tokens, methods=["GET"]),
            Route("/s/{slug}/ws", self.no_upgrade, methods=["GET"]),
            WebSocketRoute("/s/{slug}/ws", SocketApp(self.serve_socket)),
        ]

    def _screen_of(self, scope: Scope) -> DashboardScreen | None:
        """Return the screen that an address names; the root names the only one."""
        slug = scope["path_params"].get("slug")
        screens = self._program.screens
        if slug is not None:
            return screens.get(slug)
        return next(iter(screens.values())) if len(screens) == 1 else None

    def _screen(self, request: Request) -> DashboardScreen:
        screen = self._screen_of(request.scope)
        if screen is None:
            raise RefusedError(Problem(404, "no_such_screen", "there is no such screen", "path"))
        return screen

    async def root(self, request: Request) -> Response:
        screens = self._program.screens
        if len(screens) == 1:
            return await self.page(request)
        return list_page([(f"./s/{quote(slug, safe='')}/", screen.title) for slug, screen in screens.items()], "./")

    async def add_slash(self, request: Request) -> Response:
        return _redirect_to_slash(request.scope)

    async def page(self, request: Request) -> Response:
        screen = self._screen(request)
        prefix = prefix_to_root(request.scope)
        tokens_hash = screen.tokens.to_hash()
        html = self._built.html_for(screen.title, prefix, tokens_hash, self._layout_of(screen))
        if html is None:
            message = "The page of this checkout has not been built. Build it with `make page`, then start again."
            return message_page("Not built", message, prefix, 503)
        return HTMLResponse(html)

    def _layout_of(self, screen: DashboardScreen) -> bytes:
        """Return a screen's layout as JSON, empty where describing it fails: the socket says why."""
        try:
            return msgspec.json.encode(self._program.description(screen.slug).layout)
        except UsageError:
            return b""

    async def tokens(self, request: Request) -> Response:
        """A screen's design tokens; for the list and the door, those of the first screen.

        Under their hash, by which pages ask for them, they are kept for ever.
        """
        screens = self._program.screens
        if "slug" in request.path_params:
            tokens = self._screen(request).tokens
        else:
            tokens = next(iter(screens.values())).tokens if screens else DesignTokens()
        kept = _KEPT_BY_ONE if request.url.query == tokens.to_hash() else _REVALIDATE
        return Response(tokens.to_css(), media_type="text/css", headers={"Cache-Control": kept})

    async def plain_css(self, request: Request) -> Response:
        return Response(_PLAIN_CSS, media_type="text/css", headers={"Cache-Control": _REVALIDATE})

    async def asset(self, request: Request) -> Response:
        asset = self._built.assets.get(request.path_params["path"])
        if asset is None:
            raise RefusedError(Problem(404, "no_such_asset", "there is no such file", "path"))
        headers = {
            "Cache-Control": _IMMUTABLE if asset.is_immutable else _REVALIDATE,
            "ETag": asset.etag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == asset.etag:
            return Response(status_code=304, headers=headers)
        if asset.body_gzip is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.body_gzip, headers=headers, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)

    async def no_upgrade(self, request: Request) -> Response:
        raise RefusedError(Problem(426, "websocket_needed", "this address speaks WebSocket"))

    async def serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        screen = self._screen_of(scope)
        with self._life.socket_place() as is_free:
            if screen is None:
                problem = Problem(404, "no_such_screen", "there is no such screen", "path")
                await refuse(problem_response(problem), scope, receive, send)
            elif not is_free:
                problem = Problem(503, "too_many_viewers", "all places for viewers are taken: try again later")
                await refuse(problem_response(problem, {"Retry-After": "10"}), scope, receive, send)
            else:
                try:
                    engine = self._life.engine()
                except ClosedError:
                    await refuse(problem_response(STOPPED), scope, receive, send)
                except NotStartedError as error:
                    await refuse(problem_response(not_started(error)), scope, receive, send)
                else:
                    await run_session(screen.slug, engine, self._life.outlet(), self._limits, scope, receive, send)


def _redirect_to_slash(scope: Scope) -> Response:
    return Response(status_code=307, headers={"Location": with_slash(scope)})
