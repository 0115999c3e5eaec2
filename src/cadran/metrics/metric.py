"""``@metric``: a value computed by a user's function from what it declares to read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import update_wrapper
from typing import Any, Protocol, TypeAlias, TypeVar, overload
from weakref import WeakValueDictionary

import numpy.typing as npt

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.listeners import Listeners
from cadran.metrics.frames import Frames, check_frames, given
from cadran.metrics.leaf import plain
from cadran.readable import Points, Readable, T_co
from cadran.updates.update import Number, RowsLike

Result: TypeAlias = "Number | str | RowsLike | Mapping[str, object] | Points | npt.NDArray[Any]"
"""What a function may return; a coroutine is none, so that sync and async ones are told apart."""
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
T = TypeVar("T")
R = TypeVar("R", bound=Result)
A_co = TypeVar("A_co", covariant=True)
B_co = TypeVar("B_co", covariant=True)
C_co = TypeVar("C_co", covariant=True)
D_co = TypeVar("D_co", covariant=True)
E_co = TypeVar("E_co", covariant=True)


class Metric(Readable[T_co]):
    """A derived value: ``function`` called with the present values of ``inputs``, in their order.

    It is recalculated only if what it reads has changed and somebody looks. The function may return a number, a
    text, a bool or None; a ``pl.DataFrame``, a list of dicts or a dict of columns (a table); ``Points`` or an
    array of shape (n, 2) (a series). Two metrics are never equal. Calling a metric calls the plain function.
    """

    def __init__(
        self,
        function: Callable[..., object],
        reads: tuple[Readable[object], ...],
        *,
        name: str,
        timeout_secs: float,
        frames: Frames = "polars",
    ) -> None:
        self.function = function
        self.name = name
        self.timeout_secs = timeout_secs
        """A call that takes longer is marked hung, and not started again until it ends."""
        self.frames = frames
        """As what the function gets tables."""
        self.is_async = inspect.iscoroutinefunction(function)
        self._reads = reads
        self._asks: Listeners[str] = Listeners()
        self._variants: WeakValueDictionary[tuple[Readable[object], ...], Metric[T_co]] = WeakValueDictionary()
        update_wrapper(self, function)

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return self._reads

    @property
    def label(self) -> str:
        return self.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the plain function, as a test does. Async functions return their coroutine."""
        return self.function(*args, **kwargs)

    def called_with(self, values: Iterable[object]) -> object:
        """Call the function with what the engine keeps, each value as user code gets it. It may take its time."""
        return self.function(*(given(plain(value), self.frames) for value in values))

    def reading(self, reads: tuple[Readable[object], ...]) -> Metric[T_co]:
        """Return the same function of other reads, the same metric for equal ones."""
        found = self._variants.get(reads)
        if found is None:
            found = self._variants[reads] = self._made(reads)
        return found

    def _made(self, reads: tuple[Readable[object], ...]) -> Metric[T_co]:
        return Metric(self.function, reads, name=self.name, timeout_secs=self.timeout_secs, frames=self.frames)

    def variants(self) -> list[Metric[T_co]]:
        """Return this metric, and those that ``reading`` returned and somebody still has."""
        return [self, *self._variants.values()]

    def needs_recalculation(self, cause: str = "asked by the program") -> None:
        """Recalculate although nothing that is declared has changed. From any thread; returns at once.

        For what a function reads without declaring it: a setting, a file, a model. ``cause`` is shown to people.
        """
        self._asks.tell(cause)

    def bind(self, on_ask: Callable[[str], None]) -> Callable[[], None]:
        """Call ``on_ask(cause)``, from any thread, at each ``needs_recalculation``; returns what undoes this."""
        return self._asks.add(on_ask)

    def __repr__(self) -> str:
        return f"<Metric {self.name}({', '.join(read.label for read in self._reads)})>"


class _Decorator1(Protocol[A_co]):
    @overload
    def __call__(self, function: Callable[[A_co], R], /) -> Metric[R]: ...
    @overload
    def __call__(self, function: Callable[[A_co], Coroutine[Any, Any, T]], /) -> Metric[T]: ...


class _Decorator2(Protocol[A_co, B_co]):
    @overload
    def __call__(self, function: Callable[[A_co, B_co], R], /) -> Metric[R]: ...
    @overload
    def __call__(self, function: Callable[[A_co, B_co], Coroutine[Any, Any, T]], /) -> Metric[T]: ...


class _Decorator3(Protocol[A_co, B_co, C_co]):
    @overload
    def __call__(self, function: Callable[[A_co, B_co, C_co], R], /) -> Metric[R]: ...
    @overload
    def __call__(self, function: Callable[[A_co, B_co, C_co], Coroutine[Any, Any, T]], /) -> Metric[T]: ...


class _Decorator4(Protocol[A_co, B_co, C_co, D_co]):
    @overload
    def __call__(self, function: Callable[[A_co, B_co, C_co, D_co], R], /) -> Metric[R]: ...
    @overload
    def __call__(self, function: Callable[[A_co, B_co, C_co, D_co], Coroutine[Any, Any, T]], /) -> Metric[T]: ...


class _Decorator5(Protocol[A_co, B_co, C_co, D_co, E_co]):
    @overload
    def __call__(self, function: Callable[[A_co, B_co, C_co, D_co, E_co], R], /) -> Metric[R]: ...
    @overload
    def __call__(self, function: Callable[[A_co, B_co, C_co, D_co, E_co], Coroutine[Any, Any, T]], /) -> Metric[T]: ...


class _DecoratorAny(Protocol):
    @overload
    def __call__(self, function: Callable[..., R], /) -> Metric[R]: ...
    @overload
    def __call__(self, function: Callable[..., Coroutine[Any, Any, T]], /) -> Metric[T]: ...


@overload
def metric(
    a: Readable[A], /, *, name: str | None = ..., timeout: Duration = ..., frames: Frames = ...
) -> _Decorator1[A]: ...
@overload
def metric(
    a: Readable[A], b: Readable[B], /, *, name: str | None = ..., timeout: Duration = ...
) -> _Decorator2[A, B]: ...
@overload
def metric(
    a: Readable[A], b: Readable[B], c: Readable[C], /, *, name: str | None = ..., timeout: Duration = ...
) -> _Decorator3[A, B, C]: ...
@overload
def metric(
    a: Readable[A],
    b: Readable[B],
    c: Readable[C],
    d: Readable[D],
    /,
    *,
    name: str | None = ...,
    timeout: Duration = ...,
    frames: Frames = ...,
) -> _Decorator4[A, B, C, D]: ...
@overload
def metric(
    a: Readable[A],
    b: Readable[B],
    c: Readable[C],
    d: Readable[D],
    e: Readable[E],
    /,
    *,
    name: str | None = ...,
    timeout: Duration = ...,
    frames: Frames = ...,
) -> _Decorator5[A, B, C, D, E]: ...
@overload
def metric(
    *reads: Readable[object], name: str | None = ..., timeout: Duration = ..., frames: Frames = ...
) -> _DecoratorAny: ...


def metric(*reads: Readable[Any], name: str | None = None, timeout: Duration = "5s", frames: Frames = "polars") -> Any:
    """Make a function a ``Metric`` of what it reads: one parameter for each of ``reads``, in their order.

    ``name`` (default the function's) is shown in legends and messages. ``frames`` says as what the function gets
    tables: ``"polars"``, ``"pandas"`` or ``"arrow"``; it may return either. Raises ``UsageError`` if something that is
    not readable is given, or if the function's parameters do not match.
    """
    for position, read in enumerate(reads, start=1):
        _check_read(position, read)
    if not reads:
        raise UsageError("metric() needs what the function reads, such as @cd.metric(orders.last('1d')), got nothing")
    timeout_secs = parse_secs(timeout, "timeout")
    check_frames(frames)

    def decorate(function: Callable[..., object], /) -> Metric[Any]:
        if not callable(function):
            raise UsageError(f"metric() decorates a function, got {function!r}")
        _check_arity(function, reads)
        return Metric(function, reads, name=name or _name_of(function), timeout_secs=timeout_secs, frames=frames)

    return decorate


def _name_of(function: Callable[..., object]) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _check_read(position: int, read: object) -> None:
    if isinstance(read, Readable):
        return
    if inspect.isfunction(read):
        raise UsageError(
            f"metric() needs what the function reads: write @cd.metric(orders) above {read.__name__}, "
            "not @cd.metric alone, and make what it reads a metric or a source too"
        )
    raise UsageError(f"metric() reads sources, their parts and other metrics; read {position} is {read!r}")


def _check_arity(function: Callable[..., object], reads: tuple[Readable[object], ...]) -> None:
    signature = inspect.signature(function)
    try:
        signature.bind(*reads)
    except TypeError:
        raise UsageError(
            f"metric {_name_of(function)}{signature} must take one parameter for each of its {len(reads)} reads "
            f"({', '.join(read.label for read in reads)})"
        ) from None
