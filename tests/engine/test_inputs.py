"""What viewers say while the engine is busy: merged, bounded, and in an order that means the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from tests.laws.conftest import make_plant

from cadran import testing
from cadran.engine import inputs
from cadran.engine.inputs import Waiting
from cadran.engine.messages import Disconnected, Input, Received
from cadran.frames.wire import VERSION, Ack, Hello, Refresh, View
from cadran.turn import Turn, endless


def said(message: object, viewer: int = 1) -> Received:
    return Received(viewer, msgspec.json.encode(message))


def spaced(view: View) -> bytes:
    """As most programs write it."""
    return json.dumps(msgspec.to_builtins(view)).encode()


def turned(view: View) -> bytes:
    """All fields in another order."""
    return json.dumps(dict(reversed(msgspec.to_builtins(view).items())), indent=1).encode()


def texts(waiting: Waiting) -> list[tuple[int, bytes]]:
    return [(one.viewer, one.text) for one in waiting if isinstance(one, Received)]


def expected(*given: Received) -> list[tuple[int, bytes]]:
    return [(one.viewer, one.text) for one in given]


def test_law04_of_views_that_wait_the_last_is_taken_in_the_place_of_the_first() -> None:
    waiting = Waiting()
    ack = said(Ack(s=0.0, bytes=1.0))
    waiting.join([said(View(n=1)), said(View(n=1), 2), ack])
    waiting.join([said(View(n=number)) for number in range(2, 500)])
    assert texts(waiting) == expected(said(View(n=499)), said(View(n=1), 2), ack)
    assert waiting.num_merged == 498
    assert len(list(waiting.in_turn(endless()))) == 3
    waiting.join([said(View(n=500)), said(View(n=501), 2), said(View(n=502))])
    assert texts(waiting) == expected(said(View(n=502)), said(View(n=501), 2)), "places are of what waits now"


def test_law08_a_view_takes_along_what_it_superseded_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    views = [said(View(n=number)) for number in range(1, 5)]
    monkeypatch.setattr(inputs, "SUPERSEDED_BYTES_MAX", sum(len(one.text) for one in views[:3]))
    waiting = Waiting()
    waiting.join(views)
    (last,) = waiting
    assert isinstance(last, Received)
    assert last.superseded == tuple(one.text for one in views[:3])
    waiting.join([said(View(n=5)), said(View(n=6))])
    (last,) = waiting
    assert isinstance(last, Received)
    assert last.superseded is None


def test_a_refresh_stays_on_its_side_of_a_view() -> None:
    """One that was asked for in a pause is no longer one of the present before it, nor the other way round."""
    view, paused, again = View(n=1), View(n=2, paused=True, paused_at=1.0), View(n=3)
    conversation: list[Input] = [
        said(view), said(Refresh()), said(Refresh()), said(paused), said(Refresh()), said(again)
    ]  # fmt: skip
    waiting = Waiting()
    waiting.join(conversation)
    order = [view, Refresh(), paused, Refresh(), again]
    assert texts(waiting) == expected(*(said(one) for one in order))
    assert waiting.num_merged == 1


def test_law04_refreshes_that_wait_are_bounded_for_each_viewer_alone() -> None:
    waiting = Waiting()
    waiting.join([said(Refresh(panels=(number,))) for number in range(10_000)])
    assert len(waiting) == inputs.REFRESHES_MAX
    assert waiting.num_dropped == 10_000 - inputs.REFRESHES_MAX
    waiting.join([said(View(n=1)), said(Refresh(), 2), said(Refresh(panels=(0,)), 2)])
    assert list(waiting)[-3:] == [said(View(n=1)), said(Refresh(), 2), said(Refresh(panels=(0,)), 2)]
    waiting.join([said(Refresh(panels=(0,)), 2)])
    assert (waiting.num_merged, waiting.num_dropped) == (1, 10_000 - inputs.REFRESHES_MAX)


def test_law04_views_and_refreshes_in_turns_are_bounded_too() -> None:
    waiting = Waiting()
    for number in range(1_000):
        waiting.join([said(View(n=number)), said(Refresh())])
    assert len(waiting) <= 2 * inputs.REFRESHES_MAX + 1
    assert waiting.num_dropped == 1_000 - inputs.REFRESHES_MAX


def test_law04_a_refresh_that_was_taken_leaves_its_place_to_another() -> None:
    waiting, turn = Waiting(), Turn(iter(range(10**9)).__next__, 0.0)
    waiting.extend([said(Refresh(panels=(number,))) for number in range(3)])
    waiting.join([said(Refresh(panels=(number,))) for number in range(inputs.REFRESHES_MAX)])
    for _ in range(4):  # those that had come while nothing waited, and one of the others
        assert len(list(waiting.in_turn(turn))) == 1
    waiting.join([said(Refresh(panels=(number,))) for number in (1_000, 1_001)])
    assert waiting[-1] == said(Refresh(panels=(1_000,)))
    assert waiting.num_dropped == 1
    list(waiting.in_turn(endless()))
    assert not waiting._refresh_places


def test_f17_of_what_was_taken_nothing_is_kept_though_something_always_waits() -> None:
    waiting, turn = Waiting(), Turn(iter(range(10**9)).__next__, 0.0)
    waiting.join([Disconnected(-1)] * 3)
    most = 0
    for number in range(1_000):
        waiting.join([said(View(n=number), number), said(Refresh(panels=(number,)))])
        for _ in range(2):
            list(waiting.in_turn(turn))
        assert waiting
        most = max(most, sum(map(len, waiting._places.values())), len(waiting._places))
    assert most <= 5


def test_law04_what_is_said_again_is_merged_while_others_are_taken_one_by_one() -> None:
    waiting, turn = Waiting(), Turn(iter(range(10**9)).__next__, 0.0)
    waiting.join([said(View(n=1), 2), said(View(n=1)), said(Refresh())])
    assert len(list(waiting.in_turn(turn))) == 1
    waiting.join([said(View(n=2), 2), said(Refresh()), said(View(n=2))])
    assert texts(waiting) == expected(said(View(n=1)), said(Refresh()), said(View(n=2), 2), said(View(n=2)))
    assert waiting.num_merged == 1
    assert len(list(waiting.in_turn(turn))) == 1
    waiting.join([said(View(n=3), 2), said(View(n=3))])
    assert texts(waiting) == expected(said(Refresh()), said(View(n=3), 2), said(View(n=3)))


@pytest.mark.parametrize("written", [spaced, turned])
def test_law04_a_view_may_be_written_otherwise(written: Callable[[View], bytes]) -> None:
    waiting = Waiting()
    for number in range(1, 10_000, 2):
        paused = View(n=number, paused=number == 501, choices={"t": ("hello",), "q": ('"t": "hello", "paused": true',)})
        waiting.join([Received(1, written(paused)), said(View(n=number + 1))])
    (last,) = waiting
    assert isinstance(last, Received)
    assert msgspec.json.decode(last.text)["n"] == 10_000
    assert waiting.num_merged == 9_999
    assert last.has_followed
    assert list(waiting.in_turn(endless())) == [last]
    assert not waiting._places


def test_decision3_a_view_that_superseded_others_of_its_pause_goes_on_with_it() -> None:
    waiting = Waiting()
    waiting.join([Received(1, spaced(View(n=number, paused=True))) for number in range(5_000)])
    (last,) = waiting
    assert isinstance(last, Received)
    assert (last.superseded, last.has_followed) == (None, False)


@pytest.mark.parametrize("kind", ["hello", "what can't be read", "what is not known"])
def test_f23_what_a_viewer_says_after_its_end_is_dropped_and_counted(kind: str) -> None:
    texts_of: dict[str, Callable[[int], bytes]] = {
        "hello": lambda number: msgspec.json.encode(Hello(version=VERSION, view=View(n=number))),
        "what can't be read": lambda number: b'{"t":"vi' * number,
        "what is not known": lambda number: b'{"t": "greetings", "n": %d}' % number,
    }
    waiting = Waiting()
    for number in range(1, 10_001):
        waiting.join([Received(1, texts_of[kind](number % 100 + 1)), said(View(n=number), 2)])
    assert len(waiting) == 3
    assert waiting.num_dropped == 9_998
    assert len(list(waiting.in_turn(endless()))) == 3
    assert not waiting._odd_places


def test_f23_whoever_says_hello_10_000_times_meanwhile_is_closed_as_ever() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        seat = live.seat(viewer)
        live.core._waiting.append(Disconnected(-1))
        for number in range(10_000):
            hello = Hello(version=VERSION, view=View(n=number))
            live.put(Received(seat.id, msgspec.json.encode(hello)))
        live._step()
        live.advance("1s")
        assert viewer.close_code == 1002
        assert live.statistics().num_inputs_dropped == 9_998
