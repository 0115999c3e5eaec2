"""The loop of a process that serves alone: a turn of it is short, however many sockets have something for it."""

from __future__ import annotations

import asyncio
import selectors
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from tests.server.fakes import FakeEngine, FakeProgram

from cadran.server.app import asgi_app
from cadran.server.bind import bind_socket
from cadran.server.own_loop import EVENTS_MAX, ShortSelector, own_loop
from cadran.server.run import ACCEPTED_MAX, Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its loop has no selector")
NUM_SOCKETS = 3 * EVENTS_MAX + 2


class Crowd(NamedTuple):
    """Sockets that something was sent to, in the order of their numbers, and what tells of them."""

    selector: ShortSelector
    ours: list[socket.socket]
    theirs: list[socket.socket]

    def told(self) -> list[int]:
        """Return whom it tells of now, by number."""
        return [key.data for key, _ in self.selector.select(0.0)]


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with ExitStack() as stack:
        selector = stack.enter_context(ShortSelector())
        pairs = [socket.socketpair() for _ in range(NUM_SOCKETS)]
        for number, (ours, theirs) in enumerate(pairs):
            stack.enter_context(ours)
            stack.enter_context(theirs)
            selector.register(ours, selectors.EVENT_READ, number)
            theirs.send(b"x")
        yield Crowd(selector, [ours for ours, _ in pairs], [theirs for _, theirs in pairs])


def test_of_many_sockets_each_is_told_once_before_any_is_told_again(crowd: Crowd) -> None:
    told = [crowd.told() for _ in range(4)]
    assert [len(some) for some in told] == [EVENTS_MAX] * 3 + [2]
    numbers = sorted(number for some in told for number in some)
    assert numbers == list(range(NUM_SOCKETS)), "though none was read from, so all were ready all along"
    assert len(crowd.told()) == EVENTS_MAX


def test_few_are_told_at_once() -> None:
    with ShortSelector() as selector:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            selector.register(ours, selectors.EVENT_READ)
            assert selector.select(0.0) == []
            theirs.send(b"x")
            assert [key.fileobj for key, _ in selector.select(None)] == [ours]


def test_who_left_or_waits_for_something_else_by_then_is_not_told(crowd: Crowd) -> None:
    first = set(crowd.told())
    left, writes, both = [number for number in range(NUM_SOCKETS) if number not in first][:3]
    crowd.selector.unregister(crowd.ours[left])
    crowd.selector.modify(crowd.ours[writes], selectors.EVENT_WRITE, writes)
    crowd.selector.modify(crowd.ours[both], selectors.EVENT_READ | selectors.EVENT_WRITE, "other")
    told = [(key.data, events) for _ in range(2) for key, events in crowd.selector.select(0.0)]
    assert len(told) == NUM_SOCKETS - EVENTS_MAX - 2
    assert not {left, writes} & {data for data, _ in told}
    assert ("other", selectors.EVENT_READ) in told


def test_connections_that_come_at_once_are_taken_a_few_in_a_turn() -> None:
    num_connections = 5 * ACCEPTED_MAX
    num_new: list[int] = []

    async def scene() -> None:
        is_ready = asyncio.Event()
        server = Server(asgi_app(FakeProgram(), engine=FakeEngine()), on_ready=is_ready.set)
        with ExitStack() as stack:
            listener = stack.enter_context(bind_socket("127.0.0.1", 0))
            task = asyncio.create_task(server.serve([listener]))
            await is_ready.wait()
            for _ in range(num_connections):  # no turn passes meanwhile: the system holds them
                stack.enter_context(socket.create_connection(listener.getsockname(), 60))
            while sum(num_new) < num_connections:
                await asyncio.sleep(0)
                num_new.append(len(server.server_state.connections) - sum(num_new))
            server.should_exit = True
            await task

    with asyncio.Runner(loop_factory=own_loop) as runner:
        runner.run(scene())
    assert max(num_new) == ACCEPTED_MAX


def test_a_server_runs_on_such_a_loop() -> None:
    make = Server(asgi_app(FakeProgram(), engine=FakeEngine())).config.get_loop_factory()
    assert make is own_loop
