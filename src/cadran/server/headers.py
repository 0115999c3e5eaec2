"""The headers of every response: what a browser may do with a page of ours, and what it may keep."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cadran.server.origin import parse_origins


def content_policy(frame_ancestors: Iterable[str], script_hashes: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy. Raises UsageError for an ancestor that is not an exact origin.

    ``script_hashes``: of the only scripts within a page that run, such as ``sha256-…``.
    """
    ancestors = " ".join(sorted(parse_origins(frame_ancestors))) or "'none'"
    scripts = " ".join(["'self'", *(f"'{one}'" for one in script_hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )


def security_headers(frame_ancestors: Iterable[str] = (), script_hashes: Iterable[str] = ()) -> dict[str, str]:
    """Return the headers that no response goes without."""
    ancestors = tuple(frame_ancestors)
    headers = {
        "Content-Security-Policy": content_policy(ancestors, script_hashes),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return headers if ancestors else {**headers, "X-Frame-Options": "DENY"}


DEFAULTS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""What a response may say otherwise: assets are kept, and a page with a form tells its own origin."""


class HeadersWall:
    """Put the headers on every response, refusals included."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                for name, value in DEFAULTS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send if scope["type"] == "lifespan" else send_with_headers)
