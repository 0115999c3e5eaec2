"""What is known of a table before a screen is proposed: from the catalogue, and from a bounded look at its rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from cadran.polars_when_used import pl


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column, as the catalogue tells it."""

    name: str
    declared: str = ""
    """The type as it is written there, in upper case; empty where there is none."""
    is_key: bool = False
    """Whether it alone is the primary key."""
    is_unique: bool = False
    refers_to: str | None = None
    """The table that a foreign key names."""
    names: str | None = None
    """The column for which this one is the name: it is read from another table."""
    computed: str | None = None
    """SQL that makes it of another column, which it replaces."""
    is_large: bool = False
    """Holds blobs or long texts: never read."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name that stands for a reference: read from the table that it refers to, beside each row."""

    column: str
    """That refers."""
    name: str
    """What the name is called among the columns that are read."""
    source: str
    """The other table with its alias, as SQL writes it after JOIN."""
    key: str
    """The column that is referred to, as SQL writes it, with the alias."""
    text: str
    """The name, as SQL."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table or view."""

    name: str
    """As people call it; with its schema where that is not the usual one."""
    sql_name: str
    """As SQL writes it."""
    columns: tuple[ColumnFacts, ...]
    is_view: bool = False
    order: str | None = None
    """A column, as it is called, by whose end an index leads to the newest rows; None where there is none."""
    is_growing_key: bool = False
    """Whether ``order`` is a whole number that is unique and grows with each row."""
    num_rows: int = 0
    """Exact below ``COUNT_MAX``."""
    has_more: bool = False
    """Whether there are more rows than were counted."""
    sample: pl.DataFrame = field(default_factory=lambda: pl.DataFrame())
    """Some of the newest rows, in their order, without large columns."""
    oldest: pl.DataFrame = field(default_factory=lambda: pl.DataFrame())
    """Some of the oldest rows."""
    times: pl.DataFrame = field(default_factory=lambda: pl.DataFrame())
    """All values of the column that says when a row happened, where they are no more than ``COUNT_MAX``."""
    alias: str = ""
    """As SQL calls its rows beside those of others."""
    named: tuple[Named, ...] = ()
    """The names of what it refers to; they are among ``columns`` too."""
    sql: str | None = None
    """The query itself, where the user gave one in place of a table."""

    def column(self, name: str) -> ColumnFacts:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A table for which no screen is proposed, and why."""

    name: str
    reason: str
