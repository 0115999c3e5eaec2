"""Times that are texts: remembered or not, they are what parsing all of them gives; and little is parsed again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import OutsideError
from cadran.readable import Floats
from cadran.store import parsed, rows
from cadran.store.parsed import ParsedTimes, shape_of

BEGIN = datetime(2026, 1, 1)
SHAPES: list[Callable[[datetime], str | None]] = [
    lambda at: at.isoformat(),
    lambda at: at.isoformat(" "),
    lambda at: at.isoformat() + "Z",
    lambda at: at.isoformat() + "+02:00",
    lambda at: at.isoformat(timespec="microseconds"),
    lambda at: at.date().isoformat(),
    lambda at: at.strftime("%d/%m/%Y"),
    lambda at: "soon",
    lambda at: None,
]
shapes = st.one_of(st.just(0), st.just(0), st.integers(0, len(SHAPES) - 1))
batches = st.lists(st.tuples(shapes, st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=8)


def whole(column: pl.Series) -> Floats | str:
    """What parsing all of it gives: times, or why not."""
    try:
        return rows._seconds_of_texts(column)
    except OutsideError as problem:
        return str(problem)


@given(batches)
def test_remembered_is_what_parsing_all_gives(batches: list[tuple[int, int, int]]) -> None:
    """Rows are appended in several shapes, oldest rows leave: the times, or the complaint, are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsed, "REMEMBERED_MIN", 1)
        times, texts, number = ParsedTimes(rows._seconds_of_texts), list[Any](), 0
        for shape, num_new, num_gone in batches:
            texts += [SHAPES[shape](BEGIN + timedelta(seconds=number + one)) for one in range(num_new)]
            texts, number = texts[num_gone:], number + num_new
            column = pl.Series("ts", texts, dtype=pl.String)
            expected = whole(column)
            if isinstance(expected, str):
                with pytest.raises(OutsideError) as raised:
                    times.seconds(column)
                assert str(raised.value) == expected
            else:
                np.testing.assert_array_equal(times.seconds(column), expected)


def texts_of(start: int, stop: int) -> pl.Series:
    seconds = pl.Series("ts", np.arange(start, stop, dtype=np.int64) * 1_000_000)
    return seconds.cast(pl.Datetime("us")).dt.to_string("%Y-%m-%dT%H:%M:%S")


def test_of_a_column_that_grows_only_what_is_new_is_parsed() -> None:
    num_parsed: list[int] = []

    def counted(column: pl.Series) -> Floats:
        num_parsed.append(len(column))
        return rows._seconds_of_texts(column)

    times = ParsedTimes(counted)
    for step in range(10):
        column = texts_of(step * 50, 20_000 + step * 100)
        assert times.seconds(column)[-1] == 20_000 + step * 100 - 1
        times.seconds(column)
    assert num_parsed == [20_000] + [100] * 9


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "REMEMBERED_ROWS_MAX", 20_000)
    times = ParsedTimes(rows._seconds_of_texts)
    for number in range(8):
        times.seconds(texts_of(number * 1_000_000, number * 1_000_000 + 5_000))
    assert sum(len(one.column) for one in times._parsed) <= 20_000


def test_shapes() -> None:
    assert shape_of(pl.Series(["2026-01-01 00:00:00", None, "2027-02-03 04:05:06"])) == "0000-00-00 00:00:00"
    assert shape_of(pl.Series(["2026-01-01", "2026-01-01T00:00"])) is None
    assert shape_of(pl.Series(["01/02/2026"])) is None
    assert shape_of(pl.Series([None], dtype=pl.String)) is None
