"""What viewers choose, as descriptions: a table's rows that fit their filters, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cadran.readable.base import Readable
from cadran.readable.tables import TableReadable

Chosen = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns, each with the values that fit, as texts; in the order of the columns' names."""


@dataclass(frozen=True)
class Filtered(TableReadable):
    """The rows that fit what viewers chose. A column that the table has not filters nothing."""

    of: TableReadable
    chosen: Chosen = ()
    text: str = ""
    """A row fits if one of its texts contains this, in whatever case; empty: every row."""
    text_columns: tuple[str, ...] = ()
    """Where the text is looked for; none: in all columns of text."""

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return (self.of,)

    @property
    def label(self) -> str:
        return self.of.label

    @property
    def time_column(self) -> str | None:
        return self.of.time_column

    @property
    def key_column(self) -> str | None:
        return self.of.key_column


@dataclass(frozen=True)
class ColumnValues(TableReadable):
    """The values of a column in any of some tables, each once and as a text: one column, in ascending order."""

    tables: tuple[TableReadable, ...]
    column: str
    num_max: int

    @property
    def inputs(self) -> tuple[Readable[object], ...]:
        return self.tables

    @property
    def label(self) -> str:
        return self.column

    @property
    def time_column(self) -> str | None:
        return None

    @property
    def key_column(self) -> str | None:
        return self.column


def chosen_from(choices: Mapping[str, tuple[str, ...]]) -> Chosen:
    """Return choices by column in their one order, so that equal choices are equal descriptions."""
    return tuple(sorted((column, tuple(sorted(values))) for column, values in choices.items() if values))
