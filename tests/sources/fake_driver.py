"""A database in memory that does as it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from cadran.sources import Connection
from cadran.sources.driver import Ordered

Answer = Callable[[Mapping[str, object], int], pl.DataFrame]


class FakeDriver:
    dialect = "fake"
    is_typed = False
    name = "fake:shop"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.now: object | None = None
        """Its version."""
        self.connections: list[FakeConnection] = []
        self.num_closed = 0

    def secrets(self) -> tuple[str, ...]:
        return ()

    def connect(self, timeout_secs: float) -> Connection:
        connection = FakeConnection(self)
        self.connections.append(connection)
        return connection

    def close(self) -> None:
        self.num_closed += 1


class FakeConnection:
    def __init__(self, driver: FakeDriver) -> None:
        self._driver = driver
        self.is_closed = False
        self.num_rests = 0
        self.num_cancels = 0

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        assert not self.is_closed
        frame = self._driver.answer(parameters, max_rows)
        assert frame.height <= max_rows
        return frame

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        frame = self.fetch(sql, parameters, max_rows, timeout_secs)
        return Ordered(frame, frame[column].to_list() if column in frame.columns else (), ())

    def version(self) -> object | None:
        return self._driver.now

    def is_steady(self, sql: str) -> bool:
        return True

    def cancel(self) -> None:
        self.num_cancels += 1

    def rest(self) -> None:
        self.num_rests += 1

    def close(self) -> None:
        self.is_closed = True


def rows_by_time(rows: list[tuple[Any, ...]]) -> Answer:
    """Answer as ``SELECT id, ts, n FROM t WHERE ts >= :since ORDER BY ts LIMIT :limit`` would."""

    def answer(parameters: Mapping[str, object], max_rows: int) -> pl.DataFrame:
        since: Any = parameters["since"]
        limit: Any = parameters["limit"]
        found = sorted((row for row in rows if row[1] >= since), key=lambda row: row[1])[: min(limit, max_rows)]
        schema = {"id": pl.Int64, "ts": pl.Float64, "n": pl.Int64}
        return pl.DataFrame(found, schema=schema, orient="row")

    return answer
