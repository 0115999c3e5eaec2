"""Databases and the queries over them. Nothing is opened before a query is first read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from weakref import WeakValueDictionary

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.readable import TableReadable
from cadran.sources.driver import Driver, NoticingDriver
from cadran.sources.past_reader import PastReader
from cadran.sources.past_sql import lifted
from cadran.sources.polled import PolledSource, Reader
from cadran.sources.pool import CONNECTIONS, ConnectionPool
from cadran.sources.query_reader import QueryReader
from cadran.sources.query_spec import Probe, QuerySpec
from cadran.sources.sql_text import first_table, is_reading, normal_form, parameters_of, without_end
from cadran.sources.urls import driver_from_url
from cadran.updates.numbers import describe

TIMEOUT = "10s"
LIMIT = 5_000
MAX_ROWS = 100_000


OWN_PARAMETERS = frozenset({"cursor", "limit", "since"})
"""Which Cadran binds by itself."""
PAST_PARAMETERS = frozenset({"past_from", "past_to", "past_width"})
"""Which it binds when it reads the past of a line, around the query."""


class Query(PolledSource, TableReadable):
    """A query that is read again every ``every_secs`` while somebody watches, and the table that it gives."""

    kind = "query"
    label = ""
    is_async = False

    def __init__(
        self, pool: ConnectionPool, spec: QuerySpec, label: str, *, every_secs: float, is_always: bool
    ) -> None:
        self.id = spec.id
        self.label = label
        self.spec = spec
        self.every_secs = every_secs
        self.timeout_secs = spec.timeout_secs
        self.is_always = is_always
        self.key = spec.key
        self.time = spec.time
        self.keep_secs = spec.keep_secs
        self.is_append_only = spec.is_append_only
        self.parameters = frozenset(parameters_of(spec.sql)) - OWN_PARAMETERS
        """What viewers choose, by the names in the SQL."""
        self.past_sql = lifted(spec.sql) if spec.past is None else without_end(spec.past)
        """SQL of all rows there ever were; None where that can't be told from the SQL of the query."""
        self._pool = pool
        self._bound: WeakValueDictionary[object, Query] = WeakValueDictionary()
        self._base: Query | None = None

    def __repr__(self) -> str:
        return f"<Query {self.id!r}>"

    def open(self) -> Reader:
        return QueryReader(self._pool, self.spec, self.asked, self.hint)

    def past(self, x: str, y: str) -> PastReader:
        """Return a reader of the buckets of one column over another, of all rows."""
        assert self.past_sql is not None
        return PastReader(self._pool, self.spec, self.asked, self.past_sql, x, y)

    def bound(self, values: Mapping[str, str | int | float | None]) -> Query:
        """Return this query with what viewers chose bound to its parameters, the same one for equal choices.

        A name that the SQL has not is left out, and one that is not given is NULL, as it is in the query itself.
        """
        chosen = tuple((name, values.get(name)) for name in sorted(self.parameters))
        if all(value is None for _, value in chosen):
            return self
        key = tuple((name, type(value).__name__, value) for name, value in chosen)
        found = self._bound.get(key)
        if found is None:
            digest = hashlib.blake2b(repr(key).encode(), digest_size=8).hexdigest()
            spec = replace(self.spec, bound=chosen)
            found = Query(self._pool, spec, self.label, every_secs=self.every_secs, is_always=False)
            found.id = f"{self.id}?{digest}"
            found._base = self
            self._bound[key] = found
        return found

    def hint(self) -> None:
        """As of any source; what viewers chose of a query speaks for it, as that is what is listened to."""
        if self._base is not None:
            self._base.hint()
        else:
            super().hint()

    @property
    def base_id(self) -> str:
        return self.spec.id

    @property
    def time_column(self) -> str | None:
        return self.time

    @property
    def key_column(self) -> str | None:
        return self.key


class Database:
    """Where queries run. ``query`` describes one; nothing is opened here."""

    def __init__(self, driver: Driver, connections: int = CONNECTIONS) -> None:
        self.driver = driver
        self._pool = ConnectionPool(driver, connections)
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
        late: Duration | None = None,
        key: str | None = None,
        keep: Duration | None = None,
        probe: Probe | None = None,
        notify: str | None = None,
        timeout: Duration = TIMEOUT,
        always: bool = False,
        limit: int = LIMIT,
        max_rows: int = MAX_ROWS,
        past: str | None = None,
        name: str | None = None,
    ) -> Query:
        """Describe a query, read every ``every`` while watched, or ``always``.

        Alone, the whole result is read (of more than ``max_rows`` the first ones, and the panel says so) and compared.
        With ``cursor`` only the rows behind it are read, ``limit`` at a time: the column must be unique, grow with
        each row, and order the result; ``:cursor`` and ``:limit`` are bound, and with ``keep`` also ``:since``, the
        moment when that begins. With ``late`` beside ``time`` and
        ``key`` the rows since the newest time less ``late`` are read again and merged by key; ``:since`` and
        ``:limit`` are bound. Any other ``:name`` is what a viewer chooses with ``ui.filter("name")`` or
        ``ui.search("name")``, NULL while nothing is chosen: ``WHERE (:region IS NULL OR region = :region)``.
        ``probe`` is SQL or a function that tells cheaply whether anything changed, in place of
        what the database tells. With ``notify`` it is also read soon after each NOTIFY of this channel (PostgreSQL),
        beside the interval. Rows older than ``keep``, by their ``time``, are dropped.
        ``past`` is SQL of all rows there ever were, from which a chart of ``cadran.splice`` is scrolled back past
        those that are kept; default: the query itself, without ``column > :cursor`` and ``ORDER BY … LIMIT :limit``.
        Raises ``UsageError`` for what can be known without opening the database.
        """
        where = f"{self.driver.name}.query"
        numbers: dict[str, object] = {"limit": limit, "max_rows": max_rows}
        for argument, value in numbers.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(f"{where}: {argument}: expected an int of at least 1, got {describe(value)}")
        texts: dict[str, object] = {"cursor": cursor, "time": time, "key": key, "name": name, "notify": notify}
        for argument, column in texts.items():
            if column is not None and (not isinstance(column, str) or not column):
                raise UsageError(f"{where}: {argument}: expected text that is not empty, got {describe(column)}")
        if keep is not None and time is None:
            raise UsageError(f'{where}: keep={keep!r}: expected time="column" beside it, got none')
        if notify is not None and not isinstance(self.driver, NoticingDriver):
            raise UsageError(f"{where}: notify={notify!r}: expected a PostgreSQL database, which tells of changes")
        _check_probe(probe, where)
        _check_late(late, time, key, cursor, where)
        _check_sql(sql, cursor, time if late is not None else None, where, has_keep=keep is not None)
        _check_past(past, frozenset(parameters_of(sql)), where)
        spec = QuerySpec(
            id=self._new_id(name or _digest_of(sql, cursor)),
            sql=sql,
            cursor=cursor,
            time=time,
            key=key,
            late_secs=None if late is None else parse_secs(late, "late"),
            keep_secs=None if keep is None else parse_secs(keep, "keep"),
            probe=probe,
            notify=notify,
            limit=limit,
            max_rows=max_rows,
            timeout_secs=parse_secs(timeout, "timeout"),
            past=past,
            bound=tuple((parameter, None) for parameter in sorted(parameters_of(sql) - OWN_PARAMETERS)),
        )
        label = name or first_table(sql) or "query"
        return Query(self._pool, spec, label, every_secs=parse_secs(every, "every"), is_always=always)

    def _new_id(self, name: str) -> str:
        """Return an id that is unique here, and the same in each run of a program."""
        query_id = f"{self.driver.name}:{name}"
        count = self._num_by_id[query_id] = self._num_by_id.get(query_id, 0) + 1
        return query_id if count == 1 else f"{query_id}-{count}"


def database(url: str, *, connections: int = CONNECTIONS) -> Database:
    """Name a database by its URL. Opens nothing; all its queries together use at most so many ``connections``."""
    given: object = connections
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise UsageError(f"database: connections: expected an int of at least 1, got {describe(given)}")
    return Database(driver_from_url(url), connections)


def _check_probe(probe: object, where: str) -> None:
    if probe is None or callable(probe):
        return
    if not isinstance(probe, str) or not is_reading(probe):
        raise UsageError(f"{where}: probe: expected SQL that reads, or a function, got {describe(probe)}")
    if unknown := sorted(parameters_of(probe)):
        raise UsageError(f"{where}: probe: expected no parameters, got {', '.join(f':{one}' for one in unknown)}")


def _check_past(past: object, known: frozenset[str], where: str) -> None:
    if past is None:
        return
    if not isinstance(past, str) or not is_reading(past):
        raise UsageError(f"{where}: past: expected SQL that reads, got {describe(past)}")
    if unknown := parameters_of(past) - (known - OWN_PARAMETERS):
        raise UsageError(
            f"{where}: past: expected no parameters but those that the query lets viewers choose, got {_named(unknown)}"
        )
    if left_out := sorted(known - OWN_PARAMETERS - parameters_of(past)):
        raise UsageError(
            f"{where}: past: expected {_named(left_out)} as in the query, got none: what viewers choose would change"
            f" the present alone; write WHERE (:{left_out[0]} IS NULL OR … = :{left_out[0]}) there too"
        )


def _check_late(late: object, time: str | None, key: str | None, cursor: str | None, where: str) -> None:
    if late is None:
        return
    if cursor is not None:
        raise UsageError(f"{where}: expected either cursor= or late=, got both")
    for argument, column in (("time", time), ("key", key)):
        if column is None:
            raise UsageError(f'{where}: late={late!r}: expected {argument}="column" beside it, got none')


def _check_sql(sql: object, cursor: str | None, late_time: str | None, where: str, *, has_keep: bool) -> None:
    if not isinstance(sql, str) or not is_reading(sql):
        raise UsageError(f"{where}: expected SQL that reads (SELECT, WITH or VALUES), got {describe(sql)}")
    parameters = parameters_of(sql)
    if taken := sorted(parameters & PAST_PARAMETERS):
        raise UsageError(
            f"{where}: expected no parameter named {_named(PAST_PARAMETERS)}, which Cadran binds to read the past,"
            f" got {_named(taken)} in the SQL: name it otherwise, such as {_named(taken).replace('past_', 'chosen_')}"
        )
    if cursor is not None and "cursor" not in parameters:
        example = f"WHERE {cursor} > :cursor ORDER BY {cursor} LIMIT :limit"
        raise UsageError(f"{where}: cursor={cursor!r}: expected :cursor in the SQL, got none; write {example}")
    if late_time is not None and not {"since", "limit"} <= parameters:
        example = f"WHERE {late_time} >= :since ORDER BY {late_time} LIMIT :limit"
        raise UsageError(f"{where}: late=: expected :since and :limit in the SQL; write {example}")
    if cursor is None and late_time is None and parameters & {"cursor", "limit"}:
        raise UsageError(f'{where}: expected cursor="column" beside :cursor and :limit in the SQL, got none')
    if late_time is None and "since" in parameters and not (cursor is not None and has_keep):
        raise UsageError(
            f'{where}: expected cursor= and keep="14d", or late="10m", beside :since in the SQL, got neither'
        )


def _named(parameters: Iterable[str]) -> str:
    return ", ".join(f":{one}" for one in sorted(parameters))


def _digest_of(sql: str, cursor: str | None) -> str:
    return hashlib.blake2b(f"{normal_form(sql)}\n{cursor or ''}".encode(), digest_size=4).hexdigest()
