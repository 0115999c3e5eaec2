"""Tables: what travels is what changed, and rows keep their ids."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadran.frames.encode import table_pieces
from cadran.frames.message import message as message_of
from cadran.frames.message import split_message
from cadran.store import TableState
from cadran.store.tables import CELL_CHARS_MAX, column_type

cells = st.one_of(st.none(), st.integers(0, 4), st.just(math.nan))
rows_lists = st.lists(st.tuples(st.integers(0, 5), cells, st.sampled_from("abc")), max_size=8)


class Held:
    """What a viewer keeps of a table."""

    def __init__(self) -> None:
        self.rows: dict[int, list[Any]] = {}
        self.order: list[int] = []
        self.s = 0.0

    def take(self, table: TableState, s: float) -> int:
        """Take what changed since; return how many rows travelled."""
        num_rows = 0
        for piece in table_pieces(0, table, self.s):
            payload = bytes(split_message(message_of([piece], flags=3, view=1, s=1, base=0, at=0))[1][0].payload)
            told = json.loads(payload)
            held = {} if told["replace"] else self.rows
            held |= {int(row): cells for row, cells in told["rows"].items()}
            num_rows += len(told["rows"])
            self.order = told["order"]
            self.rows = {row: held[row] for row in self.order if row in held}
        self.s = s
        return num_rows

    @property
    def shown(self) -> list[list[Any]]:
        return [self.rows[row] for row in self.order]


def frame_of(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {"id": pl.Int64, "x": pl.Float64, "text": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row", strict=False)


def plain(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [[i, None if x is None or math.isnan(x) else float(x), text] for i, x, text in rows]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(rows_lists, max_size=8), st.sampled_from([None, "id"]), st.lists(st.booleans(), min_size=8, max_size=8))
def test_what_changed_gives_the_whole(
    versions: list[list[tuple[Any, ...]]], key: str | None, looks: list[bool]
) -> None:
    """A viewer that looks at some of the versions always has all rows of the one that it looked at."""
    table, held = TableState(key, 50), Held()
    for s, (rows, is_looking) in enumerate(zip(versions, looks, strict=False), start=1):
        before = table.changed_s
        changed = table.replace(frame_of(rows), s)
        assert changed == (table.changed_s > before)
        if is_looking:
            held.take(table, s)
            assert held.shown == plain(rows)
    newcomer = Held()
    newcomer.take(table, 99)
    if versions:
        last = versions[min(len(versions), len(looks)) - 1]
        assert newcomer.shown == plain(last)


@pytest.mark.slow
@given(rows_lists, st.sampled_from([None, "id"]))
def test_the_same_rows_are_no_change(rows: list[tuple[Any, ...]], key: str | None) -> None:
    table = TableState(key, 50)
    table.replace(frame_of(rows), 1)
    assert table.replace(frame_of(rows), 2) is False
    assert table.changed_s == 1


def test_one_changed_row_travels_alone() -> None:
    rows = [(i, float(i), "a") for i in range(100)]
    table, held = TableState("id", 100), Held()
    table.replace(frame_of(rows), 1)
    assert held.take(table, 1) == 100
    rows[7] = (7, 99.0, "a")
    table.replace(frame_of(rows), 2)
    assert held.take(table, 2) == 1
    assert held.shown == plain(rows)


def test_a_new_first_row_moves_no_other() -> None:
    rows = [(i, float(i), "a") for i in range(100)]
    for key in ("id", None):
        table, held = TableState(key, 200), Held()
        table.replace(frame_of(rows), 1)
        held.take(table, 1)
        table.replace(frame_of([(500, 1.0, "new"), *rows]), 2)
        assert held.take(table, 2) == 1
        assert held.shown[0] == [500, 1.0, "new"]


def test_another_order_sends_no_row() -> None:
    rows = [(i, float(i), "a") for i in range(10)]
    table, held = TableState("id", 100), Held()
    table.replace(frame_of(rows), 1)
    held.take(table, 1)
    assert table.replace(frame_of(rows[::-1]), 2)
    assert held.take(table, 2) == 0
    assert held.shown == plain(rows[::-1])


def test_other_columns_are_another_table() -> None:
    table, held = TableState("id", 100), Held()
    table.replace(frame_of([(1, 1.0, "a")]), 1)
    held.take(table, 1)
    table.replace(pl.DataFrame({"id": [1], "y": [2]}), 2)
    held.take(table, 2)
    assert held.shown == [[1, 2]]
    table.replace(pl.DataFrame({"id": [1], "y": ["2"]}), 3)
    held.take(table, 3)
    assert held.shown == [[1, "2"]]


def test_only_the_head_is_shown_and_the_rest_is_counted() -> None:
    table = TableState("id", 10)
    table.replace(frame_of([(i, 1.0, "a") for i in range(1_000)]), 1)
    assert (len(table.order), table.num_rows) == (10, 1_000)
    assert table.replace(frame_of([(i, 1.0, "a") for i in range(1_001)]), 2), "the count is shown too"


def test_ids_of_rows_that_went_are_not_given_to_others() -> None:
    table = TableState("id", 10)
    table.replace(frame_of([(1, 1.0, "a")]), 1)
    first = table.order
    table.replace(frame_of([(2, 1.0, "a")]), 2)
    assert table.order != first
    table.replace(frame_of([]), 3)
    assert (table.order, table.rows) == ((), {})


def test_no_columns_at_all() -> None:
    table, held = TableState("id", 10), Held()
    table.replace(frame_of([(1, 1.0, "a")]), 1)
    held.take(table, 1)
    table.replace(pl.DataFrame(), 2)
    held.take(table, 2)
    assert held.shown == []


CELLS: list[tuple[pl.Series, str, object]] = [
    (pl.Series([1], dtype=pl.UInt8), "number", 1),
    (pl.Series([2**63], dtype=pl.UInt64), "number", str(2**63)),
    (pl.Series([0.5], dtype=pl.Float32), "number", 0.5),
    (pl.Series([Decimal("1.25")]), "number", 1.25),
    (pl.Series([True]), "bool", True),
    (pl.Series(["a"]), "text", "a"),
    (pl.Series(["a"], dtype=pl.Categorical), "text", "a"),
    (pl.Series([b"a"]), "text", "b'a'"),
    (pl.Series([date(1970, 1, 2)]), "time", 86_400.0),
    (pl.Series([datetime(1970, 1, 1, 0, 0, 1, 500_000)]), "time", 1.5),
    (pl.Series([datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))]), "time", 0.0),
    (pl.Series([datetime(1970, 1, 1, 0, 0, 1)], dtype=pl.Datetime("ms")), "time", 1.0),
    (pl.Series([datetime(1970, 1, 1, 0, 0, 1)], dtype=pl.Datetime("ns")), "time", 1.0),
    (pl.Series([time(1, 2)]), "text", "01:02:00"),
    (pl.Series([timedelta(seconds=90)]), "text", "0:01:30"),
    (pl.Series([[1, 2]]), "text", "[1, 2]"),
    (pl.Series([{"a": 1}]), "text", "{'a': 1}"),
    (pl.Series([None]), "text", None),
    (pl.Series([math.nan]), "number", None),
    (pl.Series([-math.inf]), "number", "-∞"),
    (pl.Series(["x" * 5_000]), "text", "x" * CELL_CHARS_MAX + "…"),
]


@pytest.mark.parametrize(("column", "kind", "cell"), CELLS, ids=[f"{s.dtype}-{c!s:.9}" for s, _, c in CELLS])
def test_cells_of_every_type(column: pl.Series, kind: str, cell: object) -> None:
    table = TableState(None, 10)
    table.replace(pl.DataFrame({"a": column}), 1)
    assert table.columns == (("a", kind),)
    assert column_type(column.dtype) == kind
    (row,) = table.rows.values()
    assert row.cells == (cell,)
    assert table_pieces(0, table, 0)


def test_long_tables_are_cut_into_pieces_that_make_the_whole() -> None:
    rows = [(i, float(i), "x" * 900) for i in range(300)]
    table, held = TableState("id", 300), Held()
    table.replace(frame_of(rows), 1)
    pieces = table_pieces(0, table, 0)
    assert len(pieces) > 4
    assert max(map(len, pieces)) <= 65_536 - 32
    held.take(table, 1)
    assert held.shown == plain(rows)


def test_a_row_that_comes_again_keeps_its_id_and_the_second_gets_one_of_its_own() -> None:
    table = TableState(None, 10)
    table.replace(pl.DataFrame({"a": [1, 2]}), 1)
    one, two = table.order
    table.replace(pl.DataFrame({"a": [1, 2, 1]}), 2)
    assert table.order[:2] == (one, two)
    assert table.order[2] not in (one, two)
    assert table.rows[one].s == 1


def test_whole_numbers_that_become_fractions_are_other_rows() -> None:
    table = TableState(None, 10)
    table.replace(pl.DataFrame({"a": [1, 2]}), 1)
    before = table.order
    table.replace(pl.DataFrame({"a": [1.0, 2.0]}), 2)
    assert not set(before) & set(table.order)
