"""Keys of batches: bounded by senders, keys and time."""

from __future__ import annotations

import pytest
from tests.server.fakes import FakeClock

from cadran.server.problems import RefusedError
from cadran.server.repeats import KEPT_SECS, KEYS_PER_SENDER_MAX, LONE_KEYS_MAX, SENDERS_MAX, Repeats


def apply(repeats: Repeats, key: str, digest: int = 1, epoch: str = "e") -> bool:
    """Apply a batch, if it is new; return whether it was."""
    claim, is_new = repeats.claim(epoch, key, digest)
    if is_new:
        claim.settle(1)
    return is_new


def test_a_key_is_known_until_its_time_is_over() -> None:
    clock = FakeClock()
    repeats = Repeats(clock)
    assert apply(repeats, "a:1")
    clock.advance(KEPT_SECS)
    assert not apply(repeats, "a:1")
    clock.advance(1)
    assert apply(repeats, "a:1")
    assert not apply(repeats, "a:1")


def test_a_busy_sender_does_not_make_the_server_forget_another() -> None:
    repeats = Repeats(FakeClock())
    assert apply(repeats, "quiet:1")
    for number in range(10_000):
        assert apply(repeats, f"busy:{number}")
    assert not apply(repeats, "quiet:1")
    assert not apply(repeats, f"busy:{10_000 - KEYS_PER_SENDER_MAX}")
    assert len(repeats) == KEYS_PER_SENDER_MAX + 1


def test_senders_and_lone_keys_are_bounded() -> None:
    repeats = Repeats(FakeClock())
    for number in range(3 * SENDERS_MAX):
        apply(repeats, f"{number}:1")
    assert len(repeats) == SENDERS_MAX
    for number in range(2 * LONE_KEYS_MAX):
        apply(repeats, f"{number}")
    assert len(repeats) == SENDERS_MAX - 1 + LONE_KEYS_MAX


def test_what_is_under_way_is_never_forgotten() -> None:
    clock = FakeClock()
    repeats = Repeats(clock)
    claim, _ = repeats.claim("e", "a:1", 1)
    clock.advance(2 * KEPT_SECS)
    assert repeats.claim("e", "a:1", 1) == (claim, False)
    claim.settle(None)
    assert repeats.claim("e", "a:1", 1)[1], "it was not applied: the next one may try"


def test_a_key_with_other_content_is_refused() -> None:
    repeats = Repeats(FakeClock())
    apply(repeats, "a:1", digest=1)
    with pytest.raises(RefusedError):
        apply(repeats, "a:1", digest=2)
    assert apply(repeats, "a:1", digest=2, epoch="another")
