"""Data that people hold lands as the same values whatever it is held in (U20)."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated, prepare
from cadran.updates.held import frame_from_held
from cadran.updates.prepare import PreparedKpi, PreparedPoints, PreparedTable

pd: Any = import_module("pandas")
pa: Any = import_module("pyarrow")
duckdb: Any = import_module("duckdb")

NEW_YEAR = 1_767_225_600.0
PARIS = timezone(timedelta(hours=1))


def landed(points: Any, **options: Any) -> tuple[list[float], list[float | None]]:
    """What lands, gaps as None."""
    one = prepare(ChartDataUpdated("s", points, **options))
    assert isinstance(one, PreparedPoints)
    return one.xs.tolist(), [None if math.isnan(y) else y for y in one.ys.tolist()]


def rows_of(held: Any) -> list[tuple[object, ...]]:
    """A table's rows as they land, gaps as None and decimals as floats."""
    one = prepare(TableUpdated("t", held))
    assert isinstance(one, PreparedTable)
    frame = one.frame
    decimals = {name: pl.Float64 for name, dtype in frame.schema.items() if dtype.is_decimal()}
    return frame.cast(decimals).fill_nan(None).rows() if decimals else frame.fill_nan(None).rows()  # type: ignore[arg-type]


COLUMNS: dict[str, Callable[[list[Any]], Any]] = {
    "tuple": tuple,
    "objects of NumPy": lambda values: np.array([*values, None], dtype=object)[:-1],
    "pandas": pd.Series,
    "objects of pandas": lambda values: pd.Series(values, dtype=object),
    "pandas with NA": lambda values: pd.Series([pd.NA if v is None else v for v in values], dtype=object),
    "Polars": lambda values: pl.Series("c", values, strict=False),
    "Arrow": lambda values: pa.array(values, from_pandas=True),
    "Arrow in parts": lambda values: pa.chunked_array([values[:1], values[1:]], type=pa.array(values).type),
}
FRAMES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "rows": lambda columns: [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)],
    "pandas": pd.DataFrame,
    "nullable pandas": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "pandas with an index": lambda columns: pd.DataFrame(columns).set_index(next(iter(columns))),
    "Polars": pl.DataFrame,
    "Arrow": lambda columns: pa.table({name: pa.array(v, from_pandas=True) for name, v in columns.items()}),
    "a batch of Arrow": lambda columns: pa.RecordBatch.from_pydict(columns),
    "arrays of NumPy": lambda columns: {name: np.array(values) for name, values in columns.items()},
    "columns of pandas": lambda columns: {name: pd.Series(values) for name, values in columns.items()},
    "DuckDB": lambda columns: duckdb.from_arrow(pa.table(columns)),
}
KINDS: list[st.SearchStrategy[Any]] = [
    st.integers(-(2**53), 2**53),
    st.floats(),
    st.floats(width=32),
    st.booleans(),
    st.decimals(-(10**6), 10**6, places=3),
    st.timedeltas(timedelta(-1_000), timedelta(1_000)),
]
DAYS = (datetime(1900, 1, 1), datetime(2200, 1, 1))
TIMES: list[st.SearchStrategy[Any]] = [
    st.datetimes(*DAYS),
    st.datetimes(*DAYS, timezones=st.just(UTC)),
    st.datetimes(*DAYS, timezones=st.just(PARIS)),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.floats(-1e9, 1e10),
]


def lists(kinds: list[st.SearchStrategy[Any]], *, gaps: bool = True) -> st.SearchStrategy[list[Any]]:
    """Values of one kind, with gaps among them."""
    return st.one_of([st.lists(st.none() | kind if gaps else kind, min_size=1, max_size=6) for kind in kinds])


@pytest.mark.parametrize("kind", COLUMNS)
@given(values=lists(KINDS))
def test_u20_numbers_land_as_in_a_list_whatever_holds_them(kind: str, values: list[Any]) -> None:
    xs = list(range(len(values)))
    expected = landed(ChartDataUpdated.xy("s", xs, values).points)
    assert landed(ChartDataUpdated.xy("s", xs, COLUMNS[kind](values)).points) == expected


@pytest.mark.parametrize("kind", COLUMNS)
@given(times=lists(TIMES, gaps=False))
def test_u20_times_land_as_in_a_list_whatever_holds_them(kind: str, times: list[Any]) -> None:
    expected = landed(list(zip(times, range(len(times)), strict=True)))
    assert landed(ChartDataUpdated.xy("s", COLUMNS[kind](times), range(len(times))).points) == expected
    texts = [time if isinstance(time, float) else time.isoformat() for time in times]
    assert landed(ChartDataUpdated.xy("s", texts, range(len(times))).points) == expected


@pytest.mark.parametrize("kind", FRAMES)
@given(data=st.data(), num_rows=st.integers(1, 5))
def test_u20_tables_land_as_in_lists_whatever_holds_them(kind: str, data: st.DataObject, num_rows: int) -> None:
    def column(cells: st.SearchStrategy[Any]) -> list[Any]:
        return data.draw(st.lists(cells, min_size=num_rows, max_size=num_rows))

    columns = {
        "id": column(st.integers(-(2**31), 2**31)),
        "number": column(st.floats(allow_nan=False)),
        "text": column(st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1)),
        "flag": column(st.booleans()),
        "at": column(st.datetimes(*DAYS)),
    }
    assert rows_of(FRAMES[kind](columns)) == rows_of(columns)


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize("zone", [None, UTC, PARIS])
def test_naive_times_are_utc_and_aware_ones_are_instants(zone: timezone | None) -> None:
    at = datetime(2026, 1, 1, tzinfo=zone)
    secs = NEW_YEAR - 3_600 * (zone is PARIS)
    held: list[Any] = [at, pd.Timestamp(at), at.isoformat(), at.isoformat().replace("T", " ")]
    for one in held:
        assert landed([(one, 1.0)])[0] == landed((one, 1.0))[0] == [secs]
        assert prepare(KpiUpdated("k", 1.0, at=one)) == PreparedKpi("k", 1.0, secs)
    frame = frame_from_held([{"at": at}, {"at": pd.NaT}], "here")
    assert frame is not None
    assert frame["at"].dtype == (pl.Datetime("us") if zone is None else pl.Datetime("us", "UTC"))
    assert frame["at"].to_physical().to_list() == [secs * 1e6, None]


@pytest.mark.usefixtures("far_from_utc")
def test_naive_among_aware_times_of_a_column_are_utc() -> None:
    frame = frame_from_held({"at": [datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=PARIS)]}, "here")
    assert frame is not None
    assert frame["at"].to_physical().to_list() == [NEW_YEAR * 1e6, (NEW_YEAR - 3_600) * 1e6]


@pytest.mark.parametrize(
    "at", [np.datetime64("2026-01-01"), np.datetime64("2026-01-01T00:00:00.000000001"), date(2026, 1, 1)]
)
def test_dates_and_times_of_numpy(at: Any) -> None:
    assert landed([(at, 1.0), (at, None)]) == ([NEW_YEAR] * 2, [1.0, None])
    assert landed(ChartDataUpdated.xy("s", np.array([at]), [1.0]).points)[0] == [NEW_YEAR]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (pd.NA, None),
        (pd.NaT, None),
        (np.datetime64("NaT"), None),
        (np.timedelta64("NaT"), None),
        (timedelta(seconds=1.5), 1.5),
        (pd.Timedelta(1.5, "s"), 1.5),
        (np.timedelta64(1_500, "ms"), 1.5),
        (pd.Series([3], dtype="Int64")[0], 3.0),
        (pa.scalar(3), 3.0),
        (pa.scalar(None, pa.int64()), None),
        (pl.Series([Decimal("1.5")])[0], 1.5),
    ],
)
def test_u20_values_of_other_libraries_are_numbers_or_gaps(value: Any, shown: float | None) -> None:
    assert prepare(KpiUpdated("k", value)) == PreparedKpi("k", shown, None)
    assert landed((1.0, value)) == ([1.0], [shown])


def test_u20_a_time_that_is_missing_is_rejected_and_counted() -> None:
    one = prepare(
        ChartDataUpdated("s", [(pd.NaT, 1.0), (None, 2.0), (np.datetime64("NaT"), 3.0), (datetime(2026, 1, 1), 4.0)])
    )
    assert isinstance(one, PreparedPoints)
    assert (one.xs.tolist(), one.ys.tolist(), one.num_rejected) == ([NEW_YEAR], [4.0], 3)


def test_an_index_of_times_is_the_x_of_a_series() -> None:
    index = pd.date_range("2026-01-01", periods=2, freq="h", tz="UTC")
    expected = ([NEW_YEAR, NEW_YEAR + 3_600], [1.0, None])
    column = pd.Series([1.0, math.nan], index=index)
    assert landed(column) == landed(column.to_frame("v")) == expected
    assert landed(column.rename_axis("at").reset_index()) == expected
    assert landed(pl.DataFrame({"x": [1, 2], "y": [None, 3]})) == ([1.0, 2.0], [None, 3.0])
    assert landed(duckdb.sql("SELECT 1 AS x, 2.5::DECIMAL(4, 2) AS y")) == ([1.0], [2.5])
    with pytest.raises(
        UsageError, match=r"xs: expected times, got an index that only counts; give it an index of times"
    ):
        landed(pd.Series([1.0]))
    assert landed(pd.Series([5.0]), x="number") == ([0.0], [5.0])


def test_a_named_index_is_a_column_and_one_of_times_is_too() -> None:
    frame = pd.DataFrame({"g": ["a", "b"], "v": [1, 2]})
    grouped = prepare(TableUpdated("t", frame.groupby("g").sum(), key="g"))
    assert isinstance(grouped, PreparedTable)
    assert grouped.frame.to_dict(as_series=False) == {"g": ["a", "b"], "v": [1, 2]}
    assert rows_of(frame[frame.v > 1]) == [("b", 2)]
    assert rows_of(frame.set_index(["g", "v"]).assign(w=0)) == [("a", 1, 0), ("b", 2, 0)]
    assert rows_of(frame.set_index(pd.to_datetime(["2026-01-01"] * 2)))[0] == (datetime(2026, 1, 1), "a", 1)


def test_categories_durations_and_bytes_are_cells() -> None:
    frame = frame_from_held(
        pd.DataFrame({"c": pd.Categorical(["a", None]), "d": pd.to_timedelta([1, None], "s"), "b": [b"xy", None]}),
        "here",
    )
    assert frame is not None
    assert frame.rows() == [("a", timedelta(seconds=1), "blob, 2 bytes"), (None, None, None)]
    assert frame.schema == {"c": pl.String, "d": pl.Duration("us"), "b": pl.String}


@pytest.mark.parametrize(
    ("rows", "got"),
    [
        (pd.DataFrame({"a": [[1]]}), r"column 'a': expected cells .* got List\(Int64\); unnest or drop it"),
        (pa.table({"a": [{"b": 1}]}), r"column 'a': expected cells .* got Struct.*; unnest or drop it"),
        (pd.DataFrame({"a": [object()]}), r"\[0\]\['a'\]: expected a number, text, .* got <object"),
        (pd.DataFrame({"a": pd.period_range("2026-01", periods=1, freq="M")}), r"\['a'\]: expected .* got Period"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), r"expected columns of different names, got 'a' twice; rename one"),
        (pd.DataFrame({("a", "b"): [1]}), r"expected column names as text, got \('a', 'b'\)"),
        (pl.LazyFrame({"a": [1]}), r"got a lazy frame; call its collect\(\)"),
        ({"a": [1], "b": []}, r"expected columns of one length, got \{'a': 1, 'b': 0\}"),
        ({"a": 1}, r"expected a dict of column to list, got 'a' \(str\): 1 \(int\)"),
        (pl.Series([1]), r"expected a table of Polars, pandas or Arrow, a list of dicts or a dict of columns"),
    ],
)
def test_what_no_table_can_show_says_where_and_what_to_do(rows: Any, got: str) -> None:
    with pytest.raises(UsageError, match=rf"^TableUpdated\('t'\)\.rows.*{got}"):
        prepare(TableUpdated("t", rows))


@pytest.mark.parametrize(
    ("points", "got"),
    [
        (pl.Series([1.0, 2.0]), r"expected x and y, got one column"),
        (pl.DataFrame({"a": [1], "b": [2], "c": [3]}), r"expected a table of two columns, x and y, got .*'c'"),
        ([("2026", 1.0)], r"expected times .* got '2026' \(str\)"),
        ([(timedelta(1), 1.0)], r"expected times .* got datetime.timedelta"),
        ([(datetime(2026, 1, 1), datetime(2026, 1, 1))], r"expected int, float, .* got datetime.datetime"),
    ],
)
def test_points_that_are_none_say_what_is_expected(points: Any, got: str) -> None:
    with pytest.raises(UsageError, match=rf"^ChartDataUpdated\('s'\).*{got}"):
        prepare(ChartDataUpdated("s", points))


def test_what_is_sent_is_a_copy() -> None:
    numbers = np.array([1, 2])
    one = prepare(TableUpdated("t", {"a": numbers}))
    assert isinstance(one, PreparedTable)
    numbers[:] = 0
    assert one.frame["a"].to_list() == [1, 2]


def test_pandas_without_arrow_lands_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "c": pd.Categorical(["a", None]), "f": [1.5, 2.5]})
    table["at"] = pd.to_datetime(["2026-01-01", None]).tz_localize("Europe/Paris")
    expected = frame_from_held(table, "here")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = frame_from_held(table, "here")
    assert found is not None
    assert expected is not None
    assert found.equals(expected)
    assert found.schema == {"n": pl.Int64, "c": pl.String, "f": pl.Float64, "at": pl.Datetime("us", "UTC")}
