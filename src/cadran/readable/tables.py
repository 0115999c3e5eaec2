"""Tables: a source's rows, windows and ends of them, and what is counted and added up in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal, Self, TypeAlias, overload

from cadran.durations import Duration, format_secs, parse_secs
from cadran.errors import UsageError
from cadran.polars_when_used import pl
from cadran.readable.base import Readable, Scalar, Source
from cadran.readable.series import SeriesReadable, XKind
from cadran.readable.table_verbs import TableVerbs

Operation = Literal["count", "sum", "mean", "min", "max"]


Frame: TypeAlias = "pl.DataFrame"


class TableReadable(TableVerbs, Readable[Frame]):
    """Rows: a source's, or a window or an end of them."""

    __slots__ = ()

    @property
    def time_column(self) -> str | None:
        """The column that says when a row happened, if the source named one."""
        raise NotImplementedError

    @property
    def key_column(self) -> str | None:
        """The column that identifies a row, if the source named one."""
        raise NotImplementedError

    def last(self, window: Duration, *, follows: bool = False, until: date | str | None = None) -> Last:
        """The rows of the last ``window``, moving with time. The source must name its ``time`` column.

        With ``follows`` it is the range that a viewer picks with ``ui.range()``, and ``window`` until one is picked.
        ``until`` is the moment at which a window of the past ended, a time or its ISO 8601 text (naive is UTC).
        """
        if self.time_column is None:
            raise UsageError(f'{self.label}.last() needs a time column: give the source time="column"')
        if until is not None and follows:
            raise UsageError(
                f"{self.label}.last() follows what viewers pick, or ended until {until}: expected not both"
            )
        return Last(self, parse_secs(window, "window"), follows, None if until is None else _moment(until))

    def tail(self, num_rows: int) -> Tail:
        """The last ``num_rows`` rows, newest first where the source names a time or cursor column."""
        if num_rows < 1:
            raise UsageError(f"tail() needs at least 1 row, got {num_rows!r}")
        return Tail(self, num_rows)

    @overload
    def count(self, *, by: None = None) -> Aggregate: ...
    @overload
    def count(self, *, by: str) -> GroupedAggregate: ...
    def count(self, *, by: str | None = None) -> Aggregate | GroupedAggregate:
        """The number of rows; ``by`` a column, one row for each of its values."""
        return _aggregate(self, "count", None, by)

    @overload
    def sum(self, column: str, *, by: None = None) -> Aggregate: ...
    @overload
    def sum(self, column: str, *, by: str) -> GroupedAggregate: ...
    def sum(self, column: str, *, by: str | None = None) -> Aggregate | GroupedAggregate:
        """The sum of a column; ``by`` another, one row for each of its values."""
        return _aggregate(self, "sum", column, by)

    @overload
    def mean(self, column: str, *, by: None = None) -> Aggregate: ...
    @overload
    def mean(self, column: str, *, by: str) -> GroupedAggregate: ...
    def mean(self, column: str, *, by: str | None = None) -> Aggregate | GroupedAggregate:
        """The mean of a column; ``by`` another, one row for each of its values."""
        return _aggregate(self, "mean", column, by)

    @overload
    def min(self, column: str, *, by: None = None) -> Aggregate: ...
    @overload
    def min(self, column: str, *, by: str) -> GroupedAggregate: ...
    def min(self, column: str, *, by: str | None = None) -> Aggregate | GroupedAggregate:
        """The least value of a column; ``by`` another, one row for each of its values."""
        return _aggregate(self, "min", column, by)

    @overload
    def max(self, column: str, *, by: None = None) -> Aggregate: ...
    @overload
    def max(self, column: str, *, by: str) -> GroupedAggregate: ...
    def max(self, column: str, *, by: str | None = None) -> Aggregate | GroupedAggregate:
        """The greatest value of a column; ``by`` another, one row for each of its values."""
        return _aggregate(self, "max", column, by)

    def series(self, y: str, *, x: str | None = None) -> TableSeries:
        """A column over another (default the time column) as a series."""
        x = x or self.time_column
        if x is None:
            raise UsageError(f'{self.label}.series({y!r}) needs x="column", or a source with time="column"')
        return TableSeries(self, x, y, "time" if x == self.time_column else "number")


@dataclass(frozen=True)
class TableOf(TableReadable):
    """A table of a channel."""

    source: Source
    table: str
    time: str | None = None
    key: str | None = None

    @property
    def label(self) -> str:
        return self.table

    @property
    def time_column(self) -> str | None:
        return self.time

    @property
    def key_column(self) -> str | None:
        return self.key


@dataclass(frozen=True)
class TablePart(TableReadable):
    """Some of the rows of a table, or all of them in another order."""

    of: TableReadable

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def time_column(self) -> str | None:
        return self.of.time_column

    @property
    def key_column(self) -> str | None:
        return self.of.key_column


@dataclass(frozen=True)
class Last(TablePart):
    """The rows whose time is within the last ``window_secs``: ``time > now - window_secs``."""

    window_secs: float
    follows: bool = False
    """Whether viewers may choose another window."""
    until: float | None = None
    """The wall second at which the window ends; None moves with time."""

    @property
    def label(self) -> str:
        until = "" if self.until is None else f" until {datetime.fromtimestamp(self.until, UTC):%Y-%m-%d %H:%M}"
        return f"{self.of.label}, last {format_secs(self.window_secs)}{until}"


@dataclass(frozen=True)
class Tail(TablePart):
    """The last rows."""

    num_rows: int

    @property
    def label(self) -> str:
        return f"{self.of.label}, last {self.num_rows} rows"


@dataclass(frozen=True)
class Aggregate(Readable[Scalar]):
    """One number from a table."""

    of: TableReadable
    operation: Operation
    column: str | None

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return " ".join(filter(None, (self.operation, self.column, "of", self.of.label)))


@dataclass(frozen=True)
class GroupedAggregate(TableReadable):
    """One row (label, value) for each value of ``by``, largest value first."""

    of: TableReadable
    operation: Operation
    column: str | None
    by: str

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return " ".join(filter(None, (self.operation, self.column, "by", self.by, "of", self.of.label)))

    @property
    def time_column(self) -> str | None:
        return None

    @property
    def key_column(self) -> str | None:
        return self.by


@dataclass(frozen=True)
class TableSeries(SeriesReadable):
    """A column ``y`` of a table over its column ``x``; text and datetimes in ``x`` are read as times in UTC."""

    of: TableReadable
    x: str
    y: str
    kind: XKind = "time"
    name: str | None = field(default=None, compare=False)

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return self.name or self.y

    @property
    def x_kind(self) -> XKind:
        return self.kind

    def named(self, name: str) -> Self:
        """The same series under another label."""
        return replace(self, name=name)


def _moment(value: date | str) -> float:
    """Return a time as seconds since 1970 UTC."""
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else value.isoformat())
    except (ValueError, AttributeError):
        raise UsageError(f'last(until=…) takes a time or text such as "2019-06-30 18:00", got {value!r}') from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _aggregate(
    of: TableReadable, operation: Operation, column: str | None, by: str | None
) -> Aggregate | GroupedAggregate:
    if by is None:
        return Aggregate(of, operation, column)
    return GroupedAggregate(of, operation, column, by)
