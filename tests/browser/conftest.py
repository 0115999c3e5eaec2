"""One browser and one plant for all tests here; a context of its own, under guard, for each page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, WebSocket, expect, sync_playwright
from tests.browser.looking import WAIT_SECS, Wire, wait_fonts, wait_live
from tests.browser.served import Served

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT_MILLIS = WAIT_SECS * 1000
_WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    # Ends with this folder: Playwright's loop runs on the main thread, where other tests run their own.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    expect.set_options(timeout=WAIT_MILLIS)
    with sync_playwright() as playwright:
        flags = [*FLAGS, *(["--no-sandbox"] if is_root else [])]
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served.plant(tmp_path_factory.mktemp("plant"))
    yield served
    served.stop()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demo")
    kept = {"CADRAN_DEMO_PATH": str(folder / "machine.db")}
    served = Served(None, folder, "-m", "cadran.cli", "demo", "--no-open", "--port", "0", env=kept)
    yield served
    served.stop()


class Guard:
    """What no page may do: say anything on the console, raise, break the policy, or ask another origin."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Let pass what the browser itself must say in a test, such as that nobody listens."""
        self._allowed.append(re.compile(pattern))

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def watch(self, context: BrowserContext, origin: str) -> None:
        def asks(url: str) -> None:
            if not url.startswith((origin, "data:", "blob:")):
                self.note(f"asks {url}")

        def on_request(request: Request) -> None:
            asks(request.url)

        def on_socket(socket: WebSocket) -> None:
            asks(socket.url.replace("ws:", "http:"))

        def on_page(page: Page) -> None:
            page.on("websocket", on_socket)

        context.on("request", on_request)
        context.on("console", lambda message: self._on_console(message.type, message.text))
        context.on("weberror", lambda error: self.note(f"raises {error.error}"))
        context.on("page", on_page)
        context.add_init_script(_WATCH_POLICY)

    def _on_console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning", "assert"):
            self.note(f"{kind} on the console: {text}")

    def unexpected(self) -> list[str]:
        return [one for one in self.problems if not any(pattern.search(one) for pattern in self._allowed)]


@pytest.fixture
def guard() -> Iterator[Guard]:
    watching = Guard()
    yield watching
    assert not watching.unexpected()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, guard: Guard) -> Iterator[OpenPage]:
    """Return ``open(url, width=, height=, prepare=, live=True, **context options)``: a page in a new context.

    It is connected, and has its font; ``has_font=False``: it may still wait for that.
    """
    contexts: list[BrowserContext] = []

    def open_it(
        url: str,
        *,
        width: int = 1280,
        height: int = 800,
        live: bool = True,
        has_font: bool = True,
        prepare: Callable[[Page], object] | None = None,
        **options: Any,
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(WAIT_MILLIS)
        guard.watch(context, "/".join(url.split("/")[:3]) + "/")
        page = context.new_page()
        if prepare is not None:
            prepare(page)
        page.goto(url)
        if live:
            wait_live(page)
            if has_font:
                wait_fonts(page)
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def wired(open_page: OpenPage) -> Callable[..., tuple[Page, Wire]]:
    """As ``open_page``, with a record of what goes over its sockets."""

    def open_it(url: str, **options: Any) -> tuple[Page, Wire]:
        wires: list[Wire] = []
        page = open_page(url, prepare=lambda page: wires.append(Wire(page)), **options)
        return page, wires[0]

    return open_it


@pytest.fixture
def own_plant(tmp_path: Path) -> Iterator[Served]:
    """A plant of its own, to be killed."""
    served = Served.plant(tmp_path)
    yield served
    served.stop()
