"""Metrics get tables as the library of their choice, and may return them so."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import Any, cast

import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.errors import UsageError
from cadran.metrics.results import result_of

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
