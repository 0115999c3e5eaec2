"""F23, S6: whatever a request looks like, it is answered; nothing is raised, and nothing outside is opened."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.fakes import TOKEN, FakeEngine, FakeProgram, ask_on_loop, http_scope, websocket_scope

from cadran.server import asgi_app
from cadran.server.feeding import FORMS
from cadran.server.host import parse_host
from cadran.server.login import own_page

BITS = [
    "/",
    "..",
    ".",
    "%2e",
    "%00",
    "\0",
    "\\",
    "s",
    "shop",
    "ws",
    "api",
    "screens",
    "assets",
    "login",
    "é",
    "\r\n",
    ":",
    "?",
]
PATHS = st.lists(st.sampled_from(BITS), max_size=12).map(lambda bits: "/" + "".join(bits))
NAMES = st.sampled_from(
    [
        "host",
        "origin",
        "cookie",
        "authorization",
        "accept",
        "content-type",
        "content-length",
        "content-encoding",
        "range",
        "idempotency-key",
        "cadran-waited",
    ]
)
VALUES = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=60),
    st.sampled_from(["localhost:8400", "text/html", "Bearer x", "gzip", "a=b; c", "-1", "null", "a:1", *FORMS]),
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
REFUSED = {400, 401, 403, 404, 405, 408, 413, 415, 422, 426, 429}

APPS = [
    asgi_app(FakeProgram(), engine=FakeEngine()),
    asgi_app(FakeProgram("Shop", "Oven"), engine=FakeEngine(), token=TOKEN),
]


@settings(max_examples=150, deadline=None)
@given(
    path=PATHS,
    query=st.binary(max_size=20),
    headers=HEADERS,
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", ""]),
    root_path=st.sampled_from(["", "/live", "/"]),
    body=st.binary(max_size=40),
)
def test_f23_requests(
    path: str, query: bytes, headers: list[tuple[str, str]], method: str, root_path: str, body: bytes
) -> None:
    async def scene() -> None:
        for app in APPS:
            changes: dict[str, Any] = {"path": path, "query_string": query, "root_path": root_path}
            answer = await ask_on_loop(app, {**http_scope("/", method, headers), **changes}, body)
            assert answer.status in REFUSED | {200, 202, 303, 307, 503}
            assert "\n" not in "".join(answer.headers.values())
            assert b"root:" not in answer.body
            socket = await ask_on_loop(app, {**websocket_scope("/", headers), **changes})
            assert socket.status in REFUSED | {101}

    asyncio.run(scene())


@given(st.text(max_size=80))
def test_f23_hosts(text: str) -> None:
    host = parse_host(text)
    assert host is None or host.name.isascii()


@given(st.text(max_size=80))
def test_s24_targets_stay_here(target: str) -> None:
    page = own_page(target, {"shop"})
    assert page.startswith(("s/shop/", "?")) or page == ""
    assert page.isascii()
    assert page.isprintable()
