from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import OutsideError
from cadran.sources.times import secs_of, written_as

NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC."""
PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("time", "ten_minutes_before"),
    [
        (1_795_348_800, 1_795_348_200),
        (1_795_348_800.0, 1_795_348_200.0),
        (1_795_348_800_000, 1_795_348_200_000),
        (1_795_348_800_000_000, 1_795_348_200_000_000),
        (1_795_348_800_000_000_000, 1_795_348_200_000_000_000),
        (datetime(2026, 11, 22, 12), datetime(2026, 11, 22, 11, 50)),
        (datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 22, 11, 50, tzinfo=UTC)),
        (datetime(2026, 11, 22, 13, tzinfo=PARIS), datetime(2026, 11, 22, 12, 50, tzinfo=PARIS)),
        ("2026-11-22 12:00:00", "2026-11-22 11:50:00"),
        ("2026-11-22T12:00", "2026-11-22T11:50"),
        ("2026-11-22T12:00:00Z", "2026-11-22T11:50:00Z"),
        ("2026-11-22T13:00:00.250+01:00", "2026-11-22T12:50:00.250+01:00"),
        ("2026-11-22 12:00:00.123456789", "2026-11-22 11:50:00.123456000"),
    ],
)
def test_a_time_is_written_as_it_was(time: object, ten_minutes_before: object) -> None:
    assert secs_of(time) == pytest.approx(NOON, abs=0.3)
    before = written_as(secs_of(time) - 600.0, time)
    assert before == ten_minutes_before
    assert type(before) is type(time)


def test_days_are_rounded_down() -> None:
    assert written_as(NOON - 1.0, date(2026, 11, 22)) == date(2026, 11, 22)
    assert written_as(NOON - 86_400.0, date(2026, 11, 22)) == date(2026, 11, 21)
    assert written_as(NOON, "2026-11-22") == "2026-11-22"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.floats(0, 1e12))
def test_what_is_written_is_never_later(time: datetime, late_secs: float) -> None:
    for like in (time, time.replace(tzinfo=UTC), str(time), time.isoformat(timespec="seconds"), secs_of(time)):
        before = written_as(secs_of(like) - late_secs, like)
        assert before <= like  # type: ignore[operator]  # of one type


@pytest.mark.parametrize("time", ["yesterday", "", "22.11.2026", True, None, b"2026", "2026-11-22 12"])
def test_what_is_no_time(time: object) -> None:
    with pytest.raises(OutsideError, match="expected"):
        secs_of(time)
