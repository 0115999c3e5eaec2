"""A bell is heard once however often it is rung, and no ring is lost."""

from __future__ import annotations

import threading

from cadran.engine.bell import Bell


def test_a_ring_before_the_wait_ends_it_at_once_and_only_it() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.wait(60.0)
    assert not bell.wait(0.0), "it was heard"
    bell.ring()
    assert bell.wait(60.0), "and is heard again"


def test_a_time_that_is_over_or_without_end_is_no_error() -> None:
    bell = Bell()
    assert not bell.wait(-1.0)
    bell.ring()
    assert bell.wait(float("inf"))


def test_what_was_done_before_a_ring_is_seen_after_the_wait() -> None:
    """Each of several threads leaves something, then rings: who waits finds all of it, however they meet."""
    bell, left, num_threads, num_each = Bell(), list[int](), 4, 2_000

    def leave() -> None:
        for number in range(num_each):
            left.append(number)
            bell.ring()

    threads = [threading.Thread(target=leave, daemon=True) for _ in range(num_threads)]
    for thread in threads:
        thread.start()
    num_seen = 0
    while num_seen < num_threads * num_each:
        assert bell.wait(60.0), "a ring was lost"
        num_seen = len(left)
    for thread in threads:
        thread.join()
