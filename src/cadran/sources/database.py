"""Databases and the queries over them. Nothing is opened before a query is first read."""

from __future__ import annotations

import hashlib

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.readable import TableReadable
from cadran.sources.driver import Driver, QuerySpec
from cadran.sources.polled import PolledSource, Reader
from cadran.sources.sql_text import first_table, is_reading, normal_form, parameters_of
from cadran.updates.numbers import describe

TIMEOUT = "10s"
LIMIT = 5_000
MAX_ROWS = 100_000
EXAMPLE = '"sqlite:///shop.db" or "sqlite:////var/lib/shop.db"'


class Query(PolledSource, TableReadable):
    """A query that is read again every ``every_secs`` while somebody watches, and the table that it gives."""

    kind = "query"
    label = ""
    is_async = False

    def __init__(
        self,
        driver: Driver,
        spec: QuerySpec,
        label: str,
        *,
        every_secs: float,
        is_always: bool,
        time: str | None,
        key: str | None,
        keep_secs: float | None,
    ) -> None:
        self.id = spec.id
        self.label = label
        self.spec = spec
        self.every_secs = every_secs
        self.timeout_secs = spec.timeout_secs
        self.is_always = is_always
        self.key = key
        self.time = time
        self.keep_secs = keep_secs
        self.is_append_only = spec.cursor is not None
        self._driver = driver

    def __repr__(self) -> str:
        return f"<Query {self.id!r}>"

    def open(self) -> Reader:
        return self._driver.open(self.spec)

    @property
    def time_column(self) -> str | None:
        return self.time

    @property
    def key_column(self) -> str | None:
        return self.key

    @property
    def cursor_column(self) -> str | None:
        """The column that grows with each row, of an append-only query."""
        return self.spec.cursor


class Database:
    """Where queries run. ``query`` describes one; nothing is opened here."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._num_by_id: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<Database {self.driver.name!r}>"

    def query(
        self,
        sql: str,
        *,
        every: Duration,
        cursor: str | None = None,
        time: str | None = None,
        key: str | None = None,
        keep: Duration | None = None,
        timeout: Duration = TIMEOUT,
        always: bool = False,
        limit: int = LIMIT,
        max_rows: int = MAX_ROWS,
        name: str | None = None,
    ) -> Query:
        """Describe a query, read every ``every`` while watched, or ``always``.

        Without ``cursor`` the whole result (at most ``max_rows``) is read and compared. With it only the rows
        behind the cursor are read, ``limit`` at a time: the column must be unique, grow with each row, and
        order the result; ``:cursor`` and ``:limit`` are bound. ``time`` names the column that says when a row
        happened, ``key`` the one that identifies it; rows older than ``keep`` are dropped.
        Raises ``UsageError`` for what can be known without opening the database.
        """
        where = f"{self.driver.name}.query"
        _check_sql(sql, cursor, where)
        numbers: dict[str, object] = {"limit": limit, "max_rows": max_rows}
        for argument, value in numbers.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(f"{where}: {argument}: expected an int of at least 1, got {describe(value)}")
        texts: dict[str, object] = {"cursor": cursor, "time": time, "key": key, "name": name}
        for argument, column in texts.items():
            if column is not None and (not isinstance(column, str) or not column):
                raise UsageError(f"{where}: {argument}: expected text that is not empty, got {describe(column)}")
        if keep is not None and time is None:
            raise UsageError(f'{where}: keep={keep!r}: expected time="column" beside it, got none')
        spec = QuerySpec(
            id=self._new_id(name or _digest_of(sql, cursor)),
            sql=sql,
            cursor=cursor,
            limit=limit,
            max_rows=max_rows,
            timeout_secs=parse_secs(timeout, "timeout"),
        )
        return Query(
            self.driver,
            spec,
            name or first_table(sql) or "query",
            every_secs=parse_secs(every, "every"),
            is_always=always,
            time=time,
            key=key,
            keep_secs=None if keep is None else parse_secs(keep, "keep"),
        )

    def _new_id(self, name: str) -> str:
        """Return an id that is unique here, and the same in each run of a program."""
        query_id = f"{self.driver.name}:{name}"
        count = self._num_by_id[query_id] = self._num_by_id.get(query_id, 0) + 1
        return query_id if count == 1 else f"{query_id}-{count}"


def database(url: str) -> Database:
    """Name a database: ``sqlite:///relative/path`` or ``sqlite:////absolute/path``. Opens nothing."""
    given: object = url
    scheme, separator, rest = given.partition("://") if isinstance(given, str) else ("", "", "")
    if scheme != "sqlite" or not separator:
        raise UsageError(f"database: expected a URL such as {EXAMPLE} (only SQLite for now), got {_hide(url)}")
    path = rest.removeprefix("/")
    if not rest.startswith("/") or not path or "?" in path or "\x00" in path:
        advice = "three slashes for a relative path, four for an absolute one"
        raise UsageError(f"database: expected {EXAMPLE}, {advice}, got {_hide(url)}")
    if path == ":memory:":
        raise UsageError("database: expected the path of a file, got :memory:, which no two connections share")
    from cadran.sources.sqlite import SqliteDriver  # only a program with such a database needs SQLite

    return Database(SqliteDriver(path))


def _check_sql(sql: object, cursor: str | None, where: str) -> None:
    if not isinstance(sql, str) or not is_reading(sql):
        raise UsageError(f"{where}: expected SQL that reads (SELECT, WITH or VALUES), got {describe(sql)}")
    parameters = parameters_of(sql)
    if cursor is not None and "cursor" not in parameters:
        example = f"WHERE {cursor} > :cursor ORDER BY {cursor} LIMIT :limit"
        raise UsageError(f"{where}: cursor={cursor!r}: expected :cursor in the SQL, got none; write {example}")
    if cursor is None and parameters & {"cursor", "limit"}:
        raise UsageError(f'{where}: expected cursor="column" beside :cursor and :limit in the SQL, got none')
    if unknown := sorted(parameters - {"cursor", "limit"}):
        got = ", ".join(f":{parameter}" for parameter in unknown)
        raise UsageError(f"{where}: expected no parameters but :cursor and :limit, got {got}")


def _digest_of(sql: str, cursor: str | None) -> str:
    return hashlib.blake2b(f"{normal_form(sql)}\n{cursor or ''}".encode(), digest_size=4).hexdigest()


def _hide(url: object) -> str:
    """A URL for a message, without what may be a password."""
    if not isinstance(url, str):
        return describe(url)
    scheme, separator, rest = url.partition("://")
    return repr(f"{scheme}://…" if separator and "@" in rest else url)
