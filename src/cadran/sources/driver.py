"""What a kind of database must offer. Everything else (pages, probes, digests, pools, messages) is the same for all.

All methods raise ``OutsideError`` with a text for people that says what is wrong with the database or the query,
without the query's name (``QueryReader`` puts it before) and without secrets. ``sources/sqlite.py`` is the model;
``tests/sources/test_contract.py`` shows what each driver must do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cadran.errors import OutsideError
from cadran.polars_when_used import pl


class ConnectionLostError(OutsideError):
    """The connection is gone, whatever was asked on it. One that was kept is replaced, and the read tried once more."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows, and the column by which their query orders them."""

    rows: pl.DataFrame
    values: Sequence[object]
    """Of that column, as the database takes them back: bound as a parameter, one equals what it was read from."""
    least: tuple[object, ...]
    """What no value of the column is below, by the type that it has without rows too. Where that does not tell:
    several, of which the first that finds rows of its own kind is right."""


class Connection(Protocol):
    """One connection, read-only. One call at a time, from any thread; ``cancel`` may come meanwhile.

    After an error, or a cancel, it is closed and never used again.
    """

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        """Run one statement that reads, and return at most its first ``max_rows`` rows; no more are fetched.

        ``sql`` names parameters as ``:name`` (``sql_text.bind`` rewrites them); they are always bound. Columns have
        the types that ``plain.py`` allows, also where there is no row, as far as the database tells them; of two
        equal names the second gets a number. Past ``timeout_secs`` the statement is ended at the database, where
        it can be.
        """
        ...

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        """As ``fetch``, of a query that orders its rows by ``column``, which may be missing: then there are no values.

        Raises ``OutsideError`` for a type that the database compares in another order than it sorts it, or that
        does not come back exactly.
        """
        ...

    def version(self) -> object | None:
        """Return what differs, by ``==``, once anything in the database did; None where no cheap probe exists.

        It is cheaper than any query, holds for all connections of the driver, and never misses a change that a
        later ``fetch`` shows; to differ without a change is allowed. Asked before the query.
        """
        ...

    def is_steady(self, sql: str) -> bool:
        """Whether the result depends on nothing but what ``version`` speaks of: not on the time, on chance, on who
        asks, or on other databases. Asked right after ``fetch(sql)``. When in doubt, False: then each read queries."""
        ...

    def cancel(self) -> None:
        """End a running or coming ``fetch`` or ``version`` soon, at the database: it raises. From any thread."""
        ...

    def rest(self) -> None:
        """Let go, until the next call, of what others may wait for, such as the lock of a file."""
        ...

    def close(self) -> None:
        """Give back everything. Idempotent."""
        ...


@runtime_checkable
class NoticingDriver(Protocol):
    """A driver that hears of changes: PostgreSQL's, by LISTEN."""

    def listen(self, channel: str, on_notice: Callable[[], None]) -> Callable[[], None]:
        """Call ``on_notice`` (from a thread) at each notice of a channel, and whenever one may have been missed.
        Returns what ends this."""
        ...


class Driver(Protocol):
    """One database. Another kind is another class with these members, chosen by the URL's scheme in ``urls.py``."""

    @property
    def name(self) -> str:
        """Stable, and without secrets: it is part of ids and messages. Such as ``sqlite:shop.db``."""
        ...

    @property
    def dialect(self) -> str:
        """How its SQL is written: ``sqlite``, ``duckdb``, ``postgresql``, ``mysql``, …"""
        ...

    @property
    def is_typed(self) -> bool:
        """Whether a comparison needs values of the column's own type; False: an integer is less than any text."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Return what must appear nowhere (``Address.secrets``): it is taken out of whatever is said of it."""
        ...

    def connect(self, timeout_secs: float) -> Connection:
        """Return a new connection; it may open what it needs only when it is asked."""
        ...

    def close(self) -> None:
        """Nobody reads any more: give back what is held beside connections. ``connect`` may come again."""
        ...
