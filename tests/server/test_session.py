"""A viewer's WebSocket: what passes through it, and what is left when it ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.types import ASGIApp
from tests.server.fakes import FakeEngine, FakeProgram, Wire, until, websocket_scope

from cadran.engine import Close
from cadran.frames.credit import CREDIT_BYTES_MAX
from cadran.frames.wire import MESSAGE_BYTES_MAX, VERSION
from cadran.server import asgi_app
from cadran.server.app import WebApp
from cadran.server.session import SessionLimits

HELLO = f'{{"t":"hello","version":{VERSION},"view":{{"n":1}}}}'


@pytest.fixture(autouse=True, params=[False, True], ids=["by ASGI", "by a link"])
def is_linked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both ways to a viewer and back must behave alike."""

    def wire(app: ASGIApp, scope: dict[str, Any]) -> Wire:
        return Wire(app, scope, is_linked=bool(request.param))

    monkeypatch.setattr(sys.modules[__name__], "make_wire", wire)
    return bool(request.param)


make_wire: Callable[[ASGIApp, dict[str, Any]], Wire] = Wire


def run(scene: Coroutine[Any, Any, None]) -> None:
    """Run a scene, and see that it left no task behind."""

    async def watched() -> None:
        await scene
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(watched())


def make(engine: FakeEngine, **limits: Any) -> WebApp:
    return asgi_app(FakeProgram(), engine=engine, limits=SessionLimits(**limits))


async def connected(app: WebApp, engine: FakeEngine) -> tuple[Wire, int]:
    before = set(engine.viewers)
    wire = make_wire(app, websocket_scope())
    wire.say(HELLO)
    await until(lambda: set(engine.viewers) > before and bool(engine.received))
    return wire, (set(engine.viewers) - before).pop()


def test_messages_pass_in_order_both_ways() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, viewer = await connected(make(engine), engine)
        engine.deliver(viewer, b"one", b"two")
        engine.deliver(viewer, b"three")
        await wire.until_sent(4)
        wire.say('{"t":"ack"}')
        wire.hang_up()
        await wire.task
        assert [message.get("bytes") for message in wire.sent] == [None, b"one", b"two", b"three"]
        assert engine.received == [(viewer, HELLO.encode()), (viewer, b'{"t":"ack"}')]

    run(scene())


def test_a_frame_wakes_no_task_of_its_viewer(is_linked: bool) -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, viewer = await connected(make(engine), engine)
        engine.deliver(viewer, b"frame")
        await asyncio.sleep(0)  # the outlet's one wake-up
        assert len(wire.sent) == (2 if is_linked else 1)
        await wire.until_sent(2)
        wire.hang_up()
        await wire.task

    run(scene())


def test_messages_behind_one_that_waits_keep_their_order() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, viewer = await connected(make(engine), engine)
        engine.deliver(viewer, b"0")
        await wire.until_sent(2)
        for round_number in range(3):
            wire.can_send.clear()
            engine.deliver(viewer, *(b"%d" % (4 * round_number + i) for i in (1, 2)))
            await asyncio.sleep(0)
            wire.can_send.set()
            engine.deliver(viewer, b"%d" % (4 * round_number + 3))
            engine.deliver(viewer, b"%d" % (4 * round_number + 4))
            await wire.until_sent(2 + 4 * (round_number + 1))
        wire.hang_up()
        await wire.task
        assert [message["bytes"] for message in wire.sent[1:]] == [b"%d" % i for i in range(13)]

    run(scene())


@pytest.mark.parametrize(
    "end", ["hang_up", "send_fails", "engine_closes", "server_stops", "cancelled", "breaks_a_rule"]
)
def test_whoever_ends_it_the_engine_forgets_the_viewer_once(end: str) -> None:
    async def scene() -> None:
        engine = FakeEngine()
        app = make(engine)
        wire, viewer = await connected(app, engine)
        if end == "hang_up":
            wire.hang_up()
        elif end == "send_fails":
            wire.is_gone = True
            engine.deliver(viewer, b"frame")
        elif end == "engine_closes":
            engine.deliver(viewer, Close(1000, "silent for 15 minutes"))
        elif end == "server_stops":
            await app.life.close_viewers()
            assert wire.close_code == 1001
        elif end == "cancelled":
            wire.task.cancel()
        else:
            wire.push({"type": "websocket.receive", "bytes": b"binary"})
        await asyncio.gather(wire.task, return_exceptions=True)
        assert engine.disconnected == [viewer]
        assert not engine.viewers
        assert app.life.statistics()[:3] == (0, 0, 0)

    run(scene())


def test_a_viewer_that_vanishes_before_its_socket_opens_leaves_nothing() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        app = make(engine)
        wire = make_wire(app, websocket_scope())
        wire.is_gone = True
        with pytest.raises(OSError, match="gone"):
            await wire.task
        assert not engine.viewers
        assert engine.disconnected == []
        assert app.life.num_sockets == 0

    run(scene())


def test_a_stalled_viewer_delays_nobody() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        app = make(engine)
        stalled, first = await connected(app, engine)
        lively, second = await connected(app, engine)
        stalled.can_send.clear()
        engine.viewers[first][1].deliver([(first, b"a"), (second, b"a"), (first, b"b"), (second, b"b")])
        await lively.until_sent(3)
        assert [message.get("bytes") for message in lively.sent[1:]] == [b"a", b"b"]
        assert len(stalled.sent) == 1
        await app.life.close_viewers(grace_secs=0.01)
        await asyncio.gather(stalled.task, lively.task)
        assert lively.close_code == 1001
        assert engine.disconnected == [second, first]

    run(scene())


def test_an_end_that_cannot_be_sent_still_ends() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, viewer = await connected(make(engine, close_secs=0.0), engine)
        wire.can_send.clear()
        engine.deliver(viewer, b"frame", Close(1000, "silent"))
        await wire.task
        assert engine.disconnected == [viewer]

    run(scene())


def test_all_that_the_credit_lets_out_at_once_passes() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        app = make(engine)
        wire, viewer = await connected(app, engine)
        wire.can_send.clear()
        num_messages = (CREDIT_BYTES_MAX + MESSAGE_BYTES_MAX) // MESSAGE_BYTES_MAX
        engine.deliver(viewer, *[b"x" * MESSAGE_BYTES_MAX] * num_messages)
        for _ in range(3):
            await asyncio.sleep(0)
        wire.can_send.set()
        await wire.until_sent(1 + num_messages)
        wire.hang_up()
        await wire.task
        assert wire.close_code is None
        assert len(wire.sent) == 1 + num_messages

    run(scene())


def test_more_than_the_outbox_holds_is_closed_with_1011() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        app = make(engine)
        wire, viewer = await connected(app, engine)
        wire.can_send.clear()
        engine.deliver(viewer, *[b"x" * MESSAGE_BYTES_MAX] * 18)
        for _ in range(3):
            await asyncio.sleep(0)
        wire.can_send.set()
        await wire.task
        assert wire.close_code == 1011
        assert app.life.statistics()[:3] == (0, 0, 1)

    run(scene())


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"bytes": b"{}"}, 1003),
        ({"text": "x" * 65_537}, 1009),
        ({"text": "é" * 32_769}, 1009),
    ],
)
def test_what_viewers_may_not_send(message: dict[str, Any], code: int) -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, _ = await connected(make(engine), engine)
        wire.push({"type": "websocket.receive", **message})
        await wire.task
        assert wire.close_code == code
        assert len(engine.received) == 1

    run(scene())


def test_a_viewer_that_talks_without_end_is_closed_with_1008() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, _ = await connected(make(engine, messages_per_sec=5), engine)
        for _ in range(20):
            wire.say("{}")
        await wire.task
        assert wire.close_code == 1008
        assert len(engine.received) <= 10

    run(scene())


def test_a_viewer_that_never_says_hello_is_closed_with_1008() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire = make_wire(make(engine, hello_secs=0.0), websocket_scope())
        await wire.task
        assert wire.close_code == 1008
        assert engine.disconnected == [1]

    run(scene())


def test_a_full_house_answers_503() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        app = asgi_app(FakeProgram(), engine=engine, num_sockets_max=1)
        wire, _ = await connected(app, engine)
        late = make_wire(app, websocket_scope())
        await late.task
        assert late.sent[0]["status"] == 503
        wire.hang_up()
        await wire.task
        again, _ = await connected(app, engine)
        again.hang_up()
        await again.task

    run(scene())


def test_messages_for_who_has_left_are_dropped() -> None:
    async def scene() -> None:
        engine = FakeEngine()
        wire, viewer = await connected(make(engine), engine)
        outlet = engine.viewers[viewer][1]
        wire.hang_up()
        await wire.task
        outlet.deliver([(viewer, b"late")])
        await asyncio.sleep(0)
        assert len(wire.sent) == 1

    run(scene())


def test_an_outlet_outlives_its_loop() -> None:
    outlets = []

    async def scene() -> None:
        outlets.append(make(FakeEngine()).life.outlet())

    run(scene())
    outlets[0].deliver([(1, b"late")])
