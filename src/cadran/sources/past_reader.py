"""Reads what lies before the points that are held: buckets that the database makes, one block at a time."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

import numpy as np

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.sources.asked import Asked
from cadran.sources.asking import Asking
from cadran.sources.driver import Connection, ConnectionLostError
from cadran.sources.past_sql import TimeKind, bucket_sql, sample_sql
from cadran.sources.pool import ConnectionPool
from cadran.sources.query_spec import QuerySpec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_SECS, _MOST_SECS = -62_135_510_400.0, 253_402_214_400.0
"""The second day of the year 1 and the last but one of 9999: beyond, databases have no times."""


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
        """Return the buckets of ``low_x <= x < high_x``, each ``width`` wide: number from 0, least, greatest value.

        Shape (3, n), NaN where a bucket has rows and no values. Both ends are multiples of ``width``. Raises
        ``OutsideError`` for people.
        """
        self.pool.join()
        try:
            return self._asking.run(lambda connection: self._read(connection, low_x, high_x, width, max_buckets))
        finally:
            self.pool.leave()

    def cancel(self) -> None:
        """End a running ``read`` at the database."""
        self._asking.cancel()

    def _read(self, connection: Connection, low_x: float, high_x: float, width: float, max_buckets: int) -> Floats:
        dialect = self.pool.driver.dialect
        bound: dict[str, object] = dict(self._spec.bound)
        if self._kind is None:
            sample = self._sample(connection, sample_sql(dialect, self._sql, self._x, self._y), bound)
            if not sample.height:
                return np.empty((3, 0))  # no row at all
            self._kind, self._is_truth = _kind_of(sample["past_x"]), _is_truth(sample["past_y"])
        sql = bucket_sql(dialect, self._sql, self._x, self._y, self._kind, is_truth=self._is_truth)
        if sql is None:
            kind = {"text": "times that are texts", "number": "numbers"}.get(self._kind, "times")
            raise OutsideError(
                f"what is not held can't be read: {dialect} can't count {kind} in {self._x!r} in seconds"
            )
        first = low_x
        if self._kind != "number":  # databases know no times before the year 1: the buckets before have no rows
            first = max(low_x, math.ceil(_LEAST_SECS / width) * width)
            if min(high_x, _MOST_SECS) <= first:
                return np.empty((3, 0))
        bound["past_from"] = _written(first, self._kind, up=False)
        bound["past_to"] = _written(high_x, self._kind, up=True)
        bound["past_width"] = width
        found = self._fetch(connection, sql, bound, max_buckets + 2)
        return _buckets(found, (first - low_x) / width, max_buckets)

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


def _written(x: float, kind: TimeKind, *, up: bool) -> object:
    """Return an x as the column has it, rounded to what it can tell: down, or ``up``."""
    if kind == "number":
        return x
    secs = max(_LEAST_SECS, min(_MOST_SECS, x))
    at = _EPOCH + timedelta(microseconds=math.ceil(secs * 1e6) if up else math.floor(secs * 1e6))
    if kind == "aware":
        return at
    naive = at.replace(tzinfo=None)
    return at.isoformat(sep=" ", timespec="milliseconds") if kind == "text" else naive


def _buckets(frame: pl.DataFrame, first: float, max_buckets: int) -> Floats:
    columns = []
    for name, column in zip(("past_id", "past_low", "past_high"), frame.iter_columns(), strict=True):
        if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
            raise OutsideError(f"what is not held can't be read: expected numbers in {name}, got {column.dtype}")
        columns.append(column.cast(pl.Float64).to_numpy())
    found: Floats = np.array(columns)
    found[0] += first
    # At the ends times are rounded to microseconds: what falls out of the range by that is another block's.
    return found[:, (found[0] >= 0) & (found[0] < max_buckets)]
