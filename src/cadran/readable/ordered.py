"""Rows in another order, and the values that a column has."""

from __future__ import annotations

from dataclasses import dataclass

from cadran.readable.base import Readable, Scalar
from cadran.readable.tables import TablePart, TableReadable


@dataclass(frozen=True)
class Sorted(TablePart):
    """The rows by a column, rows without a value last; equal ones in the order that they had."""

    column: str
    descending: bool = False

    @property
    def label(self) -> str:
        return f"{self.of.label} by {self.column}"


@dataclass(frozen=True)
class Distinct(TableReadable):
    """One row for each value of a column, in ascending order."""

    of: TableReadable
    column: str

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{self.column} of {self.of.label}"

    @property
    def time_column(self) -> str | None:
        return None

    @property
    def key_column(self) -> str | None:
        return self.column


@dataclass(frozen=True)
class RowValue(Readable[Scalar]):
    """A column's value in the newest or the oldest row; without a time column, in the last or the first one."""

    of: TableReadable
    column: str
    is_newest: bool

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return f"{'latest' if self.is_newest else 'first'} {self.column} of {self.of.label}"
