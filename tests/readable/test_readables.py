from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any, assert_type

import pytest

from cadran.channel import channel
from cadran.errors import UsageError
from cadran.readable import Aggregate, GroupedAggregate, Last, SeriesLast, SeriesOf, TableSeries, Tail

PRESS = channel("press")
WRONG_KIND: Any = "date"
ROWS = PRESS.table("rows", time="ts", key="id")


def test_equal_descriptions_are_one_value() -> None:
    assert ROWS.last("1d").sum("amount", by="region") == ROWS.last(86_400).sum("amount", by="region")
    assert len({ROWS.tail(5), ROWS.tail(5), ROWS.tail(6)}) == 2
    assert PRESS.series("v").named("Vibration") == PRESS.series("v")
    assert PRESS.kpi("t", label="Oven") == PRESS.kpi("t")


def test_an_aggregate_is_typed_by_whether_it_is_grouped() -> None:
    assert_type(ROWS.count(), Aggregate)
    assert_type(ROWS.mean("amount", by="region"), GroupedAggregate)
    assert isinstance(ROWS.count(), Aggregate)
    assert isinstance(ROWS.count(by="region"), GroupedAggregate)
    assert ROWS.min("amount").label == "min amount of rows"
    assert ROWS.max("amount", by="region").key_column == "region"


def test_parts_know_what_they_are_of() -> None:
    last = ROWS.last("1d")
    assert (last.inputs, last.time_column, last.key_column, last.label) == ((ROWS,), "ts", "id", "rows, last 24 h")
    assert isinstance(last, Last)
    assert isinstance(last.tail(3), Tail)
    assert ROWS.series("amount") == TableSeries(ROWS, "ts", "amount", "time")
    assert ROWS.series("amount", x="id").x_kind == "number"
    assert PRESS.series("v").last("60s") == SeriesLast(SeriesOf(PRESS, "v"), 60.0)


@pytest.mark.parametrize(
    ("describe", "message"),
    [
        (lambda: PRESS.table("plain").last("1d"), 'plain.last() needs a time column: give the source time="column"'),
        (lambda: PRESS.table("plain").series("a"), "plain.series('a') needs x=\"column\""),
        (lambda: PRESS.series("curve", x="free").last("1m"), 'last() needs a series over "time", got'),
        (lambda: ROWS.tail(0), "tail() needs at least 1 row, got 0"),
        (lambda: ROWS.last("soon"), "window must be a duration above zero"),
        (lambda: PRESS.series("v2", x=WRONG_KIND), "x: expected one of time, number, free, got 'date'"),
    ],
)
def test_a_description_that_can_not_be_says_why(describe: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        describe()
    assert message in str(raised.value)


def test_a_window_of_the_past_ends_where_it_is_said() -> None:
    ended = ROWS.last("30d", until="2019-06-17 18:00")
    assert ended == ROWS.last("30d", until=datetime(2019, 6, 17, 20, tzinfo=timezone(timedelta(hours=2))))
    assert ended.until == 1_560_794_400.0
    assert ended.label == "rows, last 30 d until 2019-06-17 18:00"
    assert ROWS.last("30d", until=date(2019, 6, 17)) == ROWS.last("30d", until="2019-06-17")
    with pytest.raises(UsageError, match="takes a time or text such as"):
        ROWS.last("30d", until="June")
    with pytest.raises(UsageError, match="expected not both"):
        ROWS.last("30d", until="2019-06-17", follows=True)
