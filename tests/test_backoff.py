from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadran.backoff import BASE_SECS, CAP_SECS, Backoff


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_f11_waits_grow_with_full_jitter_up_to_the_cap(num_failures: int, draw: float) -> None:
    backoff = Backoff(lambda: draw)
    waits = [backoff.next_secs() for _ in range(num_failures)]
    assert waits == sorted(waits)
    assert waits[0] == draw * BASE_SECS
    assert all(0 <= wait <= CAP_SECS for wait in waits)


def test_a_success_begins_again() -> None:
    backoff = Backoff(lambda: 1.0)
    assert backoff.bound_secs == 0.0
    assert [backoff.next_secs() for _ in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    backoff.reset()
    assert (backoff.num_failures, backoff.next_secs()) == (0, 0.5)
