"""Reads what lies before the points that are held: buckets that the database makes, one block at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import numpy as np

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.readable import Floats, Points
from cadran.sources.asked import Asked
from cadran.sources.asking import Asking
from cadran.sources.driver import Connection, ConnectionLostError
from cadran.sources.past_sql import (
    KINDS_BY_TYPE,
    LEAST_SECS,
    MOST_SECS,
    NANOS_SECS_MAX,
    NUMBERS,
    TimeKind,
    bucket_sql,
    rows_sql,
    sample_sql,
)
from cadran.sources.pool import ConnectionPool
from cadran.sources.query_spec import QuerySpec

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_IS_OF_COLUMNS = re.compile(
    r"ambiguous|duplicate column|specified multiple times|no such column|unknown column|invalid column"
    r"|have a column named|column \S+ does not exist",
    re.IGNORECASE,
)
"""What databases say of a name that two columns have, or none."""


class PastReader:
    """The buckets of one column of a query over another, at any level. Safe in any thread, one call at a time."""

    def __init__(self, pool: ConnectionPool, spec: QuerySpec, asked: Asked, sql: str, x: str, y: str) -> None:
        self.pool = pool
        self._spec = spec
        self._asked = asked
        self._sql = sql
        self._x, self._y = x, y
        self._asking = Asking(pool, spec)
        self._kind: TimeKind | None = None
        self._is_truth = False

    @property
    def timeout_secs(self) -> float:
        """How long one read may take."""
        return self._spec.timeout_secs

    def read(self, low_x: float, high_x: float, width: float, max_buckets: int) -> Floats:
        """Return the buckets of ``low_x <= x < high_x``, each ``width`` wide: number from 0, least and greatest value,
        how many rows.

        Shape (4, n), NaN where a bucket has rows and no values. Both ends are multiples of ``width``. Raises
        ``OutsideError`` for people.
        """
        return self._run(lambda connection: self._read(connection, low_x, high_x, width, max_buckets))

    def read_rows(self, low_x: float, high_x: float, max_rows: int) -> Points | None:
        """Return the rows of ``low_x <= x < high_x`` in ascending x, NaN for those without a value; None where there
        are more than ``max_rows``. Raises ``OutsideError`` for people."""
        return self._run(lambda connection: self._read_rows(connection, low_x, high_x, max_rows))

    def _run(self, work: Callable[[Connection], T]) -> T:
        self.pool.join()
        try:
            return self._asking.run(work)
        finally:
            self.pool.leave()

    def look_anew(self) -> None:
        """See afresh how x is stored: the table may have been made anew."""
        self._kind = None

    def cancel(self) -> None:
        """End a running ``read`` at the database."""
        self._asking.cancel()

    def _read(self, connection: Connection, low_x: float, high_x: float, width: float, max_buckets: int) -> Floats:
        kind = self._known_kind(connection)
        least, most = _ends_of(kind)  # beyond, there are no rows
        first = max(low_x, math.ceil(least / width) * width) if least > -math.inf else low_x
        if kind is None or min(high_x, most) <= first:
            return np.empty((4, 0))
        found = self._ask(connection, bucket_sql, kind, (first, high_x, width), max_buckets + 2)
        return _buckets(found, (first - low_x) / width, max_buckets)

    def _read_rows(self, connection: Connection, low_x: float, high_x: float, max_rows: int) -> Points | None:
        kind = self._known_kind(connection)
        least, most = _ends_of(kind)
        first = max(low_x, least)
        if kind is None or min(high_x, most) <= first:
            return Points(np.empty(0), np.empty(0))
        found = self._ask(connection, rows_sql, kind, (first, high_x, 1.0), max_rows + 1)
        if found.height > max_rows:
            return None
        xs, ys = _numbers(found)
        xs += _read_from(first, kind)
        order = np.argsort(xs, kind="stable")
        order = order[(xs[order] >= low_x) & (xs[order] < high_x)]
        return Points(xs[order], ys[order])

    def _known_kind(self, connection: Connection) -> TimeKind | None:
        """Return how x is stored; None as long as there is no row at all."""
        kind = self._kind
        if kind is None:
            dialect = self.pool.driver.dialect
            sql = sample_sql(dialect, self._sql, self._x, self._y)
            sample = self._sample(connection, sql, dict(self._spec.bound))
            if sample.height:
                kind, self._is_truth = _kind_of(sample["past_x"]), _is_truth(sample["past_y"])
                if "past_type" in sample.columns:
                    kind = KINDS_BY_TYPE.get(sample["past_type"].item(), kind)
                if dialect == "sqlite" and kind == "text":
                    kind = "number"  # each row has a type of its own there: the SQL makes seconds of whatever it is
                self._kind = kind
        return kind

    def _ask(
        self,
        connection: Connection,
        sql_of: Callable[..., str | None],
        kind: TimeKind,
        bounds: tuple[float, float, float],
        max_rows: int,
    ) -> pl.DataFrame:
        """``bounds``: from which x, to which, in buckets how wide."""
        dialect = self.pool.driver.dialect
        sql = sql_of(dialect, self._sql, self._x, self._y, kind, is_truth=self._is_truth)
        if sql is None:
            name = {"text": "times that are texts", "number": "numbers"}.get(kind, "times")
            raise OutsideError(
                f"what is not held can't be read: {dialect} can't count {name} in {self._x!r} in seconds"
            )
        bound: dict[str, object] = dict(self._spec.bound)
        bound["past_from"] = _written(bounds[0], kind, up=False)
        bound["past_to"] = _written(bounds[1], kind, up=True)
        bound["past_width"] = bounds[2]
        try:
            found = self._fetch(connection, sql, bound, max_rows)
        except OutsideError:
            self.look_anew()
            raise
        if found.to_series(0).null_count():
            raise OutsideError(
                f"what is not held can't be read: expected ISO 8601 times in {self._x!r}, got other texts"
            )
        return found

    def _sample(self, connection: Connection, sql: str, bound: dict[str, object]) -> pl.DataFrame:
        """Fetch one row. Of two columns of one name databases know no one, or name the second in ways of their own."""
        try:
            return self._fetch(connection, sql, bound, 1)
        except ConnectionLostError:
            raise
        except OutsideError as problem:
            if _IS_OF_COLUMNS.search(str(problem)) is None:
                raise
            raise OutsideError(
                f"what is not held can't be read: expected one column named {self._x!r} and one named {self._y!r}"
                f" in the SQL, got: {problem}; give each column a name of its own there,"
                " such as a.ts AS ts, b.ts AS other_ts"
            ) from problem

    def _fetch(self, connection: Connection, sql: str, bound: dict[str, object], max_rows: int) -> pl.DataFrame:
        self._asked.num_queries += 1
        frame = connection.fetch(sql, bound, max_rows, self._spec.timeout_secs)
        self._asked.num_rows += frame.height
        return frame


def _kind_of(x: pl.Series) -> TimeKind:
    dtype = x.dtype
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Date:
        return "date"
    if isinstance(dtype, pl.Datetime):
        return "naive" if dtype.time_zone is None else "aware"
    if dtype == pl.String:
        return "text"
    raise OutsideError(f"what is not held can't be read: expected times or numbers in {x.name!r}, got {dtype}")


def _is_truth(y: pl.Series) -> bool:
    if not (y.dtype.is_numeric() or y.dtype in (pl.Boolean, pl.Null)):
        raise OutsideError(f"what is not held can't be read: expected numbers in {y.name!r}, got {y.dtype}")
    return y.dtype == pl.Boolean


def _ends_of(kind: TimeKind | None) -> tuple[float, float]:
    """Return between which x a database has times of a kind."""
    if kind is None or kind in NUMBERS:
        return -math.inf, math.inf
    return (-NANOS_SECS_MAX, NANOS_SECS_MAX) if kind == "nanos" else (LEAST_SECS, MOST_SECS)


def _written(x: float, kind: TimeKind, *, up: bool) -> object:
    """Return an x as the column has it, rounded to what it can tell: down, or ``up``."""
    if kind in NUMBERS:
        return Decimal(x) if kind == "decimal" else x
    least, most = _ends_of(kind)
    secs = max(least, min(most, x))
    at = _EPOCH + timedelta(microseconds=math.ceil(secs * 1e6) if up else math.floor(secs * 1e6))
    if kind == "aware":
        return at
    naive = at.replace(tzinfo=None)
    return naive.isoformat(sep=" ", timespec="microseconds") if kind == "text" else naive


def _read_from(x: float, kind: TimeKind) -> float:
    """Return the x that ``_written`` wrote: databases have microseconds."""
    return x if kind in NUMBERS else math.floor(x * 1e6) / 1e6


def _numbers(frame: pl.DataFrame) -> Floats:
    columns = []
    for column in frame.iter_columns():
        if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
            raise OutsideError(f"what is not held can't be read: expected numbers in {column.name}, got {column.dtype}")
        columns.append(column.cast(pl.Float64).to_numpy())
    return np.array(columns)


def _buckets(frame: pl.DataFrame, first: float, max_buckets: int) -> Floats:
    found = _numbers(frame)
    found[0] += first
    # At the ends times are rounded to microseconds: what falls out of the range by that is another block's.
    return found[:, (found[0] >= 0) & (found[0] < max_buckets)]
