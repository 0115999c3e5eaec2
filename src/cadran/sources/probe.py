"""Cheap looks at whether anything changed, before a query is run at all."""

from __future__ import annotations

from typing import Protocol

from cadran.errors import CadranError, OutsideError
from cadran.sources.digest import digest_frame
from cadran.sources.driver import Connection
from cadran.sources.query_spec import QuerySpec

PROBE_ROWS = 1_000
"""Of the result of the user's own probe so many rows are compared."""


class Look(Protocol):
    """What can be looked at instead of the data."""

    def version(self, connection: Connection) -> object | None:
        """Return what differs once the data did; None: nothing can be said."""
        ...

    def is_trusted(self, connection: Connection) -> bool:
        """Whether an equal version means an equal result; asked after the query."""
        ...


class DriverLook:
    """The version that the database itself keeps: of all its data, so it says nothing of what else a query reads."""

    def __init__(self, spec: QuerySpec) -> None:
        self._sql = spec.sql

    def version(self, connection: Connection) -> object | None:
        return connection.version()

    def is_trusted(self, connection: Connection) -> bool:
        return connection.is_steady(self._sql)


class QueryLook:
    """The user's own query, such as ``SELECT max(id), count(*) FROM orders``: its result is compared."""

    def __init__(self, spec: QuerySpec, sql: str) -> None:
        self._sql = sql
        self._timeout_secs = spec.timeout_secs

    def version(self, connection: Connection) -> object | None:
        try:
            return digest_frame(connection.fetch(self._sql, {}, PROBE_ROWS, self._timeout_secs))
        except OutsideError as problem:
            raise type(problem)(f"the probe failed: {problem}") from problem

    def is_trusted(self, connection: Connection) -> bool:
        return True


class CallLook:
    """The user's own function: its values are compared by ``==``; None says that nothing is known."""

    def __init__(self, spec: QuerySpec) -> None:
        self._call = spec.probe

    def version(self, connection: Connection) -> object | None:
        assert callable(self._call)
        try:
            return self._call()
        except Exception as problem:
            kind = "" if isinstance(problem, CadranError) else f"{type(problem).__name__}: "
            raise OutsideError(f"the probe raised {kind}{problem}") from problem

    def is_trusted(self, connection: Connection) -> bool:
        return True


def look_of(spec: QuerySpec) -> Look:
    """Return what a query looks at first."""
    if spec.probe is None:
        return DriverLook(spec)
    return QueryLook(spec, spec.probe) if isinstance(spec.probe, str) else CallLook(spec)
