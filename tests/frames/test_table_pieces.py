"""Long tables travel in parts, and are encoded about twice for it, not once for each time that they are cut."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import polars as pl
import pytest

from cadran.frames import encode
from cadran.frames.encode import table_pieces
from cadran.frames.message import PIECE_BYTES_MAX
from cadran.frames.wire import PIECE, TableRows
from cadran.store import TableState


def told(pieces: list[bytes]) -> list[TableRows]:
    decoder = msgspec.json.Decoder(TableRows)
    return [decoder.decode(one[PIECE.size :].rstrip(b"\0")) for one in pieces]


@pytest.mark.parametrize("num_rows", [1, 50, 800, 5_000])
def test_a_table_is_encoded_about_twice_however_many_parts_it_takes(
    num_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[int] = []

    def counted(**fields: Any) -> TableRows:
        encoded.append(len(fields["rows"]))
        return TableRows(**fields)

    monkeypatch.setattr(encode, "TableRows", counted)
    rng = random.Random(1)
    table = TableState("id", 5_000)
    names = ["x" * rng.randrange(100) for _ in range(num_rows)]
    table.replace(pl.DataFrame({"id": range(num_rows), "name": names, "y": [rng.random() for _ in names]}), 1)
    pieces = table_pieces(0, table, 0.0)
    assert sum(encoded) <= 2.5 * num_rows
    assert max(map(len, pieces)) <= PIECE_BYTES_MAX + 64
    parts = told(pieces)
    assert [part.replace for part in parts] == [True] + [False] * (len(parts) - 1)
    assert [cells for part in parts for cells in part.rows.values()] == [table.rows[row].cells for row in table.order]
    assert all(part.order == table.order for part in parts)


def test_one_long_row_among_short_ones_is_cut_apart_again() -> None:
    table = TableState(None, 5_000)
    names = [" " * 990 if 300 < number < 420 else "a" for number in range(2_000)]
    table.replace(pl.DataFrame({"name": names, "id": range(2_000)}), 1)
    parts = told(table_pieces(0, table, 0.0))
    assert [cells for part in parts for cells in part.rows.values()] == [table.rows[row].cells for row in table.order]
