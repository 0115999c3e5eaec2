"""Sending without a task: a coroutine is run up to its first wait, which most sends never come to.

A task for each viewer that wakes for each frame costs more than the sends themselves, and lateness with it.
"""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

DIRECT = "cadran.sends_directly"
"""In a scope: the server's own ``send``, which does not care which task it runs in."""


class SendsDirectly:
    """Around all walls of an app: they concern a connection's beginning, frames may go past them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            scope = {**scope, DIRECT: send}
        await self._app(scope, receive, send)


def begun(coroutine: Coroutine[Any, None, None]) -> Coroutine[Any, None, None] | None:
    """Run a coroutine up to its first wait. Returns what is left of it, to be awaited by a task; None if it ended.

    Raises what it raises. It must not ask which task it runs in: there is none.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return _rest(coroutine, waits_for)


async def _rest(coroutine: Coroutine[Any, None, None], waits_for: object) -> None:
    await _go_on(coroutine, waits_for)


@types.coroutine
def _go_on(coroutine: Coroutine[Any, None, None], waits_for: object) -> Generator[object, None, None]:
    """Stand between a coroutine that already waits for something and the task that takes it over."""
    try:
        while True:
            try:
                yield waits_for
            except BaseException as error:
                waits_for = coroutine.throw(error)
            else:
                waits_for = coroutine.send(None)
    except StopIteration:
        return
    finally:
        coroutine.close()
