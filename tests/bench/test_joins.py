"""Viewers who join others: what the floor gives them, and the figure to reach."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bench import joins
from bench.contenders.floor import STAMP, FloorApp
from bench.joins import first_bytes_of
from bench.load import Load
from bench.results import CADRAN, FLOOR, Part, Recorder, Results, figures_of
from bench.targets import verdicts


def test_what_newcomers_got_first_is_what_is_left_of_usual_messages() -> None:
    num, first, usual = joins.NUM_JOINING, 100_000.0, 1_000.0
    assert first_bytes_of(round(num * (first + 7 * usual)), 8 * num, usual) == first
    assert first_bytes_of(0, 2 * num, usual) == 0.0


def test_a_newcomer_of_the_floor_gets_a_first_message_as_large_as_it_is_told() -> None:
    sent: list[Any] = []
    came = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect"}])

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        sent.append(message)

    app = FloorApp(Load(began=0.0, ready_bytes=1_000, first_bytes=50_000))
    asyncio.run(app({"type": "websocket"}, receive, send))
    assert [one["type"] for one in sent] == ["websocket.accept", "websocket.send"]
    assert len(sent[1]["bytes"]) == pytest.approx(50_000, abs=STAMP.size)


@pytest.mark.parametrize(("late_millis", "holds"), [(29.0, True), (31.0, False)])
def test_those_who_look_are_not_late_because_others_join(late_millis: float, holds: bool) -> None:
    recorder = Recorder("W2")
    recorder.add(joins.CASE, CADRAN, 0, joins.LATE_P99, "ms", late_millis)
    recorder.add(joins.CASE, FLOOR, 0, joins.LATE_P99, "ms", 20.0)
    part = Part(workload="W2", conditions={}, contenders={}, figures=figures_of(recorder.samples))
    (found,) = [one for one in verdicts(Results(parts=(part,))) if "while 900 join" in one.wanted]
    assert found.holds is holds
