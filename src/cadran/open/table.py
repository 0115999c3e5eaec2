"""A table, and all that is known of it when its screen is composed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cadran.open.columns import ColumnRole
from cadran.open.facts import TableFacts
from cadran.open.plan import Read
from cadran.open.spans import Span
from cadran.open.wording import Writing, writing_of
from cadran.readable import Floats
from cadran.screen.slug import slug_from


@dataclass(slots=True)
class Table:
    """What panels are proposed from. Hands out their keys."""

    facts: TableFacts
    roles: tuple[ColumnRole, ...]
    noun: str
    time: ColumnRole | None
    span: Span | None
    times: Floats
    """Of the rows that were looked at last, seconds since 1970 UTC."""
    measures: list[ColumnRole]
    categories: list[ColumnRole]
    cadence: float | None
    """Seconds between rows that come at even distances; None where they don't."""
    money: str | None
    """The currency of all amounts, where a column says one."""
    read: Read
    taken: set[str] = field(default_factory=set)

    def key_for(self, title: str) -> str | None:
        """Return a panel's key where its title alone would make none, or one that is taken."""
        made = slug_from(title)
        key = made or "panel"
        number = 2
        while key in self.taken:
            key, number = f"{made or 'panel'}-{number}", number + 1
        self.taken.add(key)
        return None if key == made else key

    def writing(self, column: ColumnRole) -> Writing:
        """Return how a measure is written."""
        return writing_of(column.name, column.low, column.high, column.is_whole, self.money)

    @property
    def counted(self) -> str:
        """What the number of rows is called: a noun in the plural says it alone."""
        return self.noun if self.noun.endswith("s") else f"{self.noun}, rows"

    @property
    def window(self) -> str | None:
        return None if self.span is None else self.span.window

    @property
    def during(self) -> str:
        """What titles say of the window, such as *, 24 h*."""
        return "" if self.span is None or not self.span.words else f", {self.span.words}"
