"""Rows that a cursor source appends."""

from __future__ import annotations

import polars as pl

from cadran.store import Key, Store


def test_many_small_appends_do_not_leave_many_small_pieces() -> None:
    store = Store()
    for number in range(500):
        rows = pl.DataFrame({"id": [number], "amount": [1.5]})
        store.land_rows("orders", rows, now_wall=float(number), time=None, keep_secs=None)
    cell = store.cell(Key("orders", "whole"))
    assert cell is not None
    assert isinstance(cell.value, pl.DataFrame)
    assert cell.value["id"].to_list() == list(range(500))
    assert cell.value.n_chunks() <= 65
