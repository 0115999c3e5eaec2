"""What every source that is re-read offers to the engine, whatever it reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from cadran.listeners import Listeners
from cadran.polars_when_used import pl
from cadran.readable import Source
from cadran.sources.asked import Asked


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The data is what it was at the mark."""

    mark: object


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole value: a ``pl.DataFrame``, or a scalar from a function source."""

    value: object
    mark: object
    capped_rows: int | None = None
    """How many rows these are, where there were more than may be read."""


@dataclass(frozen=True, slots=True)
class Appended:
    """New rows behind the cursor. ``more``: the limit was reached, read on at once."""

    rows: pl.DataFrame
    mark: object
    more: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows that are new or read again, to be merged by the source's key. ``more``: as for ``Appended``."""

    rows: pl.DataFrame
    mark: object
    more: bool = False


Reading = Unchanged | Whole | Appended | Merged


class Reader(Protocol):
    """An opened source. One read runs at a time; ``cancel`` may come from any thread."""

    def read(self, mark: object | None, now: float) -> Reading | Awaitable[Reading]:
        """Read what changed since ``mark`` (None: nothing read yet). ``now``: wall seconds.

        Async functions return an awaitable. Raises ``OutsideError`` with a message for people.
        """
        ...

    def cancel(self) -> None:
        """Make a running ``read`` end soon, at the driver where there is one."""
        ...

    def close(self) -> None:
        """Give back what was opened. Idempotent."""
        ...


class PolledSource(Source):
    """A source that is read again at an interval while somebody watches."""

    kind: Literal["query", "function"]
    every_secs: float
    timeout_secs: float
    is_always: bool
    """Read even when nobody watches."""
    is_async: bool
    key: str | None
    """Column that identifies a row."""
    time: str | None
    """Column that says when a row happened."""
    keep_secs: float | None
    """Rows older than this are dropped; None keeps all."""
    is_append_only: bool
    """Read by cursor: rows are only ever added."""

    @property
    def base_id(self) -> str:
        """The id of the source as its program knows it, whatever viewers chose of it."""
        return self.id

    @property
    def asked(self) -> Asked:
        """How it is known that nothing changed, and what that took so far."""
        found: Asked = self.__dict__.setdefault("_asked", Asked())
        return found

    def open(self) -> Reader:
        """Return a reader; what it needs is opened at its first read."""
        raise NotImplementedError

    def bind(self, on_refresh: Callable[[], None]) -> Callable[[], None]:
        """Call ``on_refresh`` (from any thread) at each ``refresh()``; returns what undoes this."""
        return self._refresh_listeners.add(on_refresh)

    def refresh(self) -> None:
        """Read as soon as possible, whatever the interval. From any thread; returns at once."""
        self._refresh_listeners.tell()

    def bind_hints(self, on_hint: Callable[[], None]) -> Callable[[], None]:
        """Call ``on_hint`` (from any thread) whenever the source says that it changed; returns what undoes this."""
        return self._hint_listeners.add(on_hint)

    def hint(self) -> None:
        """Say that something changed: read soon, if anybody watches. From any thread; returns at once."""
        self._hint_listeners.tell()

    @property
    def _hint_listeners(self) -> Listeners[[]]:
        found: Listeners[[]] = self.__dict__.setdefault("_hints", Listeners())
        return found

    @property
    def _refresh_listeners(self) -> Listeners[[]]:
        # Made when first asked for, atomically, so that subclasses need not call an __init__.
        found: Listeners[[]] = self.__dict__.setdefault("_listeners", Listeners())
        return found
