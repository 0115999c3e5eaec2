"""Arithmetic between values: ``orders.sum("amount") / orders.count()``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, Self

from cadran.errors import UsageError
from cadran.readable.base import Readable, Scalar, Source
from cadran.readable.series import SeriesReadable
from cadran.readable.tables import TableReadable

Operator = Literal["+", "-", "*", "/"]
Operand = Readable[Any] | float
_BINDS: dict[Operator, int] = {"+": 1, "-": 1, "*": 2, "/": 2}


@dataclass(frozen=True)
class Arithmetic(Readable[Scalar]):
    """Two numbers, one of them at least a value that changes. A gap on either side, or a division by zero, is a gap."""

    operation: Operator
    left: Operand
    right: Operand
    name: str | None = field(default=None, compare=False)

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return tuple(side for side in (self.left, self.right) if isinstance(side, Readable))

    @property
    def label(self) -> str:
        return self.name or f"{self._side(self.left)} {self.operation} {self._side(self.right, is_right=True)}"

    def named(self, name: str) -> Self:
        """The same value under another label."""
        return replace(self, name=name)

    def _side(self, side: Operand, *, is_right: bool = False) -> str:
        if not isinstance(side, Readable):
            return f"{side:g}"
        if not isinstance(side, Arithmetic) or side.name:
            return side.label
        binds_less = _BINDS[side.operation] < _BINDS[self.operation] + is_right
        return f"({side.label})" if binds_less else side.label


def arithmetic(operation: Operator, left: object, right: object) -> Arithmetic:
    """Return the description. Raises ``UsageError`` for what is no number and no single value."""
    return Arithmetic(operation, _operand(operation, left), _operand(operation, right))


def _operand(operation: Operator, side: object) -> Operand:
    if isinstance(side, Readable):
        if isinstance(side, SeriesReadable):
            raise UsageError(
                f"{operation!r} takes single values, got the series {side.label!r}: use .latest() or .mean()"
            )
        if isinstance(side, TableReadable) and not isinstance(side, Source):  # a query or a function may give one cell
            raise UsageError(f'{operation!r} takes single values, got the table {side.label!r}: use .sum("column")')
        return side
    if isinstance(side, int | float | Decimal) and not isinstance(side, bool) and math.isfinite(side):
        return float(side)
    raise UsageError(f"{operation!r} takes values such as orders.count() and finite numbers, got {side!r}")
