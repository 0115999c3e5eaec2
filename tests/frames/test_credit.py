"""Credit: what is under way is bounded in bytes and in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.frames.credit import CREDIT_BYTES_MAX, CREDIT_BYTES_MIN, MARKS_MAX, Credit


def test_with_nothing_under_way_any_message_may_go() -> None:
    credit = Credit()
    assert credit.can_send(10**9, 0.0)
    credit.sent(60_000, 0.0)
    assert not credit.can_send(1, 0.0)
    credit.acked(60_000, 0.1)
    assert credit.can_send(10**9, 0.1)


def test_bytes_under_way_are_bounded() -> None:
    credit, now = Credit(), 0.0
    while credit.can_send(1_000, now):
        credit.sent(1_000, now)
        now += 0.001
    assert CREDIT_BYTES_MIN - 1_000 < credit.unacked_bytes <= CREDIT_BYTES_MIN


def test_what_is_under_way_too_long_stops_the_flow() -> None:
    credit = Credit()
    for step in range(20):
        credit.sent(100, step * 0.1)
        credit.acked((step + 1) * 100, step * 0.1 + 0.02)
    credit.sent(100, 10.0)
    assert credit.can_send(100, 10.4)
    assert not credit.can_send(100, 10.6), "half a second, and the way there and back"


def test_a_long_way_is_no_slow_viewer() -> None:
    """On a link of 2 s each way the first acknowledgement comes after 4 s; frames go on until then, and after."""
    credit = Credit()
    acks: list[tuple[float, int]] = []
    num_sent, num_late = 0, 0
    for step in range(300):
        now = step / 10
        while acks and acks[0][0] <= now:
            credit.acked(acks.pop(0)[1], now)
        if credit.can_send(200, now):
            credit.sent(200, now)
            acks.append((now + 4.0, credit.sent_bytes))
            num_sent += 1
        else:
            num_late += 1
    assert num_late == 0
    assert num_sent == 300


def test_a_fast_viewer_earns_a_larger_budget_and_loses_it() -> None:
    credit, now = Credit(), 0.0
    for _ in range(50):
        credit.sent(40_000, now)
        now += 0.02
        credit.acked(credit.sent_bytes, now)
    assert credit.budget_bytes > 4 * CREDIT_BYTES_MIN
    assert credit.budget_bytes <= CREDIT_BYTES_MAX
    for _ in range(60):
        credit.sent(1_000, now)
        now += 1.0
        credit.acked(credit.sent_bytes, now)
    assert credit.budget_bytes == CREDIT_BYTES_MIN


def test_nonsense_is_ignored() -> None:
    credit = Credit()
    credit.sent(1_000, 0.0)
    for total in (-5, 0, 1_001, 2**53):
        credit.acked(total, 0.1)
        assert credit.unacked_bytes == 1_000
    credit.acked(600, 0.1)
    credit.acked(400, 0.2)
    assert credit.unacked_bytes == 400


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["send", "ack", "wait"]), st.integers(0, 70_000)), max_size=200))
def test_whatever_happens_the_account_is_sound(steps: list[tuple[str, int]]) -> None:
    credit, now = Credit(), 1.0
    for what, number in steps:
        if what == "send":
            size = min(number, 65_536)
            was_free, before = credit.unacked_bytes == 0, credit.unacked_bytes
            if credit.can_send(size, now):
                credit.sent(size, now)
                assert was_free or before + size <= credit.budget_bytes
        elif what == "ack":
            credit.acked(number, now)
        else:
            now += number / 10_000
        assert 0 <= credit.acked_bytes <= credit.sent_bytes
        assert CREDIT_BYTES_MIN <= credit.budget_bytes <= CREDIT_BYTES_MAX
        assert credit.unacked_bytes <= CREDIT_BYTES_MAX + 65_536
        assert len(credit._marks) <= MARKS_MAX
    credit.acked(credit.sent_bytes, now)
    assert credit.can_send(65_536, now), "who caught up may always get something"


def test_a_slow_link_keeps_the_least_and_its_histories_are_short() -> None:
    """8 KB/s: no more than 16 KiB under way, and of history at a time what takes half a second."""
    credit, now = Credit(), 1.0
    for _ in range(20):
        while credit.can_send(2_000, now):
            credit.sent(2_000, now)
        while credit.unacked_bytes:
            now += 0.25
            credit.acked(credit.acked_bytes + 2_000, now)
        assert credit.budget_bytes == CREDIT_BYTES_MIN
    room = credit.room(is_quiet=False)
    assert room.history == 4_000
    assert room.one == room.most == CREDIT_BYTES_MIN
    assert credit.room(is_quiet=True).one > 10**9


def test_round_trips_show_how_fast_a_viewer_is() -> None:
    """Each proves up to sixteen times what it took."""
    credit, now, found = Credit(), 1.0, []
    for num_bytes in (5_000, 8_000, 16_000):
        credit.sent(num_bytes, now)
        credit.acked(credit.sent_bytes, now := now + 0.02)
        found.append(credit.budget_bytes)
    assert found == [80_000, 128_000, 256_000]


def test_few_bytes_at_once_prove_little() -> None:
    """A slow link takes a short frame in no time, with what it saved up: histories sent for that would take seconds."""
    credit, now = Credit(), 1.0
    credit.sent(8_000, now)
    credit.acked(8_000, now := now + 1.0)
    slow = credit.room(is_quiet=False).history
    for _ in range(20):
        now += 0.1
        credit.sent(300, now)
        credit.acked(credit.sent_bytes, now + 0.001)
    assert slow == 4_000
    assert credit.room(is_quiet=False).history == 16 * 300


def test_idle_time_does_not_count_as_slowness() -> None:
    credit = Credit()
    for moment in (1.0, 60.0, 120.0):
        credit.sent(CREDIT_BYTES_MIN, moment)
        credit.acked(credit.sent_bytes, moment + 0.02)
    assert credit.budget_bytes == CREDIT_BYTES_MAX


def test_little_that_is_soon_acknowledged_proves_no_slowness() -> None:
    """A busy screen's short frames say nothing of what a viewer could take: a zoom finds the room it had."""
    credit, now = Credit(), 1.0
    credit.sent(CREDIT_BYTES_MIN, now)
    credit.acked(CREDIT_BYTES_MIN, now + 0.02)
    for _ in range(200):
        now += 0.2
        credit.sent(300, now)
        credit.acked(credit.sent_bytes, now + 0.15)
    assert credit.room(is_quiet=False).history > 100_000
