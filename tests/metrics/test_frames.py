"""Metrics get tables as the library of their choice, and may return them so."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.errors import UsageError
from cadran.metrics.results import result_of
from cadran.readable import Points

pd: Any = import_module("pandas")
pa: Any = import_module("pyarrow")
WRONG: Any = "numpy"
ROWS = pl.DataFrame({"id": [1, 2], "region": ["EU", None], "amount": [1.5, None]})


@pytest.mark.parametrize(("frames", "kind"), [("polars", pl.DataFrame), ("pandas", pd.DataFrame), ("arrow", pa.Table)])
def test_a_function_gets_and_gives_what_it_asked_for(frames: Any, kind: type) -> None:
    orders = testing.fake_source("orders", every="1s")
    got: list[object] = []

    @cd.metric(orders, frames=frames)
    def same(rows: Any) -> pl.DataFrame:
        got.append(rows)
        return cast(pl.DataFrame, rows)  # whatever it is

    @cd.metric(same, frames=frames)
    def total(rows: Any) -> float:
        column = rows["amount"]
        return float(column.to_pylist()[0] if frames == "arrow" else column.sum())

    @cd.screen("Frames", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Total", total)
        ui.table("Same", same)

    with testing.open(screen) as live:
        viewer = live.viewer()
        orders.value = ROWS
        live.advance("1.5s")
        assert viewer.value("total") == 1.5
        assert viewer.rows("same") == [(1, "EU", 1.5), (2, None, None)]
    assert type(got[-1]) is kind


def test_an_index_with_a_name_is_a_column() -> None:
    orders = testing.fake_source("orders", every="1s")

    @cd.metric(orders, frames="pandas")
    def by_region(rows: Any) -> Any:
        return rows.groupby("region")[["amount"]].sum()

    found = by_region.called_with([ROWS])
    frame = result_of(found, "by_region")
    assert isinstance(frame, pl.DataFrame)
    assert frame.rows() == [("EU", 1.5)]


def test_what_is_not_installed_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = testing.fake_source("orders", every="1s")
    with pytest.raises(UsageError, match='frames must be "polars", "pandas" or "arrow", got \'numpy\''):
        cd.metric(orders, frames=WRONG)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r'frames="pandas" needs pandas: pip install "cadran\[pandas\]"'):
        cd.metric(orders, frames="pandas")


def test_neither_is_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, cadran as cd\n"
        "cd.metric(cd.channel('c').table('t'))(lambda rows: 1.0)\n"
        "print([name for name in ('pandas', 'pyarrow', 'duckdb') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timedelta(2, "s"), 2.0),
        (pd.Series([3], dtype="Int64").sum(), 3.0),
        (np.bool_(True), True),
        (pa.scalar(4), 4.0),
    ],
)
def test_u20_values_of_other_libraries_are_numbers_or_gaps(value: Any, kept: object) -> None:
    assert result_of(value, "f") == kept
    assert type(result_of(value, "f")) is type(kept)


def test_a_column_with_an_index_is_a_series_or_a_table() -> None:
    times = pd.date_range("2026-01-01", periods=2, freq="h", tz="UTC")
    points = result_of(pd.Series([1.0, None], index=times), "f")
    assert isinstance(points, Points)
    assert points.xs.tolist() == [1_767_225_600.0, 1_767_229_200.0]
    assert np.array_equal(points.ys, [1.0, np.nan], equal_nan=True)
    table = result_of(pd.DataFrame({"g": ["a", "b"], "v": [1, 2]}).groupby("g")["v"].sum(), "f")
    assert isinstance(table, pl.DataFrame)
    assert table.to_dict(as_series=False) == {"g": ["a", "b"], "v": [1, 2]}
    for column in (pd.Series([1, 2]), pl.Series([1, 2])):
        with pytest.raises(UsageError, match="f should return .*; got a column: take one value of it"):
            result_of(column, "f")


def test_points_may_have_times_as_x() -> None:
    points = result_of(Points([datetime(2026, 1, 1)], [Decimal("1.5")]), "f")  # type: ignore[arg-type]
    assert isinstance(points, Points)
    assert (points.xs.tolist(), points.ys.tolist()) == ([1_767_225_600.0], [1.5])


def test_nested_cells_are_refused_with_their_column() -> None:
    with pytest.raises(UsageError, match=r"f should return .*; column 'a': expected cells .*; unnest or drop it"):
        result_of(pa.table({"a": [[1]]}), "f")
