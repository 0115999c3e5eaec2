"""All routes of the server, filled in, taken from the app itself so that a new one is walked too."""

from __future__ import annotations

from starlette.routing import Route, WebSocketRoute
from tests.server.fakes import FakeEngine, FakeProgram

from cadran.server.api import Api
from cadran.server.assets import BuiltPage
from cadran.server.life import Life
from cadran.server.pages import Pages
from cadran.server.session import DEFAULT_LIMITS

_FILLED = {"/api/channels/{name}": "/api/channels/press", "{name}": "shop", "{slug}": "shop", "{path:path}": "index.js"}


def all_paths() -> list[str]:
    """Return every address once, with names that exist where there are any."""
    program, life = FakeProgram(), Life(FakeEngine)
    routes = [*Api(program, life).routes(), *Pages(program, life, BuiltPage(None, {}), DEFAULT_LIMITS).routes()]
    paths = ["/login"]
    for route in routes:
        assert isinstance(route, Route | WebSocketRoute)
        path = route.path
        for placeholder, value in _FILLED.items():
            path = path.replace(placeholder, value)
        paths.append(path)
    return list(dict.fromkeys(paths))
