"""What can be shown or read: a description, never the data itself.

A ``Readable`` says what is wanted; the engine interns equal descriptions, so that two panels
over ``orders.last("1d")`` cost one evaluation. Descriptions are immutable and hashable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from cadran.readable.arithmetic import Arithmetic, Operator

T_co = TypeVar("T_co", covariant=True)

Floats = npt.NDArray[np.float64]
Scalar = float | str | bool | None
"""A KPI's value: a number, a state (text or bool), or None for a gap."""


class Points(NamedTuple):
    """A series' points. ``xs`` and ``ys`` are float64 of shape (n,), ``xs`` in ascending order."""

    xs: Floats
    ys: Floats


class Readable(Generic[T_co]):
    """A description of a value of type ``T_co`` that panels show and metrics read.

    Subclasses are frozen dataclasses: equal fields mean the same value.
    """

    __slots__ = ()

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        """What this value is computed from; empty for what a source gives directly."""
        return ()

    @property
    def label(self) -> str:
        """A short name for legends, messages and causes."""
        raise NotImplementedError

    # Arithmetic between single values and constants is a description too.
    __array_ufunc__ = None  # or a NumPy number on the left would take this for an array

    def __add__(self, other: Readable[Any] | float) -> Arithmetic:
        return _arithmetic("+", self, other)

    def __radd__(self, other: float) -> Arithmetic:
        return _arithmetic("+", other, self)

    def __sub__(self, other: Readable[Any] | float) -> Arithmetic:
        return _arithmetic("-", self, other)

    def __rsub__(self, other: float) -> Arithmetic:
        return _arithmetic("-", other, self)

    def __mul__(self, other: Readable[Any] | float) -> Arithmetic:
        return _arithmetic("*", self, other)

    def __rmul__(self, other: float) -> Arithmetic:
        return _arithmetic("*", other, self)

    def __truediv__(self, other: Readable[Any] | float) -> Arithmetic:
        return _arithmetic("/", self, other)

    def __rtruediv__(self, other: float) -> Arithmetic:
        return _arithmetic("/", other, self)


class Source:
    """Where data comes from: a channel that is fed, or something that is re-read.

    Sources compare by identity. ``id`` is unique in a program and stable between runs.
    """

    id: str
    label: str


def _arithmetic(operation: Operator, left: object, right: object) -> Arithmetic:
    from cadran.readable.arithmetic import arithmetic  # it is made of readables

    return arithmetic(operation, left, right)
