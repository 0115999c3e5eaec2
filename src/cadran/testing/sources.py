"""Polled sources that do as they are told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from cadran.durations import Duration, parse_secs
from cadran.listeners import Listeners
from cadran.polars_when_used import pl
from cadran.readable import TableReadable
from cadran.sources.polled import PolledSource, Reading, Unchanged, Whole
from cadran.store import same_value


@dataclass(frozen=True, slots=True)
class Later:
    """A result that arrives after ``secs`` of virtual time."""

    secs: float
    value: object


class FakeSource(PolledSource, TableReadable):
    """Gives ``value``; set it to what the next read should give.

    An exception is raised, a ``Later`` takes its time, a callable is called with the number of the read.
    """

    kind = "function"
    is_async = False
    is_append_only = False

    def __init__(self, name: str, value: object, every_secs: float, timeout_secs: float, *, is_always: bool) -> None:
        self.id = f"fake:{name}"
        self.name = name
        self.value = value
        self.every_secs = every_secs
        self.timeout_secs = timeout_secs
        self.is_always = is_always
        self.key: str | None = None
        self.time: str | None = None
        self.keep_secs: float | None = None
        self.num_reads = 0
        self.num_cancels = 0
        self.num_open = 0
        self._asks: Listeners[[]] = Listeners()

    @property
    def label(self) -> str:  # type: ignore[override]
        return self.name

    @property
    def time_column(self) -> str | None:
        return self.time

    @property
    def key_column(self) -> str | None:
        return self.key

    def open(self) -> _FakeReader:
        self.num_open += 1
        return _FakeReader(self)

    def bind(self, on_refresh: Callable[[], None]) -> Callable[[], None]:
        return self._asks.add(on_refresh)

    def refresh(self) -> None:
        self._asks.tell()


class _FakeReader:
    def __init__(self, source: FakeSource) -> None:
        self._source = source
        self._last: object = self

    def read(self, mark: object | None, now: float) -> Reading:
        self._source.num_reads += 1
        value = self._source.value
        if callable(value):
            value = value(self._source.num_reads)
        if isinstance(value, Later):
            late = value.value
            given = late if isinstance(late, BaseException) else self._reading(late, mark)
            return Later(value.secs, given)  # type: ignore[return-value]
        return self._reading(value, mark)

    def _reading(self, value: object, mark: object | None) -> Reading:
        if isinstance(value, BaseException):
            raise value
        if mark is not None and same_value(self._last, value):
            return Unchanged(mark)
        self._last = value
        return Whole(value, next(_MARKS))

    def cancel(self) -> None:
        self._source.num_cancels += 1

    def close(self) -> None:
        self._source.num_open -= 1


_MARKS = itertools.count(1)


def fake_source(
    name: str,
    value: object = None,
    *,
    every: Duration = "1s",
    timeout: Duration = "10s",
    always: bool = False,
    time: str | None = None,
    key: str | None = None,
    keep: Duration | None = None,
) -> FakeSource:
    """Make a fake source.

    ``value``: a scalar, a ``pl.DataFrame``, a list of dicts, an exception, ``Later``, or a callable.
    """
    if isinstance(value, list):
        value = pl.DataFrame(value)
    source = FakeSource(name, value, parse_secs(every, "every"), parse_secs(timeout, "timeout"), is_always=always)
    source.time, source.key = time, key
    source.keep_secs = None if keep is None else parse_secs(keep, "keep")
    return source
