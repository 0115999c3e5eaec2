"""One wake-up brings the messages of a step to all sessions of a loop, and it is counted how long it was on its way."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Sequence

import pytest

from cadran.engine import Close
from cadran.frames.costs import HOLD_BOUNDS_SECS
from cadran.server import outlet as outlets
from cadran.server.outlet import AT_ONCE_MAX, LoopOutlet
from cadran.timings import Histogram


class Kept:
    def __init__(self) -> None:
        self.items: list[bytes | Close] = []

    def put(self, item: bytes | Close) -> None:
        self.items.append(item)

    def put_all(self, items: Sequence[bytes | Close]) -> None:
        for item in items:
            self.put(item)

    def put_now(self, item: bytes | Close) -> bool:
        return False

    def abandon(self) -> None:
        raise AssertionError


def test_what_a_step_gives_waits_once_for_the_loop_whatever_the_number_of_viewers() -> None:
    waits, sessions = Histogram(HOLD_BOUNDS_SECS), [Kept() for _ in range(50)]

    async def talk() -> None:
        outlet = LoopOutlet(asyncio.get_running_loop(), waits)
        for viewer, session in enumerate(sessions):
            outlet.add(viewer, session)
        for number in range(3):
            outlet.deliver([(viewer, bytes([number])) for viewer in range(50)])
            assert waits.durations.num == number, "it is handed out when the loop is free"
            await asyncio.sleep(0)

    asyncio.run(talk())
    assert waits.cumulative()[-1] == waits.durations.num == 3
    assert waits.durations.total_secs > 0
    assert all(session.items == [b"\x00", b"\x01", b"\x02"] for session in sessions)


class Talking(Kept):
    """Sends at once; the engine's thread delivers the next message while this one is handed its first."""

    def __init__(self, meanwhile: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def put(self, item: bytes | Close) -> None:
        if not self.items and self._meanwhile is not None:
            engine = threading.Thread(target=self._meanwhile)
            engine.start()
            engine.join(60.0)
        super().put(item)

    def put_now(self, item: bytes | Close) -> bool:
        self.items.append(item)
        return True


def test_a_message_that_is_sent_at_once_does_not_overtake_what_is_being_handed_out() -> None:
    num_viewers = AT_ONCE_MAX + 12
    last = Talking()

    async def talk() -> None:
        outlet = LoopOutlet(asyncio.get_running_loop())
        outlet.add(0, Talking(lambda: outlet.deliver([(num_viewers - 1, b"second")])))
        for viewer in range(1, num_viewers - 1):
            outlet.add(viewer, Kept())
        outlet.add(num_viewers - 1, last)
        outlet.deliver([(viewer, b"first") for viewer in range(num_viewers)])
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(talk())
    assert last.items == [b"first", b"second"]


def test_who_joins_gets_the_rest_of_the_first_picture_behind_the_frames_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlets, "TURN_SECS", 0.0)  # one viewer a turn
    heard: list[tuple[int, bytes | Close]] = []

    class Telling(Kept):
        def __init__(self, viewer: int) -> None:
            super().__init__()
            self.viewer = viewer

        def put(self, item: bytes | Close) -> None:
            heard.append((self.viewer, item))

    async def talk() -> None:
        outlet = LoopOutlet(asyncio.get_running_loop())
        for viewer in range(30):
            outlet.add(viewer, Telling(viewer))
        outlet.deliver([(viewer, b"%d" % number) for viewer in range(20) for number in range(10)])
        outlet.deliver([(viewer, b"frame") for viewer in range(30)])
        await asyncio.sleep(0)
        assert heard.count((29, b"frame")) == 1
        assert len(heard) == 20 + 9 + 11, "one message of each who joins, all of one, the frames of those and of others"
        outlet.remove(19)
        for _ in range(20):
            await asyncio.sleep(0)

    asyncio.run(talk())
    for viewer in range(19):
        assert [item for one, item in heard if one == viewer] == [*(b"%d" % number for number in range(10)), b"frame"]
    assert [item for one, item in heard if one == 19] == [b"0"], "it left"


@pytest.mark.parametrize("seed", range(5))
def test_each_viewer_gets_what_is_for_it_in_order_whatever_waits_for_its_turn(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlets, "TURN_SECS", 0.0)
    rng, sessions = random.Random(seed), [Talking() for _ in range(AT_ONCE_MAX + 4)]
    expected: list[list[bytes | Close]] = [[] for _ in sessions]

    async def talk() -> None:
        outlet = LoopOutlet(asyncio.get_running_loop())
        for viewer, session in enumerate(sessions):
            outlet.add(viewer, session)
        for number in range(200):
            batch: list[tuple[int, bytes | Close]] = []
            for viewer in rng.sample(range(len(sessions)), rng.choice([1, 2, len(sessions)])):
                items = [b"%d %d" % (number, part) for part in range(rng.choice([1, 1, 1, 4]))]
                batch += [(viewer, item) for item in items]
                expected[viewer] += items
            outlet.deliver(batch)
            if rng.random() < 0.5:
                await asyncio.sleep(0)
        for _ in range(2 * len(sessions)):
            await asyncio.sleep(0)

    asyncio.run(talk())
    assert [session.items for session in sessions] == expected
