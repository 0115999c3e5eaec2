"""Functions as sources: called again at an interval while somebody watches, their results compared."""

from __future__ import annotations

import asyncio
import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias, TypeVar, cast, overload

import numpy as np

from cadran.durations import Duration, format_secs, parse_secs
from cadran.errors import CadranError, OutsideError, SourceTimeout, UsageError
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Readable, Scalar, TableReadable
from cadran.sources.digest import digest_frame, digest_scalar
from cadran.sources.function_value import short, value_of
from cadran.sources.polled import PolledSource, Reader, Reading, Unchanged, Whole
from cadran.updates.numbers import describe
from cadran.updates.update import Number, RowsLike

EVERY = "2s"
TIMEOUT = "10s"

TableLike: TypeAlias = "pl.DataFrame | RowsLike"
AnyNumber = int | float | Decimal | np.number[Any]
ScalarLike = Number | str
Gives = Literal["scalar", "table", "either"]
T_co = TypeVar("T_co", covariant=True)
AnyFunction = Callable[[], object]


class FunctionSource(PolledSource, Readable[T_co]):
    """A function that is called every ``every_secs`` while somebody watches. Called directly, it is the function."""

    kind = "function"
    label = ""
    is_append_only = False

    def __init__(
        self,
        function: AnyFunction,
        name: str | None,
        *,
        gives: Gives,
        every_secs: float,
        timeout_secs: float,
        is_always: bool,
        time: str | None,
        key: str | None,
        keep_secs: float | None,
    ) -> None:
        self.function = function
        self.label = name or function_name(function)
        self.id = f"function:{name or _path_of(function)}"
        self.gives = gives
        """What the function's annotation promises; ``either`` without one."""
        self.every_secs = every_secs
        self.timeout_secs = timeout_secs
        self.is_always = is_always
        self.is_async = is_async_function(function)
        self.time = time
        self.key = key
        self.keep_secs = keep_secs

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id!r}>"

    def __call__(self) -> Any:
        return self.function()

    def open(self) -> Reader:
        return AsyncFunctionReader(self) if self.is_async else FunctionReader(self)


class TableFunction(FunctionSource["pl.DataFrame"], TableReadable):
    """A function that gives rows."""

    @property
    def time_column(self) -> str | None:
        return self.time

    @property
    def key_column(self) -> str | None:
        return self.key


class FunctionReader:
    """Reads a sync function. A running call can't be ended from outside: ``cancel`` does nothing."""

    def __init__(self, source: FunctionSource[Any]) -> None:
        self._source = source

    def read(self, mark: object | None, now: float) -> Reading:
        """Call the function. Raises ``OutsideError`` when it raises or gives what can't be shown."""
        self._source.asked.num_queries += 1
        try:
            result = self._source.function()
        except Exception as problem:
            raise _raised(self._source, problem) from problem
        return reading_of(self._source, result, mark)

    def cancel(self) -> None:
        pass

    def close(self) -> None:
        pass


class AsyncFunctionReader:
    """Reads an async function; ``cancel`` cancels the task that awaits it."""

    def __init__(self, source: FunctionSource[Any]) -> None:
        self._source = source
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._is_cancelled = False

    async def read(self, mark: object | None, now: float) -> Reading:
        """Await the function. Raises ``SourceTimeout`` after ``cancel``, else as for a sync one."""
        source, task = self._source, asyncio.current_task()
        source.asked.num_queries += 1
        if task is not None:
            self._running = asyncio.get_running_loop(), task
        self._is_cancelled = False
        try:
            result = await cast(Awaitable[object], source.function())
        except asyncio.CancelledError:
            if not self._is_cancelled:
                raise
            if task is not None:
                task.uncancel()
            raise SourceTimeout(f"{source.label}: no result within {format_secs(source.timeout_secs)}") from None
        except Exception as problem:
            raise _raised(source, problem) from problem
        finally:
            self._running = None
        return reading_of(source, result, mark)

    def cancel(self) -> None:
        running = self._running
        if running is not None:
            loop, task = running
            loop.call_soon_threadsafe(self._cancel, task)

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        if self._running is not None and self._running[1] is task:  # not when it has just ended
            self._is_cancelled = True
            task.cancel()

    def close(self) -> None:
        self.cancel()


def reading_of(source: FunctionSource[Any], result: object, mark: object | None) -> Reading:
    """Return what changed since ``mark``. Raises ``OutsideError`` naming the function and what it gave."""
    try:
        value = value_of(result, source.label)
    except UsageError as problem:
        raise OutsideError(str(problem)) from None
    is_table = is_frame(value)
    if source.gives == "scalar" and is_table:
        raise OutsideError(f"{source.label}: expected a scalar as annotated, got {short(result)}")
    if source.gives == "table" and not is_table:
        raise OutsideError(f"{source.label}: expected rows as annotated, got {short(result)}")
    if is_frame(value):
        for argument, column in (("time", source.time), ("key", source.key)):
            if column is not None and value.width and column not in value.columns:
                raise OutsideError(f"{source.label}: {argument}={column!r}: expected that column, got {value.columns}")
        digest = digest_frame(value)
    else:
        digest = digest_scalar(value)
    return Unchanged(mark) if digest == mark else Whole(value, digest)


class SourceDecorator(typing.Protocol):
    """What ``source(…)`` returns: it makes a source of a function, by what that gives. Numbers are kept as floats."""

    @overload
    def __call__(self, function: Callable[[], bool]) -> FunctionSource[bool]: ...  # type: ignore[overload-overlap]  # a bool is an int
    @overload
    def __call__(self, function: Callable[[], AnyNumber]) -> FunctionSource[float]: ...
    @overload
    def __call__(self, function: Callable[[], str]) -> FunctionSource[str]: ...
    @overload
    def __call__(self, function: Callable[[], ScalarLike]) -> FunctionSource[Scalar]: ...
    @overload
    def __call__(self, function: Callable[[], TableLike]) -> TableFunction: ...
    @overload
    def __call__(self, function: Callable[[], Awaitable[bool]]) -> FunctionSource[bool]: ...  # type: ignore[overload-overlap]  # a bool is an int
    @overload
    def __call__(self, function: Callable[[], Awaitable[AnyNumber]]) -> FunctionSource[float]: ...
    @overload
    def __call__(self, function: Callable[[], Awaitable[str]]) -> FunctionSource[str]: ...
    @overload
    def __call__(self, function: Callable[[], Awaitable[ScalarLike]]) -> FunctionSource[Scalar]: ...
    @overload
    def __call__(self, function: Callable[[], Awaitable[TableLike]]) -> TableFunction: ...


def source(
    *,
    every: Duration = EVERY,
    timeout: Duration = TIMEOUT,
    key: str | None = None,
    time: str | None = None,
    keep: Duration | None = None,
    always: bool = False,
    name: str | None = None,
) -> SourceDecorator:
    """Make a source of a function without arguments, sync or async.

    It gives a scalar, a table of Polars, pandas or Arrow, a list of dicts or a dict of columns. ``key`` names the
    column that identifies a row, ``time`` the one that says when it happened; rows older than ``keep`` are dropped.
    """
    if keep is not None and time is None:
        raise UsageError(f'source: keep={keep!r}: expected time="column" beside it, got none')
    every_secs, timeout_secs = parse_secs(every, "every"), parse_secs(timeout, "timeout")
    keep_secs = None if keep is None else parse_secs(keep, "keep")

    def decorate(function: AnyFunction) -> Any:
        _check_function(function, name)
        gives: Gives = "table" if time or key else gives_of(function)
        cls = FunctionSource if gives == "scalar" else TableFunction
        return cls(
            function,
            name,
            gives=gives,
            every_secs=every_secs,
            timeout_secs=timeout_secs,
            is_always=always,
            time=time,
            key=key,
            keep_secs=keep_secs,
        )

    return cast(SourceDecorator, decorate)


def gives_of(function: AnyFunction) -> Gives:
    """Return what the function's return annotation promises."""
    try:
        annotation = typing.get_type_hints(function).get("return", Any)
    except Exception:  # an annotation that can't be resolved promises nothing
        return "either"
    parts = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    origins = [typing.get_origin(part) or part for part in parts]
    if all(isinstance(one, type) and issubclass(one, _SCALARS) for one in origins):
        return "scalar"
    if all(isinstance(one, type) and (issubclass(one, _TABLES) or _is_table_type(one)) for one in origins):
        return "table"
    return "either"


def _is_table_type(one: type) -> bool:
    """A frame of Polars, pandas or Arrow: none of them is imported to tell."""
    return hasattr(one, "__arrow_c_stream__")


_SCALARS = (int, float, bool, str, Decimal, timedelta, np.generic, type(None))
_TABLES = (list, tuple, dict, Mapping, Sequence)


def is_async_function(function: object) -> bool:
    """Whether calling ``function`` gives an awaitable."""
    call = getattr(function, "__call__", None)  # noqa: B004  # an object with an async __call__
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def function_name(function: object) -> str:
    """A name for messages."""
    return str(getattr(function, "__name__", type(function).__name__))


def _path_of(function: object) -> str:
    module = getattr(function, "__module__", None) or type(function).__module__
    return f"{module}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _check_function(function: object, name: str | None) -> None:
    if not callable(function):
        raise UsageError(f'source: expected a function below @source(every="2s"), got {describe(function)}')
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = ()  # type: ignore[assignment]  # some builtins don't tell
    needed = [one.name for one in parameters if one.default is one.empty and one.kind not in (2, 4)]
    if needed:
        raise UsageError(f"source {function_name(function)!r}: expected a function without arguments, got {needed}")
    if name is None and function_name(function) == "<lambda>":
        raise UsageError('source: expected name="…" beside a lambda, got none')


def _raised(source: FunctionSource[Any], problem: Exception) -> OutsideError:
    if isinstance(problem, OutsideError):
        return problem
    kind = "" if isinstance(problem, CadranError) else f"{type(problem).__name__}: "
    return OutsideError(f"{source.label} raised {kind}{problem}")
