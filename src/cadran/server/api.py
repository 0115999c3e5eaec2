"""The HTTP interface for programs: what is on the screens, and what it cost. ``feeding`` is the way in."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cadran.clock import Clock
from cadran.screen.choices import Said, choices_from
from cadran.screen.program import Program
from cadran.server.feeding import Feeding
from cadran.server.life import Life, NotStartedError
from cadran.server.metrics import metrics_parts
from cadran.server.openmetrics import CONTENT_TYPE
from cadran.server.problems import STOPPED, Problem, RefusedError, json_response

_INSPECT_SECS = 2.0
_MARGIN_SECS = 0.5
_LOOK_SECS = 5.0


class Api:
    """``/healthz``, ``/readyz``, ``/metrics`` and everything below ``/api/``."""

    def __init__(self, program: Program, life: Life, clock: Clock | None = None) -> None:
        self._program = program
        self._life = life
        self._feeding = Feeding(program, life, clock)

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.health, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
            Route("/api/screens", self.list_screens, methods=["GET"]),
            Route("/api/screens/{name}", self.inspect_screen, methods=["GET"]),
            Route("/api/screens/{name}/debug", self.measure_screen, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
            Route("/api/channels/{name}", self._feeding.feed_channel, methods=["POST"]),
        ]

    async def health(self, request: Request) -> Response:
        """The process is up."""
        return json_response({"status": "up"})

    async def ready(self, request: Request) -> Response:
        """The engine runs, and its first tick is done."""
        try:
            engine = self._life.engine()
        except NotStartedError:  # what it says names channels and screens, and this answers without the token
            message = "the engine could not be started; its log says why"
            raise RefusedError(Problem(503, "not_started", message)) from None
        if engine.is_ready:
            return json_response({"status": "ready"})
        raise RefusedError(Problem(503, "not_ready", "the engine has not finished its first tick"))

    async def list_screens(self, request: Request) -> Response:
        screens = self._program.screens.items()
        return json_response({"screens": [{"name": slug, "title": screen.title} for slug, screen in screens]})

    async def inspect_screen(self, request: Request) -> Response:
        """A one-shot watch: what a viewer of the screen would see now, who chose what the query says."""
        name, choices = self._asked(request)
        future = asyncio.wrap_future(self._life.engine().inspect(name, _INSPECT_SECS, choices))
        await asyncio.wait({future}, timeout=_INSPECT_SECS + _MARGIN_SECS)
        if future.cancelled():
            raise RefusedError(STOPPED)
        if not future.done() or isinstance(future.exception(), TimeoutError):
            message = f"the screen had nothing to show within {_INSPECT_SECS:g} s: try again"
            raise RefusedError(Problem(504, "screen_too_slow", message, "name"))
        return _of(choices, future.result())

    async def measure_screen(self, request: Request) -> Response:
        """What each panel of a screen cost so far, for what the query says. Nothing is watched or read for it."""
        name, choices = self._asked(request)
        return _of(choices, await _soon(self._life.engine().measure_screen(name, choices)))

    async def metrics(self, request: Request) -> Response:
        """What everything cost so far, in the OpenMetrics format."""
        measures = await _soon(self._life.engine().measure())
        text = ""
        for part in metrics_parts(measures, self._life.statistics(), self._feeding.num_repeated()):
            text += part
            await asyncio.sleep(0)  # viewers of this loop get their frames meanwhile
        return Response(text, headers={"Content-Type": CONTENT_TYPE})

    def _asked(self, request: Request) -> tuple[str, Said]:
        """Return a screen's name and what is chosen of it, by the parameters of its page's address.

        Others are none of its business, as in a page's address; a value that can't be chosen is refused.
        """
        name = request.path_params["name"]
        if name not in self._program.screens:
            raise RefusedError(Problem(404, "no_such_screen", f"there is no screen {name!r}", "name"))
        given = request.query_params
        if not given:
            return name, {}
        controls = self._program.description(name).controls
        said = {one.name: given.getlist(one.name) for one in controls if one.name in given}
        choices, refused = choices_from(controls, said)
        if refused:
            wrong = refused[0].name
            raise RefusedError(Problem(400, "no_such_choice", f"{wrong!r} can't be chosen so", wrong))
        return name, dict(choices.items)


def _of(choices: Said, told: Any) -> Response:
    """Answer with what was told, if it is of these choices: there may be too many others at present."""
    if choices and told.choices != choices:
        message = "too many different choices are looked at: try again later"
        raise RefusedError(Problem(503, "too_many_choices", message))
    return json_response(told)


async def _soon(asked: Future[Any]) -> Any:
    """Wait for a look at the engine; refuse if it holds its loop for too long, or stops meanwhile."""
    future = asyncio.wrap_future(asked)
    await asyncio.wait({future}, timeout=_LOOK_SECS)
    if future.done() and not future.cancelled():
        return future.result()
    future.cancel()
    raise RefusedError(STOPPED)
