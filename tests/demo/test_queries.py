"""What the demonstration's queries cost in a file of many weeks."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cadran.demo.history import SCHEMA
from cadran.demo.queries import Queries

NUM_ROWS = 50_000
STEPS = 100


@pytest.mark.parametrize(("name", "num_kept"), [("recent", 1_200), ("events", 200)])
def test_a_cursor_steps_over_no_older_rows(name: str, num_kept: int, tmp_path: Path) -> None:
    sql = getattr(Queries(tmp_path / "machine.db"), name).spec.sql
    with sqlite3.connect(":memory:") as file:
        file.executescript(SCHEMA)
        number = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {NUM_ROWS})"
        file.execute(f"{number} INSERT INTO samples (ts) SELECT i FROM n")
        file.execute(f"{number} INSERT INTO events (ts, level, what) SELECT i, 'info', 'a change' FROM n")
        num_steps = 0

        def count() -> None:
            nonlocal num_steps
            num_steps += STEPS

        file.set_progress_handler(count, STEPS)
        for cursor, num_rows in ((float("-inf"), num_kept), (NUM_ROWS - 3, 3), (NUM_ROWS, 0)):
            num_steps = 0
            rows = file.execute(sql, {"cursor": cursor, "limit": 5_001}).fetchall()
            assert len(rows) == num_rows
            assert num_steps <= 20 * num_rows + 2 * STEPS
