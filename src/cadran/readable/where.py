"""Rows that fit a condition. A description holds the values themselves: equal conditions are one value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from cadran.errors import UsageError
from cadran.readable.tables import TablePart, TableReadable

Comparison = Literal["is", "above", "below", "between"]
Comparable = float | str | bool | date | None
"""What a cell is compared with: a number, a text, a bool, a date or time (naive ones are UTC), or None for no value."""
_VALUES_MAX = 10_000


@dataclass(frozen=True)
class Condition:
    """What a column's values are to be: one of ``values``, above or below one, or from one to another."""

    op: Comparison
    values: tuple[Comparable, ...]

    @property
    def label(self) -> str:
        """How people would write it."""
        if self.op == "between":
            return f"from {_text(self.values[0])} to {_text(self.values[1])}"
        shown = " or ".join(map(_text, self.values[:3])) + (" or …" if len(self.values) > 3 else "")
        return shown if self.op == "is" else f"{self.op} {shown}"


@dataclass(frozen=True)
class Where(TablePart):
    """The rows whose ``column`` compares so with ``values``; what has no value fits only ``None`` itself."""

    column: str
    op: Comparison
    values: tuple[Comparable, ...]

    @property
    def label(self) -> str:
        return f"{self.of.label} where {self.column} {Condition(self.op, self.values).label}"


def where(of: TableReadable, columns: Mapping[str, object]) -> TableReadable:
    """Return the rows of ``of`` that fit every condition. Raises ``UsageError`` for values that no cell can have."""
    if not columns:
        raise UsageError('where() needs a column and its value, such as where(region="EU"), got nothing')
    for column in sorted(columns):  # in one order, so that equal conditions are equal descriptions
        condition = condition_from(columns[column], f"where({column}=…)")
        of = Where(of, column, condition.op, condition.values)
    return of


def condition_from(value: object, name: str) -> Condition:
    """Return a value, several, or a condition as a condition. Raises ``UsageError`` that names it for others."""
    if isinstance(value, Condition):
        return value
    if isinstance(value, list | tuple | set | frozenset | range):
        values = tuple(dict.fromkeys(comparable(each, name) for each in value))
        if len(values) > _VALUES_MAX:
            raise UsageError(
                f"{name} takes at most {_VALUES_MAX:,} values, got {len(values):,}: join tables with cd.sql"
            )
        return Condition("is", tuple(sorted(values, key=_order)))
    return Condition("is", (comparable(value, name),))


def comparable(value: object, name: str) -> Comparable:
    """Return ``value`` as what a cell can be compared with; raises ``UsageError`` for anything else."""
    if value is None or isinstance(value, str | bool | int | date):
        return value
    if isinstance(value, float | Decimal) or type(value).__module__ == "numpy":
        number = getattr(value, "item", lambda: value)()
        if isinstance(number, str | bool | int):
            return number
        if isinstance(number, float | Decimal):
            return None if math.isnan(number) else float(number)
    example = 'cd.above(10), cd.between(1, 5) or a list such as ["EU", "US"]'
    raise UsageError(f"{name} takes a number, text, bool, date or None, {example}, got {value!r}")


def _order(value: Comparable) -> tuple[str, str]:
    return ("" if value is None else type(value).__name__, str(value))


def _text(value: Comparable) -> str:
    return "none" if value is None else str(value)
