"""A proposed screen as pure data: what is read, and what is shown of it.

``screens`` builds it, ``program_text`` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cadran.screen.layout import Format

PLAIN = Format()
NumberOperation = Literal["count", "distinct", "sum", "mean", "min", "max", "latest"]
Where = tuple[tuple[str, object], ...]
"""Only the rows in which these columns have these values."""
StepOperation = Literal["count", "sum", "mean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOrigin:
    """A database, by its URL as the user gave it: it may hold ``${NAME}``."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOrigin:
    """A file, or a folder of files."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The rows that a screen shows: one query, or one file."""

    variable: str
    """Its name in a program."""
    label: str
    sql: str | None
    """None for a file."""
    every: str
    cursor: str | None = None
    time: str | None = None
    key: str | None = None
    keep: str | None = None
    max_rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of the rows, or of those of the last ``window``, now or ``until`` a moment of the past."""

    operation: NumberOperation
    column: str | None = None
    window: str | None = None
    until: str | None = None
    where: Where = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A card."""

    title: str
    number: Number
    key: str | None = None
    format: Format = PLAIN
    unit: str | None = None
    icon: str | None = None
    compare: str | None = None
    spark: bool | None = None
    """Whether a small line is drawn beneath; None draws it where the past is at hand."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One line: a column as it is, or counted, added up or averaged for each ``step``."""

    label: str
    column: str | None
    variable: str = ""
    """Of the function that computes it; empty where none is needed."""
    step: str | None = None
    zone: str | None = None
    """In which steps of whole days begin."""
    operation: StepOperation | None = None
    where: Where = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A chart over time."""

    title: str
    traces: tuple[Trace, ...]
    key: str | None = None
    window: str | None = None
    format: Format = PLAIN
    unit: str | None = None
    y_min: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Bars or shares: one for each value of a category."""

    kind: Literal["bar", "pie"]
    title: str
    operation: StepOperation
    by: str
    column: str | None = None
    window: str | None = None
    where: Where = ()
    key: str | None = None
    format: Format = PLAIN
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A column of a table."""

    name: str
    title: str
    format: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table: the newest rows, or the first ones."""

    title: str
    columns: tuple[Shown, ...]
    """Empty shows all."""
    tail: int | None
    """So many of the newest; None shows the first."""
    key: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPlan:
    """A screen over one table."""

    title: str
    slug: str
    read: Read
    kpis: tuple[Kpi, ...]
    lines: tuple[Lines, ...]
    breakdowns: tuple[Breakdown, ...]
    rows: Rows
    zone: str = "UTC"
    """Times without a zone are shown as they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramPlan:
    """All screens over one database or file."""

    origin: DatabaseOrigin | FileOrigin
    screens: tuple[ScreenPlan, ...]
