"""One wake-up brings the messages of a step to all sessions of a loop, and it is counted how long it was on its way."""

from __future__ import annotations

import asyncio

from cadran.engine import Close
from cadran.frames.costs import HOLD_BOUNDS_SECS
from cadran.server.outlet import LoopOutlet
from cadran.timings import Histogram


class Kept:
    def __init__(self) -> None:
        self.items: list[bytes | Close] = []

    def put(self, item: bytes | Close) -> None:
        self.items.append(item)

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
