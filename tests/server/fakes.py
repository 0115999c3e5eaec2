"""An engine that remembers what it was told, a program without data, and a viewer without a socket."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message

from cadran.clock import Instant
from cadran.engine import Close, Outlet
from cadran.engine.core import Core
from cadran.engine.measuring import seen
from cadran.errors import UsageError
from cadran.screen.choices import Said
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui
from cadran.server.link import LINK, Take

HOST = "localhost:8400"
TOKEN = "correct-horse-battery-staple"


class FakeEngine:
    """Satisfies ``EnginePort``; a test reads its lists and calls ``deliver``."""

    def __init__(self) -> None:
        self.is_ready = False
        self.num_starts = 0
        self.num_stops = 0
        self.viewers: dict[int, tuple[str, Outlet]] = {}
        self.received: list[tuple[int, bytes]] = []
        self.disconnected: list[int] = []
        self.report: Any = {"screen": "shop", "panels": []}
        self.asked: list[Said | None] = []
        """What was chosen of each screen that was looked at."""
        self.greeting: list[bytes | Close] = []
        self._next_viewer = 1

    def start(self) -> None:
        self.num_starts += not self.is_ready
        self.is_ready = True

    def stop(self, timeout_secs: float = 5.0) -> None:
        self.num_stops += 1
        self.is_ready = False

    def connect(self, slug: str, outlet: Outlet) -> int:
        viewer, self._next_viewer = self._next_viewer, self._next_viewer + 1
        self.viewers[viewer] = (slug, outlet)
        return viewer

    def receive(self, viewer: int, text: bytes) -> None:
        self.received.append((viewer, text))
        for item in self.greeting:
            self.deliver(viewer, item)

    def disconnect(self, viewer: int) -> None:
        self.disconnected.append(viewer)
        self.viewers.pop(viewer, None)

    def inspect(self, slug: str, timeout_secs: float = 2.0, choices: Said | None = None) -> Future[Any]:
        future: Future[Any] = Future()
        self.asked.append(choices)
        if isinstance(self.report, Exception):
            future.set_exception(self.report)
        else:
            future.set_result(self.report)
        return future

    def measure(self) -> Future[Any]:
        return self._looked(lambda core, now: seen(core.measuring(now).engine((), core.stages())))

    def measure_screen(self, slug: str, choices: Said | None = None) -> Future[Any]:
        self.asked.append(choices)
        return self._looked(lambda core, now: seen(core.measuring(now).screen(core.stage(slug), core.stages())))

    def _looked(self, look: Callable[[Core, Instant], Any]) -> Future[Any]:
        """What an engine that has just begun would tell."""
        future: Future[Any] = Future()
        clock = FakeClock()
        future.set_result(look(Core(FakeProgram(), clock.now(), epoch="fake"), clock.now()))
        return future

    def deliver(self, viewer: int, *items: bytes | Close) -> None:
        self.viewers[viewer][1].deliver([(viewer, item) for item in items])


class FakeChannel:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.num_pending = 0
        self.max_items = 100_000

    def send(self, *updates: Any) -> None:
        self.updates.extend(updates)


class FakeProgram(Program):
    """Real screens, and one channel, ``press``."""

    def __init__(self, *titles: str) -> None:
        super().__init__([TextScreen(title) for title in titles or ("Shop",)])
        self.press = FakeChannel()

    def channel(self, name: str) -> Any:
        if name != "press":
            raise UsageError(f"no screen reaches a channel named {name!r}")
        return self.press


class TextScreen(DashboardScreen):
    """A screen that needs no data."""

    def render(self, ui: Ui, tokens: DesignTokens) -> None:
        ui.text("Nothing", "Nothing at all.")


class FakeClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.mono, self.wall = 100.0, 1_800_000_000.0

    def now(self) -> Instant:
        return Instant(self.mono, self.wall)

    def advance(self, secs: float) -> None:
        self.mono += secs
        self.wall += secs


class Answer(NamedTuple):
    """A response. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The code of the one error shape; fails if it is another shape."""
        error = self.json()["error"]
        assert set(error) - {"where"} == {"code", "message"}
        return str(error["code"])


Headers = dict[str, str] | list[tuple[str, str]]


def http_scope(path: str = "/", method: str = "GET", headers: Headers | None = None, **changes: Any) -> dict[str, Any]:
    """Return the scope of a request from this machine. A Host is added where there is none; ``path`` takes a query."""
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
    if not any(name.lower() == "host" for name, _ in pairs):
        pairs.append(("host", HOST))
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs if value],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8400),
        "extensions": {},
    }
    return {**scope, **changes}


def websocket_scope(path: str = "/ws", headers: Headers | None = None, **changes: Any) -> dict[str, Any]:
    """Return the scope of a WebSocket, on a server that can refuse one with a response."""
    scope = http_scope(path, "GET", headers)
    del scope["method"]
    extensions: dict[str, Any] = {"websocket.http.response": {}}
    return {**scope, "type": "websocket", "scheme": "ws", "subprotocols": [], "extensions": extensions, **changes}


async def ask_on_loop(app: ASGIApp, scope: dict[str, Any], *chunks: bytes) -> Answer:
    """Send a request, its body in the given chunks, and return the response."""
    last = len(chunks) - 1
    bodies = [{"type": "http.request", "body": chunk, "more_body": i < last} for i, chunk in enumerate(chunks or [b""])]
    inbox = deque[Message]([{"type": "websocket.connect"}] if scope["type"] == "websocket" else bodies)
    sent: list[Message] = []

    async def receive() -> Message:
        return inbox.popleft() if inbox else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    if start["type"] == "websocket.close":
        return Answer(403, {}, b"")
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start.get("headers", ())}
    if start["type"] == "websocket.accept":
        return Answer(101, headers, b"")
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def ask(
    app: ASGIApp,
    path: str = "/",
    method: str = "GET",
    headers: Headers | None = None,
    body: bytes = b"",
    **changes: Any,
) -> Answer:
    """Send one request on a loop of its own."""
    return asyncio.run(ask_on_loop(app, http_scope(path, method, headers, **changes), body))


def open_socket(app: ASGIApp, path: str = "/ws", headers: Headers | None = None, **changes: Any) -> Answer:
    """Open a WebSocket and hang up. The status is 101 if it was accepted."""
    return asyncio.run(ask_on_loop(app, websocket_scope(path, headers, **changes)))


async def until(is_so: Callable[[], bool]) -> None:
    """Let the loop turn until something is so; fail if it never is."""
    for _ in range(1_000):
        if is_so():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came about")


class Wire:
    """Both ends of an ASGI connection on the running loop. ``is_open`` unset makes every send wait."""

    def __init__(
        self,
        app: ASGIApp,
        scope: dict[str, Any],
        on_sent: Callable[[], None] = lambda: None,
        *,
        is_linked: bool = False,
    ) -> None:
        self.sent: list[Message] = []
        self._on_sent = on_sent
        self.can_send = asyncio.Event()
        self.can_send.set()
        self.is_gone = False
        self._inbox: deque[Message] = deque([{"type": "websocket.connect"}])
        self._has_mail = asyncio.Event()
        self._has_mail.set()
        self._take: Take | None = None
        scope = {**scope, LINK: self} if is_linked else scope
        self.task = asyncio.ensure_future(app(scope, self._receive, self._send))

    def say(self, text: str) -> None:
        self.push({"type": "websocket.receive", "text": text})

    def write(self, data: bytes) -> bool:
        """As a link."""
        if self.is_gone or not self.can_send.is_set():
            return False
        self.sent.append({"type": "websocket.send", "bytes": data})
        self._on_sent()
        return True

    def write_all(self, messages: Sequence[bytes]) -> Sequence[bytes]:
        """As a link."""
        num_sent = next((number for number, data in enumerate(messages) if not self.write(data)), len(messages))
        return messages[num_sent:]

    def write_now(self, data: bytes) -> bool:
        """As a link whose messages all go by the loop."""
        return False

    def listen(self, take: Take) -> None:
        """As a link."""
        self._take = take

    def push(self, message: Message) -> None:
        if self._take is not None and message["type"] == "websocket.receive" and not self._inbox:
            text = message.get("text")
            self._take(None if text is None else text.encode())
            return
        self._inbox.append(message)
        self._has_mail.set()

    def hang_up(self) -> None:
        self.push({"type": "websocket.disconnect", "code": 1006})

    async def until_sent(self, num_messages: int) -> None:
        await until(lambda: len(self.sent) >= num_messages or self.task.done())

    @property
    def close_code(self) -> int | None:
        return next((message["code"] for message in self.sent if message["type"] == "websocket.close"), None)

    async def _receive(self) -> Message:
        while not self._inbox:
            self._has_mail.clear()
            await self._has_mail.wait()
        return self._inbox.popleft()

    async def _send(self, message: Message) -> None:
        if self.is_gone:
            raise OSError("the viewer is gone")
        await self.can_send.wait()
        self.sent.append(message)
        self._on_sent()
