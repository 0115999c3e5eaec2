"""Of one cause the log has a line now and then, whatever else fails."""

from __future__ import annotations

import pytest

from cadran.telling import CAUSES_MAX, EVERY_SECS, Faults


def raised(number: int) -> Exception:
    """A fault of a line of its own."""
    try:
        exec(compile("\n" * number + "1 / 0", "somewhere.py", "exec"))
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def test_each_cause_has_its_own_lines(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults("a viewer")
    for number in (0, 1, 0, 1, 0):
        faults.fail("it failed", raised(number), 5.0)
    faults.fail("it failed", ValueError("never raised"), 5.0)
    assert len(caplog.records) == 3
    assert all(record.exc_info for record in caplog.records)
    caplog.clear()
    faults.fail("it failed", raised(0), 5.0 + EVERY_SECS)
    assert caplog.messages == ["a viewer: it failed (and 2 more since the last line)"]
    assert faults.num == 7


def test_past_a_number_of_causes_others_share_their_lines(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults("a viewer")
    for _ in range(2):
        for number in range(3 * CAUSES_MAX):
            faults.fail("it failed", raised(number), 5.0)
    assert len(caplog.records) == CAUSES_MAX + 1
    assert faults.num == 6 * CAUSES_MAX
