"""One shape for everything that goes wrong over HTTP: ``{"error": {"code", "message", "where"?}}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Problem(NamedTuple):
    """Why a request is refused. ``message`` says what to do; ``where`` names the part of the request."""

    status: int
    code: str
    message: str
    where: str | None = None


STOPPED = Problem(503, "stopped", "the engine has stopped")


def not_started(error: Exception) -> Problem:
    return Problem(503, "not_started", str(error))


class RefusedError(Exception):
    """Raised by an endpoint; becomes the problem's response."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def json_response(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Encode anything msgspec can; NaN becomes null."""
    return Response(msgspec.json.encode(content), status, headers=headers, media_type="application/json")


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    error = {"code": problem.code, "message": problem.message}
    if problem.where is not None:
        error["where"] = problem.where
    return json_response({"error": error}, problem.status, headers)


async def refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an HTTP request, or a WebSocket that was not accepted yet, and end there."""
    if scope["type"] == "websocket":
        await receive()  # its connect event
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1008})  # servers answer 403
            return
    await response(scope, receive, send)
