from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.fake_driver import FakeDriver, rows_by_time

from cadran.errors import OutsideError
from cadran.sources import Database, Merged, Query, Reader, Reading, Unchanged

SQL = "SELECT id, ts, n FROM t WHERE ts >= :since ORDER BY ts LIMIT :limit"
Rows = list[tuple[int, float, int]]


class Rig:
    def __init__(self, rows: Rows, **options: Any) -> None:
        self.rows = rows
        self.driver = FakeDriver(rows_by_time(rows))
        options = {"late": "10s", "limit": 4, **options}
        self.query: Query = Database(self.driver).query(SQL, every=1, time="ts", key="id", **options)
        self.reader: Reader = self.query.open()
        self.mark: object | None = None
        self.held: dict[int, tuple[float, int]] = {}

    def read(self, now: float = 1e6) -> Reading:
        reading = self.reader.read(self.mark, now)
        assert isinstance(reading, Merged | Unchanged)
        self.mark = reading.mark
        if isinstance(reading, Merged):
            self.held.update({row[0]: row[1:] for row in reading.rows.rows()})
        return reading

    def catch_up(self, now: float = 1e6) -> None:
        while getattr(self.read(now), "more", False):
            pass


TIMES = st.integers(0, 6).map(lambda number: 1_000.0 + number)


@given(st.lists(st.tuples(st.integers(0, 9), TIMES, st.integers(0, 3)), max_size=30), st.integers(1, 5))
def test_all_is_read_whatever_shares_a_time_wherever_pages_end(added: Rows, limit: int) -> None:
    rows: dict[int, tuple[int, float, int]] = {}
    rig = Rig([], limit=limit, max_rows=100)
    for number, row in enumerate(added):
        rows[row[0]] = row
        rig.rows[:] = rows.values()
        if number % 4 == 0:
            rig.catch_up()
    rig.catch_up()
    assert rig.held == {row[0]: row[1:] for row in rows.values()}


def test_what_is_as_it_was_is_no_change_though_it_is_read_again() -> None:
    rig = Rig([(number, 100.0 + number, 0) for number in range(20)])
    rig.catch_up()
    rig.catch_up()  # now as later: from ``late`` before the newest on
    num_queries = rig.query.asked.num_queries
    merged = [reading for _ in range(3) for reading in iter_round(rig) if isinstance(reading, Merged)]
    assert [one.rows.height for one in merged] == [0] * 6  # pages of a round that follow each other
    assert rig.query.asked.num_queries - num_queries == 9


def iter_round(rig: Rig) -> list[Reading]:
    readings = [rig.read()]
    while getattr(readings[-1], "more", False):
        readings.append(rig.read())
    return readings


def test_a_reading_that_did_not_arrive_is_given_again() -> None:
    rig = Rig([(1, 100.0, 0)])
    rig.catch_up()
    mark = rig.mark
    rig.rows.append((2, 101.0, 0))
    lost = rig.read()
    assert isinstance(lost, Merged)
    rig.mark = mark
    again = rig.read()
    assert isinstance(again, Merged)
    assert again.rows.equals(lost.rows)


def test_a_row_of_the_future_hides_no_late_ones() -> None:
    rig = Rig([(1, 1_000.0, 0), (2, 9_999_999.0, 0)])
    rig.catch_up(now=1_000.0)
    rig.rows.append((3, 995.0, 0))
    rig.catch_up(now=1_001.0)
    assert set(rig.held) == {1, 2, 3}
    rig.rows.append((4, 980.0, 0))  # later than ``late``
    rig.catch_up(now=1_001.0)
    assert set(rig.held) == {1, 2, 3}


def test_many_rows_of_one_time_are_read_as_one_up_to_max_rows() -> None:
    rig = Rig([(number, 100.0, 0) for number in range(20)], limit=2, max_rows=40)
    rig.catch_up()
    assert len(rig.held) == 20
    rig = Rig([(number, 100.0, 0) for number in range(20)], limit=2, max_rows=10)
    with pytest.raises(OutsideError, match="expected at most 10 rows of one time, got more than 10 rows with ts=100.0"):
        rig.catch_up()


def test_an_empty_table_and_then_rows() -> None:
    rig = Rig([])
    rig.catch_up()
    rig.catch_up()
    assert rig.held == {}
    rig.rows.append((1, 100.0, 0))
    rig.catch_up()
    assert set(rig.held) == {1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"key": "sku"}, "the key column 'sku' in the result"),
        ({"time": "at"}, "the time column 'at' in the result"),
    ],
)
def test_a_column_that_is_missing(options: dict[str, Any], message: str) -> None:
    driver = FakeDriver(rows_by_time([(1, 1.0, 0)]))
    query = Database(driver).query(SQL, every=1, late="1s", **{"time": "ts", "key": "id", **options})
    reader = query.open()
    with pytest.raises(OutsideError, match=message):
        reader.read(None, 0.0)
    reader.close()
