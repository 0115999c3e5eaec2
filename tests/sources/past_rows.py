"""Rows of some times in a database, and the buckets that a past gives of them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.backends import Backend

from cadran.sources import Query
from cadran.sources.times import secs_of

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGED = "SELECT id, ts, amount FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit"
KINDS = {
    "naive": {"default": "TIMESTAMP", "mariadb": "DATETIME(6)"},
    "aware": {"duckdb": "TIMESTAMPTZ", "postgres": "TIMESTAMPTZ"},
    "date": {"duckdb": "DATE", "postgres": "DATE", "mariadb": "DATE"},
    "number": {"default": "DOUBLE PRECISION"},
    "integer": {"default": "BIGINT"},
    "text": {"sqlite": "TEXT", "duckdb": "VARCHAR", "postgres": "TEXT"},
}
"""How times are stored, by database; ``default`` for those that are not named."""


def fill(backend: Backend, name: str, kind: str, num: int = 200) -> tuple[list[float], list[float | None]] | None:
    """Make a table of rows some minutes apart; return their times and amounts, or None where there is no such type."""
    types = KINDS[kind]
    written_as = types.get(name) or types.get("default")
    if written_as is None:
        return None
    backend.execute(f"CREATE TABLE orders (id BIGINT PRIMARY KEY, ts {written_as}, amount DOUBLE PRECISION)")
    times: list[float] = []
    amounts: list[float | None] = []
    rows = []
    for i in range(num):
        at = BEGIN + timedelta(seconds=i * 37.25 if kind != "date" else 86_400 * i)
        match kind:
            case "number":
                text, secs = repr(at.timestamp()), at.timestamp()
            case "integer":
                secs = float(math.floor(at.timestamp()))
                text = str(int(secs))
            case "date":
                secs, text = secs_of(at.date()), f"'{at:%Y-%m-%d}'"
            case "aware":
                secs, text = at.timestamp(), f"'{at:%Y-%m-%d %H:%M:%S.%f}+00:00'"
            case "text":
                secs, text = at.timestamp(), f"'{at:%Y-%m-%dT%H:%M:%S.%f}Z'"
            case _:
                secs, text = at.timestamp(), f"'{at:%Y-%m-%d %H:%M:%S.%f}'"
        amount = None if i % 17 == 3 else float((i * 7919) % 101)
        rows.append(f"({i}, {text}, {'NULL' if amount is None else amount})")
        times.append(secs)
        amounts.append(amount)
    backend.execute(f"INSERT INTO orders VALUES {', '.join(rows)}")
    return times, amounts


def buckets(times: list[float], amounts: list[float | None], low_x: float, width: float, num: int) -> dict[int, Any]:
    found: dict[int, list[float]] = {}
    for time, amount in zip(times, amounts, strict=True):
        index = math.floor((time - low_x) / width)
        if 0 <= index < num:
            found.setdefault(index, []).extend([] if amount is None else [amount])
    return {index: (min(some), max(some)) if some else None for index, some in sorted(found.items())}


def read(query: Query, low_x: float, width: float, num: int) -> dict[int, Any]:
    ids, lows, highs, _ = query.past("ts", "amount").read(low_x, low_x + num * width, width, num)
    assert list(ids) == sorted(set(ids))
    return {
        int(index): None if math.isnan(low) else (low, high) for index, low, high in zip(ids, lows, highs, strict=True)
    }
