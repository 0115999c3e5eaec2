"""The real servers that tests use: one of each for the whole run, started when a test first needs it."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache
from typing import TypeVar

import pytest

from cadran.errors import OutsideError
from cadran.testing.servers import TemporaryMariadb, TemporaryPostgres, TemporaryServer

T = TypeVar("T", bound=TemporaryServer)
_open = ExitStack()
atexit.register(_open.close)


@cache
def _started(kind: type[TemporaryServer]) -> TemporaryServer | OutsideError:
    try:
        return _open.enter_context(kind())
    except OutsideError as problem:
        return problem


def postgres() -> TemporaryPostgres:
    """The PostgreSQL server of this run."""
    return _server(TemporaryPostgres)


def mariadb() -> TemporaryMariadb:
    """The MariaDB server of this run."""
    return _server(TemporaryMariadb)


def _server(kind: type[T]) -> T:
    """Skip the test where there is no such server; continuous integration skips none."""
    started = _started(kind)
    if isinstance(started, kind):
        return started
    if os.environ.get("CI"):
        pytest.fail(str(started))
    pytest.skip(str(started))
